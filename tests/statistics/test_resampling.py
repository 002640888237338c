"""Bootstrap intervals of ratios of sums."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pointsman.statistics.calibrate import Floats
from pointsman.statistics.resampling import Groups, estimated, ratio, resampled_sums


def mean(sums: Floats) -> Floats:
    return ratio(sums[:, 1], sums[:, 0])


def rows_of(values: Floats) -> Floats:
    return np.stack([np.ones(len(values)), values], axis=1)


def test_the_interval_of_a_mean_is_what_the_central_limit_theorem_says() -> None:
    values = np.random.default_rng(0).exponential(3.0, 4000)
    rows = rows_of(values)
    found = estimated(mean, rows, resampled_sums(rows))
    wide = 1.96 * values.std() / np.sqrt(len(values))
    assert found.value == pytest.approx(values.mean())
    assert found.low == pytest.approx(values.mean() - wide, abs=0.1 * wide)
    assert found.high == pytest.approx(values.mean() + wide, abs=0.1 * wide)


def test_the_same_seed_gives_the_same_draws_and_another_one_others() -> None:
    rows = rows_of(np.arange(20.0))
    assert (resampled_sums(rows, 5) == resampled_sums(rows, 5)).all()
    assert (resampled_sums(rows, 5) != resampled_sums(rows, 5, seed=1)).any()


def test_each_draw_has_as_many_rows_as_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pointsman.statistics.resampling._CELLS", 150)  # several blocks, one short
    rows = rows_of(np.arange(50.0))
    assert (resampled_sums(rows, 20)[:, 0] == 50).all()


def test_groups_of_neighbours_keep_the_sums_and_the_interval(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("pointsman.statistics.resampling.MOST_GROUPS", 1200)
    rows = rows_of(np.random.default_rng(1).normal(5.0, 2.0, 4001))
    groups = Groups(2)
    groups.add(rows)
    grouped = groups.rows()
    assert len(grouped) == 1001
    assert grouped.sum(axis=0) == pytest.approx(rows.sum(axis=0))
    whole = estimated(mean, rows, resampled_sums(rows))
    few = estimated(mean, grouped, resampled_sums(grouped))
    assert few.high - few.low == pytest.approx(whole.high - whole.low, rel=0.1)


@given(st.lists(st.integers(0, 40), max_size=12), st.integers(1, 9))
def test_in_whatever_pieces_rows_come_none_is_lost_and_groups_are_few(
    sizes: list[int], most: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("pointsman.statistics.resampling.MOST_GROUPS", most)
        groups, every = Groups(2), rows_of(np.arange(float(sum(sizes))))
        start = 0
        for size in sizes:
            groups.add(every[start : start + size])
            start += size
    found = groups.rows()
    assert len(found) <= max(2, most) + 1
    assert found.sum(axis=0) == pytest.approx(every.sum(axis=0))
    full = found[:-1, 0]
    assert len(set(full)) <= 1  # all but the last stand for equally many rows


def test_the_interval_of_a_mean_holds_the_truth_in_95_of_100_trials() -> None:
    random = np.random.default_rng(2)
    held = 0
    for trial in range(400):
        rows = rows_of(random.normal(1.0, 1.0, 200))
        found = estimated(mean, rows, resampled_sums(rows, 400, seed=trial))
        held += found.low <= 1.0 <= found.high
    assert 0.91 <= held / 400 <= 0.98  # a band of three standard errors


def test_nothing_says_nothing() -> None:
    rows = np.zeros((0, 2))
    found = estimated(mean, rows, resampled_sums(rows))
    assert all(np.isnan(value) for value in (found.value, found.low, found.high))
