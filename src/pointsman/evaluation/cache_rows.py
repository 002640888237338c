"""The pairs that `bench cache` scores, and how alike their embeddings are."""

from collections.abc import Iterable, Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from pointsman.encoder.encoding import EMBEDDING, Asked, Encoder

FOLDER = "cache"

_ASKED = Asked(judged=frozenset({EMBEDDING}))


class Pair(msgspec.Struct, frozen=True):
    """A row of the data: two texts, and whether one answer serves both.

    Attributes:
        label: 1 if it does, 0 if not, None where nobody decided.
        lang: Of both texts, or two with a hyphen.
        kind: How the pair came about; `hardneg_*` differ in one thing that counts.
    """

    id: str | int
    a: str
    b: str
    label: int | None = None
    lang: str = "en"
    source: str = ""
    kind: str = ""

    @property
    def text(self) -> str:
        """What was asked before."""
        return self.a


def similarities(pairs: Sequence[tuple[str, str]], encoder: Encoder) -> NDArray[np.float64]:
    """Return the cosine of each pair's embeddings, (pairs,); each text is read once."""
    vectors = embedded((text for pair in pairs for text in pair), encoder)
    return np.array([float(vectors[one] @ vectors[other]) for one, other in pairs])


def embedded(texts: Iterable[str], encoder: Encoder) -> dict[str, NDArray[np.float32]]:
    """Return the embedding of each text, (width,)."""
    return {text: encoder.encode(text, _ASKED).embedding for text in dict.fromkeys(texts)}
