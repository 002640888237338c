"""The command line as a whole, in processes of its own where that matters."""

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from pointsman import __version__
from pointsman.cli import COMMANDS

HEAVY = ("onnxruntime", "tokenizers", "aiohttp", "torch", "transformers", "rich.console")


def python(*words: str, **options: Any) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(  # noqa: S603 - our own words
        [sys.executable, *words], capture_output=True, check=False, **options
    )


def imported_by(*words: str) -> set[str]:
    """Run the command line; return the heavy modules that it imported."""
    code = (
        "import sys, json\nfrom pointsman.cli import main\n"
        "try:\n    main(sys.argv[1:])\nexcept SystemExit as end:\n    assert not end.code\n"
        "print(json.dumps(sorted(sys.modules)), file=sys.stderr)"
    )
    done = python("-c", code, *words)
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stderr)) & set(HEAVY)


@pytest.mark.parametrize("word", ["--help", "--version"])
def test_help_and_version_import_nothing_heavy(word: str) -> None:
    assert imported_by(word) == set()


@pytest.mark.parametrize("command", ["init", "serve"])
def test_a_commands_help_spares_the_web_server(command: str) -> None:
    assert "aiohttp" not in imported_by(command, "--help")


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command: str, run: Any) -> None:
    told = run(command, "--help")
    assert told.status == 0
    assert told.out.startswith(f"usage: pointsman {command}")
    assert told.err == ""


def test_the_version_is_the_packages(run: Any) -> None:
    assert run("--version").out == f"pointsman {__version__}\n"


def test_help_names_every_command(run: Any) -> None:
    told = run("--help")
    assert told.status == 0
    for command in COMMANDS:
        assert f"    {command} " in told.out


@pytest.mark.parametrize(
    "words",
    [(), ("nonsense",), ("classify", "--bogus"), ("-x",), ("serve", "--port", "x")],
)
def test_wrong_use_ends_with_2_and_says_how_it_is_used(words: tuple[str, ...], run: Any) -> None:
    told = run(*words)
    assert told.status == 2
    assert told.err.startswith("usage: pointsman")
    assert told.out == ""


@pytest.mark.parametrize("command", ["classify", "route", "explain"])
def test_a_wrong_config_ends_with_2_and_names_the_place(
    command: str, run: Any, config: str
) -> None:
    with open(config, "a", encoding="utf-8") as out:  # noqa: PTH123 - a path is a word here
        out.write("modelz: {}\n")
    told = run(command, "-c", config, *(["hi"] if command == "explain" else []))
    assert told.status == 2
    assert told.err.startswith(f"pointsman {command}: {config}:")
    assert "unknown key `modelz`, did you mean `models`?" in told.err


def test_a_config_that_is_not_there_ends_with_2(run: Any) -> None:
    told = run("route", "-c", "nowhere.yaml")
    assert told.status == 2
    assert told.err == "pointsman route: nowhere.yaml: cannot be read: No such file or directory\n"


def test_the_module_is_the_command() -> None:
    done = python("-m", "pointsman", "--version")
    assert (done.returncode, done.stdout.decode()) == (0, f"pointsman {__version__}\n")


def test_a_reader_that_has_gone_ends_the_command_quietly() -> None:
    read, write = os.pipe()
    os.close(read)
    lines = b'{"text": "hello"}\n' * 3
    words = [sys.executable, "-m", "pointsman", "classify"]
    done = subprocess.run(  # noqa: S603 - our own words
        words, input=lines, stdout=write, stderr=subprocess.PIPE, check=False
    )
    os.close(write)
    assert done.returncode == 1
    assert done.stderr == b""
