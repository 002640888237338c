"""λ follows what the ledger says was spent."""

import asyncio
import contextlib

import pytest

from pointsman.accounts.limits import Limit
from pointsman.accounts.memory import MemoryLedger
from pointsman.gateway import pacing
from pointsman.gateway.accounts import Accounts
from pointsman.gateway.pacing import Pacer

NOON = 12 * 3600.0
DAY = Limit(usd=86.4, window="day", soft=1.0)  # 0.001 US$ a second


def a_pacer(ledger: MemoryLedger | None = None) -> Pacer:
    return Pacer(Accounts(ledger, None, required=False), DAY, 0.25)


@pytest.mark.parametrize(("spent", "rises"), [(0.1, True), (0.001, False)])
def test_lambda_rises_while_money_runs_faster_than_the_day(spent: float, *, rises: bool) -> None:
    pacer = a_pacer()
    for step in range(5):
        pacer.note(43.2 + step * spent, NOON + step * 10)
    assert (pacer.trade > 0.25) == rises


def test_the_first_look_changes_nothing() -> None:
    pacer = a_pacer()
    pacer.note(80.0, NOON)
    assert pacer.trade == 0.25


def test_at_midnight_the_count_begins_anew() -> None:
    pacer = a_pacer()
    pacer.note(86.0, 86_399.0)
    pacer.note(0.02, 86_409.0)
    assert 0.25 < pacer.trade < 0.5  # 0.002 US$ a second, where 0.001 would last


def test_a_clock_that_stands_still_is_waited_for() -> None:
    pacer = a_pacer()
    for spent in (1.0, 50.0):
        pacer.note(spent, NOON)
    assert pacer.trade == 0.25


async def test_it_reads_the_ledger(monkeypatch: pytest.MonkeyPatch) -> None:
    ledger = MemoryLedger((DAY,))
    monkeypatch.setattr(pacing, "EVERY_S", 0.001)
    pacer = a_pacer(ledger)
    task = asyncio.create_task(pacer.run())
    before = pacer.trade
    while pacer.trade == before:  # noqa: ASYNC110  # nothing is spent: gains become cheaper
        await asyncio.sleep(0.001)
    assert pacer.trade < before
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
