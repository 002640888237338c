"""Tags of word pieces become typed spans of the text.

A word's pieces vote together: their probabilities are averaged, so that no span ends inside a
word. A word belongs to the type with the most probability on its B and I tags, if that is more
than "outside" has; it continues a span of its type rather than begin one where I beats B.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pointsman.encoder.encoding import TextSpan

OUTSIDE = "O"


def span_types(tags: Sequence[str]) -> tuple[str, ...]:
    """The types that tags speak of.

    Raises:
        ValueError: The tags are not `O` and then `B-TYPE`, `I-TYPE` for each type in turn.
    """
    types = tuple(tag[2:] for tag in tags[1::2])
    if list(tags) != [OUTSIDE, *(f"{side}-{name}" for name in types for side in "BI")]:
        raise ValueError(f"expected the tags `O`, `B-TYPE`, `I-TYPE` and so on, got {tags!r}")
    return types


def spans_of(
    probabilities: NDArray[np.float32],
    offsets: Sequence[tuple[int, int]],
    words: Sequence[int | None],
    types: Sequence[str],
) -> tuple[TextSpan, ...]:
    """The spans that a tagger's probabilities say.

    Args:
        probabilities: (pieces, tags), in the order of `span_types`; each row sums to 1.
        offsets: Of each piece in the text, in code points.
        words: The number of the word that each piece belongs to.
        types: See `span_types`.

    Returns:
        Spans in the order of the text, with the mean probability of their type over their words.
    """
    if not len(words):
        return ()
    starts = np.flatnonzero(np.diff(np.array(words), prepend=-1))
    ends = np.append(starts[1:], len(words))
    means = np.add.reduceat(probabilities, starts, axis=0) / (ends - starts)[:, None]
    begins, goes_on = means[:, 1::2], means[:, 2::2]
    totals = begins + goes_on
    best = totals.argmax(axis=1)
    found = np.flatnonzero(totals.max(axis=1) > means[:, 0])
    runs: list[list[int]] = []
    for word in found.tolist():
        kind = best[word]
        continues = runs and runs[-1][-1] == word - 1 and best[word - 1] == kind
        if continues and goes_on[word, kind] >= begins[word, kind]:
            runs[-1].append(word)
        else:
            runs.append([word])
    return tuple(
        TextSpan(
            types[best[run[0]]],
            offsets[starts[run[0]]][0],
            offsets[ends[run[-1]] - 1][1],
            min(1.0, float(totals[run, best[run[0]]].mean())),
        )
        for run in runs
    )
