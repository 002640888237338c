import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pointsman.statistics import metrics

LABELS = np.array([0, 0, 1, 2], dtype=np.intp)


def test_accuracy_and_macro_f1_of_a_known_case() -> None:
    predicted = np.array([0, 1, 1, 1], dtype=np.intp)
    assert metrics.accuracy(predicted, LABELS) == 0.5
    # Class 0: 2/3; class 1: 2/4; class 2: 0. A fourth class occurs nowhere and does not count.
    assert metrics.macro_f1(predicted, LABELS, 4) == pytest.approx((2 / 3 + 1 / 2 + 0) / 3)


@pytest.mark.parametrize(
    ("scores", "auc"),
    [([1, 2, 3, 4], 1.0), ([4, 3, 2, 1], 0.0), ([5, 5, 5, 5], 0.5), ([1, 3, 2, 4], 0.75)],
)
def test_auc_of_known_orders(scores: list[float], auc: float) -> None:
    happened = np.array([False, False, True, True])
    assert metrics.ranking_auc(np.array(scores, dtype=np.float64), happened) == auc


def test_auc_of_one_kind_of_row_is_one_half() -> None:
    assert metrics.ranking_auc(np.arange(3.0), np.zeros(3, bool)) == 0.5


def test_tied_ranks_share_their_mean() -> None:
    assert metrics.tied_ranks(np.array([3.0, 1.0, 3.0])).tolist() == [2.5, 1.0, 2.5]


@given(st.lists(st.integers(-30, 30), min_size=3, max_size=20, unique=True))
def test_rank_correlation_sees_order_only(values: list[int]) -> None:
    rows = np.array(values, dtype=np.float64)
    assert metrics.rank_correlation(rows, np.exp(rows)) == pytest.approx(1)
    assert metrics.rank_correlation(rows, -rows) == pytest.approx(-1)


def test_a_perfect_order_recovers_the_gap_at_once_and_a_flat_score_half_of_it() -> None:
    light, heavy = np.array([0.0, 1.0, 1.0, 1.0]), np.ones(4)
    perfect = metrics.recovered_gap(np.array([9.0, 1.0, 2.0, 3.0]), light, heavy)
    # After each of the four rows all is recovered; the first step climbs from 0 to 1.
    assert perfect == pytest.approx((0.5 + 1 + 1 + 1) / 4)
    assert metrics.recovered_gap(np.zeros(4), light, heavy) == pytest.approx(0.5)
    worst = metrics.recovered_gap(np.array([0.0, 1.0, 2.0, 3.0]), light, heavy)
    assert worst == pytest.approx(1 - perfect)


def test_a_pair_without_a_gap_recovers_nothing_measurable() -> None:
    assert metrics.recovered_gap(np.arange(2.0), np.array([0.0, 1.0]), np.array([1.0, 0.0])) == 0.5


def test_a_gap_that_is_none_is_not_divided_by_what_rounding_leaves_of_it() -> None:
    scores = np.array([0.0] * 14 + [1.0])
    light, heavy = np.zeros(15), np.zeros(15)
    light[2], heavy[14] = 1.0, 1.0
    assert metrics.recovered_gap(scores, light, heavy) == 0.5


def test_explained_variance_and_mean_error() -> None:
    values = np.array([1.0, 2.0, 3.0])
    assert metrics.explained(values, values) == 1.0
    assert metrics.explained(np.full(3, 2.0), values) == 0.0
    assert metrics.mean_error(np.array([2.0, 2.0, 2.0]), values) == pytest.approx(2 / 3)


def test_what_never_changes_cannot_be_explained_or_ranked() -> None:
    same, rows = np.ones(3), np.arange(3.0)
    assert metrics.explained(rows, same) == 0.0
    assert metrics.rank_correlation(same, rows) == 0.0
