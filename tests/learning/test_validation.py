"""Cross-validation in two rings."""

import numpy as np
import pytest

from pointsman.learning.fitting import Indices, log_losses
from pointsman.learning.validation import (
    FOLDS,
    Choice,
    by_log_loss,
    by_squared_error,
    cautious,
    folds_of,
    temperature,
    validated,
)
from pointsman.signals.head_file import Linear

ROWS = 40
FOLD = np.arange(ROWS) % FOLDS
ONES = np.ones((ROWS, 1))


def test_no_row_is_read_by_a_model_that_has_seen_it_nor_by_a_choice_that_has() -> None:
    """Each model answers with the set of folds it was fitted on, as bits."""
    chosen_on: list[set[int]] = []

    def path(rows: Indices) -> list[Linear]:
        seen = sum(1 << int(fold) for fold in set(FOLD[rows].tolist()))
        return [Linear(np.zeros((1, 1)), np.array([float(seen)]))]

    def choose(outputs: np.ndarray, rows: Indices) -> Choice:
        for said, row in zip(outputs[0, :, 0], rows, strict=True):
            assert not int(said) >> int(FOLD[row]) & 1
        chosen_on.append(set(FOLD[rows].tolist()))
        return Choice(0, float(len(chosen_on)))

    found = validated(path, ONES, FOLD, choose)
    for row in range(ROWS):
        assert not int(found.outputs[row, 0]) >> int(FOLD[row]) & 1
        choice = int(found.scales[row]) - 1
        assert FOLD[row] not in chosen_on[choice]
    assert found.model.bias[0] == 2**FOLDS - 1
    assert chosen_on[-1] == set(range(FOLDS))


def test_the_inner_models_have_not_seen_the_outer_fold() -> None:
    seen: dict[frozenset[int], int] = {}

    def path(rows: Indices) -> list[Linear]:
        key = frozenset(FOLD[rows].tolist())
        seen[key] = seen.get(key, 0) + 1
        return [Linear(np.zeros((1, 1)), np.zeros(1))]

    validated(path, ONES, FOLD, lambda _outputs, _rows: Choice(0, 1.0))
    assert sorted(len(key) for key in seen) == [3] * 10 + [4] * 5 + [5]


@pytest.mark.parametrize(
    ("losses", "at"),
    [
        ([[1.0] * 4, [0.5] * 4, [0.4] * 4], 2),
        ([[1.0, 1.0, 1.0, 1.0], [0.0, 2.0, 0.0, 1.9]], 0),
        ([[1.0] * 4, [1.0] * 4], 0),
    ],
)
def test_the_most_shrunk_of_those_that_cannot_be_told_apart_is_taken(
    losses: list[list[float]], at: int
) -> None:
    assert cautious(np.array(losses)) == at


@pytest.mark.parametrize("true", [0.5, 1.0, 2.0])
def test_a_temperature_is_found_again(true: float) -> None:
    random = np.random.default_rng(1)
    logits = random.normal(size=(4000, 4))
    targets = np.eye(4)[(logits + random.gumbel(size=(4000, 4))).argmax(axis=1)]
    assert temperature(logits * true, targets) == pytest.approx(true, rel=0.08)


def test_a_handful_of_rows_hardly_moves_a_temperature() -> None:
    targets = np.eye(2)[[0, 0, 0]]
    assert 0.7 < temperature(targets * 2, targets) < 1


def test_a_temperature_never_leaves_its_bounds() -> None:
    targets = np.eye(2)[[0] * 5000]
    assert temperature(targets * 0.01, targets) == pytest.approx(0.2)
    assert temperature(targets[:, ::-1] * 100, targets) == pytest.approx(5.0)


def test_the_choice_by_log_loss_counts_the_offsets() -> None:
    targets = np.eye(2)[np.arange(60) % 2]
    offsets = targets * 2
    outputs = np.stack([np.zeros((60, 2)), -offsets])
    choice = by_log_loss(offsets, targets)(outputs, np.arange(60))
    assert choice.at == 0
    assert log_losses(offsets / choice.scale, targets).mean() < log_losses(offsets, targets).mean()


def test_the_choice_by_squared_error_restores_the_mean() -> None:
    values = np.array([0.0, 100.0, 200.0, 700.0] * 20)
    offsets = np.log1p(values / 100) - 0.3
    choice = by_squared_error(offsets, values, 100.0)(np.zeros((1, 80, 1)), np.arange(80))
    said = 100 * np.expm1(np.clip(offsets, 0, 14))
    assert (said * choice.scale).mean() == pytest.approx(values.mean())


@pytest.mark.parametrize(("offset", "value"), [(-1.0, 5.0), (1.0, 0.0)])
def test_a_mean_of_nothing_is_not_smeared(offset: float, value: float) -> None:
    values = np.full(10, value)
    choose = by_squared_error(np.full(10, offset), values, 1.0)
    assert choose(np.zeros((1, 10, 1)), np.arange(10)).scale == 1


def test_equal_texts_share_a_fold_and_labels_are_spread() -> None:
    groups = [f"t{number // 2}" for number in range(100)]
    strata = [number % 10 // 2 for number in range(100)]
    folds = folds_of(groups, strata, seed=0)
    assert (folds[::2] == folds[1::2]).all()
    for stratum in range(5):
        counts = np.bincount(folds[np.array(strata) == stratum], minlength=FOLDS)
        assert counts.tolist() == [4] * FOLDS
    assert (folds == folds_of(groups, strata, seed=0)).all()
