"""Look-ups in tables of outcomes, worked by hand."""

import math

import pytest

from pointsman.catalog.families import Reasoning
from pointsman.catalog.models import Target
from pointsman.policy.tables import Row, Table
from pointsman.signals.detector import Signals
from pointsman.signals.findings import Measure, Scores

P_CORRECT = {"math": 0.9, "law": 0.5}
TOKENS = {"math": 800.0, "law": 200.0}
FULL = Row(P_CORRECT, TOKENS, mean=0.6)
TABLE = Table("domain", {("m", "on", "high"): FULL, ("m", "off", None): FULL}, "basis")


@pytest.mark.parametrize(
    ("scores", "p_correct", "tokens"),
    [
        ({"math": 1.0}, 0.9, 800.0),
        ({"math": 1.0, "law": 0.0}, 0.9, 800.0),
        ({"math": 0.25, "law": 0.75}, 0.6, 350.0),
        # Labels that were never recorded say nothing: of 0.2 and 0.6, a quarter and three.
        ({"math": 0.2, "law": 0.6, "history": 0.2}, 0.6, 350.0),
        # Probabilities that sum to less than 1 are still shares of what is known.
        ({"math": 0.1, "law": 0.3}, 0.6, 350.0),
    ],
)
def test_a_text_between_categories_does_as_well_as_texts_between_them(
    scores: dict[str, float], p_correct: float, tokens: float
) -> None:
    found = TABLE.look_up(FULL, {"domain": Scores(scores)})
    assert found == pytest.approx((p_correct, tokens))


@pytest.mark.parametrize(
    "signals",
    [
        {},
        {"domain": Measure({"math": 1.0})},
        {"domain": Scores({})},
        {"domain": Scores({"history": 1.0})},
        {"domain": Scores({"math": 0.0, "history": 1.0})},
    ],
)
def test_where_nothing_is_known_of_the_text_the_mean_stands(signals: Signals) -> None:
    p_correct, tokens = TABLE.look_up(FULL, signals)
    assert p_correct == 0.6
    assert math.isnan(tokens)


@pytest.mark.parametrize("tokens", [{}, {"math": 800.0}])
def test_tokens_that_were_not_recorded_of_every_label_are_not_made_up(
    tokens: dict[str, float],
) -> None:
    row = Row(P_CORRECT, tokens, mean=0.6)
    p_correct, found = TABLE.look_up(row, {"domain": Scores({"math": 0.5, "law": 0.5})})
    assert p_correct == pytest.approx(0.7)
    assert math.isnan(found)


@pytest.mark.parametrize(
    ("target", "known"),
    [
        (Target("m", Reasoning("on", "high")), True),
        (Target("m", Reasoning("on", "high", 4096)), True),  # a budget is no other arm
        (Target("m", Reasoning("off")), True),
        (Target("m", Reasoning("on", "low")), False),
        (Target("m", Reasoning("on")), False),
        (Target("n", Reasoning("off")), False),
    ],
)
def test_a_row_is_one_of_model_mode_and_effort(target: Target, *, known: bool) -> None:
    assert TABLE.row_of(target) == (FULL if known else None)
