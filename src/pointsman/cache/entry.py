"""What the answer cache keeps of one answer, and the bounds that it keeps to."""

from collections.abc import Iterable

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

DIGEST_BYTES = 32
"""Length of a scope and of a key: both are digests of 256 bits."""

WIDTH = 384
"""Numbers in a vector: the width of the sentence encoders that are used here."""

UNIT = 1e-3
"""How far the length of a vector may be from 1: what 16-bit floats or int8 kernels round away."""

ROW_BYTES = 256
"""What an entry takes besides its texts and its vector: digests, numbers, places in indexes.
An estimate, the same for every store, so that a bound means the same everywhere."""

NO_VECTOR: NDArray[np.float32] = np.empty(0, np.float32)
"""The vector of an entry that is found by its key alone."""


class Entry(Struct, frozen=True, eq=False):
    """One whole answer, and what it takes to find it again.

    Attributes:
        id: Decision id of the request whose answer it is.
        scope: 32 bytes derived from tenant, user, epoch and all of the request but its last user
            text. It is never a filter beside something else: every search is within one scope.
        key: 32 bytes derived from the scope and the normalised last user text.
        text: The last user text as the model saw it (placeholders for personal data).
        vector: `(384,)`, of length 1; or `(0,)` where it is found by its key alone.
        answer: The whole answer, as the JSON of one chat completion.
        model: Name of the model that gave it.
        usd: What it cost, in dollars.
        created: When it was kept, in seconds since 1970.
        expires: From when on it is no longer served, in seconds since 1970.

    Raises:
        ValueError: A digest or a vector is of another length or type than it has to be.
    """

    id: str
    scope: bytes
    key: bytes
    text: str
    vector: NDArray[np.float32]
    answer: bytes
    model: str
    usd: float
    created: float
    expires: float

    def __post_init__(self) -> None:
        if (len(self.scope), len(self.key)) != (DIGEST_BYTES, DIGEST_BYTES):
            raise ValueError(
                f"a scope and a key have {DIGEST_BYTES} bytes each; found {len(self.scope)} and "
                f"{len(self.key)}"
            )
        if self.vector.dtype != np.float32 or self.vector.shape not in {(0,), (WIDTH,)}:
            raise ValueError(
                f"a vector is float32 of shape ({WIDTH},) or (0,); found {self.vector.dtype} of "
                f"shape {self.vector.shape}"
            )
        length = float(np.linalg.norm(self.vector))
        if len(self.vector) and not abs(length - 1) <= UNIT:  # so said, not-a-number fails too
            raise ValueError(
                f"a vector is of length 1, so that products are cosines; found {length}"
            )

    @property
    def size_bytes(self) -> int:
        """How many bytes count for it towards the bound of a store."""
        text = len(self.text.encode("utf-8", "surrogatepass"))
        return ROW_BYTES + text + len(self.answer) + self.vector.nbytes


class Hit(Struct, frozen=True, eq=False):
    """An entry that a search found; its similarity is the cosine to what was looked for."""

    entry: Entry
    similarity: float


class Bounds(Struct, frozen=True):
    """What a store keeps at most; beyond it, the least recently used entries go."""

    entries: int = 100_000
    bytes: int = 512 * 1024 * 1024


class Stats(Struct, frozen=True):
    """What a store holds, expired entries included until they are swept out.

    Attributes:
        entries: How many answers.
        bytes: What counts towards the bound.
        scopes: How many scopes have an entry.
        oldest: When the oldest entry was kept, in seconds since 1970; None where there is none.
    """

    entries: int
    bytes: int
    scopes: int
    oldest: float | None


def excess(
    entries: int, size_bytes: int, bounds: Bounds, unused: Iterable[tuple[int, int]]
) -> list[int]:
    """Return which entries have to go for the others to be within the bounds.

    Args:
        entries: How many there are.
        size_bytes: What they take.
        bounds: What there may be.
        unused: Numbers and bytes of entries, the least recently used first.
    """
    going = []
    for number, bytes_ in unused:
        if entries <= bounds.entries and size_bytes <= bounds.bytes:
            break
        going.append(number)
        entries, size_bytes = entries - 1, size_bytes - bytes_
    return going
