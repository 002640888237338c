"""SQLite as the place of keys and spending: one file that the processes of one machine share."""

import os
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Lock

from pointsman.accounts.database import Row, Value, prepare
from pointsman.errors import LedgerError

BUSY_S = 10.0
"""How long to wait for another process that writes; one transaction takes far under a second."""

_AGAIN_S = 0.01

IN_MEMORY = ":memory:"

_OLDEST = (3, 35)
_MENDS = {
    "SQLITE_NOTADB": "it is no SQLite file; name another with `state` or --state",
    "SQLITE_CANTOPEN": "the folder must be there, and this user must be able to write to it",
    "SQLITE_READONLY": "this user must be able to write to it, and to its folder",
    "SQLITE_BUSY": f"another process has held it for over {BUSY_S:.0f} s",
    "SQLITE_FULL": "the disk is full",
}


class SqliteDatabase:
    """One connection under one lock.

    The journal is a write-ahead log with `synchronous=NORMAL`: a process that is killed loses
    nothing, and a machine that loses its power may lose the last moments, but never the file.

    Args:
        path: The file, made where there is none, for its owner alone; or `:memory:`.

    Raises:
        LedgerError: It cannot be opened, or holds something else.
    """

    def __init__(self, path: str) -> None:
        self._path = path
        self._lock = Lock()
        if sqlite3.sqlite_version_info < _OLDEST:
            raise LedgerError(
                f"SQLite {sqlite3.sqlite_version} is too old: 3.35 or later is needed"
            )
        with self._explained():
            if path != IN_MEMORY:
                _make(Path(path))
            # Transactions are begun and ended by name, so the module must not begin any itself.
            self._connection = sqlite3.connect(
                path, timeout=BUSY_S, isolation_level=None, check_same_thread=False
            )
        try:
            self._set_up()
        except BaseException:
            self._connection.close()
            raise

    def _set_up(self) -> None:
        with self._explained():
            tables = {row[0] for row in self.run("SELECT name FROM sqlite_master")}
        if tables and "pointsman_schema" not in tables:
            raise LedgerError(
                f"{self._path}: expected keys and spending, found a SQLite file of something else; "
                "name another file with `state` or --state"
            )
        with self._explained():
            mode = self._write_ahead()
            self.run("PRAGMA synchronous = NORMAL")
        if mode not in {"wal", "memory"}:
            raise LedgerError(
                f"{self._path}: its file system has no shared memory, which a write-ahead log "
                "needs: name a file on a local disk, or postgresql://..."
            )
        with self.transaction() as work:
            prepare(work, self._path)

    def _write_ahead(self) -> str:
        """Switch to a write-ahead log; returns the journal there is then.

        SQLite does not wait here as it does elsewhere (sqlite.org/c3ref/busy_handler.html: a
        handler that could never succeed is not asked), so replicas that start together would fail.
        """
        until = time.monotonic() + BUSY_S
        while True:
            try:
                return str(self.run("PRAGMA journal_mode = WAL")[0][0])
            except sqlite3.OperationalError as error:
                busy = error.sqlite_errorname.startswith("SQLITE_BUSY")
                if not busy or time.monotonic() > until:
                    raise
            time.sleep(_AGAIN_S)

    @contextmanager
    def transaction(self) -> Iterator["SqliteDatabase"]:
        """Do all that is done within, or nothing of it where an error leaves the block."""
        with self._lock, self._explained():
            # IMMEDIATE takes the file's one writing lock at once: what is read within is still
            # true when it is written.
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:  # some faults of the disk end it themselves
                    self._connection.execute("ROLLBACK")
                raise

    def run(self, sql: str, values: Sequence[Value] = ()) -> list[Row]:
        """Run a statement of the transaction that is open; returns its rows."""
        return self._connection.execute(_adapted(sql), values).fetchall()

    def run_each(self, sql: str, rows: Sequence[Sequence[Value]]) -> list[Row]:
        """Run a statement for each row of values, in this order; returns all rows that come."""
        return [row for values in rows for row in self.run(sql, values)]

    def read(self, sql: str, values: Sequence[Value] = ()) -> list[Row]:
        """Run one statement that only reads; returns its rows."""
        with self._lock, self._explained():
            return self.run(sql, values)

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            name = getattr(error, "sqlite_errorname", "")
            mend = next((mend for code, mend in _MENDS.items() if name.startswith(code)), None)
            said = error.strerror if isinstance(error, OSError) else str(error)
            raise LedgerError(f"{self._path}: {said}{f': {mend}' if mend else ''}") from error


def _make(path: Path) -> None:
    """Make the file for its owner alone, since it says who may ask and what they spent."""
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))


def _adapted(sql: str) -> str:
    """SQLite knows no locks on rows, and needs none: a transaction holds the whole file."""
    return sql.replace(" FOR UPDATE SKIP LOCKED", "")
