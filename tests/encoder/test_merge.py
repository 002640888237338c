"""Readings of several stretches become one."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pointsman.encoder.encoding import NO_VECTOR, Encoding, TextSpan
from pointsman.encoder.merge import merged, united

VECTOR = np.ones(4, np.float32)


def a_reading(**fields: object) -> Encoding:
    plain = {
        "scores": {},
        "measures": {},
        "embedding": NO_VECTOR,
        "tokens": 10,
        "truncated": False,
    }
    return Encoding(**(plain | fields))  # type: ignore[arg-type]  # fields by name


def test_an_attack_anywhere_is_an_attack() -> None:
    found = merged(
        [
            a_reading(scores={"attacks": {"jailbreak": 0.1, "harmful": 0.7}}),
            a_reading(scores={"attacks": {"jailbreak": 0.9, "harmful": 0.2}}),
            a_reading(scores={"attacks": {"jailbreak": 0.3, "harmful": 0.1}}),
        ],
        truncated=False,
        unread=0,
    )
    assert found.scores == {"attacks": {"jailbreak": 0.9, "harmful": 0.7}}


def test_what_was_judged_once_stays_as_it_was() -> None:
    judged = a_reading(
        scores={"domain": {"math": 0.6, "law": 0.4}},
        measures={"extra_tokens": 9.0},
        embedding=VECTOR,
    )
    window = a_reading(scores={"attacks": {"harmful": 0.2}})
    found = merged([judged, window, window], truncated=True, unread=5)
    assert found.scores == {"domain": {"math": 0.6, "law": 0.4}, "attacks": {"harmful": 0.2}}
    assert found.measures == {"extra_tokens": 9.0}
    assert found.embedding is VECTOR
    assert (found.truncated, found.unread) == (True, 5)
    # The readings that were joined are as they were.
    assert judged.scores == {"domain": {"math": 0.6, "law": 0.4}}
    assert window.scores == {"attacks": {"harmful": 0.2}}


def test_tokens_and_passes_add_up() -> None:
    found = merged([a_reading(passes=1), a_reading(passes=0)], truncated=False, unread=0)
    assert (found.tokens, found.passes) == (20, 1)
    assert found.embedding is NO_VECTOR


@pytest.mark.parametrize(
    ("tiers", "tier"),
    [(("first", "first"), "first"), (("first", "encoder"), "encoder"), (("encoder",), "encoder")],
)
def test_the_first_tier_answered_if_it_answered_for_every_stretch(
    tiers: tuple[str, ...], tier: str
) -> None:
    readings = [a_reading(tier=one) for one in tiers]
    assert merged(readings, truncated=False, unread=0).tier == tier


def test_spans_of_all_stretches_are_united_head_by_head() -> None:
    one = a_reading(spans={"pii": (TextSpan("GPE", 0, 5, 0.9), TextSpan("PERSON", 20, 24, 0.8))})
    other = a_reading(
        spans={"pii": (TextSpan("PERSON", 20, 30, 0.7), TextSpan("GPE", 40, 45, 0.6)), "own": ()}
    )
    assert merged([one, other], truncated=False, unread=0).spans == {
        "pii": (
            TextSpan("GPE", 0, 5, 0.9),
            TextSpan("PERSON", 20, 30, 0.7),
            TextSpan("GPE", 40, 45, 0.6),
        ),
        "own": (),
    }


def span(start: int, end: int, p: float = 0.5, kind: str = "X") -> TextSpan:
    return TextSpan(kind, start, end, p)


@pytest.mark.parametrize(
    ("spans", "kept"),
    [
        ([], []),
        ([span(5, 9), span(0, 3)], [span(0, 3), span(5, 9)]),
        ([span(0, 3), span(3, 6)], [span(0, 3), span(3, 6)]),
        # The same from two windows: once, as sure as the surer window is.
        ([span(0, 3, 0.5), span(0, 3, 0.7)], [span(0, 3, 0.7)]),
        # One was cut by its window's border.
        ([span(0, 3), span(0, 9)], [span(0, 9)]),
        ([span(0, 9), span(6, 9)], [span(0, 9)]),
        ([span(0, 4, 0.9), span(2, 9, 0.1)], [span(2, 9, 0.1)]),
        ([span(0, 5), span(3, 8)], [span(0, 5)]),
        ([span(0, 5, kind="GPE"), span(3, 9, kind="PERSON")], [span(3, 9, kind="PERSON")]),
    ],
)
def test_of_two_that_overlap_the_longer_stands(spans: list[TextSpan], kept: list[TextSpan]) -> None:
    assert united(spans) == tuple(kept)


_spans = st.builds(
    lambda start, length, p: span(start, start + length, p),
    st.integers(0, 60),
    st.integers(1, 20),
    st.floats(0, 1),
)


@given(st.lists(_spans, max_size=12))
def test_united_spans_are_some_of_those_given_in_order_and_apart(spans: list[TextSpan]) -> None:
    found = united(spans)
    assert set(map(repr, found)) <= set(map(repr, spans))
    assert all(one.end <= following.start for one, following in pairwise(found))
    # Nothing is lost that nothing overlaps.
    for one in spans:
        others = [other for other in spans if other is not one]
        if all(one.end <= other.start or other.end <= one.start for other in others):
            assert one in found
