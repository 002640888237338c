"""Bootstrap intervals of ratios of sums, at any number of rows (Efron 1979; percentiles).

What is estimated is written as a function of sums over rows, such as a mean (a sum over a count) or
a difference of two means of the same rows (paired). A resample of rows is then a resample of sums,
and one pass serves every estimate.
"""

from collections.abc import Callable

import msgspec
import numpy as np

from pointsman.statistics.calibrate import Floats

DRAWS = 2000
MOST_GROUPS = 20_000
"""Rows that are resampled one by one; of more, neighbours are summed into at most so many groups.
Groups of rows that do not depend on one another give the same intervals, at a bounded cost."""
_CELLS = 2_000_000
"""Counts drawn at once: 16 MB."""
_LOW, _HIGH = 2.5, 97.5


class Estimate(msgspec.Struct, frozen=True):
    """A value and its 95 % interval; NaN is written as null where nothing can be said."""

    value: float
    low: float
    high: float


class Groups:
    """Rows as they come, in bounded memory: of many, equally many neighbours are summed to one.

    Args:
        columns: Numbers of a row.
    """

    def __init__(self, columns: int) -> None:
        self._width = 1
        self._whole: Floats = np.zeros((0, columns))
        self._rest: Floats = np.zeros((0, columns))

    def add(self, rows: Floats) -> None:
        """Add rows, (rows, columns)."""
        self._rest = np.concatenate([self._rest, rows])
        most = max(2, MOST_GROUPS // 2 * 2)
        while len(self._rest) >= self._width:
            room = most - len(self._whole)
            taken = min(room, len(self._rest) // self._width) * self._width
            new = _summed(self._rest[:taken], self._width)
            self._whole, self._rest = np.concatenate([self._whole, new]), self._rest[taken:]
            if len(self._whole) == most:
                self._whole = _summed(self._whole, 2)
                self._width *= 2

    def rows(self) -> Floats:
        """Return all groups, (groups, columns); their sums are those of the rows."""
        if self._width == 1 or not len(self._rest):
            return np.concatenate([self._whole, self._rest])
        return np.concatenate([self._whole, self._rest.sum(axis=0, keepdims=True)])


def _summed(rows: Floats, width: int) -> Floats:
    return np.asarray(rows.reshape(-1, width, rows.shape[1]).sum(axis=1))


def resampled_sums(rows: Floats, draws: int = DRAWS, seed: int = 0) -> Floats:
    """Return the sums over as many rows drawn with replacement, (draws, columns).

    Args:
        rows: (rows, columns); not many more than `MOST_GROUPS`, see `Groups`.
        draws: How many resamples.
        seed: The same seed gives the same draws.
    """
    random = np.random.default_rng(seed)
    number = len(rows)
    sums = np.zeros((draws, rows.shape[1]))
    if not number:
        return sums
    block = max(1, _CELLS // number)
    for start in range(0, draws, block):
        size = min(block, draws - start)
        drawn = random.integers(0, number, size=(size, number))
        counts = np.stack([np.bincount(one, minlength=number) for one in drawn])
        # No BLAS: on a machine whose cores are taken its threads wait for one another for minutes.
        sums[start : start + size] = np.einsum("dn,nc->dc", counts.astype(np.float64), rows)
    return sums


def estimated(of: Callable[[Floats], Floats], rows: Floats, resampled: Floats) -> Estimate:
    """Return an estimate with its interval.

    Args:
        of: Turns sums, (n, columns), into the estimate of each, (n,).
        rows: (rows, columns).
        resampled: What `resampled_sums` made of them.
    """
    value = float(of(rows.sum(axis=0, keepdims=True))[0])
    values = of(resampled)
    values = values[np.isfinite(values)]
    if not len(values):
        return Estimate(value, float("nan"), float("nan"))
    low, high = np.percentile(values, (_LOW, _HIGH))
    return Estimate(value, float(low), float(high))


def ratio(part: Floats, whole: Floats) -> Floats:
    """Divide sums; NaN where there is nothing to divide by."""
    found: Floats = np.full(np.shape(whole), np.nan)
    np.divide(part, whole, out=found, where=whole != 0)
    return found
