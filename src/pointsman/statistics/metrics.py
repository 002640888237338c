"""The measures that a training run reports: pure functions over numpy arrays."""

import numpy as np
from numpy.typing import NDArray

from pointsman.statistics.calibrate import Floats, Indices


def accuracy(predicted: Indices, labels: Indices) -> float:
    """The share of rows whose prediction is the label."""
    return float((predicted == labels).mean())


def macro_f1(predicted: Indices, labels: Indices, classes: int) -> float:
    """The mean F1 over the classes that occur among labels or predictions."""
    hits = np.bincount(labels[predicted == labels], minlength=classes)
    sizes = np.bincount(labels, minlength=classes) + np.bincount(predicted, minlength=classes)
    present = sizes > 0
    return float((2 * hits[present] / sizes[present]).mean())


def ranking_auc(scores: Floats, happened: NDArray[np.bool_]) -> float:
    """The chance that a row where it happened scores above one where it did not; ties half.

    The Mann-Whitney statistic over its maximum; 0.5 where only one kind of row is there.
    """
    positive, negative = int(happened.sum()), int((~happened).sum())
    if not positive or not negative:
        return 0.5
    rank_sum = float(tied_ranks(scores)[happened].sum())
    return (rank_sum - positive * (positive + 1) / 2) / (positive * negative)


def tied_ranks(scores: Floats) -> Floats:
    """Ranks from 1, equal scores sharing the mean of their ranks."""
    _, group, sizes = np.unique(scores, return_inverse=True, return_counts=True)
    last = np.cumsum(sizes)
    return np.asarray((last - (sizes - 1) / 2)[group], dtype=np.float64)


def rank_correlation(left: Floats, right: Floats) -> float:
    """Spearman's correlation; 0 where one side never changes."""
    if np.ptp(left) == 0 or np.ptp(right) == 0:
        return 0.0
    return float(np.corrcoef(tied_ranks(left), tied_ranks(right))[0, 1])


def recovered_gap(scores: Floats, light_right: Floats, heavy_right: Floats) -> float:
    """APGR: how much of the heavy model's lead is kept, averaged over all shares sent to it.

    Rows go to the heavy model from the highest score down; at each share the recovered part is
    (accuracy - light's) / (heavy's - light's). A random order has 0.5. Rows of equal score count
    with their mean, that is in no particular order. From RouteLLM (Ong et al. 2024, arXiv
    2406.18665, section 2).

    Args:
        scores: (rows,); the higher, the rather heavy.
        light_right: 1 where the light answer is right, else 0, (rows,).
        heavy_right: The same for the heavy answer.
    """
    gain = heavy_right - light_right
    if gain.sum() == 0:  # asked of the marks themselves: the sum of means below is rounded
        return 0.5
    _, group, sizes = np.unique(-scores, return_inverse=True, return_counts=True)
    means = np.bincount(group, weights=gain) / sizes
    recovered = np.concatenate([[0.0], np.cumsum(np.repeat(means, sizes))])
    return float(((recovered[1:] + recovered[:-1]) / 2).mean() / recovered[-1])


def explained(predicted: Floats, values: Floats) -> float:
    """R squared: 1 - squared error over the squared distance from the values' own mean.

    0 where the values never change: there is nothing to explain.
    """
    spread = float(((values - values.mean()) ** 2).sum())
    return 1 - float(((values - predicted) ** 2).sum()) / spread if spread else 0.0


def mean_error(predicted: Floats, values: Floats) -> float:
    """The mean absolute error, in the unit of the values."""
    return float(np.abs(predicted - values).mean())
