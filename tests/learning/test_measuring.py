"""What a report says of heads whose worth is known."""

import numpy as np
import pytest

from pointsman.learning.gain import FittedGain, Targets
from pointsman.learning.measuring import (
    LEARNED,
    LENGTH,
    RANDOM,
    SHIPPED,
    gain_report,
    label_report,
)
from pointsman.learning.outcomes import Arms
from pointsman.learning.reading import GainReadings
from pointsman.learning.results import Confusion, GainReport
from pointsman.learning.validation import Choice, Validated
from pointsman.signals.head_file import Linear

ROWS = 240
NONE = Linear(np.zeros((1, 4)), np.zeros(4))


NUMBERS = np.arange(ROWS) % 8
LIGHT, HEAVY = NUMBERS % 2 == 0, NUMBERS > 1


def report(outputs: np.ndarray, shipped: np.ndarray, *, tokens: bool = False) -> GainReport:
    extra = 100.0 + 10.0 * np.arange(ROWS, dtype=np.float64)
    if not tokens:
        extra[:] = np.nan
    read = GainReadings(
        features=np.zeros((ROWS, 1)),
        logits=shipped,
        tokens=np.full(ROWS, 400.0),
        lengths=np.arange(ROWS, dtype=np.float64),
    )
    targets = Targets(LIGHT.astype(float), HEAVY.astype(float), extra)
    own = np.log1p(extra / targets.unit) - np.log1p(400 / targets.unit)
    fitted = FittedGain(
        Validated(NONE, Choice(3, 1.0), outputs, np.ones(ROWS)),
        Validated(NONE, Choice(1, 1.0), own[:, None], np.ones(ROWS)) if tokens else None,
        targets.unit,
    )
    return gain_report(fitted, read, targets, Arms("small", "large"))


def knowing() -> np.ndarray:
    place = np.where(LIGHT, np.where(HEAVY, 0, 2), np.where(HEAVY, 1, 3))
    return np.asarray(5.0 * np.eye(4)[place])


BLIND = np.log(np.full((ROWS, 4), 0.25))


def test_a_head_that_knows_is_told_from_one_that_does_not() -> None:
    found = report(knowing(), BLIND)
    assert (found.light_accuracy.value, found.heavy_accuracy.value) == (0.5, 0.75)
    assert (found.gap.value, found.oracle) == (0.25, 0.875)
    assert found.apgr[LEARNED].value > 1  # better than always heavy, on the way
    assert [found.apgr[name].value for name in (SHIPPED, RANDOM)] == [0.5, 0.5]
    assert abs(found.apgr[LENGTH].value - 0.5) < 0.05
    assert found.lead[SHIPPED].low > 0
    assert set(found.lead) == {SHIPPED, LENGTH, RANDOM}
    assert found.log_loss[LEARNED] < found.log_loss["base rates"] < found.log_loss[SHIPPED]
    assert found.log_loss_lead.low > 0
    assert found.gain_error[LEARNED] < 0.05
    assert found.tokens is None
    assert found.penalty == 1000


def test_an_advantage_is_a_lead_in_right_answers() -> None:
    found = report(knowing(), BLIND)
    for name, measured in found.advantage.items():
        assert measured.value == pytest.approx((found.apgr[name].value - 0.5) * found.gap.value)
    lead = found.advantage[LEARNED].value - found.advantage[SHIPPED].value
    assert found.advantage_lead[SHIPPED].value == pytest.approx(lead)


def test_the_same_head_has_no_lead_over_itself() -> None:
    found = report(np.zeros((ROWS, 4)), knowing())
    lead = found.lead[SHIPPED]
    assert (lead.value, lead.low, lead.high) == (0, 0, 0)
    assert found.log_loss_lead.value == pytest.approx(0)


def test_tokens_are_compared_with_the_shipped_head_and_the_mean() -> None:
    tokens = report(knowing(), BLIND, tokens=True).tokens
    assert tokens is not None
    assert tokens.rows == ROWS
    assert tokens.r2[LEARNED] == pytest.approx(1)
    assert tokens.r2["mean"] == 0
    assert tokens.r2[SHIPPED] < 0
    assert tokens.mean_error[LEARNED] == pytest.approx(0, abs=1e-6)
    assert tokens.mean == 1295


def test_a_label_heads_mistakes_are_counted() -> None:
    truth = np.array([0] * 6 + [1] * 4 + [2] * 5)
    said = truth.copy()
    said[[0, 1, 6]] = [1, 1, 0]
    outputs = 6.0 * np.eye(3)[said]
    fitted = Validated(NONE, Choice(4, 1.0), outputs, np.ones(15))
    found = label_report(fitted, truth, ("a", "b", "c"))
    assert found.accuracy.value == pytest.approx(12 / 15)
    assert found.accuracy.low == pytest.approx(0.519, abs=1e-3)  # Clopper-Pearson of 12 in 15
    assert found.accuracy.high == pytest.approx(0.957, abs=1e-3)
    assert (found.majority, found.majority_accuracy) == ("a", 0.4)
    assert found.confusions == (Confusion("a", "b", 2), Confusion("b", "a", 1))
    assert found.recall == {"a": pytest.approx(4 / 6), "b": 0.75, "c": 1.0}
    assert found.penalty == 30


def test_no_mistake_leaves_a_doubt() -> None:
    truth = np.array([0, 1] * 20)
    fitted = Validated(NONE, Choice(0, 1.0), 9.0 * np.eye(2)[truth], np.ones(40))
    accuracy = label_report(fitted, truth, ("a", "b")).accuracy
    assert (accuracy.value, accuracy.high) == (1, 1)
    assert accuracy.low == pytest.approx(0.912, abs=1e-3)
