"""Numbers as they are compared: in figures, in words, with a sign, as a time, a date or a version.

A value is compared as it is written, but for the commas of thousands: 1.50 and 1.5 are the same
price and two versions, so they are held to differ.
"""

import re
from collections.abc import Mapping, Sequence

SIGN = "#"
"""What the key of a number begins with."""

_ONES = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
    "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen",
    "nineteen",
)  # fmt: skip
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_ORDINALS = (
    "zeroth", "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth",
    "ninth", "tenth", "eleventh", "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth",
    "seventeenth", "eighteenth", "nineteenth",
)  # fmt: skip
_SCALES: Mapping[str, int] = {
    "hundred": 100, "thousand": 1_000, "million": 10**6, "billion": 10**9, "trillion": 10**12,
}  # fmt: skip
_VALUES: Mapping[str, int] = {
    **{word: value for value, word in enumerate(_ONES)},
    **{word: value for value, word in zip(range(20, 100, 10), _TENS, strict=True)},
}
_OTHERS: Mapping[str, str] = {
    **{word: f"{SIGN}{value}th" for value, word in enumerate(_ORDINALS)},
    "twentieth": f"{SIGN}20th", "thirtieth": f"{SIGN}30th", "hundredth": f"{SIGN}100th",
    "half": f"{SIGN}1/2", "halves": f"{SIGN}1/2", "quarter": f"{SIGN}1/4", "thirds": f"{SIGN}1/3",
    "once": f"{SIGN}1x", "twice": f"{SIGN}2x", "double": f"{SIGN}2x", "thrice": f"{SIGN}3x",
    "triple": f"{SIGN}3x", "dozen": f"{SIGN}12", "dozens": f"{SIGN}12s", "hundreds": f"{SIGN}100s",
    "thousands": f"{SIGN}1000s", "millions": f"{SIGN}1000000s", "billions": f"{SIGN}1000000000s",
}  # fmt: skip

_THOUSANDS = re.compile(r",(?=\d{3}(?!\d))")
_ORDINAL = re.compile(r"(\d+)(?:st|[nr]d|th)")


def of_figures(token: str) -> str:
    """Return the key of a number in figures."""
    plain = _THOUSANDS.sub("", token)
    ordinal = _ORDINAL.fullmatch(plain)
    return f"{SIGN}{ordinal[1]}th" if ordinal else f"{SIGN}{plain}"


def of_words(words: Sequence[str]) -> tuple[str, int]:
    """Return the key of the number that words begin with, and how many they are; "" and 0 if none.

    "a hundred and five" is 105 from "hundred" on; "one" alone is 1, though it may be no number:
    then both texts have it.
    """
    first = words[0]
    if first in _OTHERS:
        return _OTHERS[first], 1
    total, group, taken = 0, 0, 0
    while taken < len(words):
        word = words[taken]
        if word == "and" and taken and _continues(words[taken - 1], words[taken + 1 : taken + 2]):
            taken += 1
            continue
        if word in _VALUES:
            if taken and not _follows(words[taken - 1], word):
                break
            group += _VALUES[word]
        elif word in _SCALES:
            group = (group or 1) * _SCALES[word]
            if _SCALES[word] > 100:  # noqa: PLR2004  # hundreds are counted on: two hundred thousand
                total, group = total + group, 0
        else:
            break
        taken += 1
    return (f"{SIGN}{total + group}", taken) if taken else ("", 0)


def _continues(before: str, after: Sequence[str]) -> bool:
    return before in _SCALES and bool(after) and after[0] in _VALUES


def _follows(before: str, word: str) -> bool:
    """Tell whether two words are one number: twenty one, hundred five; not five six."""
    tens_and_ones = before in _TENS and 0 < _VALUES[word] < 10  # noqa: PLR2004
    return before in _SCALES or before == "and" or tens_and_ones
