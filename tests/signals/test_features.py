"""What a learned head is given of a request."""

import msgspec
import numpy as np
import pytest

from pointsman.encoder.encoding import UNREAD
from pointsman.signals.features import (
    LOOKED_AT,
    SURFACE,
    gain_features,
    gain_groups,
    label_features,
    label_groups,
    shipped_logits,
    shipped_tokens,
    surface_counts,
)
from pointsman.signals.outcome import OUTCOMES

ENCODING = msgspec.structs.replace(
    UNREAD,
    scores={
        "domain": {"math": 0.75, "law": 0.25},
        "outcome": {"both": 0.5, "heavy_only": 0.25, "light_only": 0.25, "neither": 0.0},
    },
    measures={"extra_tokens": 99.0},
    embedding=np.array([0.6, 0.8, 0.0], np.float32),
)


def test_a_row_is_as_long_as_its_groups_say_and_in_their_order() -> None:
    row = gain_features("2 + 2?", ENCODING)
    groups = gain_groups(3, 2)
    assert [group.name for group in groups[:5]] == [
        "embedding",
        "domain",
        "domain_p",
        "outcome",
        "extra_tokens",
    ]
    assert len(row) == sum(group.size for group in groups)
    assert row[:3] == pytest.approx([0.6, 0.8, 0.0])
    assert row[3:5] == pytest.approx(np.log([0.75, 0.25]))
    assert row[5:7] == pytest.approx([0.75, 0.25])
    assert row[11] == pytest.approx(np.log(100))


def test_no_domain_is_told_to_be_further_off_than_a_thousandth() -> None:
    scores = {**ENCODING.scores, "domain": {"math": 1.0, "law": 0.0}}
    row = gain_features("2 + 2?", msgspec.structs.replace(ENCODING, scores=scores))
    assert row[3:7] == pytest.approx([0.0, np.log(1e-3), 1.0, 0.0])


def test_a_label_heads_row_is_the_embedding_alone() -> None:
    assert label_features(ENCODING) == pytest.approx([0.6, 0.8, 0.0])
    assert [group.size for group in label_groups(3)] == [3]


def test_a_probability_of_zero_has_a_finite_logarithm() -> None:
    logits = shipped_logits(ENCODING.scores["outcome"])
    assert np.isfinite(logits).all()
    assert logits[OUTCOMES.index("neither")] == logits.min()


def test_tokens_below_zero_count_as_none() -> None:
    below = msgspec.structs.replace(ENCODING, measures={"extra_tokens": -3.0})
    assert shipped_tokens(below) == 0


@pytest.mark.parametrize(
    ("text", "marks"),
    [
        ("Hello", {"has_options": 0, "has_formula": 0, "has_code": 0, "digits_share": 0}),
        (
            "Pick one.\nA. red\nB. blue",
            {"has_options": 1, "has_formula": 0, "log_lines": np.log(3)},
        ),
        ("(a) red\n(b) blue", {"has_options": 1}),
        ("A. Turing wrote this.", {"has_options": 0}),
        ("Solve 3x = 12", {"has_formula": 1, "digits_share": 3 / 13}),
        (r"Integrate \frac{1}{x}", {"has_formula": 1}),
        ("It costs $5", {"has_formula": 1}),
        ("```python\nprint()\n```", {"has_code": 1}),
        ("def f(x):\n    pass", {"has_code": 1}),
        ("int main() {\n}", {"has_code": 1}),
        ("The class was over.", {"has_code": 0}),
        ("", {"digits_share": 0, "log_length": 0, "log_lines": 0, "log_question": 0}),
        ("Why?\nA. no\nB. yes", {"log_question": np.log1p(5), "negated": 0, "none_of": 0}),
        ("Which is not red?\nA. a rose", {"negated": 1, "asks_which": 1, "has_options": 0}),
        ("All EXCEPT which?", {"negated": 1, "asks_which": 0}),
        ("Note the notary's knots", {"negated": 0}),
        ("Look.  which of them", {"asks_which": 1}),
        ("the bird which sings", {"asks_which": 0}),
        ("None of these?\nA. red\nB. blue", {"none_of": 0}),
        ("Pick.\nA. red\nB. None of the above", {"none_of": 1}),
        ("Pick.\nA. red\nB. all of them", {"none_of": 1}),
    ],
)
def test_marks_are_seen_in_a_text(text: str, marks: dict[str, float]) -> None:
    found = dict(zip(SURFACE, surface_counts(text).tolist(), strict=True))
    assert {name: found[name] for name in marks} == pytest.approx(marks)


def test_only_the_beginning_of_a_long_text_is_looked_at_but_all_of_it_counted() -> None:
    found = dict(zip(SURFACE, surface_counts("x" * LOOKED_AT + "=" * 10).tolist(), strict=True))
    assert found["has_formula"] == 0
    assert found["log_length"] == pytest.approx(np.log1p(LOOKED_AT + 10))
