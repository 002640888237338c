"""Opens the SQLite file that answers are kept in, and says what is wrong with one."""

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pointsman.errors import CacheError

VERSION = 1
"""Version of the tables; a change to them raises it."""

BUSY_S = 5.0
"""How long to wait for another process that writes; one transaction takes milliseconds."""

_AGAIN_S = 0.01
_OLDEST = (3, 35)
_MENDS = {
    "SQLITE_NOTADB": "it is no SQLite file; name another with `cache`",
    "SQLITE_CORRUPT": "it is damaged; delete it, since it holds nothing but answers to reuse",
    "SQLITE_CANTOPEN": "the folder must be there, and this user must be able to write to it",
    "SQLITE_READONLY": "this user must be able to write to it, and to its folder",
    "SQLITE_BUSY": f"another process has held it for over {BUSY_S:.0f} s",
    "SQLITE_FULL": "the disk is full",
}

_VERSIONS = "CREATE TABLE IF NOT EXISTS pointsman_cache_schema (version INTEGER NOT NULL)"
_TABLES = (
    # AUTOINCREMENT: a number is never given again, so whatever is above the highest one that a
    # process has read is new to it. The vector stands before the body, which is long: who loads a
    # scope reads no further.
    """CREATE TABLE IF NOT EXISTS pointsman_cache_entries (
        number INTEGER PRIMARY KEY AUTOINCREMENT, key BLOB NOT NULL UNIQUE, scope BLOB NOT NULL,
        id TEXT NOT NULL, created REAL NOT NULL, expires REAL NOT NULL, used REAL NOT NULL,
        bytes INTEGER NOT NULL, vector BLOB NOT NULL, body BLOB NOT NULL)""",
    """CREATE INDEX IF NOT EXISTS pointsman_cache_scopes ON pointsman_cache_entries (scope)""",
    """CREATE INDEX IF NOT EXISTS pointsman_cache_ids ON pointsman_cache_entries (id)""",
    """CREATE INDEX IF NOT EXISTS pointsman_cache_expires ON pointsman_cache_entries (expires)""",
    """CREATE INDEX IF NOT EXISTS pointsman_cache_created ON pointsman_cache_entries (created)""",
    """CREATE INDEX IF NOT EXISTS pointsman_cache_used ON pointsman_cache_entries (used, bytes)""",
    # Counted as it changes, since the bounds are looked at with every entry that is kept.
    """CREATE TABLE IF NOT EXISTS pointsman_cache_totals (
        entries INTEGER NOT NULL, bytes INTEGER NOT NULL)""",
    """CREATE TRIGGER IF NOT EXISTS pointsman_cache_more AFTER INSERT ON pointsman_cache_entries
        BEGIN UPDATE pointsman_cache_totals
            SET entries = entries + 1, bytes = bytes + NEW.bytes; END""",
    """CREATE TRIGGER IF NOT EXISTS pointsman_cache_fewer AFTER DELETE ON pointsman_cache_entries
        BEGIN UPDATE pointsman_cache_totals
            SET entries = entries - 1, bytes = bytes - OLD.bytes; END""",
    """CREATE TABLE IF NOT EXISTS pointsman_cache_epochs (
        name TEXT PRIMARY KEY, epoch INTEGER NOT NULL)""",
)


def open_file(path: str) -> tuple[sqlite3.Connection, sqlite3.Connection]:
    """Open a file, made where there is none, for its owner alone.

    The journal is a write-ahead log with `synchronous=NORMAL`: a process that is killed loses
    nothing, and a machine that loses its power may lose the last moments, but never the file.

    Returns:
        A connection to read with and one to write with: who reads does not wait for who writes.

    Raises:
        CacheError: It cannot be opened, is damaged, or holds something else.
    """
    if sqlite3.sqlite_version_info < _OLDEST:
        raise CacheError(f"SQLite {sqlite3.sqlite_version} is too old: 3.35 or later is needed")
    with explained(path):
        _make(Path(path))
        writing = _connected(path)
        try:
            _set_up(writing, path)
            return _connected(path), writing
        except BaseException:
            writing.close()
            raise


@contextmanager
def explained(path: str) -> Iterator[None]:
    """Turn a fault of SQLite or of the file system into an error that says the mend."""
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        name = getattr(error, "sqlite_errorname", "")
        mend = next((mend for code, mend in _MENDS.items() if name.startswith(code)), None)
        said = error.strerror if isinstance(error, OSError) else str(error)
        raise CacheError(f"{path}: {said}{f': {mend}' if mend else ''}") from error


@contextmanager
def transaction(writing: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    """Do all that is done within, or nothing of it where an error leaves the block.

    IMMEDIATE takes the file's one writing lock at once: what is read within is still true when it
    is written.
    """
    writing.execute("BEGIN IMMEDIATE")
    try:
        yield writing
        writing.execute("COMMIT")
    except BaseException:
        if writing.in_transaction:  # some faults of the disk end it themselves
            writing.execute("ROLLBACK")
        raise


def _make(path: Path) -> None:
    """Make the file for its owner alone, since it holds what people asked and were told."""
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))


def _connected(path: str) -> sqlite3.Connection:
    # Transactions are begun and ended by name, so the module must not begin any itself.
    return sqlite3.connect(path, timeout=BUSY_S, isolation_level=None, check_same_thread=False)


def _set_up(writing: sqlite3.Connection, path: str) -> None:
    tables = {name for (name,) in writing.execute("SELECT name FROM sqlite_master")}
    if tables and "pointsman_cache_schema" not in tables:
        raise CacheError(
            f"{path}: expected answers to reuse, found a SQLite file of something else; name "
            "another file with `cache`"
        )
    if _write_ahead(writing) != "wal":
        raise CacheError(
            f"{path}: its file system has no shared memory, which a write-ahead log needs: name a "
            "file on a local disk, or postgresql://..."
        )
    writing.execute("PRAGMA synchronous = NORMAL")
    _check(writing, path)
    with transaction(writing):
        _prepare(writing, path)


def _write_ahead(writing: sqlite3.Connection) -> str:
    """Switch to a write-ahead log; returns the journal there is then.

    SQLite does not wait here as it does elsewhere (sqlite.org/c3ref/busy_handler.html: a handler
    that could never succeed is not asked), so replicas that start together would fail.
    """
    until = time.monotonic() + BUSY_S
    while True:
        try:
            return str(writing.execute("PRAGMA journal_mode = WAL").fetchone()[0])
        except sqlite3.OperationalError as error:
            busy = error.sqlite_errorname.startswith("SQLITE_BUSY")
            if not busy or time.monotonic() > until:
                raise
        time.sleep(_AGAIN_S)


def _check(writing: sqlite3.Connection, path: str) -> None:
    """Read the whole file once; a damaged one is better found now than by a request."""
    found = str(writing.execute("PRAGMA quick_check(1)").fetchone()[0])
    if found != "ok":
        first = found.replace("\n", " ")
        raise CacheError(f"{path}: {first}: {_MENDS['SQLITE_CORRUPT']}")


def _prepare(writing: sqlite3.Connection, path: str) -> None:
    """Make the tables where there are none."""
    writing.execute(_VERSIONS)
    found = writing.execute("SELECT version FROM pointsman_cache_schema").fetchone()
    if found is not None and found[0] != VERSION:
        raise CacheError(
            f"{path}: its tables are of version {found[0]}, and this pointsman reads version "
            f"{VERSION}: use the pointsman that wrote them, or name another file with `cache`"
        )
    for statement in _TABLES:
        writing.execute(statement)
    if found is None:
        writing.execute("INSERT INTO pointsman_cache_schema (version) VALUES (?)", (VERSION,))
        writing.execute("INSERT INTO pointsman_cache_totals (entries, bytes) VALUES (0, 0)")
