"""Targets with less chance in them: a teacher knows of a question what no server will know.

Whether one model answers one question rightly is half chance. A teacher that is told the question's
category, and which other models were right, foresees it better than any reader of the text, and
what it foresees is a better target for that reader than the one toss of the coin (generalised
distillation: Lopez-Paz et al. 2016, arXiv 1511.03643). The teacher says nothing of a question that
it was fitted on.
"""

from collections.abc import Sequence

import numpy as np

from pointsman.learning.fitting import Floats
from pointsman.learning.validation import folds_of

IMITATION = 0.7
"""Weight of what the teacher says beside what happened. On questions that were kept aside, 0.5 to
0.9 did alike, 0 and 1 worse (docs/decisions/0009)."""
PENALTY = 30.0
"""Of the teacher's squared weights, against squared errors summed over rows."""
SEED = 0


def taught(shares: Floats, told: Floats, stems: Sequence[str]) -> Floats:
    """Return targets for a reader of the text, (rows, 4); each row sums to 1.

    Args:
        shares: What happened: the share of each outcome, (rows, 4).
        told: What the teacher is told, (rows, columns); with no columns there is no teacher.
        stems: Rows of the same stem are foreseen by a teacher that has seen none of them.
    """
    if not told.shape[1]:
        return shares
    folds = folds_of(stems, [0] * len(stems), SEED)
    foreseen = np.zeros_like(shares)
    for fold in range(int(folds.max()) + 1):
        away, rows = folds != fold, folds == fold
        mean = shares[away].mean(axis=0)
        foreseen[rows] = mean + told[rows] @ _ridge(told[away], shares[away] - mean)
    chances = np.clip(foreseen, 0.0, 1.0)
    chances /= chances.sum(axis=1, keepdims=True)
    return IMITATION * chances + (1 - IMITATION) * shares


def _ridge(inputs: Floats, targets: Floats) -> Floats:
    """Ridge regression in closed form (Hoerl and Kennard 1970), (columns, outputs)."""
    square = inputs.T @ inputs + PENALTY * np.eye(inputs.shape[1])
    return np.asarray(np.linalg.solve(square, inputs.T @ targets))
