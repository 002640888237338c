"""Pairs of texts with how near they are, so that the embedding stays good for a cache.

From cache/train, English only: STS-B's human scores, paraphrases, and pairs that differ in one
number, entity or aspect. The published model was made for this; ours must not forget it.
"""

import msgspec

from pointsman.training.shelf import Shelf

_TOP_SCORE = 5.0
_HARD_NEAR, _SAME_NEAR = 0.6, 1.0
"""Targets of the cosine for pairs without a human score. A changed number leaves most of the
meaning: asking for less than 0.6 would tear related texts apart, and guards look at numbers."""


class Pair(msgspec.Struct, frozen=True):
    """Two texts and the cosine that their embeddings should have."""

    left: str
    right: str
    near: float


def read_pairs(shelf: Shelf) -> tuple[Pair, ...]:
    """All English pairs of cache/train that say how near they are."""
    pairs: list[Pair] = []
    for row in shelf.rows("cache/train"):
        if row["lang"] != "en":
            continue
        if row["score"] is not None:
            near = float(row["score"]) / _TOP_SCORE
        elif row["label"] is not None:
            near = _SAME_NEAR if row["label"] else _HARD_NEAR
        else:
            continue
        pairs.append(Pair(row["a"], row["b"], near))
    return tuple(pairs)
