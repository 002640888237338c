"""Reads many texts with the encoder, each as a server would."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import msgspec
import numpy as np

from pointsman.encoder.encoding import Asked, Encoder, Encoding, Heads
from pointsman.encoder.pool import default_workers
from pointsman.learning.fitting import Floats
from pointsman.signals.features import (
    gain_features,
    label_features,
    shipped_logits,
    shipped_tokens,
)

Progress = Callable[[int], None]
"""Is told how many texts are read."""


class GainReadings(msgspec.Struct, frozen=True, eq=False):
    """What a gain head is given, and what the shipped heads say, of texts in order.

    Attributes:
        features: (texts, features).
        logits: The shipped outcome head's log-probabilities, (texts, 4).
        tokens: The shipped token head's estimate, (texts,).
        lengths: Code points, (texts,).
    """

    features: Floats
    logits: Floats
    tokens: Floats
    lengths: Floats


def encoded(
    encoder: Encoder, texts: Sequence[str], heads: Heads, progress: Progress
) -> list[Encoding]:
    """Read texts side by side, one thread for each core."""
    asked = Asked(judged=heads)
    found: list[Encoding] = []
    with ThreadPoolExecutor(default_workers()) as pool:
        for encoding in pool.map(lambda text: encoder.encode(text, asked), texts):
            found.append(encoding)
            progress(len(found))
    return found


def gain_readings(texts: Sequence[str], encodings: Sequence[Encoding]) -> GainReadings:
    """Turn encodings into a gain head's rows."""
    pairs = list(zip(texts, encodings, strict=True))
    return GainReadings(
        features=np.stack([gain_features(text, encoding) for text, encoding in pairs]),
        logits=np.stack([shipped_logits(encoding.scores["outcome"]) for encoding in encodings]),
        tokens=np.array([shipped_tokens(encoding) for encoding in encodings]),
        lengths=np.array([len(text) for text in texts], dtype=np.float64),
    )


def label_rows(encodings: Sequence[Encoding]) -> Floats:
    """Turn encodings into a label head's rows, (texts, width)."""
    return np.stack([label_features(encoding) for encoding in encodings])
