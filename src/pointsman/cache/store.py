"""What every store of answers does: find by key, find the nearest of a scope, keep, forget.

Stores block: an asynchronous caller asks them in a thread, and gives up at a deadline of its own.
They are safe to share between threads. Time is given, in seconds since 1970: no store reads a
clock. Every method raises `CacheError` where the place cannot be reached; whoever asks takes that
as a miss.
"""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from pointsman.cache.entry import Entry, Hit, Stats

EXACT_ENTRIES = 20_000
"""Up to so many entries in a scope, the nearest are found by comparing with every one of them. A
pass over 20,000 vectors takes about a millisecond, and never misses one as an index may."""

EVERYBODY = "all"
"""The counter that `bump` raises for all tenants."""


class CacheStore(Protocol):
    """Keeps answers, within bounds on their number and their bytes."""

    def get(self, key: bytes, now: float) -> Entry | None:
        """Return the entry of a key, or None where there is none or it has expired."""
        ...

    def nearest(
        self, scope: bytes, vector: NDArray[np.float32], count: int, now: float
    ) -> tuple[Hit, ...]:
        """Return the entries of a scope that are most similar, best first, at most `count`.

        Every entry of the scope is compared up to `EXACT_ENTRIES`. Entries that have expired or
        have no vector are not found.
        """
        ...

    def put(self, entry: Entry, now: float) -> None:
        """Keep an entry, in the place of the one with its key if there is one.

        When this returns, the entry outlives the process where the place does. One that is larger
        than the bound of the whole store is not kept.
        """
        ...

    def purge(self, id: str) -> bool:  # noqa: A002  # the entry's word for it
        """Forget the answer to a request by its decision id; False where it is not kept."""
        ...

    def bump(self, tenant: str | None) -> int:
        """Begin a new epoch of a tenant, or of all of them with None; returns the count.

        The epoch is an input of each scope: nothing that was kept before is found again.
        """
        ...

    def epoch(self, tenant: str) -> int:
        """Return a number that every `bump` of this tenant or of all raises."""
        ...

    def stats(self) -> Stats:
        """Count what is kept."""
        ...

    def sweep(self, now: float, most: int) -> int:
        """Delete what has expired or is over the bounds, at most so many; returns how many.

        Call it again while it returns `most`. It is never called while a request waits.
        """
        ...

    def close(self) -> None:
        """Let go of the file or the connections."""
        ...


def counter(tenant: str | None) -> str:
    """Return the name under which the epochs of a tenant are counted, or those of all."""
    return EVERYBODY if tenant is None else f"tenant {tenant}"
