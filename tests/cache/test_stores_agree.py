"""Whatever is asked of them in whatever order, stores answer as a plain list of entries would."""

import tempfile
from pathlib import Path

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from numpy.typing import NDArray

from pointsman.cache.entry import NO_VECTOR, Bounds, Entry
from pointsman.cache.memory import MemoryStore
from pointsman.cache.sqlite import SqliteStore
from pointsman.cache.store import CacheStore

from .answers import NOW, an_entry, digest, same, unit

BOUNDS = Bounds(entries=6, bytes=20_000)
NAMES = st.sampled_from("abcdefgh")
SCOPES = st.sampled_from(["acme", "zeta"])
VECTORS = st.sampled_from([NO_VECTOR, *map(unit, range(5))])


class Stores(RuleBasedStateMachine):
    """One store, and a list that holds all that it may hold, least recently used first.

    Each entry is also the last use of its own moment, since every step takes a second: so the
    order in which entries go is exact here, for a process that is alone.
    """

    def __init__(self) -> None:
        super().__init__()
        self.now = NOW
        self.kept: list[Entry] = []
        self.epochs = {"acme": 0, "zeta": 0}
        self.store = self.opened()

    def opened(self) -> CacheStore:
        return MemoryStore(BOUNDS)

    def _tick(self) -> float:
        self.now += 1.0
        return self.now

    def _use(self, entry: Entry) -> None:
        self.kept.remove(entry)
        self.kept.append(entry)

    def _size(self) -> int:
        return sum(entry.size_bytes for entry in self.kept)

    @rule(
        name=NAMES, scope=SCOPES, vector=VECTORS, size=st.integers(0, 7000), ttl=st.integers(1, 30)
    )
    def put(self, name: str, scope: str, vector: NDArray[np.float32], size: int, ttl: int) -> None:
        now = self._tick()
        entry = an_entry(
            name, scope, vector=vector, answer=bytes(size), created=now, expires=now + ttl
        )
        self.store.put(entry, now)
        self.kept = [one for one in self.kept if one.key != entry.key] + [entry]
        while len(self.kept) > BOUNDS.entries or self._size() > BOUNDS.bytes:
            self.kept.pop(0)

    @rule(name=NAMES, scope=SCOPES)
    def get(self, name: str, scope: str) -> None:
        now, key = self._tick(), an_entry(name, scope).key
        expected = [one for one in self.kept if one.key == key and one.expires > now]
        found = self.store.get(key, now)
        assert (found is not None) == bool(expected)
        for entry in expected:
            assert same(found, entry)
            self._use(entry)

    @rule(scope=SCOPES, seed=st.integers(0, 6), count=st.integers(1, 4))
    def nearest(self, scope: str, seed: int, count: int) -> None:
        now, asked = self._tick(), unit(seed)
        living = {
            one.key: one
            for one in self.kept
            if one.scope == digest(scope) and len(one.vector) and one.expires > now
        }
        hits = self.store.nearest(digest(scope), asked, count, now)
        assert all(same(hit.entry, living[hit.entry.key]) for hit in hits)
        best = sorted((float(one.vector @ asked) for one in living.values()), reverse=True)
        cosines = [hit.similarity for hit in hits]
        assert np.allclose(cosines, best[:count], atol=1e-5)
        assert np.allclose(cosines, [hit.entry.vector @ asked for hit in hits], atol=1e-5)
        for hit in hits[:1]:
            self._use(living[hit.entry.key])

    @rule(name=NAMES)
    def purge(self, name: str) -> None:
        left = [one for one in self.kept if one.id != f"dec_{name}"]
        assert self.store.purge(f"dec_{name}") == (len(left) < len(self.kept))
        self.kept = left

    @rule(most=st.integers(1, 3))
    def sweep(self, most: int) -> None:
        now = self._tick()
        expired = {one.key for one in self.kept if one.expires <= now}
        assert self.store.sweep(now, most) == min(most, len(expired))
        if len(expired) > most:  # which of them went is the store's own choice
            while self.store.sweep(now, 100):
                pass
        self.kept = [one for one in self.kept if one.key not in expired]

    @rule(tenant=st.sampled_from(["acme", "zeta", None]))
    def bump(self, tenant: str | None) -> None:
        self.store.bump(tenant)
        for name in self.epochs if tenant is None else [tenant]:
            self.epochs[name] += 1

    @rule(seconds=st.integers(5, 20))
    def wait(self, seconds: int) -> None:
        self.now += seconds

    @invariant()
    def counts_agree(self) -> None:
        stats = self.store.stats()
        assert (stats.entries, stats.bytes) == (len(self.kept), self._size())
        assert stats.scopes == len({one.scope for one in self.kept})
        assert stats.oldest == min((one.created for one in self.kept), default=None)
        assert {name: self.store.epoch(name) for name in self.epochs} == self.epochs

    def teardown(self) -> None:
        self.store.close()


class FileStores(Stores):
    """The same on a file, which is now and then closed and opened again."""

    def __init__(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        super().__init__()

    def opened(self) -> CacheStore:
        return SqliteStore(str(Path(self.folder.name) / "answers.db"), BOUNDS)

    @precondition(lambda self: self.kept)
    @rule()
    def open_again(self) -> None:
        self.store.sweep(self.now, 0)  # what was used is known to this process until it says so
        self.store.close()
        self.store = self.opened()

    def teardown(self) -> None:
        super().teardown()
        self.folder.cleanup()


TestMemory = Stores.TestCase
TestMemory.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
TestSqlite = FileStores.TestCase
TestSqlite.settings = settings(max_examples=30, stateful_step_count=30, deadline=None)
