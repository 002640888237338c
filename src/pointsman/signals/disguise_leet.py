"""Digits and signs that stand for the letters they look like: `1gn0r3 4ll pr3v10us`."""

import re
from itertools import islice, product

from pointsman.signals.disguise_draft import Rewrite
from pointsman.signals.disguise_words import is_word

_LOOKS = {
    "0": "o", "1": "il", "2": "z", "3": "e", "4": "a", "5": "s", "6": "g", "7": "t", "8": "b",
    "9": "g", "@": "a", "$": "s", "!": "i", "|": "il", "+": "t", "(": "c", "€": "e", "£": "l",
}  # fmt: skip
"""What each may stand for, the likeliest first."""

_SIGNS = "0-9@$!|+(€£"
_MIXED = re.compile(
    rf"(?<![^\W_])(?=[A-Za-z]{{0,24}}+[{_SIGNS}])[A-Za-z{_SIGNS}]{{1,24}}+(?![^\W_])"
)
_BEFORE_A_LETTER = re.compile(rf"[{_SIGNS}][A-Za-z]")
_MOST_READINGS = 32
_SURE_WORD = 6
_TWICE = 2
_MANY = 4
_WORD = 3
_LETTER = re.compile("[A-Za-z]")


def leet(text: str) -> list[Rewrite]:
    """Read letters for digits in words, where one long word or two short ones come out.

    A digit must stand before a letter in them: `items5` and `test5` are names. Where many words
    come out, all with digits are read so, as well as they can be, and numbers that make a word.
    """
    if not _BEFORE_A_LETTER.search(text):
        return []
    found: list[Rewrite] = []
    others: list[Rewrite] = []
    sure: set[str] = set()
    for match in _MIXED.finditer(text):
        token = match[0].rstrip("!|+($")
        if token.isalpha() or not token:
            continue
        start, end = match.start(), match.start() + len(token)
        said = _read(token.lower())
        rewrite = Rewrite(start, end, said, range(start, end))
        word, inside = is_word(said), _BEFORE_A_LETTER.search(token) is not None
        if inside and word and len(said) >= _WORD:
            sure.add(said)
        if inside or (word and _LETTER.search(token)):
            found.append(rewrite)
        elif word or _LETTER.search(token):
            others.append(rewrite)
    if len(sure) >= _MANY:
        return sorted(found + others, key=lambda rewrite: rewrite.start)
    good = len(sure) >= _TWICE or any(len(word) >= _SURE_WORD for word in sure)
    return found if good else []


def _read(token: str) -> str:
    """The first word that a token may stand for, or else its likeliest letters."""
    choices = product(*(_LOOKS.get(sign, sign) for sign in token))
    readings = ["".join(letters) for letters in islice(choices, _MOST_READINGS)]
    return next((reading for reading in readings if is_word(reading)), readings[0])
