"""Thresholds solved from a rate of false alarms."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pointsman.errors import TooFewRowsError
from pointsman.statistics.bounds import upper_bound
from pointsman.statistics.thresholds import solve

THOUSAND = np.arange(1000) / 1000


@pytest.mark.parametrize(
    ("target", "above", "alarms"),
    [(0.01, 0.989, 10), (0.05, 0.949, 50), (0.5, 0.499, 500), (0.0105, 0.989, 10)],
)
def test_as_many_harmless_texts_as_allowed_lie_above(
    target: float, above: float, alarms: int
) -> None:
    found = solve(THOUSAND, target)
    assert (found.above, found.target, found.rows) == (above, target, 1000)
    assert found.rate == alarms / 1000
    assert found.rate_max == upper_bound(alarms, 1000)


def test_scores_that_are_equal_are_all_kept_below() -> None:
    scores = np.array([0.1] * 290 + [0.9] * 10)
    found = solve(scores, 0.02)  # six may lie above, but the ten are equal
    assert (found.above, found.rate) == (0.9, 0.0)
    assert solve(scores, 0.04).above == 0.1


def test_the_order_of_the_texts_says_nothing() -> None:
    shuffled = np.random.default_rng(3).permutation(THOUSAND)
    assert solve(shuffled, 0.03) == solve(THOUSAND, 0.03)


@pytest.mark.parametrize(("target", "rows"), [(0.01, 298), (0.05, 58), (0.01, 0)])
def test_too_few_texts_are_refused_with_the_number_that_is_needed(target: float, rows: int) -> None:
    with pytest.raises(TooFewRowsError, match=f"{rows} harmless texts cannot show .*at least"):
        solve(np.zeros(rows), target)


@pytest.mark.parametrize(("target", "rows"), [(0.01, 299), (0.05, 59)])
def test_just_enough_texts_allow_no_alarm_or_next_to_none(target: float, rows: int) -> None:
    found = solve(np.linspace(0, 1, rows), target)
    assert found.rate <= target
    assert found.rows == rows


@given(
    st.lists(st.floats(0, 1, width=32), min_size=60, max_size=200),
    st.sampled_from([0.05, 0.1, 0.25, 0.5]),
)
def test_no_lower_threshold_keeps_the_rate(scores: list[float], target: float) -> None:
    harmless = np.array(scores, np.float32)
    found = solve(harmless, target)
    assert (harmless > found.above).mean() == found.rate <= target
    # The threshold is a score; one step lower, it would itself be an alarm.
    assert (harmless >= found.above).sum() > int(target * len(harmless))
