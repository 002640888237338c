"""What one pass over one text gives, and the protocol of whoever runs that pass."""

from collections.abc import Mapping
from typing import Protocol

import msgspec
import numpy as np
from numpy.typing import NDArray


class Encoding(msgspec.Struct, frozen=True, eq=False):
    """One text, read once.

    Attributes:
        scores: For each classification head, label → calibrated probability (they sum to 1).
        measures: For each regression head, its value in the unit that the head's name states.
        embedding: Unit vector of shape (width,), for similarity.
        tokens: Word pieces read, without the two the model adds.
        truncated: Whether the middle of the text was left out (see `OnnxEncoder`).
    """

    scores: Mapping[str, Mapping[str, float]]
    measures: Mapping[str, float]
    embedding: NDArray[np.float32]
    tokens: int
    truncated: bool


UNREAD = Encoding({}, {}, np.zeros(0, np.float32), 0, truncated=False)
"""Stands for the encoding of a text that nobody needed to read."""


class Encoder(Protocol):
    """Whoever reads a text; blocking, thread-safe, and the same text gives the same encoding."""

    def encode(self, text: str) -> Encoding:
        """Read one text."""
        ...
