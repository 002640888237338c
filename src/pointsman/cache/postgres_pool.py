"""Connections to a PostgreSQL with pgvector, and the tables that answers are kept in there.

Needs the extra `postgres`, and pgvector 0.8 or later on the server: half-precision vectors came
with 0.7, and searches that go on until enough of a scope is found with 0.8
(https://github.com/pgvector/pgvector/blob/master/CHANGELOG.md).
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg_pool import ConnectionPool

from pointsman.cache.entry import WIDTH
from pointsman.errors import CacheError

VERSION = 1
"""Version of the tables; a change to them raises it."""

CONNECT_S = 2
"""How long a connection may take to be made. The least that libpq allows
(https://www.postgresql.org/docs/current/libpq-connect.html)."""

WAIT_S = 2
"""How long to wait for a free connection of the pool."""

STATEMENT_S = 2
"""How long one statement may take, its waiting for locks included."""

LOST_S = 4
"""After so long without a sign from the network a connection counts as broken (where the system
knows TCP_USER_TIMEOUT)."""

POOL = 8
"""Most connections of one process; a search takes a few milliseconds."""

OLDEST = (0, 8)
"""Oldest pgvector."""

# Stricter than libpq, which takes a part of a password with an unescaped @ or / in it for a host or
# a port, and then says it aloud.
_HOST = r"(?:\[[^\]@/]*\]|[^@/?#,:\[\]]*)(?::\d*)?"
_URL = re.compile(
    rf"postgres(?:ql)?://(?:[^@/?#]*@)?{_HOST}(?:,{_HOST})*(?:/[^@/?#]*)?(?:\?.*)?", re.ASCII
)
_TABLES_LOCK = 7_665_481_924  # any number: whoever makes the tables holds it
_EXTENSION = "SELECT extversion FROM pg_extension WHERE extname = 'vector'"
_VERSIONS = "CREATE TABLE IF NOT EXISTS pointsman_cache_schema (version BIGINT NOT NULL)"
_TABLES = (
    """CREATE TABLE IF NOT EXISTS pointsman_cache_entries (
        number BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        key BYTEA NOT NULL UNIQUE, scope BYTEA NOT NULL, id TEXT NOT NULL,
        created DOUBLE PRECISION NOT NULL, expires DOUBLE PRECISION NOT NULL,
        used DOUBLE PRECISION NOT NULL, bytes BIGINT NOT NULL,
        body BYTEA NOT NULL, vector BYTEA NOT NULL)""",
    """CREATE INDEX IF NOT EXISTS pointsman_cache_ids ON pointsman_cache_entries (id)""",
    """CREATE INDEX IF NOT EXISTS pointsman_cache_expires ON pointsman_cache_entries (expires)""",
    """CREATE INDEX IF NOT EXISTS pointsman_cache_used ON pointsman_cache_entries (used, number)""",
    # Apart from the entries: nine rows to a page are read quickly, and a use that is written down
    # changes no row that an index of vectors points to.
    f"""CREATE TABLE IF NOT EXISTS pointsman_cache_vectors (
        number BIGINT PRIMARY KEY REFERENCES pointsman_cache_entries ON DELETE CASCADE,
        scope BYTEA NOT NULL, expires DOUBLE PRECISION NOT NULL, vector HALFVEC({WIDTH}))""",
    """CREATE INDEX IF NOT EXISTS pointsman_cache_scopes ON pointsman_cache_vectors (scope)""",
    """CREATE TABLE IF NOT EXISTS pointsman_cache_epochs (
        name TEXT PRIMARY KEY, epoch BIGINT NOT NULL)""",
)
Row = tuple[Any, ...]
Connection = psycopg.Connection[Row]


class Pool:
    """Connections that commit each statement by itself, unless a transaction is begun.

    Args:
        url: `postgresql://user:password@host:port/database?option=value`, as libpq reads it.

    Raises:
        CacheError: It cannot be reached, has no pgvector, or its tables are of another version.
    """

    def __init__(self, url: str) -> None:
        given = _parsed(url)
        self._where = f"PostgreSQL at {given.get('host', 'the local socket')}"
        waits = {"connect_timeout": CONNECT_S, "tcp_user_timeout": 1000 * LOST_S}
        self._target = make_conninfo("", **{**waits, **given})
        with self._explained(), psycopg.connect(self._target) as connection:
            # Asked without the pool first, whose error does not say why nobody answers.
            _prepare(connection, self._where)
        self._pool = ConnectionPool(
            self._target,
            kwargs={"autocommit": True},
            min_size=1,
            max_size=POOL,
            timeout=WAIT_S,
            # Whoever asks next tries again at once; longer, the pool would wait minutes between.
            reconnect_timeout=CONNECT_S,
            configure=_configure,
            check=ConnectionPool.check_connection,  # a restart of the database costs no request
            open=True,
        )

    @contextmanager
    def connection(self) -> Iterator[Connection]:
        """Lend a connection; a fault of the database becomes a `CacheError`."""
        with self._explained(), self._pool.connection() as connection:
            yield connection

    @contextmanager
    def patient(self) -> Iterator[Connection]:
        """Make a connection whose statements may take as long as they need."""
        with self._explained(), psycopg.connect(self._target, autocommit=True) as connection:
            yield connection

    def close(self) -> None:
        """Close all connections."""
        self._pool.close()

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except psycopg.Error as error:
            said = str(error).strip().partition("\n")[0] or type(error).__name__
            raise CacheError(
                f"{self._where}: {said}: is it up, and may this user write?"
            ) from error


def _parsed(url: str) -> dict[str, Any]:
    """Take a URL apart; the error holds nothing of it, since any part may be of the password."""
    try:
        given = conninfo_to_dict(url) if _URL.fullmatch(url) else None
    except psycopg.Error:
        given = None
    if given is None:
        raise CacheError(
            "`cache` is no URL of a PostgreSQL database: expected postgresql://user:password@host:"
            "port/database, with %-escapes for special characters (%40 for @, %2F for /)"
        )
    return given


def _configure(connection: Connection) -> None:
    """Set a new connection's limits; with SET, which works through poolers that refuse options."""
    connection.execute(f"SET statement_timeout = '{STATEMENT_S}s'".encode())
    connection.execute(f"SET idle_in_transaction_session_timeout = '{2 * STATEMENT_S}s'".encode())


def _prepare(connection: Connection, where: str) -> None:
    """Make the tables where there are none."""
    # CREATE TABLE IF NOT EXISTS fails where two do it at the same time.
    connection.execute("SELECT pg_advisory_xact_lock(%s)", (_TABLES_LOCK,))
    _prepare_extension(connection, where)
    connection.execute(_VERSIONS)
    found = connection.execute("SELECT version FROM pointsman_cache_schema").fetchone()
    if found is not None and found[0] != VERSION:
        raise CacheError(
            f"{where}: its tables are of version {found[0]}, and this pointsman reads version "
            f"{VERSION}: use the pointsman that wrote them, or name another place with `cache`"
        )
    for statement in _TABLES:
        connection.execute(statement.encode())
    if found is None:
        connection.execute("INSERT INTO pointsman_cache_schema VALUES (%s)", (VERSION,))


def _prepare_extension(connection: Connection, where: str) -> None:
    """Make sure of pgvector, which only a superuser can add to a database."""
    if connection.execute(_EXTENSION).fetchone() is None:
        try:
            connection.execute("CREATE EXTENSION vector")
        except psycopg.Error as error:
            raise CacheError(
                f"{where}: the database has no pgvector: install it on the server, and as a "
                "superuser of this database run: CREATE EXTENSION vector"
            ) from error
    ((version,),) = connection.execute(_EXTENSION).fetchall()
    if tuple(int(part) for part in re.findall(r"\d+", version)[:2]) < OLDEST:
        raise CacheError(
            f"{where}: pgvector is of version {version}, and 0.8 or later is needed: update it on "
            "the server, and as a superuser run: ALTER EXTENSION vector UPDATE"
        )
    if connection.execute("SELECT to_regtype('halfvec')").fetchall() == [(None,)]:
        raise CacheError(
            f"{where}: pgvector is there, in a schema that this user does not look in: add it to "
            "the user's search_path"
        )
