"""`pointsman keys` as an operator and as a script see it."""

import json
import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from pointsman.accounts.state import open_keys
from pointsman.cli import COMMANDS, main

Run = Callable[..., tuple[int, str, str]]
CONFIG = """
models:
  small: {url: "http://127.0.0.1:1/v1", family: qwen3}
"""


@pytest.fixture
def keys(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Run:
    """Run `pointsman keys` in an empty folder; returns its status and what it wrote."""
    monkeypatch.setitem(COMMANDS, "keys", "create, list and revoke client keys")
    monkeypatch.chdir(tmp_path)

    def run(*words: str) -> tuple[int, str, str]:
        try:
            status = main(["keys", *words])
        except SystemExit as end:  # argparse's way out
            status = int(end.code or 0)
        return status, *capsys.readouterr()

    return run


def verified(secret: str, state: str | Path = "pointsman.db") -> Any:
    with closing(open_keys(str(state))) as store:
        return store.verify(secret, datetime.now(UTC).timestamp())


def test_a_new_key_stands_alone_on_standard_output_and_works(keys: Run) -> None:
    status, out, err = keys("create", "--tenant", "acme", "--name", "ci on main")
    assert status == 0
    assert re.fullmatch(r"pk-[A-Za-z0-9_-]{43}\n", out)
    assert "of tenant acme works until it is revoked. The line above is shown this once" in err
    holder = verified(out.strip())
    assert (holder.tenant, holder.name) == ("acme", "ci on main")


def test_a_list_names_every_key_and_shows_no_secret(keys: Run) -> None:
    secrets = [keys("create", "--tenant", name)[1].strip() for name in ("acme", "zeta")]
    status, out, err = keys("list")
    assert (status, err) == (0, "")
    title, *lines = out.splitlines()
    assert title.split() == ["id", "key", "tenant", "name", "created", "expires", "state"]
    assert sorted(line.split()[2] for line in lines) == ["acme", "zeta"]
    for secret in secrets:
        assert f"{secret[:8]}..." in out
        assert secret[8:] not in out


def test_a_revoked_key_no_longer_works_and_is_listed_so(keys: Run) -> None:
    made = json.loads(keys("create", "--tenant", "acme", "--json")[1])
    status, out, _ = keys("revoke", made["id"])
    assert status == 0
    assert out == f"Key {made['id']} ({made['prefix']}...) of tenant acme no longer works.\n"
    assert verified(made["secret"]) is None
    assert "revoked 20" in keys("list")[1]


def test_an_unknown_id_gives_exit_status_1(keys: Run) -> None:
    status, out, err = keys("revoke", "key_of_nobody")
    assert (status, out) == (1, "")
    assert "no key has the id key_of_nobody; `pointsman keys list` shows them" in err
    assert keys("revoke", "key_of_nobody", "--json")[:2] == (1, '{"revoked":null}\n')


def test_an_empty_list_says_how_to_begin(keys: Run) -> None:
    assert keys("list")[:2] == (0, "no keys yet: pointsman keys create --tenant NAME\n")
    assert keys("list", "--json")[:2] == (0, "[]\n")


@pytest.mark.parametrize(
    ("word", "seconds"), [("90m", 5400), ("12h", 43_200), ("30d", 2_592_000), ("8w", 4_838_400)]
)
def test_a_key_may_expire(keys: Run, word: str, seconds: int) -> None:
    made = json.loads(keys("create", "--tenant", "acme", "--expires", word, "--json")[1])
    assert made["expires"] - made["created"] == seconds
    listed = json.loads(keys("list", "--json")[1])
    assert [(key["expires"], key["works"]) for key in listed] == [(made["expires"], True)]


def test_an_expired_key_is_listed_so(keys: Run) -> None:
    keys("create", "--tenant", "acme", "--expires", "1m")
    with closing(sqlite3.connect("pointsman.db")) as file, file:
        file.execute("UPDATE pointsman_keys SET expires = 1000000000")
    assert keys("list")[1].splitlines()[1].endswith("2001-09-09 01:46  expired")
    assert not json.loads(keys("list", "--json")[1])[0]["works"]


def test_a_key_that_expires_says_when(keys: Run) -> None:
    err = keys("create", "--tenant", "acme", "--expires", "30d")[2]
    assert re.search(r"works until \d{4}-\d\d-\d\d \d\d:\d\d \(UTC\)\.", err)


@pytest.mark.parametrize(
    "word", ["30", "d", "0d", "-1d", "1y", "30 d", "999999999w", "\N{ARABIC-INDIC DIGIT THREE}d"]
)
def test_a_time_that_is_none_gives_exit_status_2(keys: Run, word: str) -> None:
    status, _, err = keys("create", "--tenant", "acme", f"--expires={word}")
    assert status == 2
    assert "expected a time such as 90m, 12h, 30d or 8w" in err


def test_the_state_is_the_configs_beside_the_config(keys: Run, tmp_path: Path) -> None:
    config = tmp_path / "there" / "pointsman.yaml"
    config.parent.mkdir()
    config.write_text(CONFIG)
    secret = keys("create", "--tenant", "acme", "-c", str(config))[1].strip()
    assert verified(secret, config.parent / "pointsman.db")
    config.write_text(CONFIG + "state: other.db\n")
    secret = keys("create", "--tenant", "acme", "-c", str(config))[1].strip()
    assert verified(secret, config.parent / "other.db")
    assert not (tmp_path / "pointsman.db").exists()


def test_a_config_that_keeps_its_state_in_memory_can_have_no_keys(
    keys: Run, tmp_path: Path
) -> None:
    config = tmp_path / "pointsman.yaml"
    config.write_text(CONFIG + 'state: "memory:"\n')
    status, out, err = keys("create", "--tenant", "acme", "-c", str(config))
    assert (status, out) == (2, "")
    assert "keys in memory are gone when this command ends" in err


def test_the_state_may_be_named(keys: Run, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/named.db"
    secret = keys("create", "--tenant", "acme", "--state", url)[1].strip()
    assert verified(secret, tmp_path / "named.db")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["create"], "create needs --tenant NAME"),
        (["list", "--tenant", "acme"], "--tenant, --name and --expires are for create"),
        (["revoke", "key_1", "--expires", "1d"], "are for create"),
        (["revoke"], "revoke needs the ID of a key"),
        (["list", "key_1"], "nothing else takes one"),
        (["list", "-c", "a.yaml", "--state", "b.db"], "give -c CONFIG or --state URL"),
        (["list", "--state", "memory:"], "keys in memory are gone when this command ends"),
        (["list", "--state", "mysql://h/d"], "starts with 'mysql', which nothing here reads"),
        (["list", "--state", "no/such/folder.db"], "No such file or directory"),
        (["list", "-c", "none.yaml"], "none.yaml: cannot be read"),
        (["create", "--tenant", ""], "the tenant of a key has 1 to 100 printable characters"),
        (["drop"], "invalid choice: 'drop'"),
    ],
)
def test_wrong_use_gives_exit_status_2_and_the_mend(
    keys: Run, words: list[str], message: str
) -> None:
    status, out, err = keys(*words)
    assert (status, out) == (2, "")
    assert message in err


def test_the_help_teaches_by_example(keys: Run) -> None:
    status, out, _ = keys("--help")
    assert status == 0
    for line in ("pointsman keys create --tenant acme", "keys list", "keys revoke key_"):
        assert line in out
