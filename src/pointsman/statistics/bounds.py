"""Exact bounds of a share from counts (Clopper and Pearson 1934, Biometrika 26, 404-413)."""

from math import exp, lgamma, log

CONFIDENCE = 0.95
_STEPS = 60


def upper_bound(hits: int, rows: int, confidence: float = CONFIDENCE) -> float:
    """The largest share that still gives `hits` or fewer in `rows` with probability 1 - confidence.

    One-sided; with no hits it is close to 3 / rows (the rule of three). 1 where there are no rows.
    """
    if hits >= rows:
        return 1.0
    low, high = hits / rows, 1.0
    for _ in range(_STEPS):
        middle = (low + high) / 2
        if _at_most(hits, rows, middle) > 1 - confidence:
            low = middle
        else:
            high = middle
    return high


def rows_needed(share: float, confidence: float = CONFIDENCE) -> int:
    """How many rows without a single hit it takes to show that a share is not exceeded."""
    return int(-(-log(1 - confidence) // log(1 - share)))


def _at_most(hits: int, rows: int, share: float) -> float:
    """P(X <= hits) of a binomial; the share lies between 0 and 1."""
    return sum(
        exp(
            lgamma(rows + 1)
            - lgamma(k + 1)
            - lgamma(rows - k + 1)
            + k * log(share)
            + (rows - k) * log(1 - share)
        )
        for k in range(hits + 1)
    )
