"""Opens the place of keys and spending that a URL names.

`memory:` is gone when the process ends; a path, or `sqlite:///path` (absolute with four slashes),
is a file that the processes of one machine share; `postgresql://...` is for replicas.
"""

from collections.abc import Iterable

from pointsman.accounts.database import Database
from pointsman.accounts.keys import CACHE_S, KeyStore
from pointsman.accounts.ledger import DEFAULT_LEASE_S, Ledger
from pointsman.accounts.limits import Limit
from pointsman.accounts.memory import MemoryLedger
from pointsman.accounts.sql_ledger import SqlLedger
from pointsman.accounts.sqlite import IN_MEMORY, SqliteDatabase
from pointsman.errors import LedgerError, MissingExtraError

MEMORY = "memory:"
_POSTGRES = ("postgresql://", "postgres://")
_SQLITE = "sqlite:///"


def open_ledger(
    url: str, limits: Iterable[Limit] = (), *, lease_s: float = DEFAULT_LEASE_S
) -> Ledger:
    """Open the ledger at a URL, and make its tables where there are none.

    Raises:
        LedgerError: It cannot be opened.
        MissingExtraError: It needs the extra `postgres`.
    """
    if url == MEMORY:
        return MemoryLedger(limits, lease_s=lease_s)
    return SqlLedger(_open(url), limits, lease_s=lease_s)


def open_keys(url: str, *, cache_s: float = CACHE_S) -> KeyStore:
    """Open the client keys at a URL, beside its ledger, and make the tables where there are none.

    Raises:
        LedgerError: They cannot be opened.
        MissingExtraError: They need the extra `postgres`.
    """
    return KeyStore(_open(url), cache_s=cache_s)


def is_file(url: str) -> bool:
    """Whether a URL names a file by its path alone, which a config means beside itself."""
    return url != MEMORY and "://" not in url


def _open(url: str) -> Database:
    if url.startswith(_POSTGRES):
        return _open_postgres(url)
    if url == MEMORY:
        return SqliteDatabase(IN_MEMORY)
    path = url.removeprefix(_SQLITE)
    if not path or "://" in path:
        scheme = url.partition("://")[0]  # what follows may hold a password
        raise LedgerError(
            f"`state` starts with '{scheme}', which nothing here reads: expected a path, "
            "sqlite:///path, postgresql://..., or memory:"
        )
    return SqliteDatabase(path)


def _open_postgres(url: str) -> Database:
    try:
        from pointsman.accounts.postgres import PostgresDatabase  # noqa: PLC0415  # an extra
    except ImportError as error:
        raise MissingExtraError(
            f"`state: postgresql://...` needs the package {error.name or 'psycopg'}: "
            "pip install 'pointsman[postgres]'"
        ) from error
    return PostgresDatabase(url)
