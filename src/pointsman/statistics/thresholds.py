"""Thresholds solved from a rate that the operator names, with what the data can say about them."""

import msgspec
import numpy as np
from numpy.typing import NDArray

from pointsman.errors import TooFewRowsError
from pointsman.statistics.bounds import rows_needed, upper_bound


class Threshold(msgspec.Struct, frozen=True):
    """A value above which a score counts, solved from a rate of false alarms that was asked for.

    Attributes:
        above: The score.
        target: The rate asked for, of harmless texts above it.
        rate: The rate found on the rows it was solved on.
        rate_max: Upper 95 % bound of that rate (Clopper-Pearson).
        rows: How many harmless rows it was solved on.
    """

    above: float
    target: float
    rate: float
    rate_max: float
    rows: int


def solve(harmless: NDArray[np.floating], target: float) -> Threshold:
    """The lowest threshold that at most a share `target` of the harmless scores exceeds.

    Args:
        harmless: Scores of texts that should not be refused, (rows,).
        target: In (0, 1).

    Raises:
        TooFewRowsError: Not even a run without a single false alarm would show that the rate is
            below the target: 0.01 needs 299 rows.
    """
    needed = rows_needed(target)
    rows = len(harmless)
    if rows < needed:
        raise TooFewRowsError(
            f"{rows} harmless texts cannot show a rate of at most {target:g}: give at least "
            f"{needed}, or allow a higher rate"
        )
    ordered = np.sort(np.asarray(harmless, dtype=np.float64))
    allowed = int(target * rows)
    above = float(ordered[rows - 1 - allowed])
    alarms = int((ordered > above).sum())
    return Threshold(above, target, alarms / rows, upper_bound(alarms, rows), rows)
