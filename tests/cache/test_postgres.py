"""PostgreSQL: an index where needed, restarts that cost nothing, and errors without secrets."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from threading import Barrier
from uuid import uuid4

import pytest

from pointsman.cache.store import CacheStore
from pointsman.errors import CacheError

from ..accounts.conftest import Server  # noqa: TID252  # one server for all tests
from .answers import HOUR, NOW, an_entry, digest, near, same, unit
from .conftest import StoreAt

pytest.importorskip("psycopg_pool", reason="needs the extra postgres")
import psycopg

from pointsman.cache import postgres_index
from pointsman.cache.postgres import _SWEEP_LOCK, BY_INDEX, NEAREST_BY_INDEX, PostgresStore
from pointsman.cache.postgres_index import INDEX
from pointsman.cache.postgres_pool import Pool


@pytest.fixture
def store(pgvector: str) -> Iterator[PostgresStore]:
    store = PostgresStore(pgvector)
    yield store
    store.close()


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """A scope is large from 31 entries on."""
    monkeypatch.setattr("pointsman.cache.postgres.EXACT_ENTRIES", 30)


def _fill(store: CacheStore, count: int, scope: str = "s") -> None:
    for number in range(count):
        store.put(an_entry(str(number), scope, vector=unit(number)), NOW)


def _index(url: str) -> list[tuple[bool]]:
    with psycopg.connect(url) as connection:
        found = connection.execute(postgres_index._FOUND, (INDEX,))
        return list(found.fetchall())


@pytest.mark.usefixtures("small")
def test_the_index_is_made_by_a_sweep_when_a_scope_has_become_large(
    pgvector: str, store: PostgresStore
) -> None:
    _fill(store, 30)
    _fill(store, 20, "other")
    store.sweep(NOW, 100)
    assert _index(pgvector) == []
    store.put(an_entry("30"), NOW)
    store.sweep(NOW, 100)
    assert _index(pgvector) == [(True,)]
    store.sweep(NOW, 100)
    assert _index(pgvector) == [(True,)]


@pytest.mark.usefixtures("small")
def test_an_index_that_was_left_half_made_is_made_again(
    pgvector: str, store: PostgresStore
) -> None:
    _fill(store, 31)
    store.sweep(NOW, 100)
    with psycopg.connect(pgvector) as connection:
        connection.execute(
            "UPDATE pg_index SET indisvalid = false WHERE indexrelid = to_regclass(%s)", (INDEX,)
        )
    assert _index(pgvector) == [(False,)]
    store.sweep(NOW, 100)
    assert _index(pgvector) == [(True,)]


@pytest.mark.usefixtures("small")
def test_one_of_many_makes_the_index(pgvector: str, store: PostgresStore) -> None:
    _fill(store, 31)
    with psycopg.connect(pgvector) as other:
        other.execute("SELECT pg_advisory_lock(%s)", (postgres_index._INDEX_LOCK,))
        store.sweep(NOW, 100)
        assert _index(pgvector) == []
    store.sweep(NOW, 100)
    assert _index(pgvector) == [(True,)]


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("indexed", [False, True])
def test_a_large_scope_is_searched_within_its_borders(
    store: PostgresStore,
    indexed: bool,  # noqa: FBT001  # a case
) -> None:
    _fill(store, 100)
    _fill(store, 100, "other")  # the same vectors
    if indexed:
        store.sweep(NOW, 100)
    for number in range(0, 100, 7):
        for _ in range(2):  # the second time it is known to be large
            hits = store.nearest(digest("s"), near(unit(number), 0.9), 5, NOW)
            assert len(hits) == 5
            assert hits[0].entry.id == f"dec_{number}"
            assert hits[0].similarity == pytest.approx(0.9, abs=1e-5)
            assert {hit.entry.scope for hit in hits} == {digest("s")}
    assert store.nearest(digest("s"), unit(1), 5, NOW + HOUR) == ()


@pytest.mark.usefixtures("small")
def test_a_large_scope_is_searched_by_the_index(pgvector: str, store: PostgresStore) -> None:
    _fill(store, 40)
    store.sweep(NOW, 100)
    asked = {"scope": digest("s"), "now": NOW, "count": 5, "vector": str(unit(1).tolist())}
    with (
        closing(Pool(pgvector)) as pool,
        pool.connection() as connection,
        connection.transaction(),
    ):
        for setting in BY_INDEX:
            connection.execute(setting.encode())
        plan = connection.execute(f"EXPLAIN {NEAREST_BY_INDEX}".encode(), asked).fetchall()
    assert any(INDEX in line for (line,) in plan)


def test_one_of_many_that_sweep_at_once_does(pgvector: str, store: PostgresStore) -> None:
    store.put(an_entry("a", expires=NOW), NOW)
    with psycopg.connect(pgvector) as other:
        other.execute("SELECT pg_advisory_xact_lock(%s)", (_SWEEP_LOCK,))
        assert store.sweep(NOW, 10) == 0
    assert store.sweep(NOW, 10) == 1


def test_nobody_waits_in_a_circle(pgvector: str, store_at: StoreAt) -> None:
    stores = [store_at(pgvector, entries=20) for _ in range(3)]
    together = Barrier(6)

    def work(thread: int) -> None:
        store = stores[thread % 3]
        together.wait()
        for turn in range(40):
            number = (turn if thread % 2 else -turn) % 30  # there and back
            entry = an_entry(str(number))
            store.put(entry, NOW + turn)
            store.get(entry.key, NOW + turn)
            store.nearest(entry.scope, entry.vector, 3, NOW + turn)
            store.purge(f"dec_{(number + 7) % 30}")
            store.sweep(NOW + turn, 5)

    with ThreadPoolExecutor(6) as threads:
        list(threads.map(work, range(6)))
    while stores[0].sweep(NOW, 5) == 5:
        pass
    assert stores[0].stats().entries <= 20


def test_many_make_the_tables_at_once(pgvector: str) -> None:
    together = Barrier(6)

    def make(_: int) -> None:
        together.wait()
        PostgresStore(pgvector).close()

    with ThreadPoolExecutor(6) as threads:
        list(threads.map(make, range(6)))


def test_a_restart_of_the_server_costs_no_request(server: Server, store: PostgresStore) -> None:
    store.put(an_entry("a"), NOW)
    server.stop()
    server.start()
    assert same(store.get(an_entry("a").key, NOW), an_entry("a"))
    assert store.nearest(digest("s"), unit(1), 1, NOW)


def test_a_server_that_goes_away_is_a_cache_error_until_it_is_back(
    server: Server, store: PostgresStore
) -> None:
    server.stop()
    try:
        with pytest.raises(CacheError, match=r"PostgreSQL at .*: is it up"):
            store.get(an_entry("a").key, NOW)
    finally:
        server.start()
    assert store.get(an_entry("a").key, NOW) is None


def test_a_statement_that_takes_too_long_is_ended(
    pgvector: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pointsman.cache.postgres_pool.STATEMENT_S", 1)
    with (
        closing(Pool(pgvector)) as pool,
        pytest.raises(CacheError, match="statement timeout"),
        pool.connection() as connection,
    ):
        connection.execute("SELECT pg_sleep(30)")


def test_tables_of_another_version_are_named(pgvector: str, store: PostgresStore) -> None:
    with store._pool.connection() as connection:
        connection.execute("UPDATE pointsman_cache_schema SET version = 99")
    with pytest.raises(CacheError, match="version 99, and this pointsman reads version 1"):
        PostgresStore(pgvector)


def test_a_pgvector_that_is_too_old_is_named(
    pgvector: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pointsman.cache.postgres_pool.OLDEST", (99, 0))
    with pytest.raises(CacheError, match="ALTER EXTENSION vector UPDATE"):
        PostgresStore(pgvector)


@pytest.mark.usefixtures("pgvector")
def test_a_pgvector_out_of_sight_is_named(server: Server) -> None:
    with pytest.raises(CacheError, match="search_path"):
        PostgresStore(server.url("nowhere"))


def test_a_database_without_pgvector_is_named_to_who_may_not_add_it(server: Server) -> None:
    name = f"d{uuid4().hex}"
    with psycopg.connect(server.url("public"), autocommit=True) as connection:
        connection.execute(f"CREATE ROLE {name} LOGIN".encode())
        connection.execute(f"CREATE DATABASE {name} OWNER {name}".encode())
    url = server.url("public").replace("postgres@/postgres", f"{name}@/{name}")
    with pytest.raises(CacheError, match="CREATE EXTENSION vector"):
        PostgresStore(url)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("postgresql://me:s3cret@127.0.0.1:1/state", "PostgreSQL at 127.0.0.1: .*refused"),
        ("postgresql://me:s3cret@/state?host=/no/such/folder", "/no/such/folder.*No such file"),
        ("postgresql://me:s3cret/1@127.0.0.1/state", "is no URL of a PostgreSQL database"),
        ("postgresql://me:1@s3cret@127.0.0.1/state", "is no URL of a PostgreSQL database"),
        ("postgresql://me:1#s3cret@127.0.0.1/state", "is no URL of a PostgreSQL database"),
        ("postgresql://me:s3cret@127.0.0.1/state?no=such", "is no URL of a PostgreSQL database"),
    ],
)
def test_an_address_that_does_not_answer_is_named_without_its_password(url: str, said: str) -> None:
    with pytest.raises(CacheError, match=said) as caught:
        PostgresStore(url)
    assert "s3cret" not in str(caught.value)
