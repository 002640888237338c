"""Calibration: probabilities that mean what they say, fitted on questions not trained on.

Pure functions over numpy arrays. A classification head gets one temperature (Guo et al. 2017,
arXiv 1706.04599), which keeps its order of labels; the token head, trained on a log scale, gets
a line and one factor that restores the mean (smearing, Duan 1983).
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]

BINS = 15
"""As in Guo et al. 2017; of equal mass, so that no bin is empty (Nixon et al. 2019)."""
COLDEST, HOTTEST = 0.05, 20.0
"""Bounds of the search for a temperature."""
DRAWS = 1000
CONFIDENCE = 0.95
_GOLDEN = (np.sqrt(5.0) - 1) / 2


def probabilities(logits: NDArray[np.floating], temperature: float = 1.0) -> Floats:
    """Softmax of logits / temperature, (rows, labels)."""
    scaled = logits.astype(np.float64) / temperature
    powers = np.exp(scaled - scaled.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True), dtype=np.float64)


def log_loss(chances: Floats, labels: Indices) -> float:
    """Mean negative log probability of the true label, in nats."""
    true = chances[np.arange(len(labels)), labels]
    return float(-np.log(np.maximum(true, np.finfo(np.float64).tiny)).mean())


def fit_temperature(logits: NDArray[np.floating], labels: Indices) -> float:
    """The temperature with the smallest log loss, by golden-section search over its logarithm.

    The loss is convex in 1 / temperature, so it has one minimum and the search finds it.

    Args:
        logits: (rows, labels).
        labels: The true label's index, (rows,).
    """
    low, high = np.log(COLDEST), np.log(HOTTEST)
    while high - low > 1e-4:  # noqa: PLR2004 - a hundredth of a percent of temperature
        left, right = high - _GOLDEN * (high - low), low + _GOLDEN * (high - low)
        losses = [log_loss(probabilities(logits, np.exp(at)), labels) for at in (left, right)]
        if losses[0] < losses[1]:
            high = right
        else:
            low = left
    return float(np.exp((low + high) / 2))


def calibration_error(chances: Floats, happened: NDArray[np.bool_], bins: int = BINS) -> float:
    """Expected calibration error: mean distance between what was said and what happened.

    Rows are sorted by probability into bins of equal size (to within one row); the distance of a
    bin is |mean probability - share that happened|, and bins weigh by their rows.

    Args:
        chances: The probability given to an event, (rows,); for a classification head the top
            label's.
        happened: Whether it did; for a classification head whether the top label is right.
        bins: At most this many.
    """
    order = np.argsort(chances, kind="stable")
    total = 0.0
    for rows in np.array_split(order, min(bins, len(order))):
        total += abs(float(chances[rows].mean() - happened[rows].mean())) * len(rows)
    return total / len(order)


def top_label_error(chances: Floats, labels: Indices, bins: int = BINS) -> float:
    """`calibration_error` of the most probable label."""
    return calibration_error(chances.max(axis=1), chances.argmax(axis=1) == labels, bins)


def fit_line(log_predictions: Floats, log_values: Floats) -> tuple[float, float]:
    """Slope and offset that bring predictions closest to the values, by least squares.

    The token head is trained with a robust loss on questions it comes to know, so on others it is
    a little too sure and nearer to the median than to the mean; a line mends both.
    """
    slope, offset = np.polyfit(log_predictions, log_values, 1)
    return float(slope), float(offset)


def fit_smear(log_predictions: Floats, values: Floats) -> float:
    """The factor by which expm1 of the predictions must grow to have the mean of the values.

    A regression on log1p(value) predicts its mean, and exp of a mean lies below the mean of exp.

    Args:
        log_predictions: On the log1p scale, (rows,).
        values: The numbers themselves, (rows,).

    Raises:
        ValueError: The predictions have no positive mean, so no factor can help.
    """
    predicted = float(np.expm1(log_predictions).mean())
    if predicted <= 0:
        raise ValueError(
            f"the mean prediction is {predicted}, expected a positive one: train first"
        )
    return float(values.mean()) / predicted


def interval(
    statistic: Callable[[Indices], float], rows: int, *, draws: int = DRAWS, seed: int = 0
) -> tuple[float, float]:
    """The 95 % percentile bootstrap interval of a statistic (Efron 1979).

    Args:
        statistic: Takes row indices, drawn with replacement, and gives the number.
        rows: How many rows there are.
        draws: How many resamples.
        seed: Of the draws.
    """
    random = np.random.default_rng(seed)
    found = [statistic(random.integers(0, rows, size=rows)) for _ in range(draws)]
    tail = (1 - CONFIDENCE) / 2
    low, high = np.quantile(found, [tail, 1 - tail])
    return float(low), float(high)
