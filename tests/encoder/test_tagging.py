"""Tags become spans: words vote as one, neighbours join, and nothing ends inside a word."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from numpy.typing import NDArray

from pointsman.encoder.encoding import TextSpan
from pointsman.encoder.tagging import span_types, spans_of

TYPES = ("PERSON", "GPE")
TAGS = ("O", "B-PERSON", "I-PERSON", "B-GPE", "I-GPE")

O = (1.0, 0.0, 0.0, 0.0, 0.0)  # noqa: E741 - the tag's name
BP = (0.0, 1.0, 0.0, 0.0, 0.0)
IP = (0.0, 0.0, 1.0, 0.0, 0.0)
BG = (0.0, 0.0, 0.0, 1.0, 0.0)
IG = (0.0, 0.0, 0.0, 0.0, 1.0)

Row = tuple[float, ...]


def spans(rows: list[Row], words: list[int] | None = None) -> list[tuple[str, int, int, float]]:
    """Read pieces of three letters each, a space after each word; by default one piece a word."""
    words = list(range(len(rows))) if words is None else words
    offsets, at = [], 0
    for piece, word in enumerate(words):
        at += 1 if piece and words[piece - 1] != word else 0
        offsets.append((at, at + 3))
        at += 3
    found = spans_of(np.array(rows, np.float32).reshape(-1, 5), offsets, words, TYPES)
    return [(span.type, span.start, span.end, round(span.p, 4)) for span in found]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([], []),
        ([O, O], []),
        ([O, BP, O], [("PERSON", 4, 7, 1.0)]),
        ([BP, IP, IP], [("PERSON", 0, 11, 1.0)]),
        ([BP, BP], [("PERSON", 0, 3, 1.0), ("PERSON", 4, 7, 1.0)]),
        ([BP, O, IP], [("PERSON", 0, 3, 1.0), ("PERSON", 8, 11, 1.0)]),
        ([BP, IG], [("PERSON", 0, 3, 1.0), ("GPE", 4, 7, 1.0)]),
        ([BP, BG, IG], [("PERSON", 0, 3, 1.0), ("GPE", 4, 11, 1.0)]),
        # A span that begins with I is a span all the same.
        ([IP, IP], [("PERSON", 0, 7, 1.0)]),
        # B and I of a type stand together against "outside" and against other types.
        ([(0.4, 0.3, 0.3, 0.0, 0.0)], [("PERSON", 0, 3, 0.6)]),
        ([(0.3, 0.2, 0.15, 0.35, 0.0)], [("PERSON", 0, 3, 0.35)]),
        ([(0.5, 0.5, 0.0, 0.0, 0.0)], []),  # more than outside, not as much
        # Where I and B are as likely, it goes on.
        ([BP, (0.0, 0.5, 0.5, 0.0, 0.0)], [("PERSON", 0, 7, 1.0)]),
        ([BP, (0.0, 0.51, 0.49, 0.0, 0.0)], [("PERSON", 0, 3, 1.0), ("PERSON", 4, 7, 1.0)]),
        # A span's probability is the mean of its words'.
        ([BP, (0.4, 0.0, 0.6, 0.0, 0.0)], [("PERSON", 0, 7, 0.8)]),
    ],
)
def test_these_tags_say_these_spans(
    rows: list[Row], expected: list[tuple[str, int, int, float]]
) -> None:
    assert spans(rows) == expected


@pytest.mark.parametrize(
    ("rows", "words", "expected"),
    [
        # One piece of a word outvotes the other: all of the word, or nothing of it.
        ([BP, O], [0, 0], []),
        ([BP, (0.9, 0.0, 0.1, 0.0, 0.0)], [0, 0], [("PERSON", 0, 6, 0.55)]),
        ([O, BP, IP], [0, 0, 0], [("PERSON", 0, 9, 0.6667)]),
        ([BP, IP, O], [0, 0, 1], [("PERSON", 0, 6, 1.0)]),
        ([BP, IP, IP, IP], [0, 0, 1, 1], [("PERSON", 0, 13, 1.0)]),
        # Votes count by piece within a word, words alike within a span.
        ([BP, IP, IP, (0.4, 0.0, 0.6, 0.0, 0.0)], [0, 0, 0, 1], [("PERSON", 0, 13, 0.8)]),
        # A window may begin in the middle of a text, and of a word.
        ([BP, IP], [7, 8], [("PERSON", 0, 7, 1.0)]),
        ([IP, IP], [7, 7], [("PERSON", 0, 6, 1.0)]),
    ],
)
def test_the_pieces_of_a_word_vote_as_one(
    rows: list[Row], words: list[int], expected: list[tuple[str, int, int, float]]
) -> None:
    assert spans(rows, words) == expected


@st.composite
def tagged(draw: st.DrawFn) -> tuple[NDArray[np.float32], list[tuple[int, int]], list[int | None]]:
    """Random probabilities over pieces of random lengths, in words of random lengths."""
    sizes = draw(st.lists(st.integers(1, 4), max_size=8))
    words = [word for word, pieces in enumerate(sizes) for _ in range(pieces)]
    raw = draw(arrays.arrays(np.float64, (len(words), len(TAGS)), elements=st.floats(0.001, 1)))
    offsets, at = [], 0
    for _ in words:
        at += draw(st.integers(0, 2))
        start, at = at, at + draw(st.integers(1, 5))
        offsets.append((start, at))
    rows = (raw / raw.sum(axis=1, keepdims=True)).astype(np.float32)
    return rows, offsets, list(words)


@given(tagged())
def test_spans_are_in_order_apart_and_keep_to_the_borders_of_words(
    case: tuple[NDArray[np.float32], list[tuple[int, int]], list[int | None]],
) -> None:
    rows, offsets, words = case
    found = spans_of(rows, offsets, words, TYPES)
    for one, following in pairwise(found):
        assert one.end <= following.start
    starts = {offsets[at][0] for at, word in enumerate(words) if word not in words[:at]}
    ends = {offsets[at][1] for at, word in enumerate(words) if word not in words[at + 1 :]}
    for span in found:
        assert span.start in starts
        assert span.end in ends
        assert span.start < span.end
        assert span.type in TYPES
        assert 0 < span.p <= 1


def test_probabilities_that_add_up_to_a_hair_over_1_are_cut() -> None:
    row = np.array([[0.0, 0.7, 0.3000002, 0.0, 0.0]], np.float32)
    assert spans_of(row, [(0, 3)], [0], TYPES) == (TextSpan("PERSON", 0, 3, 1.0),)


def test_types_are_read_off_the_tags() -> None:
    assert span_types(TAGS) == TYPES
    assert span_types(("O",)) == ()


@pytest.mark.parametrize(
    "tags",
    [
        (),
        ("B-PERSON", "I-PERSON"),
        ("O", "B-PERSON"),
        ("O", "I-PERSON", "B-PERSON"),
        ("O", "B-PERSON", "I-GPE"),
        ("O", "B-PERSON", "B-GPE", "I-PERSON", "I-GPE"),
        ("O", "PERSON", "PERSON"),
    ],
)
def test_tags_in_another_order_are_refused(tags: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="expected the tags `O`, `B-TYPE`, `I-TYPE`"):
        span_types(tags)
