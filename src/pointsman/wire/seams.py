"""Where two texts of a request meet: a sentence cut in two there is whole to the model.

A server joins the content parts of a message, some with a line break and some without, and a model
reads messages of one role in a row as one. What stands across such a border stands in none of the
texts by itself.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, pairwise

SEAM_CHARACTERS = 400
"""Of each side of a border, in code points: some sentences. A judgement."""


def seams(texts: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """Return what stands across the borders of neighbouring texts.

    Args:
        texts: Who said each text, and the text, in the order of the request.
    """
    of_one = groupby(texts, key=lambda said: said[0])
    rows = ([text for _, text in row if text] for _, row in of_one)
    return tuple(seam for row in rows if len(row) > 1 for seam in _seams_of(row))


def _seams_of(texts: Sequence[str]) -> Iterator[str]:
    yield from _joined(texts, glued=False)
    if any(one[-1].isalnum() and other[0].isalnum() for one, other in pairwise(texts)):
        yield from _joined(texts, glued=True)


def _joined(texts: Sequence[str], *, glued: bool) -> Iterator[str]:
    """Yield one seam for each run of texts that are shorter than a side of it."""
    seam = texts[0][-SEAM_CHARACTERS:]
    for text in texts[1:]:
        seam += ("" if glued else "\n") + text[:SEAM_CHARACTERS]
        if len(text) > SEAM_CHARACTERS:
            yield seam
            seam = text[-SEAM_CHARACTERS:]
    if len(texts[-1]) <= SEAM_CHARACTERS:
        yield seam
