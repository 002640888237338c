"""One contract for every ledger: in memory, in SQLite and in PostgreSQL."""

from collections.abc import Callable

import pytest

from pointsman.accounts.counters import Granted, Tally
from pointsman.accounts.ledger import KEEP_S, Ledger
from pointsman.accounts.limits import Limit, Spent

from .claims import DAY, MONEY, NOW, REQUESTS, TOKENS, claim, granted, refused, usd
from .conftest import MakeLedger


@pytest.mark.parametrize(
    ("limit", "fit"),
    [
        (Limit(usd=0.7, window="day"), 10),
        (Limit(usd=0.699999999, window="day"), 9),
        (Limit(tokens=500, window="month"), 5),
        (Limit(requests=7, window="minute"), 7),
        (Limit(requests=0, window="total"), 0),
    ],
)
def test_claims_are_granted_up_to_the_cap_and_not_beyond(
    make_ledger: MakeLedger, limit: Limit, fit: int
) -> None:
    ledger = make_ledger(limit)
    outcomes = [ledger.reserve(claim(0.07, 100), NOW) for _ in range(12)]
    assert [isinstance(one, Granted) for one in outcomes] == [True] * fit + [False] * (12 - fit)


def test_a_refused_claim_takes_nothing_from_any_counter(make_ledger: MakeLedger) -> None:
    ledger = make_ledger(MONEY, TOKENS, REQUESTS)
    granted(ledger, claim(0.4, 4000))
    assert refused(ledger, claim(0.4, 2000)).limit == TOKENS
    assert ledger.spent(MONEY, ("acme",), NOW) == usd(0, 0.4)
    assert ledger.spent(TOKENS, ("large",), NOW) == Tally(0, 4000)
    assert ledger.spent(REQUESTS, (), NOW) == Tally(0, 1)


def test_settling_puts_what_was_used_in_the_place_of_what_was_reserved(
    make_ledger: MakeLedger,
) -> None:
    ledger = make_ledger(MONEY, TOKENS, REQUESTS)
    first = granted(ledger, claim(0.9, 4500))
    assert ledger.settle(first.reservation, Spent(usd=0.1, tokens=700), NOW + 1)
    assert ledger.spent(MONEY, ("acme",), NOW) == usd(0.1, 0)
    assert ledger.spent(TOKENS, ("large",), NOW) == Tally(700, 0)
    assert ledger.spent(REQUESTS, (), NOW) == Tally(1, 0)
    granted(ledger, claim(0.9, 4300))


def test_more_than_was_reserved_is_booked_in_full(make_ledger: MakeLedger) -> None:
    ledger = make_ledger(MONEY)
    first = granted(ledger, claim(0.4))
    assert ledger.settle(first.reservation, Spent(usd=1.7, tokens=0), NOW)
    assert ledger.spent(MONEY, ("acme",), NOW) == usd(1.7, 0)
    refused(ledger, claim(0.000000001))


def test_where_the_money_is_used_up_what_costs_nothing_is_still_granted(
    make_ledger: MakeLedger,
) -> None:
    ledger = make_ledger(MONEY)
    first = granted(ledger, claim(1.0))
    ledger.settle(first.reservation, Spent(usd=1.5, tokens=0), NOW)
    refused(ledger, claim(0.01))
    granted(ledger, claim(0.0, model="local"))


End = Callable[[Ledger, str], bool]
ENDS: dict[str, End] = {
    "settled": lambda ledger, id_: ledger.settle(id_, Spent(usd=0.3, tokens=5), NOW),
    "released": lambda ledger, id_: ledger.release(id_, NOW),
}


@pytest.mark.parametrize("first", ENDS)
@pytest.mark.parametrize("second", ENDS)
def test_a_reservation_ends_once_and_the_second_time_says_so(
    make_ledger: MakeLedger, first: str, second: str
) -> None:
    ledger = make_ledger(MONEY, REQUESTS)
    reservation = granted(ledger, claim()).reservation
    assert ENDS[first](ledger, reservation)
    before = ledger.spent(MONEY, ("acme",), NOW), ledger.spent(REQUESTS, (), NOW)
    assert not ENDS[second](ledger, reservation)
    assert (ledger.spent(MONEY, ("acme",), NOW), ledger.spent(REQUESTS, (), NOW)) == before


@pytest.mark.parametrize("end", ENDS)
def test_a_reservation_that_nobody_made_changes_nothing(make_ledger: MakeLedger, end: str) -> None:
    ledger = make_ledger(MONEY)
    assert not ENDS[end](ledger, "nobody made this")
    assert ledger.spent(MONEY, ("acme",), NOW) == Tally()


def test_what_is_released_frees_money_and_tokens_but_the_request_counts(
    make_ledger: MakeLedger,
) -> None:
    ledger = make_ledger(MONEY, TOKENS, REQUESTS)
    for _ in range(3):
        assert ledger.release(granted(ledger, claim(1.0, 5000)).reservation, NOW)
    assert ledger.spent(MONEY, ("acme",), NOW) == Tally()
    assert ledger.spent(TOKENS, ("large",), NOW) == Tally()
    assert ledger.spent(REQUESTS, (), NOW) == Tally(3, 0)
    assert refused(ledger, claim()).limit == REQUESTS


def test_a_claim_that_no_limit_sees_is_granted_and_settled_once(make_ledger: MakeLedger) -> None:
    ledger = make_ledger(Limit(usd=0.0, window="day", tenant="other"))
    free = granted(ledger, claim(1e6))
    assert free.pressure == 0.0
    assert ledger.settle(free.reservation, Spent(usd=1.0, tokens=1), NOW)
    assert not ledger.settle(free.reservation, Spent(usd=1.0, tokens=1), NOW)


def test_a_reservation_that_nobody_settles_counts_and_is_charged_when_its_lease_is_over(
    make_ledger: MakeLedger,
) -> None:
    ledger = make_ledger(MONEY, lease_s=60.0)
    lost = granted(ledger, claim(0.7)).reservation
    assert ledger.spent(MONEY, ("acme",), NOW + 59.9) == usd(0, 0.7)
    refused(ledger, claim(0.4), NOW + 59.9)
    assert ledger.spent(MONEY, ("acme",), NOW + 60) == usd(0.7, 0)
    refused(ledger, claim(0.4), NOW + 3600)
    assert not ledger.settle(lost, Spent(usd=0.1, tokens=1), NOW + 61)
    assert not ledger.release(lost, NOW + 61)
    assert ledger.spent(MONEY, ("acme",), NOW + 3600) == usd(0.7, 0)


def test_a_reservation_whose_lease_is_over_cannot_be_settled_before_it_is_charged_either(
    make_ledger: MakeLedger,
) -> None:
    ledger = make_ledger(MONEY, lease_s=60.0)
    lost = granted(ledger, claim(0.7)).reservation
    assert not ledger.settle(lost, Spent(usd=0.1, tokens=1), NOW + 60)
    assert ledger.spent(MONEY, ("acme",), NOW + 60) == usd(0.7, 0)


def test_many_lost_reservations_are_charged_together(make_ledger: MakeLedger) -> None:
    ledger = make_ledger(
        Limit(tokens=10**6, window="day"), Limit(requests=10**6, window="day"), lease_s=60.0
    )
    for _ in range(30):
        granted(ledger, claim(0.0, 10))
    granted(ledger, claim(0.0, 10), NOW + 70)  # charges the others on its way
    assert ledger.spent(Limit(tokens=1, window="day"), (), NOW + 70) == Tally(300, 10)
    assert ledger.spent(Limit(requests=1, window="day"), (), NOW + 70) == Tally(30, 1)


def test_a_window_starts_anew_and_an_answer_is_booked_in_the_one_it_was_reserved_in(
    make_ledger: MakeLedger,
) -> None:
    ledger = make_ledger(MONEY)
    midnight = NOW - NOW % DAY + DAY
    late = granted(ledger, claim(0.9), midnight - 1)
    assert refused(ledger, claim(0.9), midnight - 0.5).retry_after_s == 1
    granted(ledger, claim(0.9), midnight)
    assert ledger.settle(late.reservation, Spent(usd=0.5, tokens=1), midnight + 30)
    assert ledger.spent(MONEY, ("acme",), midnight - 1) == usd(0.5, 0)
    assert ledger.spent(MONEY, ("acme",), midnight + 30) == usd(0, 0.9)


@pytest.mark.parametrize(
    ("limit", "used", "asked", "retry_after_s"),
    [
        (Limit(requests=1, window="minute"), 0.0, 0.1, 60),
        (Limit(requests=1, window="hour"), 0.0, 0.1, 3600),
        (Limit(requests=1, window="total"), 0.0, 0.1, None),
        (Limit(usd=1, window="hour"), 0.5, 0.6, 3600),
        (Limit(usd=1, window="hour"), 0.5, 1.1, None),  # alone too much: waiting does not help
    ],
)
def test_a_refusal_says_when_to_come_back(
    make_ledger: MakeLedger, limit: Limit, used: float, asked: float, retry_after_s: int | None
) -> None:
    ledger = make_ledger(limit)
    granted(ledger, claim(used))
    answer = refused(ledger, claim(asked))
    assert (answer.limit, answer.retry_after_s) == (limit, retry_after_s)


def test_each_subject_has_its_own_counter(make_ledger: MakeLedger) -> None:
    both = Limit(requests=1, window="day", per=("tenant", "model"))
    ledger = make_ledger(both, Limit(requests=2, window="day", per="key"))
    granted(ledger, claim(tenant="acme", model="small", key="a"))
    granted(ledger, claim(tenant="acme", model="large", key="a"))
    granted(ledger, claim(tenant="zeta", model="large", key="b"))
    assert refused(ledger, claim(tenant="acme", model="large", key="b")).limit == both
    assert refused(ledger, claim(tenant="zeta", model="small", key="a")).limit.requests == 2
    assert ledger.spent(both, ("acme", "large"), NOW) == Tally(0, 1)


def test_limits_may_change_while_requests_are_under_way(make_ledger: MakeLedger) -> None:
    ledger = make_ledger(MONEY, REQUESTS)
    first, second = granted(ledger, claim(0.4)), granted(ledger, claim(0.4))
    raised = Limit(usd=2.0, window="day", per=("tenant",), soft=0.5)
    later = ledger.under([TOKENS, raised])
    assert later.settle(first.reservation, Spent(usd=0.3, tokens=900), NOW)
    assert ledger.settle(second.reservation, Spent(usd=0.2, tokens=900), NOW)
    assert later.spent(raised, ("acme",), NOW) == usd(0.5, 0)
    assert later.spent(TOKENS, ("large",), NOW) == Tally()  # was not in force when they began
    granted(later, claim(1.5))
    refused(later, claim(0.1))
    refused(ledger, claim(0.1))


def test_counters_outlive_a_restart_with_the_limits_in_another_order(
    shared: str, ledger_at: MakeLedger
) -> None:
    before = ledger_at(shared, MONEY, TOKENS)
    under_way = granted(before, claim(0.6, 3000)).reservation
    before.close()
    after = ledger_at(shared, REQUESTS, TOKENS, MONEY)
    assert refused(after, claim(0.6, 10)).limit == MONEY
    assert after.settle(under_way, Spent(usd=0.1, tokens=40), NOW)
    assert after.spent(MONEY, ("acme",), NOW) == usd(0.1, 0)
    assert after.spent(TOKENS, ("large",), NOW) == Tally(40, 0)


@pytest.mark.parametrize(
    ("used", "pressure"), [(0.0, 0.0), (0.5, 0.0), (0.75, 0.5), (0.9, 0.8), (1.0, 1.0)]
)
def test_pressure_rises_from_soft_to_hard_and_asking_for_it_changes_nothing(
    make_ledger: MakeLedger, used: float, pressure: float
) -> None:
    soft = Limit(usd=1.0, window="day", per="tenant", soft=0.5)
    ledger = make_ledger(soft, Limit(requests=100, window="day"))
    assert ledger.pressure(claim(), NOW) == 0.0
    assert granted(ledger, claim(used)).pressure == pytest.approx(pressure)
    for _ in range(3):
        assert ledger.pressure(claim(0.9), NOW) == pytest.approx(pressure)
    assert ledger.pressure(claim(0.9, tenant="zeta"), NOW) == 0.0
    assert ledger.pressure(claim(0.9), NOW + DAY) == 0.0
    assert ledger.spent(soft, ("acme",), NOW) == usd(0, used)


def test_a_windows_counters_are_kept_for_a_day_after_its_end_and_then_forgotten(
    make_ledger: MakeLedger,
) -> None:
    ledger = make_ledger(REQUESTS, lease_s=2 * KEEP_S)
    ends = NOW - NOW % 60 + 60
    open_one = granted(ledger, claim()).reservation
    ledger.release(granted(ledger, claim(), NOW - 60).reservation, NOW - 60)
    granted(ledger, claim(), ends + KEEP_S - 120)
    assert ledger.spent(REQUESTS, (), NOW - 60) == Tally(1, 0)
    granted(ledger, claim(), ends + KEEP_S + 60)
    assert ledger.spent(REQUESTS, (), NOW - 60) == Tally()
    assert ledger.spent(REQUESTS, (), NOW) == Tally(0, 1)  # one is still under way
    assert ledger.settle(open_one, Spent(usd=0, tokens=0), ends + KEEP_S + 61)
