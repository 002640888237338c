"""Personal data that is recognised by its form: check digits, prefixes, national rules.

`p` is 1.0 where a check digit or an unmistakable beginning proves a match, and lower where the
form alone may mislead; each lower value has its reason beside it. Names, places and other data
without a form are the encoder's business.

The time is linear in the text whatever it holds: groups are possessive, windows and counts are
bounded, and what a text cannot hold at all (no digit, no @, no `password`) is not looked for.
"""

import re
from collections.abc import Iterator

from pointsman.signals.patterns_hosts import hosts
from pointsman.signals.patterns_keys import keys
from pointsman.signals.patterns_match import Match, without_overlaps
from pointsman.signals.patterns_named import named_values, passwords
from pointsman.signals.patterns_numbers import numbers
from pointsman.signals.patterns_words import Words

__all__ = ["TYPES", "Match", "matches"]

TYPES = frozenset(
    {
        "API_KEY",
        "BANK_ACCOUNT",
        "CREDIT_CARD",
        "DOMAIN_NAME",
        "EMAIL_ADDRESS",
        "IBAN_CODE",
        "IP_ADDRESS",
        "PASSPORT",
        "PASSWORD",
        "PHONE_NUMBER",
        "US_DRIVER_LICENSE",
        "US_SSN",
        "ZIP_CODE",
    }
)
"""What can be found."""

_DIGIT = re.compile("[0-9]")


def matches(text: str) -> tuple[Match, ...]:
    """Return what is found, in order and without overlaps."""
    return without_overlaps(_found(text))


def _found(text: str) -> Iterator[Match]:
    words = Words(text)
    yield from hosts(text)
    yield from keys(text, words)
    yield from passwords(text, words)
    if _DIGIT.search(text):
        yield from numbers(text, words)
        yield from named_values(text, words)
