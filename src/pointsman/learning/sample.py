"""The questions that a dial is solved on: what was foreseen of each unseen, and what happened."""

import numpy as np

from pointsman.learning.gain import FittedGain, Targets
from pointsman.learning.reading import GainReadings
from pointsman.signals.learned import tokens_of
from pointsman.signals.outcome import OUTCOMES
from pointsman.statistics.calibrate import probabilities
from pointsman.statistics.outcome_point import OutcomePoint

MOST_POINTS = 2000
"""With more, a bound on the loss hardly narrows, and the file only grows."""
SEED = 0

_LIGHT = np.array([name in {"both", "light_only"} for name in OUTCOMES], dtype=np.float64)
_HEAVY = np.array([name in {"both", "heavy_only"} for name in OUTCOMES], dtype=np.float64)


def sample_of(
    fitted: FittedGain, readings: GainReadings, targets: Targets
) -> tuple[OutcomePoint, ...]:
    """Return a point for each question, or for `MOST_POINTS` of them drawn at random."""
    outcome = fitted.outcome
    logits = (readings.logits + outcome.outputs) / outcome.scales[:, np.newaxis]
    chances = probabilities(logits)
    tokens = readings.tokens.copy()
    if fitted.tokens is not None:
        known = targets.with_tokens
        lines = np.log1p(readings.tokens[known] / fitted.unit) + fitted.tokens.outputs[:, 0]
        tokens[known] = tokens_of(lines, fitted.unit) * fitted.tokens.scales
    rows = np.arange(len(chances))
    if len(rows) > MOST_POINTS:
        rows = np.sort(np.random.default_rng(SEED).choice(rows, MOST_POINTS, replace=False))
    light, heavy, shares = chances @ _LIGHT, chances @ _HEAVY, targets.shares
    return tuple(
        OutcomePoint(
            round(float(light[row]), 4),
            round(float(heavy[row]), 4),
            round(float(tokens[row]), 1),
            _four([round(float(share), 4) for share in shares[row]]),
        )
        for row in rows
    )


def _four(shares: list[float]) -> tuple[float, float, float, float]:
    both, heavy_only, light_only, neither = shares
    return both, heavy_only, light_only, neither
