"""Curves of a score, on small cases worked out by hand and against the plain measure."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pointsman.statistics import curves
from pointsman.statistics.metrics import recovered_gap

GAIN = np.array([1.0, 0.0, -1.0, 1.0])
EXTRA = np.array([10.0, 20.0, 30.0, 40.0])
SCORES = np.array([4.0, 3.0, 1.0, 2.0])

ROWS = st.lists(
    st.tuples(st.integers(0, 4), st.sampled_from([0.0, 1.0]), st.sampled_from([0.0, 1.0])),
    min_size=1,
    max_size=30,
)


def test_a_curve_sums_from_the_highest_score_down() -> None:
    curve = curves.curve_of(SCORES, GAIN, EXTRA)
    assert curve.share.tolist() == [0, 0.25, 0.5, 0.75, 1]
    assert curve.gain.tolist() == [0, 0.25, 0.25, 0.5, 0.25]
    assert curve.extra.tolist() == [0, 2.5, 7.5, 17.5, 25]


def test_equal_scores_make_one_straight_line() -> None:
    curve = curves.curve_of(np.zeros(4), GAIN, EXTRA)
    assert (curve.share.tolist(), curve.gain.tolist()) == ([0, 1], [0, 0.25])
    assert curve.at(0.5) == (0.125, 12.5)


def test_the_least_share_that_recovers_a_part_lies_between_the_points() -> None:
    curve = curves.curve_of(SCORES, GAIN, EXTRA)
    assert curves.share_needed(curve, 0.5) == pytest.approx(0.125)
    assert curves.share_needed(curve, 1.0) == pytest.approx(0.25)
    flat = curves.curve_of(np.zeros(4), GAIN, EXTRA)
    assert curves.share_needed(flat, 0.8) == pytest.approx(0.8)


def test_without_a_lead_no_share_recovers_it() -> None:
    assert curves.share_needed(curves.curve_of(SCORES, -GAIN, EXTRA), 0.5) is None


def test_the_least_cost_of_a_gain_and_the_most_gain_at_a_cost() -> None:
    curve = curves.curve_of(SCORES, GAIN, EXTRA)
    assert curves.least_extra(curve, 0.25) == 2.5
    assert curves.least_extra(curve, 0.375) == pytest.approx(12.5)
    assert curves.least_extra(curve, 0.51) is None
    assert curves.most_gain(curve, 17.5) == 0.5
    assert curves.most_gain(curve, 21.25) == pytest.approx(0.375)
    assert curves.most_gain(curve, 26.0) is None


def test_a_heavy_answer_that_is_shorter_saves_without_being_left_out() -> None:
    curve = curves.curve_of(SCORES, GAIN, -EXTRA)
    assert curves.least_extra(curve, 0.25) == -25


@given(ROWS, st.floats(0, 1))
def test_a_cut_sends_the_share_that_was_asked_and_gains_what_the_curve_says(
    rows: list[tuple[int, float, float]], share: float
) -> None:
    scores, light, heavy = (
        np.array(column, dtype=np.float64) for column in zip(*rows, strict=True)
    )
    gain = heavy - light
    sent = curves.cut_at(scores, share)
    assert sent.mean() == pytest.approx(share)
    assert ((sent >= 0) & (sent <= 1)).all()
    said = curves.curve_of(scores, gain, np.zeros(len(gain))).at(share)[0]
    assert (sent * gain).mean() == pytest.approx(said)


@given(ROWS, st.integers(0, 2**32 - 1))
def test_resamples_recover_what_the_plain_measure_says_of_their_rows(
    rows: list[tuple[int, float, float]], seed: int
) -> None:
    scores, light, heavy = (
        np.array(column, dtype=np.float64) for column in zip(*rows, strict=True)
    )
    drawn = np.random.default_rng(seed).integers(0, len(scores), size=(3, len(scores)))
    counts = np.stack([np.bincount(row, minlength=len(scores)) for row in drawn]).astype(float)
    found = curves.recovered_gaps(scores, heavy - light, counts)
    expected = [recovered_gap(scores[row], light[row], heavy[row]) for row in drawn]
    assert found == pytest.approx(expected)


def test_draws_come_in_blocks_and_each_has_as_many_rows_as_there_are() -> None:
    blocks = list(curves.draws_of(7, 250))
    assert [block.shape for block in blocks] == [(100, 7), (100, 7), (50, 7)]
    assert all((block.sum(axis=1) == 7).all() for block in blocks)
    again = np.concatenate(list(curves.draws_of(7, 250)))
    assert (np.concatenate(blocks) == again).all()
    assert (again != np.concatenate(list(curves.draws_of(7, 250, seed=1)))).any()
    assert again.mean(axis=0) == pytest.approx(np.ones(7), abs=0.25)
