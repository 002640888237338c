"""Letters that stand for others, or stand the wrong way round.

Only passages that hold hardly any common word of a language are tried, and what comes out must be
made of common English words. So words in cipher amid ordinary ones are found if they have eight
letters or more together; ciphers of other languages are not.
"""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from string import ascii_lowercase

import numpy as np
from numpy.typing import NDArray

from pointsman.signals.disguise_draft import Rewrite
from pointsman.signals.disguise_words import reads_as_english, strange_passages

# Of the letters a to z in English, per cent (Lewand 2000, Cryptological Mathematics).
_SHARES = (
    8.2, 1.5, 2.8, 4.3, 12.7, 2.2, 2.0, 6.1, 7.0, 0.15, 0.77, 4.0, 2.4, 6.7, 7.5, 1.9, 0.095, 6.0,
    6.3, 9.1, 2.8, 0.98, 2.4, 0.15, 2.0, 0.074,
)  # fmt: skip

_LETTERS = ascii_lowercase
_TRIED = 3
"""Shifts that are tried, by how well the letters then fit English."""

_TOKEN = re.compile(r"[A-Za-z]+")
_HALF = 13

Table = dict[int, int]


def ciphers(text: str) -> Iterator[Rewrite]:
    """Read passages without common words: ROT13, other shifts, atbash, or backwards."""
    for first, last in strange_passages(text):
        start, end = _widened(text, first, last)
        found = _deciphered(text[start:end])
        if found is not None:
            trick, said, places = found
            yield Rewrite(start, end, said, [start + place for place in places], trick)


def _widened(text: str, start: int, end: int) -> tuple[int, int]:
    """The passage with the signs that stand to its words, but no other words."""
    while start and not (text[start - 1].isspace() or text[start - 1].isalpha()):
        start -= 1
    while end < len(text) and not (text[end].isspace() or text[end].isalpha()):
        end += 1
    return start, end


def _deciphered(passage: str) -> tuple[str, str, Sequence[int]] | None:
    """The trick, what is said, and where in the passage each character comes from."""
    for trick, order in _orders(passage):
        said = passage.translate(_table(order))
        if reads_as_english(said):
            return trick, said, range(len(passage))
    if reads_as_english(passage[::-1]):
        places = _turned(passage)
        return "backwards", "".join(passage[place] for place in places), places
    return None


def _orders(passage: str) -> Iterator[tuple[str, str]]:
    """The letters that a to z may stand for, the likeliest first."""
    for shift in likely_shifts(passage):
        yield "rot13" if shift == _HALF else "caesar", _LETTERS[shift:] + _LETTERS[:shift]
    yield "atbash", _LETTERS[::-1]


def _table(order: str) -> Table:
    return str.maketrans(_LETTERS + _LETTERS.upper(), order + order.upper())


def likely_shifts(passage: str) -> list[int]:
    """The shifts that bring its letters closest to English, and closer than they are.

    By their log-likelihood, and ROT13 first, the most usual one.
    """
    raw = np.frombuffer(passage.lower().encode("ascii", "replace"), np.uint8)
    counts = np.bincount(raw, minlength=128)[ord("a") : ord("z") + 1]
    fits = _shifted() @ counts
    best = [int(shift) for shift in np.argsort(-fits, kind="stable")[:_TRIED]]
    likely = [shift for shift in (_HALF, *best) if fits[shift] > fits[0]]
    return list(dict.fromkeys(likely))


@cache
def _shifted() -> NDArray[np.float64]:
    """The log of each letter's share if it was shifted by 0 to 25, (shifts, letters)."""
    shares = np.log(np.array(_SHARES))
    return np.stack([np.roll(shares, -shift) for shift in range(len(shares))])


def _turned(passage: str) -> list[int]:
    """Where each character comes from of a passage turned back, as a whole or word by word.

    The sentence's capital and its full stop tell which; without them, it is the whole.
    """
    places = list(range(len(passage)))
    words = [match.span() for match in _TOKEN.finditer(passage)]
    if not (passage[words[0][1] - 1].isupper() or passage.rstrip()[-1] in ".!?"):
        return places[::-1]
    for start, end in words:
        places[start:end] = reversed(places[start:end])
    return places
