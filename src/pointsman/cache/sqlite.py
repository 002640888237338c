"""Answers in a SQLite file that the processes of one machine share and that outlives them."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from pointsman.cache.entry import WIDTH, Bounds, Entry, Hit, Stats, excess
from pointsman.cache.packing import packed, unpacked
from pointsman.cache.shelf import Loaded, Shelf
from pointsman.cache.sqlite_file import explained, open_file, transaction
from pointsman.cache.store import counter
from pointsman.cache.uses import Uses
from pointsman.cache.vectors import Vectors

EVICTED = 256
"""Most entries that one `put` deletes; where the bounds were lowered, `sweep` deletes the rest."""

_GET = "SELECT number, body, vector FROM pointsman_cache_entries WHERE key = ? AND expires > ?"
_FETCH = "SELECT number, body, vector FROM pointsman_cache_entries WHERE number IN ({marks})"
_SINCE = """SELECT number, expires, vector FROM pointsman_cache_entries
    WHERE scope = ? AND number > ? ORDER BY number"""
_INSERT = """INSERT INTO pointsman_cache_entries
    (key, scope, id, created, expires, used, bytes, body, vector)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"""
_DELETE = "DELETE FROM pointsman_cache_entries WHERE {which} RETURNING scope, number"
_EXPIRED = """number IN (
    SELECT number FROM pointsman_cache_entries WHERE expires <= ? ORDER BY expires LIMIT ?)"""
_UNUSED = "SELECT number, bytes FROM pointsman_cache_entries ORDER BY used, number LIMIT ?"
_USED = "UPDATE pointsman_cache_entries SET used = max(used, ?2) WHERE number = ?1"
_TOTALS = "SELECT entries, bytes FROM pointsman_cache_totals"
_STATS = """SELECT entries, bytes, (SELECT count(DISTINCT scope) FROM pointsman_cache_entries),
    (SELECT min(created) FROM pointsman_cache_entries) FROM pointsman_cache_totals"""
_BUMP = """INSERT INTO pointsman_cache_epochs (name, epoch) VALUES (?, 1)
    ON CONFLICT (name) DO UPDATE SET epoch = epoch + 1 RETURNING epoch"""
_EPOCH = "SELECT coalesce(sum(epoch), 0) FROM pointsman_cache_epochs WHERE name IN (?, ?)"
_Gone = list[tuple[bytes, int]]


class SqliteStore:
    """Entries in a file; the vectors of the scopes that are searched, in memory too.

    Each search first reads what was kept in its scope since the last one, by whichever process.
    What another process deleted is noticed when it is found. The bounds hold after each `put`; the
    order in which entries go is approximate (see `Uses`). The file keeps the size that it once had,
    and what is deleted makes room in it.

    Args:
        path: The file, made where there is none, for its owner alone.
        bounds: What it keeps at most.

    Raises:
        CacheError: The file cannot be opened, is damaged, or holds something else.
    """

    def __init__(self, path: str, bounds: Bounds | None = None) -> None:
        self._path = path
        self._bounds = bounds or Bounds()
        self._uses = Uses()
        self._reading_lock, self._writing_lock = Lock(), Lock()
        self._shelf = Shelf()  # whoever reads has it
        self._reading, self._writing = open_file(path)

    def get(self, key: bytes, now: float) -> Entry | None:
        """Return the entry of a key, or None where there is none, it has expired, or is damaged."""
        with self._read() as reading:
            found = reading.execute(_GET, (key, now)).fetchone()
        if found is None:
            return None
        number, body, vector = found
        self._uses.note(number, now)
        return unpacked(body, vector)

    def nearest(
        self, scope: bytes, vector: NDArray[np.float32], count: int, now: float
    ) -> tuple[Hit, ...]:
        """Return the entries of a scope that are most similar, best first, at most `count`."""
        with self._read() as reading:
            loaded = self._caught_up(reading, scope, now)
            wanted = count
            while True:
                found = loaded.vectors.nearest(vector, wanted, now)
                entries = _fetched(reading, [number for number, _ in found])
                gone = [number for number, _ in found if number not in entries]
                if not gone:
                    break
                loaded.vectors.remove(gone)
                wanted *= 2  # where much was deleted, few rounds find out
        best = found[:count]
        for number, _ in best[:1]:
            self._uses.note(number, now)
        return tuple(Hit(entries[number], cosine) for number, cosine in best)

    def put(self, entry: Entry, now: float) -> None:
        """Keep an entry, in the place of the one with its key if there is one."""
        body, vector = packed(entry)
        row = (entry.key, entry.scope, entry.id, entry.created, entry.expires, now)
        with self._write() as work:
            gone = _deleted(work, "key = ?", (entry.key,))
            if entry.size_bytes <= self._bounds.bytes:
                work.execute(_INSERT, (*row, entry.size_bytes, body, vector))
            gone += self._evicted(work, EVICTED)
        self._drop(gone)

    def purge(self, id: str) -> bool:  # noqa: A002  # the entry's word for it
        """Forget the answer to a request by its decision id; False where it is not kept."""
        with self._write() as work:
            gone = _deleted(work, "id = ?", (id,))
        self._drop(gone)
        return bool(gone)

    def bump(self, tenant: str | None) -> int:
        """Begin a new epoch of a tenant, or of all of them with None; returns the count."""
        with self._write() as work:
            return int(work.execute(_BUMP, (counter(tenant),)).fetchall()[0][0])

    def epoch(self, tenant: str) -> int:
        """Return a number that every `bump` of this tenant or of all raises."""
        with self._read() as reading:
            names = (counter(tenant), counter(None))
            return int(reading.execute(_EPOCH, names).fetchone()[0])

    def stats(self) -> Stats:
        """Count what is kept."""
        with self._read() as reading:
            return Stats(*reading.execute(_STATS).fetchone())

    def sweep(self, now: float, most: int) -> int:
        """Delete what has expired or is over the bounds, at most so many; returns how many."""
        with self._write() as work:
            work.executemany(_USED, self._uses.taken())
            gone = _deleted(work, _EXPIRED, (now, most))
            gone += self._evicted(work, most - len(gone))
        self._drop(gone)
        return len(gone)

    def close(self) -> None:
        """Close the file."""
        with self._reading_lock, self._writing_lock:
            self._reading.close()
            self._writing.close()

    @contextmanager
    def _read(self) -> Iterator[sqlite3.Connection]:
        with self._reading_lock, explained(self._path):
            yield self._reading

    @contextmanager
    def _write(self) -> Iterator[sqlite3.Connection]:
        with self._writing_lock, explained(self._path), transaction(self._writing) as work:
            yield work

    def _caught_up(self, reading: sqlite3.Connection, scope: bytes, now: float) -> Loaded:
        """Return the vectors of a scope with all that was kept in it until now."""
        loaded = self._shelf.get(scope)
        if loaded is not None:
            new = reading.execute(_SINCE, (scope, loaded.newest)).fetchall()
            if len(loaded.vectors) + len(new) <= loaded.vectors.capacity:
                _take_in(loaded, new, now)
                return loaded
        # Loaded again rather than grown: so it also forgets what expired or others deleted.
        rows = reading.execute(_SINCE, (scope, 0)).fetchall()
        loaded = Loaded(Vectors(2 * len(rows)))
        _take_in(loaded, rows, now)
        self._shelf.put(scope, loaded)
        return loaded

    def _evicted(self, work: sqlite3.Connection, most: int) -> _Gone:
        """Delete what is over the bounds, least recently used first."""
        entries, size = work.execute(_TOTALS).fetchone()
        if entries <= self._bounds.entries and size <= self._bounds.bytes:
            return []
        work.executemany(_USED, self._uses.taken())
        unused = work.execute(_UNUSED, (most,)).fetchall()
        going = excess(entries, size, self._bounds, unused)
        return _deleted(work, f"number IN ({_marks(going)})", going)

    def _drop(self, gone: _Gone) -> None:
        with self._reading_lock:
            for scope, number in gone:
                self._shelf.remove(scope, number)


def _take_in(loaded: Loaded, rows: Sequence[tuple[int, float, bytes]], now: float) -> None:
    kept = [row for row in rows if row[2] and row[1] > now]
    vectors = np.frombuffer(b"".join(row[2] for row in kept), "<f4").reshape(-1, WIDTH)
    loaded.vectors.add([row[0] for row in kept], vectors, [row[1] for row in kept])
    if rows:
        loaded.newest = rows[-1][0]


def _fetched(reading: sqlite3.Connection, numbers: Sequence[int]) -> dict[int, Entry]:
    """Return the entries that are (still) there and whole."""
    rows = reading.execute(_FETCH.format(marks=_marks(numbers)), numbers).fetchall()
    read = {number: unpacked(body, vector) for number, body, vector in rows}
    return {number: entry for number, entry in read.items() if entry is not None}


def _deleted(work: sqlite3.Connection, which: str, values: Sequence[object]) -> _Gone:
    return work.execute(_DELETE.format(which=which), tuple(values)).fetchall()


def _marks(values: Sequence[object]) -> str:
    return ", ".join("?" * len(values))
