"""λ follows what is spent."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pointsman.policy.pacing import LEAST_TRADE, MOST_TRADE, next_trade

trades = st.floats(LEAST_TRADE, MOST_TRADE)
rates = st.floats(1e-9, 1e9)


def test_when_nothing_is_left_only_the_cheapest_is_bought() -> None:
    assert next_trade(0.1, 1.0, 0.0) == MOST_TRADE


def test_while_nothing_is_spent_gains_become_cheaper() -> None:
    assert next_trade(0.1, 0.0, 1.0) < 0.1


def test_on_target_nothing_changes() -> None:
    assert next_trade(0.1, 2.0, 2.0) == 0.1


@given(trades, rates, rates)
def test_it_moves_against_the_error_and_stays_in_its_range(
    trade: float, rate: float, target: float
) -> None:
    found = next_trade(trade, rate, target)
    assert LEAST_TRADE <= found <= MOST_TRADE
    assert (found - trade) * (rate - target) >= 0


@pytest.mark.parametrize("start", [LEAST_TRADE, 0.25, MOST_TRADE])
def test_a_day_of_requests_spends_what_it_may(start: float) -> None:
    """Requests whose mean cost falls with λ, from 0.01 to 0.001 US$, 1 a second, 50 steps an hour.

    864 US$ would be spent at the least λ, 86 at the most; 300 are wanted.
    """
    drawn = random.Random(0)  # noqa: S311  # noise, no secret
    left, trade, seconds = 300.0, start, 86_400.0
    for step in range(1200):
        cost = 0.001 + 0.009 / (1 + 10 * trade)
        spent = sum(cost * drawn.uniform(0.5, 1.5) for _ in range(72))
        left -= spent
        trade = next_trade(trade, spent / 72, left / (seconds - 72 * step))
    assert left == pytest.approx(0.0, abs=6.0)
