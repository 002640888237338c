"""Gain heads, fitted on invented questions."""

from typing import Any

import numpy as np
import pytest

from pointsman.errors import TooFewRowsError
from pointsman.learning.gain import Targets, fit_gain, outcome_counts, targets_of
from pointsman.learning.outcomes import Answer, Arms, Question
from pointsman.learning.reading import GainReadings
from pointsman.signals.features import FeatureGroup
from pointsman.signals.outcome import OUTCOMES

ARMS = Arms("small", "large")


def targets(light: list[float], heavy: list[float], extra: list[float]) -> Targets:
    return Targets(np.array(light), np.array(heavy), np.array(extra))


def test_each_outcome_has_its_column() -> None:
    found = targets([1, 0, 1, 0], [1, 1, 0, 0], [0, 0, 0, 0]).shares
    assert found.tolist() == np.eye(4).tolist()
    assert OUTCOMES == ("both", "heavy_only", "light_only", "neither")


@pytest.mark.parametrize(("light", "heavy"), [(0.3, 0.9), (0.5, 0.5), (1.0, 0.25)])
def test_scores_become_shares_that_keep_the_expected_gain(light: float, heavy: float) -> None:
    (shares,) = targets([light], [heavy], [0.0]).shares
    assert shares.sum() == pytest.approx(1)
    assert shares[1] - shares[2] == pytest.approx(heavy - light)
    assert shares[0] + shares[2] == pytest.approx(light)


def test_tokens_that_were_not_recorded_are_left_out() -> None:
    found = targets_of(
        [
            Question("a", Answer(1, 10), Answer(1, 310)),
            Question("b", Answer(1, None), Answer(1, 90)),
            Question("c", Answer(1, 10), Answer(1, 110)),
        ]
    )
    assert found.with_tokens.tolist() == [0, 2]
    assert found.unit == 200


@pytest.mark.parametrize("extra", [[], [np.nan], [0.1, 0.3]])
def test_the_unit_of_tokens_is_never_below_one(extra: list[float]) -> None:
    assert targets([1.0] * len(extra), [1.0] * len(extra), extra).unit == 1


def test_an_outcome_that_never_happened_is_named() -> None:
    never = targets([1, 0, 1, 0], [1, 1, 1, 1], [0] * 4)
    with pytest.raises(TooFewRowsError) as refused:
        outcome_counts(never, ARMS)
    assert refused.value.message.startswith(
        "there is no question that only small answers rightly and no question that both arms "
        "answer wrongly: "
    )


def test_outcomes_are_counted_in_parts_of_rows() -> None:
    found = targets([0.5] * 4, [0.5] * 4, [0.0] * 4)
    assert outcome_counts(found, ARMS) == dict.fromkeys(OUTCOMES, 1.0)


GROUPS = (FeatureGroup("embedding", 5),)
RANDOM = np.random.default_rng(0)


@pytest.fixture(autouse=True)
def _the_same_numbers_in_any_order() -> None:
    RANDOM.bit_generator.state = np.random.default_rng(1).bit_generator.state


def readings(rows: int) -> GainReadings:
    return GainReadings(
        features=RANDOM.normal(size=(rows, 5)) / np.sqrt(5),
        logits=np.log(np.full((rows, 4), 0.25)),
        tokens=np.full(rows, 300.0),
        lengths=RANDOM.uniform(5, 500, rows),
    )


def texts(rows: int) -> list[str]:
    return [f"question {row}" for row in range(rows)]


def test_what_the_features_tell_is_learned() -> None:
    read = readings(400)
    light = (read.features[:, 0] > 0).astype(float)
    heavy = (read.features[:, 1] > 0).astype(float)
    found = fit_gain(
        texts(400), read, Targets(light, heavy, 100 * np.exp(read.features[:, 2])), GROUPS
    )
    right = found.outcome.outputs.argmax(axis=1)
    assert (right == Targets(light, heavy, light).shares.argmax(axis=1)).mean() > 0.8
    assert found.tokens is not None
    said = found.tokens.outputs[:, 0]
    assert np.corrcoef(said, read.features[:, 2])[0, 1] > 0.9


def test_where_the_shipped_head_is_right_nothing_is_learned_from_noise() -> None:
    read = readings(200)
    light, heavy = (RANDOM.integers(0, 2, 200).astype(float) for _ in range(2))
    found = fit_gain(texts(200), read, Targets(light, heavy, np.full(200, np.nan)), GROUPS)
    assert found.tokens is None
    assert found.outcome.choice.at == 0
    assert not found.outcome.model.weights.any()


def test_the_same_rows_give_the_same_head() -> None:
    read = readings(80)
    light, heavy = (RANDOM.integers(0, 2, 80).astype(float) for _ in range(2))
    given: Any = (texts(80), read, Targets(light, heavy, 50 * light), GROUPS)
    one, other = fit_gain(*given), fit_gain(*given)
    assert (one.outcome.outputs == other.outcome.outputs).all()
    assert one.outcome.choice == other.outcome.choice
