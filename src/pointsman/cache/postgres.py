"""Answers in a PostgreSQL with pgvector that replicas on many machines share."""

from contextlib import AbstractContextManager

import numpy as np
from numpy.typing import NDArray

from pointsman.cache.entry import Bounds, Entry, Hit, Stats, excess
from pointsman.cache.packing import packed, unpacked
from pointsman.cache.postgres_index import ensure_index
from pointsman.cache.postgres_pool import Connection, Pool, Row
from pointsman.cache.store import EXACT_ENTRIES, counter
from pointsman.cache.uses import Uses

MORE = 8
"""So many more than asked for are compared again in full precision, since the vectors that the
database compares are rounded to 16 bits (an error of some 1e-5 in a cosine)."""

AGAIN_S = 600.0
"""How long a scope that was too large to be compared whole is taken to be so still."""

EF_SEARCH = 100
"""How many neighbours the index looks at, at least (pgvector's default is 40). What it misses is
measured by `measure_shared` of `benchmarks/cache_stores.py`: little where an entry is near, and
much where none is, which is a miss of the cache anyhow."""

_SWEEP_LOCK = 7_665_481_925  # any number: whoever sweeps holds it

_GET = "SELECT number, body, vector FROM pointsman_cache_entries WHERE key = %s AND expires > %s"
# Both searches read vectors and entries in one statement, and so as of one moment. The first takes
# one more than is compared whole, by which it tells that there are too many.
_NEAREST = """WITH scope AS MATERIALIZED (
        SELECT number, vector FROM pointsman_cache_vectors
        WHERE scope = %(scope)s AND vector IS NOT NULL AND expires > %(now)s LIMIT %(exact)s + 1),
    best AS (SELECT number FROM scope ORDER BY vector <#> %(vector)s::halfvec LIMIT %(count)s)
    SELECT number, body, vector, (SELECT count(*) FROM scope)
    FROM best JOIN pointsman_cache_entries USING (number)"""
NEAREST_BY_INDEX = """WITH best AS MATERIALIZED (
        SELECT number FROM pointsman_cache_vectors
        WHERE scope = %(scope)s AND vector IS NOT NULL AND expires > %(now)s
        ORDER BY vector <#> %(vector)s::halfvec LIMIT %(count)s)
    SELECT number, body, vector FROM best JOIN pointsman_cache_entries USING (number)"""
# The planner knows nothing of how the vectors of a scope lie: told not to sort, it takes the index
# where there is one.
BY_INDEX = (
    "SET LOCAL enable_sort = off",
    "SET LOCAL hnsw.iterative_scan = 'strict_order'",
    f"SET LOCAL hnsw.ef_search = {EF_SEARCH}",
)
_PUT = """WITH kept AS (
        INSERT INTO pointsman_cache_entries
            (key, scope, id, created, expires, used, bytes, body, vector)
        VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)
        ON CONFLICT (key) DO UPDATE SET scope = excluded.scope, id = excluded.id,
            created = excluded.created, expires = excluded.expires, used = excluded.used,
            bytes = excluded.bytes, body = excluded.body, vector = excluded.vector
        RETURNING number, scope, expires)
    INSERT INTO pointsman_cache_vectors (number, scope, expires, vector)
    SELECT number, scope, expires, %s::halfvec FROM kept
    ON CONFLICT (number) DO UPDATE SET scope = excluded.scope, expires = excluded.expires,
        vector = excluded.vector"""
_DELETE = "DELETE FROM pointsman_cache_entries WHERE "
_EXPIRED = """number IN (SELECT number FROM pointsman_cache_entries WHERE expires <= %s
    ORDER BY expires LIMIT %s)"""
_UNUSED = "SELECT number, bytes FROM pointsman_cache_entries ORDER BY used, number LIMIT %s"
# Rows that somebody is at are passed over, so nobody waits in a circle.
_USED = """UPDATE pointsman_cache_entries SET used = greatest(used, noted.at)
    FROM unnest(%s::bigint[], %s::float8[]) AS noted (number, at)
    WHERE pointsman_cache_entries.number = noted.number AND noted.number IN (
        SELECT number FROM pointsman_cache_entries WHERE number = ANY(%s::bigint[])
        FOR UPDATE SKIP LOCKED)"""
_TOTALS = "SELECT count(*), coalesce(sum(bytes), 0)::bigint FROM pointsman_cache_entries"
_STATS = """SELECT count(*), coalesce(sum(bytes), 0)::bigint, count(DISTINCT scope), min(created)
    FROM pointsman_cache_entries"""
_BUMP = """INSERT INTO pointsman_cache_epochs (name, epoch) VALUES (%s, 1)
    ON CONFLICT (name) DO UPDATE SET epoch = pointsman_cache_epochs.epoch + 1 RETURNING epoch"""
_EPOCH = "SELECT coalesce(sum(epoch), 0)::bigint FROM pointsman_cache_epochs WHERE name IN (%s, %s)"


class PostgresStore:
    """Entries in one table and their vectors in another, which the database searches.

    The bounds hold after a `sweep`: counting with every `put` would make replicas wait for one
    another. The order in which entries go is approximate (see `Uses`).

    Args:
        url: `postgresql://user:password@host:port/database?option=value`, as libpq reads it.
        bounds: What it keeps at most.

    Raises:
        CacheError: It cannot be reached, has no pgvector, or its tables are of another version.
    """

    def __init__(self, url: str, bounds: Bounds | None = None) -> None:
        self._bounds = bounds or Bounds()
        self._uses = Uses()
        self._large: dict[bytes, float] = {}  # scopes, and until when they are taken to be large
        self._pool = Pool(url)

    def get(self, key: bytes, now: float) -> Entry | None:
        """Return the entry of a key, or None where there is none, it has expired, or is damaged."""
        with self._connection() as connection:
            found = connection.execute(_GET, (key, now), binary=True).fetchone()
        if found is None:
            return None
        number, body, vector = found
        self._uses.note(number, now)
        return unpacked(body, vector)

    def nearest(
        self, scope: bytes, vector: NDArray[np.float32], count: int, now: float
    ) -> tuple[Hit, ...]:
        """Return the entries of a scope that are most similar, best first, at most `count`.

        Beyond `EXACT_ENTRIES` in the scope, an index may miss some of them.
        """
        asked = {
            "scope": scope,
            "vector": _written(vector),
            "count": count + MORE,
            "now": now,
            "exact": EXACT_ENTRIES,
        }
        with self._connection() as connection:
            rows = self._searched(connection, scope, asked, now)
        entries = [(number, unpacked(body, exact)) for number, body, exact in rows]
        hits = [
            (Hit(entry, float(entry.vector @ vector)), number)
            for number, entry in entries
            if entry is not None
        ]
        hits.sort(key=lambda found: -found[0].similarity)
        for _, number in hits[:1]:
            self._uses.note(number, now)
        return tuple(hit for hit, _ in hits[:count])

    def put(self, entry: Entry, now: float) -> None:
        """Keep an entry, in the place of the one with its key if there is one."""
        body, vector = packed(entry)
        row = (entry.key, entry.scope, entry.id, entry.created, entry.expires, now)
        written = _written(entry.vector) if len(entry.vector) else None
        with self._connection() as connection:
            if entry.size_bytes > self._bounds.bytes:
                connection.execute(_DELETE + "key = %s", (entry.key,))
                return
            connection.execute(_PUT, (*row, entry.size_bytes, body, vector, written))

    def purge(self, id: str) -> bool:  # noqa: A002  # the entry's word for it
        """Forget the answer to a request by its decision id; False where it is not kept."""
        with self._connection() as connection:
            return connection.execute(_DELETE + "id = %s", (id,)).rowcount > 0

    def bump(self, tenant: str | None) -> int:
        """Begin a new epoch of a tenant, or of all of them with None; returns the count."""
        with self._connection() as connection:
            return int(connection.execute(_BUMP, (counter(tenant),)).fetchall()[0][0])

    def epoch(self, tenant: str) -> int:
        """Return a number that every `bump` of this tenant or of all raises."""
        with self._connection() as connection:
            names = (counter(tenant), counter(None))
            return int(connection.execute(_EPOCH, names).fetchall()[0][0])

    def stats(self) -> Stats:
        """Count what is kept."""
        with self._connection() as connection:
            return Stats(*connection.execute(_STATS).fetchall()[0])

    def sweep(self, now: float, most: int) -> int:
        """Delete what has expired or is over the bounds, at most so many; returns how many.

        Of replicas that sweep at the same time, one does. When it is through, it makes the index of
        vectors if a scope has come to need it: that takes minutes for 100,000 of them, in which
        everything else goes on.
        """
        with self._connection() as connection, connection.transaction():
            lock = connection.execute("SELECT pg_try_advisory_xact_lock(%s)", (_SWEEP_LOCK,))
            if lock.fetchone() != (True,):
                return 0
            self._write_uses(connection)
            gone = connection.execute(_DELETE + _EXPIRED, (now, most)).rowcount
            gone += self._evict(connection, most - gone)
        if gone < most:
            ensure_index(self._pool, EXACT_ENTRIES)
        return gone

    def close(self) -> None:
        """Close all connections."""
        self._pool.close()

    def _connection(self) -> AbstractContextManager[Connection]:
        return self._pool.connection()

    def _searched(
        self, connection: Connection, scope: bytes, asked: dict[str, object], now: float
    ) -> list[Row]:
        """Return number, body and vector of the best entries, in no order."""
        if self._large.get(scope, 0.0) <= now:
            rows = connection.execute(_NEAREST, asked, binary=True).fetchall()
            if not rows or rows[0][3] <= EXACT_ENTRIES:
                return [row[:3] for row in rows]
            self._large = {one: until for one, until in self._large.items() if until > now}
            self._large[scope] = now + AGAIN_S
        with connection.transaction():
            for setting in BY_INDEX:
                connection.execute(setting.encode())
            return connection.execute(NEAREST_BY_INDEX, asked, binary=True).fetchall()

    def _write_uses(self, connection: Connection) -> None:
        noted = self._uses.taken()
        if noted:
            numbers, times = map(list, zip(*noted, strict=True))
            connection.execute(_USED, (numbers, times, numbers))

    def _evict(self, connection: Connection, most: int) -> int:
        """Delete what is over the bounds, least recently used first; returns how many."""
        ((entries, size),) = connection.execute(_TOTALS).fetchall()
        if entries <= self._bounds.entries and size <= self._bounds.bytes:
            return 0
        unused = connection.execute(_UNUSED, (most,)).fetchall()
        going = excess(entries, size, self._bounds, unused)
        return connection.execute(_DELETE + "number = ANY(%s)", (going,)).rowcount


def _written(vector: NDArray[np.float32]) -> str:
    """Write a vector as pgvector reads it; 16 bits hold three digits, and five are written."""
    return "[" + ",".join(f"{number:.5g}" for number in vector.tolist()) + "]"
