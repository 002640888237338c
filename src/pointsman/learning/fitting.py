"""Linear models with a penalty, from the most shrunk to the least; numpy only, no chance.

Each solver gives a path: one model for each penalty, the next begun where the last one ended.
"""

from collections.abc import Callable, Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from pointsman.encoder.encoding import EMBEDDING
from pointsman.signals.features import FeatureGroup
from pointsman.signals.head_file import Linear
from pointsman.statistics.calibrate import probabilities

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]

PENALTIES = (1e5, 3000.0, 1000.0, 300.0, 100.0, 30.0)
"""Of the squared weights of standardised features, against losses summed over rows. The first
leaves hardly more than the bias; the last is as far as 2,000 rows of recorded outcomes went."""
LABEL_PENALTIES = (1e5, 1000.0, 300.0, 100.0, 30.0, 10.0, 3.0, 1.0, 0.3)
"""Labels that people choose are often told apart by a straight line, which wants larger weights."""
BIAS_PENALTY = 5.0
"""As the evidence of some five rows against any change of the shipped base rates. On 50 rows of
recorded outcomes (six pairs of MMLU-Pro models) it lost least against the shipped head."""
EMBEDDING_SHARE = 0.5
"""How large an embedding's standardised coordinates are made beside the other features: 384 of them
would outvote the rest. Between 0.25 and 0.5 no difference could be measured."""
_LEAST_SPREAD = 0.05
"""A feature that hardly ever changes is not blown up further than this."""

_PRODUCT = 200_000
"""Multiplications of one block's product; OpenBLAS takes threads above 262,144."""
_ENERGY_STEPS, _ENERGY_MARGIN = 30, 1.1
_STEPS = 500
_TOLERANCE = 1e-3
"""Slope per row at which a solver stops; ten times less moved no loss by more than 0.0003."""


class Inputs(msgspec.Struct, frozen=True, eq=False):
    """The rows that are fitted, in a scale in which one penalty suits every feature.

    They lie in blocks so small that no product of one is given to several threads: a solver makes
    thousands of them, and on a busy machine threads that wait for one another made it 30 times
    slower. Rows of zeros fill the last block.

    Attributes:
        centre: Mean of each feature, (features,).
        factor: What each is multiplied by, (features,).
        blocks: Values, and ones for the bias last, (blocks, rows, features + 1).
        energy: Largest sum of squares along any direction.
    """

    centre: Floats
    factor: Floats
    blocks: Floats
    energy: float

    def undone(self, weights: Floats) -> Linear:
        """Return weights (features + 1, outputs) as a map of features as they come."""
        plain = weights[:-1] * self.factor[:, np.newaxis]
        return Linear(plain, weights[-1] - self.centre @ plain)

    def blocked(self, values: Floats) -> Floats:
        """Values of the rows, (rows, outputs), in the blocks' shape."""
        count, rows, _ = self.blocks.shape
        padded = np.zeros((count * rows, values.shape[1]))
        padded[: len(values)] = values
        return padded.reshape(count, rows, -1)


def inputs_of(features: Floats, groups: Sequence[FeatureGroup], outputs: int) -> Inputs:
    """Centre every feature; give each the spread 1, but an embedding one factor, as it is a point.

    Args:
        features: (rows, features).
        groups: What the features are.
        outputs: How many will be fitted.
    """
    factor = 1 / np.maximum(features.std(axis=0), _LEAST_SPREAD)
    start = 0
    for group in groups:
        if group.name == EMBEDDING:  # a unit vector's coordinates have the spread 1 / sqrt(width)
            factor[start : start + group.size] = EMBEDDING_SHARE * np.sqrt(group.size)
        start += group.size
    centre = features.mean(axis=0)
    scaled = np.column_stack([(features - centre) * factor, np.ones(len(features))])
    most = max(1, _PRODUCT // (scaled.shape[1] * outputs))
    count = -(-len(scaled) // most)
    rows = -(-len(scaled) // count)
    blocks = np.zeros((count * rows, scaled.shape[1]))
    blocks[: len(scaled)] = scaled
    blocks = blocks.reshape(count, rows, -1)
    return Inputs(centre, factor, blocks, _energy(blocks))


def logistic_path(
    features: Floats,
    offsets: Floats,
    targets: Floats,
    groups: Sequence[FeatureGroup],
    penalties: Sequence[float] = PENALTIES,
) -> list[Linear]:
    """Multinomial logistic regressions beside fixed logits, one for each penalty.

    Minimises the cross entropy of softmax(offsets + linear(features)) and the penalties. No
    direction of it curves more than half the features' energy (Böhning 1992, "Multinomial Logistic
    Regression Algorithm", section 2).

    Args:
        features: (rows, features).
        offsets: Logits that are not fitted, (rows, classes).
        targets: Shares of each class, which sum to 1, (rows, classes).
        groups: What the features are.
        penalties: From the largest to the smallest.
    """
    inputs = inputs_of(features, groups, targets.shape[1])
    given, wanted = inputs.blocked(offsets), inputs.blocked(targets)

    def error(outputs: Floats) -> Floats:
        shape = outputs.shape
        logits = (given + outputs).reshape(-1, shape[-1])
        return np.asarray(probabilities(logits).reshape(shape) - wanted)

    weights = np.zeros((features.shape[1] + 1, targets.shape[1]))
    return _path(inputs, error, 0.5 * inputs.energy, weights, penalties)


def ridge_path(features: Floats, targets: Floats, groups: Sequence[FeatureGroup]) -> list[Linear]:
    """Ridge regressions with one output, one for each penalty (Hoerl and Kennard 1970).

    Args:
        features: (rows, features).
        targets: (rows,).
        groups: What the features are.
    """
    inputs = inputs_of(features, groups, 1)
    wanted = inputs.blocked(targets[:, np.newaxis])
    weights = np.zeros((features.shape[1] + 1, 1))
    return _path(inputs, lambda outputs: outputs - wanted, inputs.energy, weights, PENALTIES)


def _energy(blocks: Floats) -> float:
    """The largest eigenvalue of the rows' products, a little too large, by power iteration."""
    random = np.random.default_rng(0)  # a start; it decides nothing
    vector, found = random.normal(size=(blocks.shape[2], 1)), 0.0
    for _ in range(_ENERGY_STEPS):
        vector /= np.linalg.norm(vector)
        vector = _back(blocks, blocks @ vector)
        found = float(np.linalg.norm(vector))
    return _ENERGY_MARGIN * found


def _back(blocks: Floats, errors: Floats) -> Floats:
    return np.asarray((blocks.transpose(0, 2, 1) @ errors).sum(axis=0))


def _path(
    inputs: Inputs,
    error: Callable[[Floats], Floats],
    curvature: float,
    weights: Floats,
    penalties: Sequence[float],
) -> list[Linear]:
    models: list[Linear] = []
    for penalty in penalties:
        each = np.full((len(weights), 1), penalty)
        each[-1] = BIAS_PENALTY
        weights = _minimum(inputs.blocks, error, each, curvature, weights)
        models.append(inputs.undone(weights))
    return models


def _minimum(
    blocks: Floats,
    error: Callable[[Floats], Floats],
    penalties: Floats,
    curvature: float,
    weights: Floats,
) -> Floats:
    """Gradient steps as long as the curvature allows, accelerated (Nesterov 1983).

    They begin anew when they run uphill: O'Donoghue and Candès 2015, "Adaptive Restart for
    Accelerated Gradient Schemes", section 3.2.
    """
    reach = curvature + penalties
    ahead, pace = weights, 1.0
    for _ in range(_STEPS):
        slope = _back(blocks, error(blocks @ ahead)) + penalties * ahead
        found = ahead - slope / reach
        step = found - weights
        faster = (1 + np.sqrt(1 + 4 * pace**2)) / 2
        if (slope * step).sum() > 0:  # it runs uphill: stand still, and begin anew
            pace = faster = 1.0
        ahead = found + (pace - 1) / faster * step
        weights, pace = found, faster
        if np.linalg.norm(slope) < _TOLERANCE * len(blocks) * blocks.shape[1]:
            break
    return weights


def log_losses(logits: Floats, targets: Floats) -> Floats:
    """The cross entropy of each row, in nats, (rows,)."""
    chances = probabilities(logits)
    return np.asarray(-(targets * np.log(np.maximum(chances, 1e-300))).sum(axis=1))
