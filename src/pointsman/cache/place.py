"""Opens the place of answers that a URL names.

`memory:` is gone when the process ends; a path, or `sqlite:///path` (absolute with four slashes),
is a file that the processes of one machine share; `postgresql://...` is for replicas.
"""

from pointsman.cache.entry import Bounds
from pointsman.cache.memory import MemoryStore
from pointsman.cache.sqlite import SqliteStore
from pointsman.cache.store import CacheStore
from pointsman.errors import CacheError, MissingExtraError

MEMORY = "memory:"
_POSTGRES = ("postgresql://", "postgres://")
_SQLITE = "sqlite:///"


def open_store(url: str, bounds: Bounds | None = None) -> CacheStore:
    """Open the answers at a URL, and make their tables where there are none.

    Raises:
        CacheError: They cannot be opened.
        MissingExtraError: They need the extra `postgres`.
    """
    if url == MEMORY:
        return MemoryStore(bounds)
    if url.startswith(_POSTGRES):
        return _open_postgres(url, bounds)
    path = url.removeprefix(_SQLITE)
    if not path or "://" in path:
        scheme = url.partition("://")[0]  # what follows may hold a password
        raise CacheError(
            f"`cache` starts with '{scheme}', which nothing here reads: expected a path, "
            "sqlite:///path, postgresql://..., or memory:"
        )
    return SqliteStore(path, bounds)


def _open_postgres(url: str, bounds: Bounds | None) -> CacheStore:
    try:
        from pointsman.cache.postgres import PostgresStore  # noqa: PLC0415  # an extra
    except ImportError as error:
        raise MissingExtraError(
            f"`cache: postgresql://...` needs the package {error.name or 'psycopg'}: "
            "pip install 'pointsman[postgres]'"
        ) from error
    return PostgresStore(url, bounds)
