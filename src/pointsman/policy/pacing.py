"""λ that follows what is spent, so that a day's money lasts the day. Pure: no clock."""

import math

LEAST_TRADE, MOST_TRADE = 0.002, 5.0
"""From buying nearly every gain to buying none; the range that the dial tries."""

STEP = 0.25
"""How much of the logarithm of (rate / target) one step takes back."""
_MOST_STEP = 0.5
"""A step changes λ by at most a factor of 1.65: a burst of a few seconds is no new day."""


def next_trade(trade: float, rate: float, target: float) -> float:
    """Return λ for the next while.

    An integral controller on the logarithm: spending twice the target raises λ by the same factor
    whatever the currency.

    Args:
        trade: λ so far.
        rate: US dollars per second that were spent lately.
        target: US dollars per second that may be spent from now on; 0 when nothing is left.
    """
    if target <= 0:
        return MOST_TRADE
    if rate <= 0:
        step = -_MOST_STEP
    else:
        step = max(-_MOST_STEP, min(_MOST_STEP, STEP * math.log(rate / target)))
    return min(MOST_TRADE, max(LEAST_TRADE, max(trade, LEAST_TRADE) * math.exp(step)))
