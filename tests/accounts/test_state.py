"""The place of keys and spending, by its URL."""

import sys
from contextlib import closing
from pathlib import Path

import pytest

from pointsman.accounts.counters import Granted
from pointsman.accounts.limits import Claim, Limit
from pointsman.accounts.memory import MemoryLedger
from pointsman.accounts.state import is_file, open_keys, open_ledger
from pointsman.errors import LedgerError, MissingExtraError

CLAIM = Claim(model="m", usd=0.5, tokens=1)
LIMIT = Limit(usd=0.7, window="total")


def test_memory_is_a_ledger_of_its_own_each_time() -> None:
    first, second = open_ledger("memory:", [LIMIT]), open_ledger("memory:", [LIMIT])
    assert isinstance(first, MemoryLedger)
    assert isinstance(first.reserve(CLAIM, 0.0), Granted)
    assert isinstance(second.reserve(CLAIM, 0.0), Granted)


def test_a_path_and_its_sqlite_urls_are_one_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    urls = ["state.db", "sqlite:///state.db", f"sqlite:///{tmp_path}/state.db", "./state.db"]
    with closing(open_ledger(urls[0], [LIMIT])) as ledger:
        assert isinstance(ledger.reserve(CLAIM, 0.0), Granted)
    for url in urls:
        with closing(open_ledger(url)) as ledger:
            assert ledger.spent(LIMIT, (), 0.0).reserved == 500_000_000
    assert [path.name for path in tmp_path.iterdir()] == ["state.db"]


def test_keys_and_ledger_share_a_place(place: str) -> None:
    with closing(open_ledger(place, [LIMIT])) as ledger, closing(open_keys(place)) as keys:
        assert keys.create("acme", now=0.0).key in keys.list()
        assert isinstance(ledger.reserve(CLAIM, 0.0), Granted)


@pytest.mark.parametrize(
    ("url", "scheme"),
    [("mysql://me:s3cret@h/d", "mysql"), ("redis://:s3cret@h", "redis"), ("sqlite:///", "sqlite")],
)
def test_a_url_that_nothing_reads_is_named_without_its_secrets(url: str, scheme: str) -> None:
    with pytest.raises(LedgerError, match=f"starts with '{scheme}', which nothing") as caught:
        open_ledger(url)
    assert "s3cret" not in caught.value.message


@pytest.mark.parametrize("absent", ["psycopg", "psycopg_pool"])
def test_without_the_extra_the_install_line_is_said(
    absent: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules, "pointsman.accounts.postgres", raising=False)
    monkeypatch.setitem(sys.modules, absent, None)
    with pytest.raises(MissingExtraError, match=r"pip install 'pointsman\[postgres\]'"):
        open_ledger("postgresql://me:s3cret@h/d")


@pytest.mark.parametrize(
    ("url", "by_path"),
    [
        ("pointsman.db", True),
        ("/var/lib/state.db", True),
        ("sqlite:///state.db", False),
        ("postgresql://h/d", False),
        ("memory:", False),
    ],
)
def test_a_path_is_told_from_a_url(url: str, *, by_path: bool) -> None:
    assert is_file(url) is by_path
