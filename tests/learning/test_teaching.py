"""Targets with less chance in them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from pointsman.learning.teaching import IMITATION, taught

ROWS = 400


def tossed(chance: np.ndarray, seed: int) -> np.ndarray:
    """Outcomes of which `heavy_only` happens with this chance, else `both`."""
    happened = np.random.default_rng(seed).random(ROWS) < chance
    return np.stack([~happened, happened, np.zeros(ROWS), np.zeros(ROWS)], axis=1).astype(float)


def stems(rows: int) -> list[str]:
    return [str(row) for row in range(rows)]


def test_a_teacher_who_is_told_what_matters_brings_targets_nearer_to_the_chances() -> None:
    hard = np.arange(ROWS) % 2 == 0
    chance = np.where(hard, 0.8, 0.2)
    shares = tossed(chance, 1)
    aim = taught(shares, np.stack([hard, ~hard], axis=1).astype(float), stems(ROWS))
    before = np.abs(shares[:, 1] - chance).mean()
    assert np.abs(aim[:, 1] - chance).mean() < (1 - IMITATION + 0.1) * before


def test_without_anything_told_there_is_no_teacher() -> None:
    shares = tossed(np.full(ROWS, 0.5), 2)
    assert taught(shares, np.zeros((ROWS, 0)), stems(ROWS)) is shares


def test_the_teacher_has_not_seen_the_question_nor_another_of_its_stem() -> None:
    # Each stem has a column of its own: who had seen a row of it would know the other one.
    pairs = [str(row // 2) for row in range(40)]
    told = np.repeat(np.eye(20), 2, axis=0) * 100
    shares = np.zeros((40, 4))
    shares[np.arange(40), np.random.default_rng(0).integers(0, 4, 20).repeat(2)] = 1
    aim = taught(shares, told, pairs)
    foreseen = (aim - (1 - IMITATION) * shares) / IMITATION
    for at in range(0, 40, 2):
        assert foreseen[at] == pytest.approx(foreseen[at + 1])
        assert foreseen[at].max() < 0.9


@given(
    st.integers(0, 3).flatmap(
        lambda columns: hnp.arrays(float, (30, columns + 1), elements=st.floats(-3, 3))
    ),
    st.integers(0, 2**16),
)
def test_targets_are_shares_of_outcomes(told: np.ndarray, seed: int) -> None:
    shares = np.eye(4)[np.random.default_rng(seed).integers(0, 4, 30)]
    aim = taught(shares, told, stems(30))
    assert aim.sum(axis=1) == pytest.approx(np.ones(30))
    assert aim.min() >= 0
