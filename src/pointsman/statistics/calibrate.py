"""Calibration: probabilities that mean what they say, fitted on questions not trained on.

Pure functions over numpy arrays. A classification head gets one temperature (Guo et al. 2017,
arXiv 1706.04599), which keeps its order of labels; the token head, trained on a log scale, gets
a line and one factor that restores the mean (smearing, Duan 1983).
"""

from collections.abc import Callable, Sequence

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
_LEAST_STEP = 1e-12
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


def fit_blend(logits: Sequence[NDArray[np.floating]], labels: Indices) -> tuple[float, ...]:
    """Weights of several readers' logits whose softmax of the sum has the smallest log loss.

    With one reader, the weight is 1 / temperature. The loss is convex, so Newton's method with
    halved steps finds its minimum; a reader that would get a negative weight is left out (0).

    Args:
        logits: Of each reader, (rows, labels).
        labels: The true label's index, (rows,).
    """
    stacked = np.stack([part.astype(np.float64) for part in logits], axis=2)
    weights = _newton(stacked, labels)
    if (weights < 0).any() and len(logits) > 1:
        kept = [at for at, weight in enumerate(weights) if weight >= 0] or [0]
        some = fit_blend([logits[at] for at in kept], labels)
        weights = np.zeros(len(logits))
        weights[kept] = some
    return tuple(float(weight) for weight in weights)


def fit_sigmoid(
    scores: Sequence[NDArray[np.floating]], happened: NDArray[np.bool_]
) -> tuple[float, ...]:
    """Weights of several scores, and an offset last, whose sigmoid has the smallest log loss.

    Platt 1999 with his smoothed targets; a score that would get a negative weight is left out.

    Args:
        scores: Each (rows,).
        happened: (rows,).
    """
    columns = np.stack([*(score.astype(np.float64) for score in scores), np.ones(len(happened))], 1)
    zero = np.zeros_like(columns)
    features = np.stack([zero, columns], axis=1)
    weights = _newton(features, happened.astype(np.intp), smoothed=True)
    if (weights[:-1] < 0).any() and len(scores) > 1:
        kept = [at for at, weight in enumerate(weights[:-1]) if weight >= 0] or [0]
        *some, offset = fit_sigmoid([scores[at] for at in kept], happened)
        weights = np.zeros(len(scores) + 1)
        weights[kept], weights[-1] = some, offset
    return tuple(float(weight) for weight in weights)


def _newton(features: Floats, labels: Indices, *, smoothed: bool = False) -> Floats:
    """The minimum of the conditional log loss, softmax(features @ weights); (features,)."""
    rows, classes, width = features.shape
    targets = np.eye(classes)[labels]
    if smoothed:  # Platt's: (n + 1) / (n + 2) instead of 1, 1 / (n + 2) instead of 0
        counts = np.bincount(labels, minlength=classes)
        targets = np.where(targets > 0, (counts + 1) / (counts + 2), 1 / (counts[::-1] + 2))
        targets /= targets.sum(axis=1, keepdims=True)
    weights = np.zeros(width)
    weights[0] = 1.0
    ridge = 1e-9 * np.eye(width)

    def loss(at: Floats) -> float:
        return -float((targets * np.log(np.maximum(probabilities(features @ at), 1e-300))).sum())

    best = loss(weights)
    while True:  # each round lowers the loss, or is the last one
        chances = probabilities(features @ weights)
        slope = ((chances - targets)[:, :, None] * features).sum(axis=(0, 1))
        mean = (chances[:, :, None] * features).sum(axis=1)
        second = np.einsum("rc,rci,rcj->ij", chances, features, features) - mean.T @ mean
        step = np.linalg.solve(second + ridge * rows, slope)
        while (found := loss(weights - step)) > best and np.abs(step).max() > _LEAST_STEP:
            step /= 2
        weights = weights - step
        if not best - found >= 1e-9 * rows:  # also where it is no number
            return weights
        best = found


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


def calibration_error(
    chances: Floats, happened: NDArray[np.bool_] | Floats, bins: int = BINS
) -> float:
    """Expected calibration error: mean distance between what was said and what happened.

    Rows are sorted by probability into bins of equal size (to within one row); the distance of a
    bin is |mean probability - share that happened|, and bins weigh by their rows.

    Args:
        chances: The probability given to an event, (rows,); for a classification head the top
            label's.
        happened: Whether it did, or in which share of tries; for a classification head whether
            the top label is right.
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
