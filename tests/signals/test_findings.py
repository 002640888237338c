"""The three kinds of finding, and what a condition compares of each."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pointsman.signals.detector import value_of
from pointsman.signals.findings import Finding, Measure, Scores, Span, Spans

SPANS = Spans((Span("EMAIL", 0, 1, 5, 0.4), Span("EMAIL", 0, 9, 12, 0.9), Span("IP", 1, 0, 3, 0.2)))


@pytest.mark.parametrize(
    ("finding", "name", "value"),
    [
        (Scores({"math": 0.7, "law": 0.3}), "math", 0.7),
        (Scores({"math": 0.7}), "physics", 0.0),
        (Measure({"turns": 3.0}), "turns", 3.0),
        (Measure({}), "turns", 0.0),
        (SPANS, "EMAIL", 0.9),
        (SPANS, "IP", 0.2),
        (SPANS, "NAME", 0.0),
        (Spans(()), "EMAIL", 0.0),
    ],
)
def test_a_condition_compares_this_value(finding: Finding, name: str, value: float) -> None:
    assert value_of(finding, name) == value


def test_the_top_label_is_the_most_probable_one() -> None:
    assert Scores({"law": 0.2, "math": 0.7, "other": 0.1}).top == ("math", 0.7)
    assert Scores({}).top is None


@given(st.dictionaries(st.text(max_size=3), st.floats(0, 1), min_size=1))
def test_no_label_is_more_probable_than_the_top(scores: dict[str, float]) -> None:
    top = Scores(scores).top
    assert top is not None
    assert top[1] == max(scores.values())
