"""What reading a text gives, and the protocol of whoever reads."""

from collections.abc import Mapping
from typing import Literal, Protocol

import msgspec
import numpy as np
from numpy.typing import NDArray

Heads = frozenset[str]
"""Names of the outputs that somebody asks for: heads of the bundle, and `embedding`."""

EMBEDDING = "embedding"


class Asked(msgspec.Struct, frozen=True):
    """What a reader is asked for; heads that nobody asks for are not computed.

    Attributes:
        judged: Heads that read the text as one: all of it, or head and tail of a long one.
        whole: Heads that must see everything: a long text is read in overlapping windows.
        max_windows: Windows read at most; what lies beyond is counted in `Encoding.unread`.
    """

    judged: Heads = frozenset()
    whole: Heads = frozenset()
    max_windows: int = 512


Tier = Literal["first", "encoder"]


class TextSpan(msgspec.Struct, frozen=True):
    """A typed range of the text that was read, in code points, end exclusive."""

    type: str
    start: int
    end: int
    p: float


class Encoding(msgspec.Struct, frozen=True, eq=False):
    """One text, read once.

    Attributes:
        scores: For each classification head that was asked for, label → calibrated probability.
            Labels that exclude one another sum to 1; those of `attacks` stand each for itself.
        measures: For each regression head, its value in the unit that the head's name states.
        embedding: Unit vector of shape (width,), for similarity; empty if it was not asked for.
        tokens: Word pieces read, without the two the model adds to each pass.
        truncated: Whether the heads that judge were not given the middle of the text.
        spans: For each span head that was asked for, what it found.
        unread: Code points that no window reached: at the end of the text, or of what it says under
            a disguise.
        tier: Who answered: the cheap first tier alone, or the encoder.
        passes: Passes of the encoder that it took now; none if it was remembered.
        disguises: The tricks by which the text hides what it says, in the order in which they were
            undone; see `signals.disguise`.
    """

    scores: Mapping[str, Mapping[str, float]]
    measures: Mapping[str, float]
    embedding: NDArray[np.float32]
    tokens: int
    truncated: bool
    spans: Mapping[str, tuple[TextSpan, ...]] = {}
    unread: int = 0
    tier: Tier = "encoder"
    passes: int = 1
    disguises: tuple[str, ...] = ()


NO_VECTOR = np.zeros(0, np.float32)
UNREAD = Encoding({}, {}, NO_VECTOR, 0, truncated=False, passes=0)
"""Stands for the encoding of a text that nobody needed to read."""


class Encoder(Protocol):
    """Whoever reads a text; blocking, thread-safe, and the same text gives the same encoding."""

    def encode(self, text: str, asked: Asked) -> Encoding:
        """Read one text."""
        ...
