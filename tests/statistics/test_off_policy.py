"""What another policy would have scored."""

import numpy as np
import pytest

from pointsman.statistics.calibrate import Floats
from pointsman.statistics.off_policy import effective_size, ips, snips
from pointsman.statistics.resampling import estimated, resampled_sums

TRIALS, ROWS = 400, 400


def logged(random: np.random.Generator) -> Floats:
    """Rows of an old policy that takes the heavy model in 3 of 10, scored 1 or 0.

    Half of the questions are hard: the light model is right on 0.2 of them, the heavy one on 0.8;
    on the others on 0.9 and 0.7. Columns: 1, weight, weight x score, squared weight; the new policy
    takes the heavy model for hard questions alone, whose true mean score is (0.8 + 0.9) / 2.
    """
    hard = random.random(ROWS) < 0.5
    heavy = random.random(ROWS) < 0.3
    p_right = np.where(hard, np.where(heavy, 0.8, 0.2), np.where(heavy, 0.7, 0.9))
    score = (random.random(ROWS) < p_right).astype(float)
    weight = (heavy == hard) / np.where(heavy, 0.3, 0.7)
    return np.stack([np.ones(ROWS), weight, weight * score, weight**2], axis=1)


TRUE = 0.85


@pytest.mark.parametrize("estimator", ["ips", "snips"])
def test_the_interval_holds_the_true_value_of_a_known_policy_in_95_of_100_trials(
    estimator: str,
) -> None:
    random, held, found = np.random.default_rng(11), 0, []
    for trial in range(TRIALS):
        rows = logged(random)

        def of(sums: Floats) -> Floats:
            if estimator == "ips":
                return ips(sums[:, 0], sums[:, 2])
            return snips(sums[:, 1], sums[:, 2])

        estimate = estimated(of, rows, resampled_sums(rows, 500, seed=trial))
        held += estimate.low <= TRUE <= estimate.high
        found.append(estimate.value)
    assert 0.91 <= held / TRIALS <= 0.985  # three standard errors around 0.95
    assert np.mean(found) == pytest.approx(TRUE, abs=0.01)  # no bias worth the name


def test_a_policy_that_changes_nothing_scores_what_was_scored() -> None:
    one = np.ones(1)
    assert ips(4 * one, 3 * one) == snips(4 * one, 3 * one) == [0.75]
    assert effective_size(4 * one, 4 * one) == [4.0]


def test_uneven_weights_are_worth_fewer_rows() -> None:
    weights = np.array([4.0, 1.0, 0.0, 0.0])
    size = effective_size(weights.sum()[None], (weights**2).sum()[None])
    assert size[0] == pytest.approx(25 / 17)


def test_without_overlap_nothing_is_said() -> None:
    nothing = np.zeros(1)
    assert np.isnan(snips(nothing, nothing))
    assert np.isnan(effective_size(nothing, nothing))
    assert ips(np.ones(1), nothing) == [0.0]
