"""Limits, claims and short ways to ask for them, for the tests of every ledger."""

from pointsman.accounts.counters import Granted, Refused, Tally
from pointsman.accounts.ledger import Ledger
from pointsman.accounts.limits import NANO, Claim, Limit

NOW = 1_800_000_000.0
MONEY = Limit(usd=1.0, window="day", per="tenant")
TOKENS = Limit(tokens=5000, window="day", per="model")
REQUESTS = Limit(requests=3, window="minute")
DAY = 86_400


def claim(usd: float = 0.4, tokens: int = 1000, **who: str) -> Claim:
    named = {"model": "large", "key": "key_1", "tenant": "acme"} | who
    return Claim(usd=usd, tokens=tokens, **named)


def granted(ledger: Ledger, asked: Claim, now: float = NOW) -> Granted:
    outcome = ledger.reserve(asked, now)
    assert isinstance(outcome, Granted), outcome
    return outcome


def refused(ledger: Ledger, asked: Claim, now: float = NOW) -> Refused:
    outcome = ledger.reserve(asked, now)
    assert isinstance(outcome, Refused), outcome
    return outcome


def usd(spent: float, reserved: float) -> Tally:
    return Tally(round(spent * NANO), round(reserved * NANO))
