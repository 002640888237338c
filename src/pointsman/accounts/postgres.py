"""PostgreSQL as the place of keys and spending: one that replicas on many machines share.

Needs the extra `postgres`. Transactions lock rows (READ COMMITTED is enough), and always in one
order: first a reservation of their own, then counters by their keys. So none can wait in a circle.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg_pool import ConnectionPool

from pointsman.accounts.database import Row, Value, prepare
from pointsman.errors import LedgerError

CONNECT_S = 2
"""How long a connection may take to be made. The least that libpq allows
(https://www.postgresql.org/docs/current/libpq-connect.html)."""

WAIT_S = 4
"""How long to wait for a free connection of the pool, and so how long a database that is down holds
up a request. A burst of 200 reservations is through in half a second."""

STATEMENT_S = 2
"""How long one statement may take, its waiting for locks included."""

LOST_S = 4
"""After so long without a sign from the network a connection counts as broken (where the system
knows TCP_USER_TIMEOUT)."""

IDLE_S = 5
"""After so long the database ends a transaction that a hung process left open with its locks."""

POOL = 8
"""Most connections of one process; a transaction takes a millisecond or two."""

# Stricter than libpq, which takes a part of a password with an unescaped @ or / in it for a host or
# a port, and then says it aloud.
_HOST = r"(?:\[[^\]@/]*\]|[^@/?#,:\[\]]*)(?::\d*)?"
_URL = re.compile(
    rf"postgres(?:ql)?://(?:[^@/?#]*@)?{_HOST}(?:,{_HOST})*(?:/[^@/?#]*)?(?:\?.*)?", re.ASCII
)
_SCHEMA_LOCK = 7_665_481_923  # any number: whoever makes the tables holds it
_Connection = psycopg.Connection[tuple[Any, ...]]


class _Work:
    """Statements within one transaction."""

    def __init__(self, cursor: psycopg.Cursor[Row]) -> None:
        self._cursor = cursor

    def run(self, sql: str, values: Sequence[Value] = ()) -> list[Row]:
        """Run a statement; returns its rows."""
        self._cursor.execute(_adapted(sql), values)
        return self._rows()

    def run_each(self, sql: str, rows: Sequence[Sequence[Value]]) -> list[Row]:
        """Run a statement for each row of values, in this order and in one trip to the database."""
        if not rows:
            return []
        self._cursor.executemany(_adapted(sql), rows, returning=True)
        found = self._rows()
        while self._cursor.nextset():
            found += self._rows()
        return found

    def _rows(self) -> list[Row]:
        return self._cursor.fetchall() if self._cursor.description else []


class PostgresDatabase:
    """A pool of connections.

    Args:
        url: `postgresql://user:password@host:port/database?option=value`, as libpq reads it.

    Raises:
        LedgerError: It cannot be reached, or its tables are of another version.
    """

    def __init__(self, url: str) -> None:
        given = _parsed(url)
        self._where = f"PostgreSQL at {given.get('host', 'the local socket')}"
        waits = {"connect_timeout": CONNECT_S, "tcp_user_timeout": 1000 * LOST_S}
        target = make_conninfo("", **{**waits, **given})
        with self._explained(), psycopg.connect(target) as connection:
            # Asked without the pool first, whose error does not say why nobody answers.
            self._prepare(connection)
        self._pool = ConnectionPool(
            target,
            min_size=1,
            max_size=POOL,
            timeout=WAIT_S,
            # Whoever asks next tries again at once; longer, the pool would wait minutes between.
            reconnect_timeout=CONNECT_S,
            configure=_configure,
            check=ConnectionPool.check_connection,  # a restart of the database costs no request
            open=True,
        )

    def _prepare(self, connection: _Connection) -> None:
        with connection.cursor() as cursor:
            work = _Work(cursor)
            # CREATE TABLE IF NOT EXISTS fails where two do it at the same time.
            work.run("SELECT pg_advisory_xact_lock(?)", (_SCHEMA_LOCK,))
            prepare(work, self._where)

    @contextmanager
    def transaction(self) -> Iterator[_Work]:
        """Do all that is done within, or nothing of it where an error leaves the block."""
        with (
            self._explained(),
            self._pool.connection() as connection,
            connection.cursor() as cursor,
        ):
            yield _Work(cursor)

    def read(self, sql: str, values: Sequence[Value] = ()) -> list[Row]:
        """Run one statement that only reads; returns its rows."""
        with self.transaction() as work:
            return work.run(sql, values)

    def close(self) -> None:
        """Close all connections."""
        self._pool.close()

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except psycopg.Error as error:
            said = str(error).strip().partition("\n")[0] or type(error).__name__
            raise LedgerError(
                f"{self._where}: {said}: is it up, and may this user write?"
            ) from error


def _parsed(url: str) -> dict[str, Any]:
    """Take a URL apart; the error holds nothing of it, since any part may be of the password."""
    try:
        given = conninfo_to_dict(url) if _URL.fullmatch(url) else None
    except psycopg.Error:
        given = None
    if given is None:
        raise LedgerError(
            "`state` is no URL of a PostgreSQL database: expected postgresql://user:password@host:"
            "port/database, with %-escapes for special characters (%40 for @, %2F for /)"
        )
    return given


def _configure(connection: _Connection) -> None:
    """Set a new connection's limits; with SET, which works through poolers that refuse options."""
    connection.execute(f"SET statement_timeout = '{STATEMENT_S}s'")
    connection.execute(f"SET idle_in_transaction_session_timeout = '{IDLE_S}s'")
    connection.commit()


def _adapted(sql: str) -> bytes:
    """Write values as psycopg does; bytes, because its types take only literals for text."""
    return sql.replace("?", "%s").encode()
