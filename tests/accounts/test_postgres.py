"""PostgreSQL: no waiting in a circle, restarts that cost nothing, and errors without secrets."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from threading import Barrier

import pytest

from pointsman.accounts.counters import Granted
from pointsman.accounts.ledger import Ledger
from pointsman.accounts.limits import Claim, Limit, Spent
from pointsman.errors import LedgerError

from .conftest import MakeLedger, Server

pytest.importorskip("psycopg_pool", reason="needs the extra postgres")
from pointsman.accounts.postgres import PostgresDatabase

NOW = 1_800_000_000.0
LIMITS = (
    Limit(usd=1e6, window="day"),
    Limit(usd=1e6, window="day", per="tenant"),
    Limit(tokens=10**12, window="hour", per="model"),
    Limit(requests=10**9, window="minute", per=("tenant", "model")),
)


@pytest.fixture
def database(postgres: str) -> Iterator[PostgresDatabase]:
    database = PostgresDatabase(postgres)
    yield database
    database.close()


def _claim(number: int) -> Claim:
    return Claim(model=f"model{number % 2}", usd=0.01, tokens=10, tenant=f"tenant{number % 3}")


def _use(kept: Ledger, lost: Ledger, turns: int) -> None:
    """Reserve and settle; every fifth reservation expires at once, and whoever comes charges it."""
    for turn in range(turns):
        outcome = (kept if turn % 5 else lost).reserve(_claim(turn), NOW)
        assert isinstance(outcome, Granted)
        if turn % 5:
            assert kept.settle(outcome.reservation, Spent(usd=0.02, tokens=5), NOW)
        else:
            lost.spent(LIMITS[0], (), NOW)


def test_nobody_waits_in_a_circle_whatever_the_order_of_the_limits(
    postgres: str, ledger_at: MakeLedger
) -> None:
    there, back = ledger_at(postgres, *LIMITS), ledger_at(postgres, *reversed(LIMITS))
    lost = ledger_at(postgres, *LIMITS, lease_s=0.0)
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(_use, [there, back] * 4, [lost] * 8, [50] * 8))
    spent = there.spent(LIMITS[0], (), NOW)
    charged, settled = 80 * 10_000_000, 320 * 20_000_000
    assert (spent.spent, spent.reserved) == (charged + settled, 0)


def test_many_make_the_tables_at_once(postgres: str) -> None:
    together = Barrier(6)

    def make(_: int) -> None:
        together.wait()
        PostgresDatabase(postgres).close()

    with ThreadPoolExecutor(6) as threads:
        list(threads.map(make, range(6)))
    with closing(PostgresDatabase(postgres)) as database:
        assert database.read("SELECT version FROM pointsman_schema") == [(1,)]


def test_a_restart_of_the_server_costs_no_request(
    server: Server, postgres: str, ledger_at: MakeLedger
) -> None:
    ledger = ledger_at(postgres, *LIMITS)
    before = ledger.reserve(_claim(0), NOW)
    assert isinstance(before, Granted)
    server.stop()
    server.start()
    assert ledger.settle(before.reservation, Spent(usd=0.5, tokens=1), NOW)
    assert ledger.spent(LIMITS[0], (), NOW).spent == 500_000_000


def test_a_server_that_goes_away_is_a_ledger_error_until_it_is_back(
    server: Server, postgres: str, ledger_at: MakeLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pointsman.accounts.postgres.WAIT_S", 2)
    ledger = ledger_at(postgres, *LIMITS)
    server.stop()
    try:
        with pytest.raises(LedgerError, match=r"PostgreSQL at .*: is it up"):
            ledger.reserve(_claim(0), NOW)
    finally:
        server.start()
    assert isinstance(ledger.reserve(_claim(0), NOW), Granted)


def test_an_error_within_a_transaction_undoes_all_of_it(database: PostgresDatabase) -> None:
    add = "INSERT INTO pointsman_reservations (id, expires, holds) VALUES (?, 1.0, '[]')"
    with pytest.raises(LedgerError, match="duplicate key"), database.transaction() as work:
        work.run_each(add, [("a",), ("a",)])
    assert database.read("SELECT count(*) FROM pointsman_reservations") == [(0,)]


def test_a_statement_that_takes_too_long_is_ended(
    postgres: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pointsman.accounts.postgres.STATEMENT_S", 1)
    with (
        closing(PostgresDatabase(postgres)) as database,
        pytest.raises(LedgerError, match="statement timeout"),
    ):
        database.read("SELECT pg_sleep(30)")


def test_every_connection_has_its_limits(database: PostgresDatabase) -> None:
    assert database.read("SHOW statement_timeout") == [("2s",)]
    assert database.read("SHOW idle_in_transaction_session_timeout") == [("5s",)]


def test_tables_of_another_version_are_named(postgres: str, database: PostgresDatabase) -> None:
    with database.transaction() as work:
        work.run("UPDATE pointsman_schema SET version = 99")
    with pytest.raises(LedgerError, match="version 99, and this pointsman reads version 1"):
        PostgresDatabase(postgres)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("postgresql://me:s3cret@127.0.0.1:1/state", "PostgreSQL at 127.0.0.1: .*refused"),
        ("postgresql://me:s3cret@/state?host=/no/such/folder", "/no/such/folder.*No such file"),
        ("postgresql://me:s3cret/1@127.0.0.1/state", "is no URL of a PostgreSQL database"),
        ("postgresql://me:1/s3cret@127.0.0.1/state", "is no URL of a PostgreSQL database"),
        ("postgresql://me:1@s3cret@127.0.0.1/state", "is no URL of a PostgreSQL database"),
        ("postgresql://me:1#s3cret@127.0.0.1/state", "is no URL of a PostgreSQL database"),
        ("postgresql://me:s3cret@[127.0.0.1/state", "is no URL of a PostgreSQL database"),
        ("postgresql://me@h/state?s3cret=1", "is no URL of a PostgreSQL database"),
    ],
)
def test_a_database_that_cannot_be_reached_is_named_without_its_password(
    url: str, said: str
) -> None:
    with pytest.raises(LedgerError, match=said) as caught:
        PostgresDatabase(url)
    assert "s3cret" not in caught.value.message
