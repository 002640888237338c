"""What may be said on the command line, and what is wrong use."""

from pathlib import Path
from typing import Any

import pytest

from pointsman.errors import ConfigError
from pointsman.evaluation.live.settings import settings_of

URL = "http://127.0.0.1:8000/v1"


@pytest.fixture
def settings(parse: Any, tmp_path: Path) -> Any:
    """Check a command line; what is not said is as little as is needed."""
    questions = tmp_path / "questions.jsonl"

    def check(*words: str, **left_out: None) -> Any:
        given = {"base-url": URL, "model": "m", "outcomes": str(tmp_path / "out.jsonl")}
        given = {name: value for name, value in given.items() if name not in left_out}
        flat = [word for name, value in given.items() for word in (f"--{name}", value)]
        return settings_of(parse("--questions", str(questions), *flat, *words))

    return check


def test_the_defaults_are_those_of_the_help(settings: Any) -> None:
    found = settings()
    assert (found.arms, found.caps) == (("off", "on"), (2048, 16384))
    assert (found.per_category, found.seed, found.concurrency) == (100, 0, 4)
    assert (found.family_name, found.form.temperature) == ("qwen3", None)
    assert (found.server.url, found.router, found.resume) == (URL, None, False)


@pytest.mark.parametrize(
    ("words", "left_out", "said"),
    [
        ((), "model", "give --model"),
        ((), "outcomes", "give --outcomes"),
        ((), "base-url", "--base-url"),
        (("--arms", "off,auto"), "", "--router-url, or a config with -c"),
        (("--base-url", "ftp://x"), "", "--base-url: expected an address"),
        (("--base-url", "http://u:SWORDFISH@x/v1"), "", "without user, password"),
        (("--arms", "auto", "--router-url", "x"), "", "--router-url: expected an address"),
        (("--family", "qwen9"), "", "there is: generic, qwen3"),
        (("--api-key-env", "NO_SUCH_KEY"), "", "NO_SUCH_KEY holds no key"),
        (("--split", "dev"), "", "knows no --split"),
        (("--bundle", "x"), "", "knows no --bundle"),
        (("--outcomes", "/no/such/folder/x.jsonl"), "", "there is no folder /no/such/folder"),
    ],
)
def test_wrong_use_is_told_before_anything_is_asked(
    words: tuple[str, ...], left_out: str, said: str, settings: Any
) -> None:
    with pytest.raises(ConfigError) as caught:
        settings(*words, **{left_out: None})
    assert said in caught.value.message
    assert "SWORDFISH" not in caught.value.message


@pytest.mark.parametrize(
    "words",
    [
        ("--arms", "off,off"),
        ("--arms", "off,maybe"),
        ("--arms", ""),
        ("--cap", "0"),
        ("--cap", "2048,x"),
        ("--n", "-1"),
        ("--concurrency", "0"),
        ("--timeout", "0"),
        ("--timeout", "nan"),
        ("--timeout", "inf"),
        ("--timeout", "soon"),
    ],
)
def test_words_that_mean_nothing_are_refused(words: tuple[str, ...], parse: Any) -> None:
    with pytest.raises(SystemExit):
        parse(*words)


def test_the_key_comes_from_the_environment(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_KEY", "sk-1")
    assert settings("--api-key-env", "SOME_KEY").server.api_key_env == "SOME_KEY"
    monkeypatch.setenv("SOME_KEY", "sk\n1")
    with pytest.raises(ConfigError) as caught:
        settings("--api-key-env", "SOME_KEY")
    assert "sk" not in caught.value.message.replace("key", "")


def test_a_family_of_the_operators_own_is_known(settings: Any, config_file: Any) -> None:
    config = config_file(
        f'models: {{m: {{url: "{URL}", family: mine}}}}\n'
        "families: {mine: {on: {think: true}, off: {think: false}}}\n"
    )
    found = settings("--family", "mine", "-c", str(config))
    assert found.family.off == {"think": False}


@pytest.mark.parametrize(
    ("family", "field"),
    [("qwen3", "max_tokens"), ("mistral", "max_tokens"), ("o-series", "max_completion_tokens")],
)
def test_the_cap_has_the_name_that_the_family_knows(family: str, field: str, settings: Any) -> None:
    assert settings("--family", family).form.cap_field == field
