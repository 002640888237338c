"""Cross-validation in two rings: what is reported was seen neither by the fit nor by any choice.

For each fold, the models are fitted without it; how much they are shrunk, and how they are
calibrated, is chosen on predictions of models fitted without it and without one more fold
(Varma and Simon 2006, "Bias in error estimation when using cross-validation for model selection").
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import combinations

import msgspec
import numpy as np
from numpy.typing import NDArray

from pointsman.encoder.pool import default_workers
from pointsman.learning.fitting import Floats, Indices, log_losses
from pointsman.signals.head_file import Linear
from pointsman.signals.learned import tokens_of

FOLDS = 5
CAUTION = 0.3
"""The most shrunk model within so many standard errors of the best is taken. A whole one (Breiman
et al. 1984, section 3.4.3) gave away half of what 200 rows had to say; with none, 100 rows made the
log loss worse than the shipped head's in 23 % of draws instead of 10 % (recorded outcomes of six
pairs of MMLU-Pro models)."""

_SURE = 10.0
"""Weight of the belief that a temperature is 1, in nats per squared logarithm: as of some ten rows
that contradict it. Without it, 50 rows made the log loss worse by their temperature."""
_COLDEST, _HOTTEST = 0.2, 5.0
_GRID = 201

Path = Callable[[Indices], Sequence[Linear]]
"""Fits models on some rows, from the most shrunk to the least."""


class Choice(msgspec.Struct, frozen=True):
    """Which model of the path, and the number that calibrates it: a temperature or a smear."""

    at: int
    scale: float


Choose = Callable[[Floats, Indices], Choice]
"""Chooses, given outputs (models, rows, outputs) for rows that the models had not seen."""


class Validated(msgspec.Struct, frozen=True, eq=False):
    """A model fitted on all rows, and what models like it said of rows they had not seen.

    Attributes:
        outputs: (rows, outputs).
        scales: What calibrates each row's, chosen without its fold, (rows,).
    """

    model: Linear
    choice: Choice
    outputs: Floats
    scales: Floats


def validated(path: Path, features: Floats, folds: Indices, choose: Choose) -> Validated:
    """Fit, choose and calibrate on all rows, and the same for each fold without it.

    Args:
        path: Fits the models.
        features: (rows, features).
        folds: The fold of each row, from 0, (rows,).
        choose: Chooses among them.
    """
    count = int(folds.max()) + 1
    rows = [np.flatnonzero(folds == fold) for fold in range(count)]

    def read(without: tuple[int, ...]) -> dict[int, Floats]:
        models = path(np.flatnonzero(~np.isin(folds, without)))
        return {
            fold: np.stack([model(features[rows[fold]]) for model in models]) for fold in without
        }

    single, pairs = [(fold,) for fold in range(count)], list(combinations(range(count), 2))
    with ThreadPoolExecutor(default_workers()) as pool:  # numpy lets the threads run side by side
        read_alone, read_beside = list(pool.map(read, single)), list(pool.map(read, pairs))
    outside = {fold: found[fold] for (fold,), found in zip(single, read_alone, strict=True)}
    inside: dict[tuple[int, int], Floats] = {}
    for (left, right), found in zip(pairs, read_beside, strict=True):
        inside[left, right], inside[right, left] = found[right], found[left]
    some = next(iter(outside.values()))
    outputs, scales = np.zeros((len(folds), some.shape[2])), np.zeros(len(folds))
    for fold in range(count):
        others = [other for other in range(count) if other != fold]
        seen = np.concatenate([rows[other] for other in others])
        choice = choose(np.concatenate([inside[fold, other] for other in others], axis=1), seen)
        outputs[rows[fold]], scales[rows[fold]] = outside[fold][choice.at], choice.scale
    every = np.concatenate(rows)
    choice = choose(np.concatenate(list(outside.values()), axis=1), every)
    model = path(np.arange(len(folds)))[choice.at]
    return Validated(model, choice, outputs, scales)


def by_log_loss(offsets: Floats, targets: Floats) -> Choose:
    """Choose by the log loss of softmax(offsets + outputs), and calibrate by a temperature.

    Args:
        offsets: (rows, classes).
        targets: Shares of each class, (rows, classes).
    """

    def choose(outputs: Floats, rows: Indices) -> Choice:
        logits = outputs + offsets[rows]
        at = cautious(np.stack([log_losses(each, targets[rows]) for each in logits]))
        return Choice(at, temperature(logits[at], targets[rows]))

    return choose


def by_squared_error(offsets: Floats, values: Floats, unit: float) -> Choose:
    """Choose by the squared error of log1p(value / unit), and calibrate by a smear.

    Args:
        offsets: What the outputs are added to, (rows,).
        values: At least 0, (rows,).
        unit: What the logarithm is taken in.
    """

    def choose(outputs: Floats, rows: Indices) -> Choice:
        lines = outputs[:, :, 0] + offsets[rows]
        at = cautious((lines - np.log1p(values[rows] / unit)) ** 2)
        said, true = tokens_of(lines[at], unit).mean(), values[rows].mean()
        return Choice(at, float(true / said) if said > 0 and true > 0 else 1.0)

    return choose


def cautious(losses: Floats) -> int:
    """The first model whose mean loss is within `CAUTION` standard errors of the best one's.

    Args:
        losses: (models, rows), the most shrunk model first.
    """
    best = losses[losses.mean(axis=1).argmin()]
    worse = losses - best
    errors = worse.std(axis=1) / np.sqrt(losses.shape[1])
    return int(np.flatnonzero(worse.mean(axis=1) <= CAUTION * errors)[0])


def temperature(logits: Floats, targets: Floats) -> float:
    """The temperature with the smallest log loss and belief against it, to half a percent.

    Args:
        logits: (rows, classes).
        targets: Shares of each class, (rows, classes).
    """
    logs = np.linspace(np.log(_COLDEST), np.log(_HOTTEST), _GRID)
    costs = [log_losses(logits / np.exp(at), targets).sum() + _SURE * at**2 for at in logs]
    middle = int(np.clip(np.argmin(costs), 1, _GRID - 2))
    around = np.linspace(logs[middle - 1], logs[middle + 1], 9)
    finer = [log_losses(logits / np.exp(at), targets).sum() + _SURE * at**2 for at in around]
    return float(np.exp(around[int(np.argmin(finer))]))


def folds_of(groups: Sequence[str], strata: Sequence[int], seed: int) -> NDArray[np.intp]:
    """A fold for each row: equal groups share one, and each stratum is spread evenly.

    Args:
        groups: Such as the texts, (rows,).
        strata: Such as the labels, (rows,).
        seed: Of the order.
    """
    random = np.random.default_rng(seed)
    first: dict[str, int] = {}
    for row, group in enumerate(groups):
        first.setdefault(group, row)
    order = random.permutation(np.array(list(first.values()), dtype=np.intp))
    order = order[np.argsort(np.array(strata, dtype=np.intp)[order], kind="stable")]
    fold_of_row = {int(row): place % FOLDS for place, row in enumerate(order)}
    return np.array([fold_of_row[first[group]] for group in groups], dtype=np.intp)
