"""Answers in the memory of one process: gone when it ends."""

from collections import Counter, OrderedDict
from itertools import count, islice
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from pointsman.cache.entry import Bounds, Entry, Hit, Stats
from pointsman.cache.store import counter
from pointsman.cache.vectors import Vectors


class MemoryStore:
    """Entries in dictionaries under one lock.

    Found by its key, or as the nearest of a search, an entry counts as used; beyond the bounds, the
    one that was used longest ago goes.

    Args:
        bounds: What it keeps at most.
    """

    def __init__(self, bounds: Bounds | None = None) -> None:
        self._bounds = bounds or Bounds()
        self._lock = Lock()
        self._numbers = count()
        self._entries: OrderedDict[int, Entry] = OrderedDict()  # least recently used first
        self._by_key: dict[bytes, int] = {}
        self._by_id: dict[str, set[int]] = {}
        self._scopes: dict[bytes, Vectors] = {}
        self._sizes: Counter[bytes] = Counter()  # entries of each scope, with a vector or not
        self._bytes = 0
        self._epochs: Counter[str] = Counter()

    def get(self, key: bytes, now: float) -> Entry | None:
        """Return the entry of a key, or None where there is none or it has expired."""
        with self._lock:
            number = self._by_key.get(key)
            if number is None or self._entries[number].expires <= now:
                return None
            self._entries.move_to_end(number)
            return self._entries[number]

    def nearest(
        self, scope: bytes, vector: NDArray[np.float32], count: int, now: float
    ) -> tuple[Hit, ...]:
        """Return the entries of a scope that are most similar, best first, at most `count`."""
        with self._lock:
            vectors = self._scopes.get(scope)
            found = vectors.nearest(vector, count, now) if vectors else []
            if found:
                self._entries.move_to_end(found[0][0])
            return tuple(Hit(self._entries[number], cosine) for number, cosine in found)

    def put(self, entry: Entry, now: float) -> None:  # noqa: ARG002  # how long unused: by order
        """Keep an entry, in the place of the one with its key if there is one."""
        with self._lock:
            replaced = self._by_key.get(entry.key)
            if replaced is not None:
                self._forget(replaced)
            if entry.size_bytes <= self._bounds.bytes:
                self._keep(entry)
            while self._over():
                self._forget(next(iter(self._entries)))

    def purge(self, id: str) -> bool:  # noqa: A002  # the entry's word for it
        """Forget the answer to a request by its decision id; False where it is not kept."""
        with self._lock:
            numbers = tuple(self._by_id.get(id, ()))
            for number in numbers:
                self._forget(number)
            return bool(numbers)

    def bump(self, tenant: str | None) -> int:
        """Begin a new epoch of a tenant, or of all of them with None; returns the count."""
        with self._lock:
            self._epochs[counter(tenant)] += 1
            return self._epochs[counter(tenant)]

    def epoch(self, tenant: str) -> int:
        """Return a number that every `bump` of this tenant or of all raises."""
        with self._lock:
            return self._epochs[counter(tenant)] + self._epochs[counter(None)]

    def stats(self) -> Stats:
        """Count what is kept."""
        with self._lock:
            oldest = min((entry.created for entry in self._entries.values()), default=None)
            return Stats(len(self._entries), self._bytes, len(self._sizes), oldest)

    def sweep(self, now: float, most: int) -> int:
        """Delete what has expired, at most so many; what is over the bounds is gone already."""
        with self._lock:
            expired = (number for number, entry in self._entries.items() if entry.expires <= now)
            gone = tuple(islice(expired, most))
            for number in gone:
                self._forget(number)
            return len(gone)

    def close(self) -> None:
        """Nothing to let go of."""

    def _over(self) -> bool:
        return len(self._entries) > self._bounds.entries or self._bytes > self._bounds.bytes

    def _keep(self, entry: Entry) -> None:
        number = next(self._numbers)
        self._entries[number] = entry
        self._by_key[entry.key] = number
        self._by_id.setdefault(entry.id, set()).add(number)
        self._sizes[entry.scope] += 1
        self._bytes += entry.size_bytes
        if len(entry.vector):
            vectors = self._scopes.setdefault(entry.scope, Vectors())
            vectors.add([number], entry.vector[np.newaxis], [entry.expires])

    def _forget(self, number: int) -> None:
        entry = self._entries.pop(number)
        del self._by_key[entry.key]
        self._by_id[entry.id].discard(number)
        if not self._by_id[entry.id]:
            del self._by_id[entry.id]
        self._bytes -= entry.size_bytes
        self._sizes[entry.scope] -= 1
        vectors = self._scopes.get(entry.scope)
        if vectors is not None:
            vectors.remove([number])
        if not self._sizes[entry.scope]:
            del self._sizes[entry.scope]
            self._scopes.pop(entry.scope, None)
