"""Is this English? Common words, words run together, and stretches of text that have none."""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from math import log

from pointsman.signals.disguise_lexicon import WORDS
from pointsman.signals.language_words import LISTS

_RUN = re.compile(r"[A-Za-z]++")
_LOWERED = {code: chr(code).lower() if chr(code).isalpha() else " " for code in range(128)}
_LONGEST = 14

_SHORT_WORDS = {"a": 6.0, "i": 6.0}
"""Nats that a word of one letter costs; others of one letter are none."""

_LETTER_COST = 11.0
"""Nats that a letter in no word costs: more than a word, so that words are preferred to scraps."""

ENOUGH = 8
"""Letters of common words that are no accident: 26 to the 8th is far more than there are words."""


_TELLING = 3
"""Letters of a word that hardly arises by chance."""

_FALL = 24
"""Two or three common words end a passage; one may arise by chance."""


@cache
def _costs() -> dict[str, float]:
    """By word, minus the log of its share of a text, by its rank (Zipf's law)."""
    words = WORDS.split()
    return {word: log(10 * (rank + 2)) for rank, word in enumerate(words)} | _SHORT_WORDS


@cache
def _ordinary() -> frozenset[str]:
    """Common words of English and of every language that we know, which are no cipher."""
    others = (words.split() for lists in LISTS.values() for words in lists.values())
    return frozenset(_costs()).union(*others)


@cache
def common_words() -> frozenset[str]:
    """Common English words in small letters, with their plurals and singulars."""
    words = _costs()
    singulars = (word[:-1] for word in words if word[-1] == "s" and word[-2:-1] != "s")
    return frozenset((*words, *(f"{word}s" for word in words), *singulars))


def is_word(word: str) -> bool:
    """Tell whether it is a common English word, in small letters, or its plural or singular."""
    return word in common_words()


def known_letters(text: str) -> int:
    """Count the letters of the common words of three letters or more, each word once."""
    words = set(words_of(text))
    return sum(len(word) for word in words if len(word) >= _TELLING and is_word(word))


def share_known(text: str) -> float:
    """The share of its letters that stand in common words; 0 for a text without letters."""
    words = words_of(text)
    known = sum(len(word) for word in words if is_word(word))
    others = sum(character.isalpha() for character in text) if not text.isascii() else 0
    letters = max(others, sum(map(len, words)))
    return known / letters if letters else 0.0


def reads_as_english(text: str, share: float = 0.45) -> bool:
    """Tell whether a text has common words, more of them than an accident makes.

    Half the letters of what people write stand in them; of letters at random, one in twenty.
    """
    return known_letters(text) >= ENOUGH and share_known(text) >= share


def segmented(letters: str) -> tuple[str, ...]:
    """Cut small letters that are run together into the likeliest words.

    The best cut by the product of the words' shares (Norvig 2009, "Natural Language Corpus Data");
    letters that are in none stay together. The time grows with the number of letters.
    """
    costs = _costs()
    best, back = [0.0], [0]
    for end in range(1, len(letters) + 1):
        cost, start = best[end - 1] + _LETTER_COST, end - 1
        for size in range(1, min(_LONGEST, end) + 1):
            word = costs.get(letters[end - size : end])
            if word is not None and best[end - size] + word < cost:
                cost, start = best[end - size] + word, end - size
        best.append(cost)
        back.append(start)
    words: list[str] = []
    end, scraps = len(letters), False
    while end:
        piece = letters[back[end] : end]
        scrap = piece not in costs
        if scrap and scraps:
            words[-1] = piece + words[-1]
        else:
            words.append(piece)
        end, scraps = back[end], scrap
    return tuple(reversed(words))


def words_of(text: str) -> list[str]:
    """The runs of ASCII letters of a text, in small letters, in order."""
    if text.isascii():  # as most are, and ten times as fast
        return text.translate(_LOWERED).split()
    return " ".join(_RUN.findall(text)).lower().split()


def places_of(text: str) -> list[tuple[int, int]]:
    """Where each word of `words_of` stands, end exclusive."""
    return [match.span() for match in _RUN.finditer(text)]


def strange_passages(text: str) -> list[tuple[int, int]]:
    """The ranges of a text in which there are hardly any common words of a language, in order.

    Each letter of an unknown word counts for a passage, and each of a known word of three letters
    or more twice against it; shorter ones say nothing, as they arise by chance. A passage ends
    where its balance was best, once it has fallen by `_FALL` from there. It has `ENOUGH` letters
    in two words or more; one unknown word is ordinary.
    """
    words = words_of(text)
    distinct = set(words)
    strange = distinct - _ordinary()
    if not strange:
        return []
    weight = {word: -2 * len(word) if len(word) >= _TELLING else 0 for word in distinct}
    weight |= {word: len(word) for word in strange}
    ranges = list(_ranges([weight[word] for word in words]))
    if not ranges:
        return []
    places = places_of(text)
    return [(places[first][0], places[last - 1][1]) for first, last in ranges]


def _ranges(weights: Sequence[int]) -> Iterator[tuple[int, int]]:
    at = 0
    while at < len(weights):
        if weights[at] <= 0:
            at += 1
            continue
        begin, balance, best, end = at, 0, 0, at
        while at < len(weights) and balance >= 0 and best - balance < _FALL:
            balance += weights[at]
            at += 1
            if balance > best:
                best, end = balance, at
        if best >= ENOUGH and sum(weight > 0 for weight in weights[begin:end]) > 1:
            yield begin, end
