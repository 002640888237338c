"""Neighbourhoods of the embedding: k-means, and how much a text belongs to each. Numpy only."""

import numpy as np

from pointsman.learning.fitting import Floats
from pointsman.signals.head_file import Linear

_ROUNDS = 50


def centres_of(points: Floats, count: int, seed: int) -> Floats:
    """Return the centres of k-means, (count, width).

    Begun by k-means++ (Arthur and Vassilvitskii 2007), refined by Lloyd's rounds until nothing
    moves.

    Args:
        points: Unit vectors, (points, width).
        count: How many; at most as many as there are points.
        seed: Of the beginning.
    """
    random = np.random.default_rng(seed)
    centres = points[random.integers(len(points))][np.newaxis]
    while len(centres) < count:
        nearest = _distances(points, centres).min(axis=1)
        total = nearest.sum()
        chances = nearest / total if total > 0 else np.full(len(points), 1 / len(points))
        centres = np.vstack([centres, points[random.choice(len(points), p=chances)]])
    owner = np.full(len(points), -1)
    for _ in range(_ROUNDS):
        found = _distances(points, centres).argmin(axis=1)
        if (found == owner).all():
            break
        owner = found
        for at in np.unique(owner):
            centres[at] = points[owner == at].mean(axis=0)
    return np.asarray(centres)


def belonging(centres: Floats, sharpness: float) -> Linear:
    """Return the map whose softmax says how much a unit vector belongs to each centre.

    exp(-sharpness / 2 · squared distance), which for unit vectors is linear but for a constant.
    """
    bias = -sharpness / 2 * (centres**2).sum(axis=1)
    return Linear(sharpness * centres.T, bias)


def _distances(points: Floats, centres: Floats) -> Floats:
    squares = (points**2).sum(axis=1)[:, np.newaxis] + (centres**2).sum(axis=1)
    return np.asarray(np.maximum(squares - 2 * points @ centres.T, 0.0))
