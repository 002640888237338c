"""Stores on every place that there is."""

from collections.abc import Callable, Iterator
from uuid import uuid4

import pytest

from pointsman.cache.entry import Bounds
from pointsman.cache.place import open_store
from pointsman.cache.store import CacheStore

from ..accounts.conftest import Server, server  # noqa: F401, TID252  # a fixture, by its name

StoreAt = Callable[..., CacheStore]


@pytest.fixture
def pgvector(server: Server) -> str:  # noqa: F811  # the fixture, as an argument
    """A URL on a PostgreSQL server with pgvector that nothing else uses."""
    import psycopg  # noqa: PLC0415  # an extra

    schema = f"s{uuid4().hex}"
    with psycopg.connect(server.url("public"), autocommit=True) as connection:
        connection.execute("CREATE EXTENSION IF NOT EXISTS vector")
        connection.execute(f"CREATE SCHEMA {schema}".encode())
    return server.url(f"{schema},public")


def _url(place: str, request: pytest.FixtureRequest) -> str:
    if place == "memory":
        return "memory:"
    if place == "sqlite":
        return str(request.getfixturevalue("tmp_path") / "answers.db")
    return str(request.getfixturevalue("pgvector"))


@pytest.fixture(params=["memory", "sqlite", "postgres"])
def place(request: pytest.FixtureRequest) -> str:
    """The URL of each place that keeps answers."""
    return _url(request.param, request)


@pytest.fixture(params=["sqlite", "postgres"])
def shared(request: pytest.FixtureRequest) -> str:
    """The URL of each place that several processes can share."""
    return _url(request.param, request)


@pytest.fixture
def store_at() -> Iterator[StoreAt]:
    """Open stores, and close them after the test."""
    opened: list[CacheStore] = []

    def open_at(url: str, **bounds: int) -> CacheStore:
        store = open_store(url, Bounds(**bounds))
        opened.append(store)
        return store

    yield open_at
    for store in opened:
        store.close()


@pytest.fixture
def make_store(place: str, store_at: StoreAt) -> StoreAt:
    """Open a store with these bounds at each place."""
    return lambda **bounds: store_at(place, **bounds)


@pytest.fixture
def store(make_store: StoreAt) -> CacheStore:
    return make_store()
