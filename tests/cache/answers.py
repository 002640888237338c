"""Entries and vectors, for the tests of every store."""

import hashlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pointsman.cache.entry import WIDTH, Entry

NOW = 1_800_000_000.0
HOUR = 3600.0


def digest(word: str) -> bytes:
    return hashlib.sha256(word.encode()).digest()


def unit(seed: int) -> NDArray[np.float32]:
    """A vector of length 1 that points anywhere; two of them are at a cosine near 0."""
    drawn = np.random.default_rng(seed).normal(size=WIDTH)
    return np.asarray(drawn / np.linalg.norm(drawn), np.float32)


def near(vector: NDArray[np.float32], cosine: float, seed: int = 999) -> NDArray[np.float32]:
    """A vector of length 1 at this cosine to another."""
    across = unit(seed).astype(np.float64)
    across -= (across @ vector) * vector
    across /= np.linalg.norm(across)
    return np.asarray(cosine * vector + (1 - cosine**2) ** 0.5 * across, np.float32)


def an_entry(name: str = "a", scope: str | bytes = "s", **fields: Any) -> Entry:
    """An entry whose name is in its id, its key, its text and its answer."""
    values: dict[str, Any] = {
        "id": f"dec_{name}",
        "scope": scope if isinstance(scope, bytes) else digest(scope),
        "key": digest(f"{scope!r} {name}"),
        "text": f"What is {name}?",
        "vector": unit(int.from_bytes(digest(name)[:4], "big")),
        "answer": b'{"choices":[{"message":{"content":"It is %s."}}]}' % name.encode(),
        "model": "small",
        "usd": 0.002,
        "created": NOW,
        "expires": NOW + HOUR,
    }
    return Entry(**(values | fields))


def same(one: Entry | None, other: Entry) -> bool:
    """Whether two entries are alike in every field, to the bit."""
    if one is None:
        return False
    fields = [name for name in Entry.__struct_fields__ if name != "vector"]
    alike = all(getattr(one, name) == getattr(other, name) for name in fields)
    return alike and np.array_equal(one.vector, other.vector)
