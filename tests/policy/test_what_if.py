"""Questions as if something else had been measured."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pointsman.policy.conditions import All, Any_, Asks, Condition, Not
from pointsman.policy.question import Question
from pointsman.policy.what_if import asks_of, with_p_gain, with_value
from pointsman.signals.detector import Signals, value_of
from pointsman.signals.findings import Finding, Measure, Scores, Span, Spans

MakeSignals = Callable[..., Signals]

SHARES = st.tuples(*[st.floats(0.01, 1)] * 4).map(lambda s: tuple(part / sum(s) for part in s))


@given(SHARES, st.floats(0, 1))
def test_another_p_gain_leaves_probabilities_and_their_proportions(
    some_signals: MakeSignals, shares: tuple[float, float, float, float], p_gain: float
) -> None:
    gain, loss, both, neither = shares
    question = with_p_gain(Question(some_signals(gain, loss, both)), p_gain)
    measured = question.signals["reasoning"]
    assert isinstance(measured, Measure)
    assert value_of(measured, "p_gain") == p_gain
    now_loss = value_of(measured, "p_loss")
    now_both = value_of(measured, "p_heavy") - p_gain
    now_neither = 1 - p_gain - now_loss - now_both
    assert now_both + now_loss == pytest.approx(value_of(measured, "p_light"))
    for now, before in ((now_loss, loss), (now_both, both), (now_neither, neither)):
        assert now == pytest.approx(before * (1 - p_gain) / (1 - gain), abs=1e-9)
    assert value_of(measured, "extra_tokens") == 500.0
    assert question.signals["domain"] == some_signals(gain, loss, both)["domain"]


@given(SHARES, st.floats(0, 1), st.sampled_from(["p_light", "p_heavy", "p_loss"]))
def test_each_value_is_a_straight_line_in_p_gain(
    some_signals: MakeSignals, shares: tuple[float, float, float, float], share: float, name: str
) -> None:
    question = Question(some_signals(*shares[:3]))
    none, some, whole = (
        value_of(with_p_gain(question, p).signals["reasoning"], name) for p in (0.0, share, 1.0)
    )
    assert some == pytest.approx(none + share * (whole - none), abs=1e-12)


def test_from_a_certain_gain_the_rest_cannot_be_told_and_stays_nothing(
    some_signals: MakeSignals,
) -> None:
    question = with_p_gain(Question(some_signals(1.0, 0.0, 0.0)), 0.4)
    assert value_of(question.signals["reasoning"], "p_heavy") == 0.4
    assert value_of(question.signals["reasoning"], "p_light") == 0.0


EXCLUSIVE = Scores({"math": 0.6, "law": 0.3, "other": 0.1})
PERSON = Span("PERSON", 0, 0, 4, 0.9)
EMAIL = Span("EMAIL_ADDRESS", 0, 5, 9, 0.8)


@pytest.mark.parametrize(
    ("finding", "name", "value", "expected"),
    [
        (Measure({"a": 1.0, "b": 2.0}), "a", 5.0, Measure({"a": 5.0, "b": 2.0})),
        (
            Scores({"now": 1.0, "later": 0.2}, exclusive=False),
            "now",
            0.1,
            Scores({"now": 0.1, "later": 0.2}, exclusive=False),
        ),
        # What is left of 1 is shared as before: 3 to 1.
        (EXCLUSIVE, "math", 0.2, Scores({"math": 0.2, "law": 0.6, "other": 0.2})),
        (EXCLUSIVE, "math", 1.0, Scores({"math": 1.0, "law": 0.0, "other": 0.0})),
        # A label that was not found takes its share from all others.
        (EXCLUSIVE, "art", 0.5, Scores({"art": 0.5, "math": 0.3, "law": 0.15, "other": 0.05})),
        (Scores({"math": 1.0}), "math", 0.3, Scores({"math": 0.3})),
        (Scores({}), "math", 0.3, Scores({"math": 0.3})),
        (
            Spans((PERSON, EMAIL)),
            "PERSON",
            0.2,
            Spans((EMAIL, Span("PERSON", 0, 0, 0, 0.2))),
        ),
        (Spans(()), "PERSON", 0.7, Spans((Span("PERSON", 0, 0, 0, 0.7),))),
    ],
)
def test_one_value_of_a_finding_is_another(
    finding: Finding, name: str, value: float, expected: Finding
) -> None:
    question = with_value(Question({"it": finding, "surface": PLAIN}), "it", name, value)
    assert value_of(question.signals["it"], name) == value
    assert question.signals["surface"] is PLAIN
    changed = question.signals["it"]
    if isinstance(expected, Scores):
        assert isinstance(changed, Scores)
        assert changed.exclusive is expected.exclusive
        assert changed.scores == pytest.approx(expected.scores)
    else:
        assert changed == expected


PLAIN = Measure({"prompt_tokens": 4.0})
MATH, LAW, GAIN = Asks("domain", "math"), Asks("domain", "law"), Asks("reasoning", "p_gain")


@pytest.mark.parametrize(
    ("condition", "asked"),
    [
        (MATH, [MATH]),
        (Not(MATH), [MATH]),
        (All((MATH, Any_((LAW, Not(GAIN))))), [MATH, LAW, GAIN]),
        (Any_((MATH, MATH)), [MATH, MATH]),
    ],
)
def test_everything_that_a_condition_asks_is_found(condition: Condition, asked: list[Asks]) -> None:
    assert list(asks_of(condition)) == asked
