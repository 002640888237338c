"""Many at one ledger: threads, processes, and a process that is killed."""

import signal
import subprocess
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from pointsman.accounts.counters import Granted, Tally
from pointsman.accounts.limits import NANO, Limit, Spent

from .claims import MONEY, NOW, claim, granted, usd
from .conftest import MakeLedger, said
from .rival import ACTUAL, CLAIM, LIMITS

MakeRival = Callable[..., subprocess.Popen[str]]


def test_200_parallel_claims_never_exceed_a_cap(make_ledger: MakeLedger) -> None:
    money = Limit(usd=7.0, window="day", per="tenant")
    ledger = make_ledger(money, Limit(requests=10_000, window="minute"))
    together = Barrier(200)

    def ask(number: int) -> bool:
        together.wait()
        outcome = ledger.reserve(claim(0.07, key=f"key_{number}"), NOW)
        if isinstance(outcome, Granted) and number % 2:
            assert ledger.settle(outcome.reservation, Spent(usd=0.07, tokens=1), NOW)
        return isinstance(outcome, Granted)

    with ThreadPoolExecutor(200) as threads:
        outcomes = list(threads.map(ask, range(200)))
    assert outcomes.count(True) == 100
    assert ledger.spent(money, ("acme",), NOW).used == 7 * NANO


def test_of_many_that_settle_one_reservation_at_once_one_does(make_ledger: MakeLedger) -> None:
    ledger = make_ledger(MONEY)
    reservation = granted(ledger, claim()).reservation
    together = Barrier(16)

    def settle(_: int) -> bool:
        together.wait()
        return ledger.settle(reservation, Spent(usd=0.25, tokens=1), NOW)

    with ThreadPoolExecutor(16) as threads:
        assert list(threads.map(settle, range(16))).count(True) == 1
    assert ledger.spent(MONEY, ("acme",), NOW) == usd(0.25, 0)


def test_three_processes_together_never_exceed_a_cap(
    shared: str, ledger_at: MakeLedger, rivals: MakeRival
) -> None:
    waiting = [rivals("claim", shared, "60") for _ in range(3)]
    for rival in waiting:
        assert rival.stdout is not None
        assert rival.stdout.readline() == "ready\n"
    assert sum(map(int, said(waiting))) == 100
    ledger = ledger_at(shared, *LIMITS, lease_s=60.0)
    assert ledger.spent(LIMITS[0], ("acme",), NOW).used == 7 * NANO
    assert ledger.spent(LIMITS[1], (), NOW).used == 100
    assert ledger.spent(LIMITS[2], ("key_1", "large"), NOW).used == 100 * 1000


def test_a_reservation_of_a_killed_process_is_charged_when_its_lease_is_over(
    shared: str, ledger_at: MakeLedger, rivals: MakeRival
) -> None:
    rival = rivals("hold", shared)
    assert rival.stdout is not None
    reservation = rival.stdout.readline().strip()
    rival.send_signal(signal.SIGKILL)
    assert rival.wait(timeout=60) == -signal.SIGKILL
    ledger = ledger_at(shared, *LIMITS, lease_s=60.0)
    assert ledger.spent(LIMITS[0], ("acme",), NOW + 59) == usd(0, 0.07)
    assert ledger.spent(LIMITS[0], ("acme",), NOW + 60) == usd(0.07, 0)
    assert ledger.spent(LIMITS[2], ("key_1", "large"), NOW + 60) == Tally(1000, 0)
    assert not ledger.settle(reservation, ACTUAL, NOW + 60)
    granted(ledger, CLAIM, NOW + 60)
