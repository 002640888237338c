"""Intervals of shares and of statistics."""

import numpy as np
import pytest

from pointsman.evaluation.shares import Share, estimate, share, share_if_any


@pytest.mark.parametrize(
    ("hits", "rows", "low", "high"),
    [
        # Clopper-Pearson, 95 % two-sided; 0 of 10 is 1 - 0.025 ** (1 / 10).
        (0, 10, 0.0, 0.3085),
        (10, 10, 0.6915, 1.0),
        (5, 10, 0.1871, 0.8129),
        (1, 100, 0.0003, 0.0545),
    ],
)
def test_a_share_has_its_exact_interval(hits: int, rows: int, low: float, high: float) -> None:
    found = share([True] * hits + [False] * (rows - hits))
    assert (found.hits, found.rows, found.share) == (hits, rows, hits / rows)
    assert found.low == pytest.approx(low, abs=1e-4)
    assert found.high == pytest.approx(high, abs=1e-4)


def test_a_share_of_nothing_is_refused_or_none() -> None:
    assert share_if_any([]) is None
    assert isinstance(share_if_any([True]), Share)
    with pytest.raises(ValueError, match="expected rows"):
        share([])


def test_an_estimate_is_the_statistic_of_all_rows_within_its_interval() -> None:
    values = np.arange(100.0)
    found = estimate(lambda at: float(values[at].mean()), 100)
    assert found.value == 49.5
    # The standard error of this mean is 2.9.
    assert found.low == pytest.approx(49.5 - 1.96 * 2.9, abs=1)
    assert found.high == pytest.approx(49.5 + 1.96 * 2.9, abs=1)
