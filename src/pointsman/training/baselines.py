"""What the trained heads must beat: a linear model on frozen weights."""

import numpy as np
from numpy.typing import NDArray

from pointsman.statistics.calibrate import Floats, Indices, log_loss, probabilities

PENALTIES = (1e-4, 1e-3, 1e-2)
_STEPS = 300
_RATE = 0.05


class LinearModel:
    """Multinomial logistic regression on standardised features, trained with Adam in numpy.

    Args:
        features: (rows, width).
        labels: (rows,).
        classes: How many labels there are.
        penalty: Of the squared weights.
    """

    def __init__(
        self, features: NDArray[np.float32], labels: Indices, classes: int, penalty: float
    ) -> None:
        self._mean = features.mean(axis=0)
        self._scale = features.std(axis=0) + 1e-6
        inputs = self._inputs(features)
        truth = np.eye(classes)[labels]
        self._weights = np.zeros((inputs.shape[1], classes))
        momentum, energy = np.zeros_like(self._weights), np.zeros_like(self._weights)
        for step in range(1, _STEPS + 1):
            error = probabilities(inputs @ self._weights) - truth
            slope = inputs.T @ error / len(inputs) + penalty * self._weights
            momentum = 0.9 * momentum + 0.1 * slope
            energy = 0.999 * energy + 0.001 * slope**2
            corrected = momentum / (1 - 0.9**step)
            root = np.sqrt(energy / (1 - 0.999**step)) + 1e-8
            self._weights -= _RATE * corrected / root

    def chances(self, features: NDArray[np.float32]) -> Floats:
        """Probabilities of each label, (rows, classes)."""
        return probabilities(self._inputs(features) @ self._weights)

    def _inputs(self, features: NDArray[np.float32]) -> Floats:
        scaled = (features - self._mean) / self._scale
        return np.column_stack([scaled, np.ones(len(scaled))]).astype(np.float64)


def fit_linear(
    train: tuple[NDArray[np.float32], Indices],
    choose: tuple[NDArray[np.float32], Indices],
    classes: int,
) -> LinearModel:
    """A linear model with the penalty that has the smallest log loss on the `choose` rows."""
    models = [LinearModel(*train, classes, penalty) for penalty in PENALTIES]
    return min(models, key=lambda model: log_loss(model.chances(choose[0]), choose[1]))
