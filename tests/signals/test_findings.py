"""The three kinds of finding."""

from hypothesis import given
from hypothesis import strategies as st

from pointsman.signals.findings import Scores


def test_the_top_label_is_the_most_probable_one() -> None:
    assert Scores({"law": 0.2, "math": 0.7, "other": 0.1}).top == ("math", 0.7)
    assert Scores({}).top is None


@given(st.dictionaries(st.text(max_size=3), st.floats(0, 1), min_size=1))
def test_no_label_is_more_probable_than_the_top(scores: dict[str, float]) -> None:
    top = Scores(scores).top
    assert top is not None
    assert top[1] == max(scores.values())
