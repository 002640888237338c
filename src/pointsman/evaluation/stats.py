"""Percentiles of measured times."""

import math
from collections.abc import Sequence

import msgspec


class Spread(msgspec.Struct, frozen=True):
    """How long something took, over `n` measurements; milliseconds."""

    n: int
    p50_ms: float
    p99_ms: float


def percentile(values: Sequence[float], share: float) -> float:
    """Return the smallest value that at least this share of the values does not exceed.

    The nearest-rank method: always a value that was measured. Below 100 values, the 99th
    percentile is therefore their maximum.

    Raises:
        ValueError: There are no values, or `share` is not in (0, 1].
    """
    if not values or not 0 < share <= 1:
        raise ValueError(f"expected values and a share in (0, 1], got {len(values)} and {share}")
    return sorted(values)[math.ceil(share * len(values)) - 1]


def spread(samples_s: Sequence[float]) -> Spread:
    """Summarise times given in seconds."""
    return Spread(
        n=len(samples_s),
        p50_ms=1000 * percentile(samples_s, 0.5),
        p99_ms=1000 * percentile(samples_s, 0.99),
    )
