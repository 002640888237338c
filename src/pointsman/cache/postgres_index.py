"""The index of vectors in PostgreSQL, made when a scope has grown too large to be compared whole.

Until then there is none: with it, keeping an entry takes ten times as long, and deleting one too.
"""

from pointsman.cache.postgres_pool import Connection, Pool

INDEX = "pointsman_cache_nearest"

_INDEX_LOCK = 7_665_481_926  # any number: whoever makes the index holds it
_FOUND = "SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass(%s)"
_LARGE = """SELECT 1 FROM pointsman_cache_vectors WHERE vector IS NOT NULL
    GROUP BY scope HAVING count(*) > %s LIMIT 1"""
# m and ef_construction are pgvector's defaults, by name
# (https://github.com/pgvector/pgvector#hnsw). CONCURRENTLY: others keep entries meanwhile.
_MAKE = f"""CREATE INDEX CONCURRENTLY {INDEX} ON pointsman_cache_vectors
    USING hnsw (vector halfvec_ip_ops) WITH (m = 16, ef_construction = 64)"""


def ensure_index(pool: Pool, exact_entries: int) -> bool:
    """Make the index if a scope has more vectors than this and there is none; True if it did.

    Raises:
        CacheError: The database cannot be reached or refuses.
    """
    with pool.connection() as connection:
        if _valid(connection) or not connection.execute(_LARGE, (exact_entries,)).fetchall():
            return False
    with pool.patient() as connection:
        lock = connection.execute("SELECT pg_try_advisory_lock(%s)", (_INDEX_LOCK,))
        if lock.fetchone() != (True,) or _valid(connection):
            return False
        # One that was interrupted is left behind, is never searched, and slows down what is kept.
        connection.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {INDEX}".encode())
        connection.execute(_MAKE.encode())
        return True


def _valid(connection: Connection) -> bool:
    return connection.execute(_FOUND, (INDEX,)).fetchone() == (True,)
