"""Client keys: shown once, kept as a hash, found by it, and ended within a few seconds."""

import re
from collections.abc import Iterator, Sequence
from hashlib import sha256

import msgspec
import pytest

from pointsman.accounts.database import Database, Row, Value
from pointsman.accounts.keys import CACHE_S, CACHED, ClientKey, KeyHolder, KeyStore
from pointsman.accounts.sqlite import SqliteDatabase
from pointsman.accounts.state import open_keys
from pointsman.errors import ConfigError, LedgerError

NOW = 1_800_000_000.0


@pytest.fixture
def keys(place: str) -> Iterator[KeyStore]:
    store = open_keys(place)
    yield store
    store.close()


class Counted(SqliteDatabase):
    """SQLite in memory that counts what is read."""

    reads = 0

    def read(self, sql: str, values: Sequence[Value] = ()) -> list[Row]:
        self.reads += 1
        return super().read(sql, values)


@pytest.fixture
def counted() -> Iterator[Counted]:
    database = Counted(":memory:")
    yield database
    database.close()


def dump(database: Database) -> str:
    return str(database.read("SELECT * FROM pointsman_keys"))


def test_a_new_key_works_and_says_whose_it_is(keys: KeyStore) -> None:
    new = keys.create("acme", "ci", now=NOW)
    assert re.fullmatch(r"pk-[A-Za-z0-9_-]{43}", new.secret)
    assert keys.verify(new.secret, NOW) == KeyHolder(new.key.id, "acme", "ci")


def test_every_key_is_another(keys: KeyStore) -> None:
    made = [keys.create("acme", now=NOW) for _ in range(50)]
    assert len({new.secret for new in made}) == len({new.key.id for new in made}) == 50


def test_only_a_hash_and_a_few_characters_are_kept() -> None:
    database = SqliteDatabase(":memory:")
    new = KeyStore(database).create("acme", "ci", now=NOW)
    kept = dump(database)
    assert sha256(new.secret.encode()).hexdigest() in kept
    assert f"'{new.secret[:8]}'" in kept
    assert new.secret[:9] not in kept
    assert new.secret[8:] not in kept
    database.close()


@pytest.mark.parametrize(
    "presented",
    ["", "pk-", "sk-" + 43 * "a", "pk-" + 43 * "a", "pk-" + 44 * "a", "pk-" + 42 * "a" + "\n"],
)
def test_what_is_no_key_is_nobodys(keys: KeyStore, presented: str) -> None:
    keys.create("acme", now=NOW)
    assert keys.verify(presented, NOW) is None


def test_a_key_with_one_other_character_is_nobodys(keys: KeyStore) -> None:
    secret = keys.create("acme", now=NOW).secret
    for place in (3, 20, 45):
        other = "A" if secret[place] != "A" else "B"
        assert keys.verify(secret[:place] + other + secret[place + 1 :], NOW) is None


def test_a_key_works_until_it_expires_even_while_it_is_remembered(keys: KeyStore) -> None:
    secret = keys.create("acme", expires=NOW + 2, now=NOW).secret
    assert keys.verify(secret, NOW + 1.9) is not None
    assert keys.verify(secret, NOW + 2) is None


def test_a_revoked_key_stops_here_at_once_and_elsewhere_within_the_stated_time(
    shared: str,
) -> None:
    here, elsewhere = open_keys(shared), open_keys(shared)
    new = here.create("acme", now=NOW)
    assert here.verify(new.secret, NOW) is not None
    assert elsewhere.verify(new.secret, NOW) is not None
    revoked = here.revoke(new.key.id, NOW + 1)
    assert revoked == msgspec.structs.replace(new.key, revoked=int(NOW) + 1)
    assert here.verify(new.secret, NOW + 1) is None
    assert elsewhere.verify(new.secret, NOW + CACHE_S) is None
    here.close()
    elsewhere.close()


def test_revoking_twice_keeps_the_first_time_and_an_unknown_id_is_none(keys: KeyStore) -> None:
    new = keys.create("acme", now=NOW)
    first = keys.revoke(new.key.id, NOW + 1)
    assert keys.revoke(new.key.id, NOW + 9) == first
    assert keys.revoke("key_of_nobody", NOW) is None


def test_keys_are_listed_oldest_first_without_their_secrets(keys: KeyStore) -> None:
    late = keys.create("zeta", now=NOW + 5)
    early = keys.create("acme", "ci", expires=NOW + 60, now=NOW)
    keys.revoke(late.key.id, NOW + 7)
    assert keys.list() == (
        ClientKey(early.key.id, early.secret[:8], "acme", "ci", int(NOW), int(NOW) + 60, None),
        ClientKey(late.key.id, late.secret[:8], "zeta", "", int(NOW) + 5, None, int(NOW) + 7),
    )


@pytest.mark.parametrize(
    ("expires", "revoked", "works"),
    [(None, None, True), (11, None, True), (10, None, False), (None, 3, False), (11, 3, False)],
)
def test_a_key_says_whether_it_works(
    expires: int | None, revoked: int | None, *, works: bool
) -> None:
    assert ClientKey("i", "p", "t", "n", 0, expires, revoked).works(10.0) is works


def test_a_key_in_use_is_looked_up_once_in_its_time_and_a_wrong_one_each_time(
    counted: Counted,
) -> None:
    store = KeyStore(counted)
    secret = store.create("acme", now=NOW).secret
    counted.reads = 0
    for seconds in (0.0, 1.0, CACHE_S - 0.1):
        assert store.verify(secret, NOW + seconds)
    assert counted.reads == 1
    assert store.verify(secret, NOW + CACHE_S)
    assert counted.reads == 2
    assert store.verify(secret, NOW - 1)  # a clock that was set back proves nothing
    assert counted.reads == 3
    for _ in range(2):
        assert store.verify("pk-" + 43 * "a", NOW) is None
    assert counted.reads == 5
    assert store.verify("no key at all", NOW) is None
    assert counted.reads == 5


def test_no_more_keys_are_remembered_than_stated(
    counted: Counted, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert CACHED == 10_000
    monkeypatch.setattr("pointsman.accounts.keys.CACHED", 2)
    store = KeyStore(counted)
    secrets = [store.create("acme", now=NOW).secret for _ in range(3)]
    for secret in secrets:
        assert store.verify(secret, NOW)
    counted.reads = 0
    assert store.verify(secrets[2], NOW)
    assert store.verify(secrets[1], NOW)
    assert counted.reads == 0
    assert store.verify(secrets[0], NOW)
    assert counted.reads == 1


def test_a_database_that_is_gone_lets_nobody_in() -> None:
    database = SqliteDatabase(":memory:")
    store = KeyStore(database)
    secret = store.create("acme", now=NOW).secret
    assert store.verify(secret, NOW)
    store.close()
    assert store.verify(secret, NOW + CACHE_S - 0.1)  # still remembered
    with pytest.raises(LedgerError):
        store.verify(secret, NOW + CACHE_S)


@pytest.mark.parametrize("tenant", ["", " acme", "acme\n", "a\x00b", "a\tb", 101 * "a"])
def test_a_tenant_that_cannot_be_read_is_refused(keys: KeyStore, tenant: str) -> None:
    with pytest.raises(ConfigError, match="the tenant of a key has 1 to 100 printable characters"):
        keys.create(tenant, now=NOW)
    assert keys.list() == ()


def test_a_name_may_be_empty_but_not_unreadable(keys: KeyStore) -> None:
    with pytest.raises(ConfigError, match="the name of a key has 0 to 100"):
        keys.create("acme", "line\nbreak", now=NOW)
    assert keys.create("größe GmbH", "", now=NOW).key.tenant == "größe GmbH"
