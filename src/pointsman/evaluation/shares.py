"""Numbers with the interval that their rows allow."""

from collections.abc import Callable, Sequence

import msgspec
import numpy as np

from pointsman.statistics.bounds import upper_bound
from pointsman.statistics.calibrate import Indices, interval

_ONE_SIDE = 0.975
"""Confidence of each bound, so that both together have 95 %."""


class Share(msgspec.Struct, frozen=True):
    """A share of rows with its exact two-sided 95 % interval (Clopper and Pearson 1934)."""

    hits: int
    rows: int
    share: float
    low: float
    high: float


class Estimate(msgspec.Struct, frozen=True):
    """A statistic of all rows with its 95 % bootstrap interval over rows."""

    value: float
    low: float
    high: float


def share(happened: Sequence[bool]) -> Share:
    """Return the share of rows where it happened.

    Raises:
        ValueError: There are no rows.
    """
    rows, hits = len(happened), sum(happened)
    if not rows:
        raise ValueError("expected rows, got none")
    low = 1 - upper_bound(rows - hits, rows, _ONE_SIDE)
    return Share(hits, rows, hits / rows, low, upper_bound(hits, rows, _ONE_SIDE))


def share_if_any(happened: Sequence[bool]) -> Share | None:
    """Return the share of rows where it happened; None where there are no rows."""
    return share(happened) if happened else None


def estimate(statistic: Callable[[Indices], float], rows: int) -> Estimate:
    """Return a statistic, which takes row numbers, with its interval."""
    return Estimate(statistic(np.arange(rows)), *interval(statistic, rows))
