"""Exact bounds of shares, against published and closed-form values."""

from fractions import Fraction
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pointsman.statistics.bounds import rows_needed, upper_bound


@pytest.mark.parametrize(
    ("hits", "rows", "confidence", "bound"),
    [
        # No hits: 1 - (1 - confidence)^(1 / rows), the exact form of the rule of three.
        (0, 1, 0.95, 0.95),
        (0, 2, 0.95, 0.7764),
        (0, 10, 0.95, 0.2589),
        (0, 59, 0.95, 0.04951),
        (0, 299, 0.95, 0.009969),
        (0, 100, 0.975, 0.03622),
        # The upper ends of two-sided 95 % Clopper-Pearson intervals, R: binom.test(hits, rows).
        (1, 10, 0.975, 0.4450),
        (2, 10, 0.975, 0.5561),
        (5, 10, 0.975, 0.8129),
        (9, 10, 0.975, 0.99747),
        (10, 100, 0.975, 0.17622),
        # One-sided, R: qbeta(0.95, hits + 1, rows - hits).
        (1, 10, 0.95, 0.39416),
        # All hits or no rows: nothing is excluded.
        (10, 10, 0.95, 1.0),
        (0, 0, 0.95, 1.0),
    ],
)
def test_known_bounds_are_found(hits: int, rows: int, confidence: float, bound: float) -> None:
    assert upper_bound(hits, rows, confidence) == pytest.approx(bound, rel=2e-4)


@given(st.integers(1, 400), st.data())
def test_at_the_bound_so_few_hits_have_the_probability_that_is_left(
    rows: int, draws: st.DataObject
) -> None:
    """The definition, with whole numbers."""
    hits = draws.draw(st.integers(0, rows - 1))
    share = Fraction(upper_bound(hits, rows))
    left = sum(comb(rows, k) * share**k * (1 - share) ** (rows - k) for k in range(hits + 1))
    assert float(left) == pytest.approx(0.05, rel=1e-6)


@given(st.integers(1, 400), st.data())
def test_a_bound_lies_above_the_share_and_grows_with_hits_and_confidence(
    rows: int, draws: st.DataObject
) -> None:
    hits = draws.draw(st.integers(0, rows - 1))
    bound = upper_bound(hits, rows)
    assert hits / rows < bound < 1
    assert upper_bound(hits + 1, rows) > bound
    assert upper_bound(hits, rows + 1) < bound
    assert upper_bound(hits, rows, 0.99) > bound


@pytest.mark.parametrize(
    ("share", "confidence", "rows"),
    [(0.01, 0.95, 299), (0.02, 0.95, 149), (0.05, 0.95, 59), (0.001, 0.95, 2995), (0.5, 0.95, 5)],
)
def test_these_many_rows_show_that_a_share_is_not_exceeded(
    share: float, confidence: float, rows: int
) -> None:
    assert rows_needed(share, confidence) == rows


@given(st.floats(0.002, 0.9))
def test_so_many_rows_are_enough_and_one_less_is_not(share: float) -> None:
    rows = rows_needed(share)
    assert upper_bound(0, rows) <= share * (1 + 1e-9)
    assert upper_bound(0, rows - 1) > share * (1 - 1e-9)
