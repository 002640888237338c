"""The ledgers agree, whatever they are asked, and keep to the caps."""

from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from pointsman.accounts.counters import Granted, Refused, Tally
from pointsman.accounts.ledger import Ledger
from pointsman.accounts.limits import Claim, Limit, Spent
from pointsman.accounts.state import open_ledger

from .claims import MONEY, NOW, TOKENS, claim

Steps = Sequence[tuple[str, *tuple[object, ...]]]

_claims = st.builds(
    claim,
    usd=st.sampled_from([0.0, 0.1, 0.3, 2.0]),
    tokens=st.integers(0, 3000),
    tenant=st.sampled_from(["acme", 'ze"ta']),
    model=st.sampled_from(["small", "large"]),
)
_steps = st.lists(
    st.one_of(
        st.tuples(st.just("reserve"), _claims),
        st.tuples(st.just("settle"), st.integers(0, 5), st.sampled_from([0.0, 0.2, 0.9])),
        st.tuples(st.just("wait"), st.sampled_from([1.0, 30.0, 100.0, 4000.0])),
    ),
    max_size=30,
)


@settings(max_examples=60, deadline=None)
@given(_steps)
def test_the_ledgers_agree_and_no_reservation_carries_a_counter_over_its_cap(
    steps: Steps,
) -> None:
    limits = [MONEY, TOKENS, Limit(requests=4, window="hour", tenant="acme")]
    ledgers = [open_ledger(url, limits, lease_s=60.0) for url in ("memory:", "sqlite:///:memory:")]
    try:
        _play(ledgers, limits, steps)
    finally:
        for ledger in ledgers:
            ledger.close()


def _play(
    ledgers: Sequence[Ledger],
    limits: Sequence[Limit],
    steps: Steps,
) -> None:
    now, held = NOW, [[""] * len(ledgers)]
    for step in steps:
        match step:
            case ("reserve", Claim() as asked):
                before = [_used(ledger, limits, asked, now) for ledger in ledgers]
                outcomes = [ledger.reserve(asked, now) for ledger in ledgers]
                assert _without_id(outcomes[0]) == _without_id(outcomes[1])
                after = [_used(ledger, limits, asked, now) for ledger in ledgers]
                assert before[0] == before[1]
                assert after[0] == after[1]
                _check_caps(limits, before[0], after[0], granted=isinstance(outcomes[0], Granted))
                held.append([one.reservation for one in outcomes if isinstance(one, Granted)])
            case ("settle", int(number), float(cost)):
                ids = held[number % len(held)] or ["", ""]
                actual = Spent(usd=cost, tokens=500)
                pairs = zip(ledgers, ids, strict=True)
                assert len({ledger.settle(id_, actual, now) for ledger, id_ in pairs}) == 1
            case ("wait", float(seconds)):
                now += seconds


def _without_id(outcome: Granted | Refused) -> Refused | float:
    return outcome.pressure if isinstance(outcome, Granted) else outcome


def _used(
    ledger: Ledger, limits: Sequence[Limit], asked: Claim, now: float
) -> list[tuple[int, int]]:
    subjects = [limit.subject(asked) for limit in limits]
    tallies = [
        ledger.spent(limit, subject, now) if subject is not None else Tally()
        for limit, subject in zip(limits, subjects, strict=True)
    ]
    return [(tally.spent, tally.reserved) for tally in tallies]


def _check_caps(
    limits: Sequence[Limit],
    before: Sequence[tuple[int, int]],
    after: Sequence[tuple[int, int]],
    *,
    granted: bool,
) -> None:
    if not granted:
        assert before == after
    for limit, was, now in zip(limits, before, after, strict=True):
        assert sum(now) <= limit.cap or sum(now) == sum(was)
