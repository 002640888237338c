"""Client keys: made once, shown once, kept as a hash.

A key is `pk-` and 43 characters that carry 256 random bits. At rest there is only its SHA-256. A
password needs a slow, salted hash because people choose passwords that can be guessed; nobody
guesses 256 random bits, however fast the hash, and no table of hashes can be made beforehand
(NIST SP 800-63B revision 3, section 5.1.2.2, asks for salt and a slow hash only of secrets under
112 bits). A quick hash keeps the request path quick.
"""

import re
from collections import OrderedDict
from hashlib import sha256
from hmac import compare_digest
from secrets import token_hex, token_urlsafe
from threading import Lock

import msgspec

from pointsman.accounts.database import Database, Row
from pointsman.errors import ConfigError

CACHE_S = 5.0
"""How long a key that was looked up is believed: in another process, a revoked key stops working
within this time."""

CACHED = 10_000
"""Most keys that are remembered."""

_KEY = re.compile(r"pk-[A-Za-z0-9_-]{43}", re.ASCII)
_SHOWN = 8  # `pk-` and 5 characters: 30 of the 256 bits
_LONGEST_NAME = 100
_COLUMNS = "id, prefix, tenant, name, created, expires, revoked"
_CREATE = """INSERT INTO pointsman_keys
    (digest, id, prefix, tenant, name, created, expires, revoked)
    VALUES (?, ?, ?, ?, ?, ?, ?, NULL)"""
_REVOKE = "UPDATE pointsman_keys SET revoked = ? WHERE id = ? AND revoked IS NULL"
_FIND = f"SELECT {_COLUMNS} FROM pointsman_keys WHERE id = ?"  # noqa: S608  # constants
_LIST = f"SELECT {_COLUMNS} FROM pointsman_keys ORDER BY created, id"  # noqa: S608  # constants
_VERIFY = f"SELECT digest, {_COLUMNS} FROM pointsman_keys WHERE digest = ?"  # noqa: S608  # constants


class KeyHolder(msgspec.Struct, frozen=True):
    """Whose key a request came with: the key's id, and its tenant and name."""

    id: str
    tenant: str
    name: str


class ClientKey(msgspec.Struct, frozen=True):
    """A key as it is kept.

    Attributes:
        id: What it is revoked by, and what a limit names.
        prefix: Its first characters, to tell keys apart.
        tenant: Who pays: limits may count all keys of a tenant together.
        name: What the operator calls it; may be empty.
        created: Epoch seconds, as are `expires` and `revoked`.
        expires: From when on it no longer works, or None.
        revoked: Since when it no longer works, or None.
    """

    id: str
    prefix: str
    tenant: str
    name: str
    created: int
    expires: int | None = None
    revoked: int | None = None

    def works(self, now: float) -> bool:
        """Whether it is neither revoked nor expired."""
        return self.revoked is None and (self.expires is None or now < self.expires)


class NewKey(msgspec.Struct, frozen=True):
    """A key that was just made, and the secret that is shown this once."""

    key: ClientKey
    secret: str


class KeyStore:
    """The keys in a database, with the last looked up in memory; safe to share between threads.

    Every method raises `LedgerError` where the database cannot be reached. So no key works while
    it is down, except for the seconds that it is remembered.

    Args:
        database: SQLite or PostgreSQL.
        cache_s: How long a key that was looked up is believed.
    """

    def __init__(self, database: Database, *, cache_s: float = CACHE_S) -> None:
        self._database = database
        self._cache_s = cache_s
        self._cached: OrderedDict[str, tuple[float, ClientKey]] = OrderedDict()
        self._lock = Lock()

    def create(
        self, tenant: str, name: str = "", *, expires: float | None = None, now: float
    ) -> NewKey:
        """Make a key.

        Raises:
            ConfigError: The tenant or the name cannot be used.
        """
        _check(tenant, "tenant", least=1)
        _check(name, "name", least=0)
        secret = f"pk-{token_urlsafe(32)}"
        key = ClientKey(
            id=f"key_{token_hex(6)}",
            prefix=secret[:_SHOWN],
            tenant=tenant,
            name=name,
            created=int(now),
            expires=None if expires is None else int(expires),
        )
        kept = (key.id, key.prefix, key.tenant, key.name, key.created, key.expires)
        with self._database.transaction() as work:
            work.run(_CREATE, (_digest(secret), *kept))
        return NewKey(key, secret)

    def revoke(self, id_: str, now: float) -> ClientKey | None:
        """End a key, here at once and elsewhere within `cache_s`; None where no key has this id.

        A key that was revoked before keeps its time.
        """
        with self._database.transaction() as work:
            work.run(_REVOKE, (int(now), id_))
            rows = work.run(_FIND, (id_,))
        with self._lock:
            self._cached.clear()
        return ClientKey(*rows[0]) if rows else None

    def list(self) -> tuple[ClientKey, ...]:
        """Return all keys, the oldest first; also those that no longer work."""
        return tuple(ClientKey(*row) for row in self._database.read(_LIST))

    def verify(self, presented: str, now: float) -> KeyHolder | None:
        """Return whose key was presented, or None where it does not work.

        How long it takes says nothing about any key: it is looked up by its digest, and whoever
        guesses cannot choose a digest's first bytes; the digests themselves are compared in
        constant time. What has not a key's shape is never looked up.
        """
        if not _KEY.fullmatch(presented):
            return None
        digest = _digest(presented)
        key = self._remembered(digest, now) or self._looked_up(digest, now)
        if key is None or not key.works(now):
            return None
        return KeyHolder(key.id, key.tenant, key.name)

    def close(self) -> None:
        """Let go of the database."""
        self._database.close()

    def _remembered(self, digest: str, now: float) -> ClientKey | None:
        with self._lock:
            at, key = self._cached.get(digest, (now, None))
        # A clock that was set back must not make a key live longer.
        return key if 0 <= now - at < self._cache_s else None

    def _looked_up(self, digest: str, now: float) -> ClientKey | None:
        rows: list[Row] = self._database.read(_VERIFY, (digest,))
        if not rows or not compare_digest(rows[0][0], digest):
            return None  # not remembered: whoever guesses must not push out the keys that work
        key = ClientKey(*rows[0][1:])
        with self._lock:
            self._cached[digest] = (now, key)
            self._cached.move_to_end(digest)
            if len(self._cached) > CACHED:
                self._cached.popitem(last=False)
        return key


def _digest(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()


def _check(word: str, what: str, *, least: int) -> None:
    if not least <= len(word) <= _LONGEST_NAME or not word.isprintable() or word != word.strip():
        raise ConfigError(
            f"the {what} of a key has {least} to {_LONGEST_NAME} printable characters, with no "
            f"space at its ends; got {word[:_LONGEST_NAME]!r}"
        )
