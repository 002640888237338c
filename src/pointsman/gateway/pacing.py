"""Moves λ so that a day's money lasts the day: reads what was spent, now and then."""

import asyncio
import logging
import math
import time

from pointsman.accounts.limits import Limit, seconds_to_next
from pointsman.errors import LedgerError
from pointsman.gateway.accounts import Accounts
from pointsman.policy.pacing import next_trade

log = logging.getLogger("pointsman")

EVERY_S = 10.0
HALF_LIFE_S = 120.0
"""How long what was spent lately weighs half: a few slow answers must not look like a new rate."""


class Pacer:
    """λ at this moment.

    Args:
        accounts: Where money is counted; replicas that share a ledger see the same spending, and
            so come to about the same λ each by itself.
        limit: The day's.
        trade: λ to begin with.
    """

    def __init__(self, accounts: Accounts, limit: Limit, trade: float) -> None:
        self._accounts = accounts
        self._limit = limit
        self.trade = trade
        self._rate: float | None = None
        self._before: tuple[float, float] | None = None

    async def run(self) -> None:
        """Follow what is spent until cancelled."""
        while True:
            try:
                spent = await self._accounts.spent_of(self._limit)
            except LedgerError as error:
                log.warning("lambda stays at %.3g: %s", self.trade, error.message)
            else:
                self.note(spent, time.time())
            await asyncio.sleep(EVERY_S)

    def note(self, spent: float, now: float) -> None:
        """Take in what has been spent today, in US dollars, at an epoch second."""
        before, self._before = self._before, (spent, now)
        if before is None or now <= before[1]:
            return
        seconds = now - before[1]
        # At midnight the count begins anew.
        rate = max(0.0, spent - before[0]) / seconds if spent >= before[0] else spent / seconds
        kept = 0.5 ** (seconds / HALF_LIFE_S)
        self._rate = rate if self._rate is None else kept * self._rate + (1 - kept) * rate
        left = max(0.0, (self._limit.usd or 0.0) - spent)
        ahead = seconds_to_next(self._limit.window, now) or math.inf
        self.trade = next_trade(self.trade, self._rate, left / max(ahead, EVERY_S))
