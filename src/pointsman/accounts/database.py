"""The tables that SQLite and PostgreSQL have alike, and what a database has to offer for them.

Statements are written as PostgreSQL reads them, with `?` for a value; each database turns that
into its own. They keep to what both understand (SQLite from 3.35, for `RETURNING`).
"""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

from pointsman.errors import LedgerError

VERSION = 1
"""Version of the tables; a change to them raises it."""

Value = str | int | float | None
Row = tuple[Any, ...]

_VERSIONS = "CREATE TABLE IF NOT EXISTS pointsman_schema (version BIGINT NOT NULL)"
_TABLES = (
    """CREATE TABLE IF NOT EXISTS pointsman_counters (
        limit_id TEXT NOT NULL, subject TEXT NOT NULL, starts BIGINT NOT NULL, ends BIGINT,
        spent BIGINT NOT NULL, reserved BIGINT NOT NULL,
        PRIMARY KEY (limit_id, subject, starts))""",
    """CREATE TABLE IF NOT EXISTS pointsman_reservations (
        id TEXT PRIMARY KEY, expires DOUBLE PRECISION NOT NULL, holds TEXT NOT NULL)""",
    """CREATE INDEX IF NOT EXISTS pointsman_reservations_expires
        ON pointsman_reservations (expires)""",
    """CREATE TABLE IF NOT EXISTS pointsman_keys (
        id TEXT PRIMARY KEY, digest TEXT NOT NULL UNIQUE, prefix TEXT NOT NULL,
        tenant TEXT NOT NULL, name TEXT NOT NULL,
        created BIGINT NOT NULL, expires BIGINT, revoked BIGINT)""",
)


class Work(Protocol):
    """Statements within one transaction."""

    def run(self, sql: str, values: Sequence[Value] = ()) -> list[Row]:
        """Run a statement; returns its rows."""
        ...

    def run_each(self, sql: str, rows: Sequence[Sequence[Value]]) -> list[Row]:
        """Run a statement for each row of values, in this order; returns all rows that come."""
        ...


class Database(Protocol):
    """A database that threads may share; every fault of it becomes a `LedgerError`."""

    def transaction(self) -> AbstractContextManager[Work]:
        """Do all that is done within, or nothing of it where an error leaves the block."""
        ...

    def read(self, sql: str, values: Sequence[Value] = ()) -> list[Row]:
        """Run one statement that only reads; returns its rows."""
        ...

    def close(self) -> None:
        """Let go of the file or the connections."""
        ...


def prepare(work: Work, where: str) -> None:
    """Make the tables where there are none.

    Args:
        work: A transaction that no other process can be in at the same time.
        where: What the database is called in the error; no secrets.

    Raises:
        LedgerError: The tables are of another version.
    """
    work.run(_VERSIONS)
    found = work.run("SELECT version FROM pointsman_schema")
    if found and found[0][0] != VERSION:
        raise LedgerError(
            f"{where}: its tables are of version {found[0][0]}, and this pointsman reads version "
            f"{VERSION}: use the pointsman that wrote them, or name another place with `state`"
        )
    if not found:
        work.run("INSERT INTO pointsman_schema (version) VALUES (?)", (VERSION,))
    for statement in _TABLES:
        work.run(statement)
