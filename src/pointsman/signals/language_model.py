"""Which of the languages that share a script do words belong to? Naive Bayes over word lists.

A listed word is as probable in a language as its rank in the list says (Zipf's law). A word on no
list speaks through its groups of three letters (Cavnar and Trenkle 1994) and its marked letters, as
often as they stand in the lists, at less than half their weight: the lists are small, and the
groups of a word overlap.
"""

from collections.abc import Iterator, Mapping, Sequence
from math import log

import numpy as np
from numpy.typing import NDArray

from pointsman.signals.language_words import UNKNOWN

PIECE = 12
"""Words that are judged together; a text's languages are the mean over its pieces."""

ENOUGH = 6
"""Listed words in a piece that make its other words' letters not worth reading."""

_ZIPF = 0.1  # share of the r-th most frequent word times r; English: "the" 6 %, "and" 3 %
_ABSENT = 5e-5  # share of a word in a language whose list lacks it: that of the 2,000th
_BACKGROUND = 3e-4  # share of a listed word in text of no language
_GROUP_WEIGHT = 0.4
_GROUP_MOST = 2.5  # nats; no single group may outweigh a listed word
_SMOOTHING = 0.3
_LONGEST = 24  # letters of a word whose groups are read

SIGNS = "="
"""Stands for what has signs inside, such as `f(x)`: no word, but a hint that this is code."""

_SIGNS_NATS = 1.0
_SIGNS_MOST = 2  # in a piece: people ask about code in words
_SILENT = 0.1

# Nats in favour of a language before anything is read: most prompts are English, most Cyrillic
# ones Russian, and a language must be better supported than by one rare word.
_PRIOR = {"en": 1.0, "ru": 2.0, UNKNOWN: 1.0}


class LanguageModel:
    """The languages of one script.

    Args:
        lists: Common words by language, most frequent first.
    """

    def __init__(self, lists: Mapping[str, str]) -> None:
        self.languages = tuple(lists)
        listed = [tuple(dict.fromkeys(words.split())) for words in lists.values()]
        self._unknown = unknown = self.languages.index(UNKNOWN)
        rows = _word_rows(listed, unknown)
        groups, group_rows = _group_rows(listed, unknown)
        self._words = {word: number for number, word in enumerate(rows)}
        self._groups = {group: number + len(rows) for number, group in enumerate(groups)}
        self._rows = np.concatenate([np.stack(list(rows.values())), group_rows])
        self._prior = np.array([_PRIOR.get(name, 0.0) for name in lists], np.float32)

    def read(self, words: Sequence[str]) -> dict[str, float]:
        """Return each language's probability: the mean over pieces of `PIECE` words.

        A piece of no known language weighs little: code says nothing of who talks about it.

        Args:
            words: In small letters, or `SIGNS`.
        """
        pieces = [self._features(piece) for piece in _pieces(words)]
        scores = np.stack([self._rows[piece].sum(axis=0) for piece in pieces]) + self._prior
        likely = np.exp(scores - scores.max(axis=1, keepdims=True))
        likely /= likely.sum(axis=1, keepdims=True)
        weights = np.maximum(1.0 - likely[:, self._unknown], _SILENT)
        mean = weights @ likely / weights.sum()
        return dict(zip(self.languages, mean.tolist(), strict=True))

    def _features(self, words: Sequence[str]) -> list[int]:
        """Return the rows of the matrix that these words bring in."""
        signs = min(words.count(SIGNS), _SIGNS_MOST)
        if signs:
            words = [word for word in words if len(word) > 1]  # not words but variables
        known = [self._words[word] for word in words if word in self._words]
        if len(known) < ENOUGH:
            unlisted = (word[:_LONGEST] for word in words if word not in self._words)
            groups = (group for word in unlisted for group in letter_groups(word))
            known += [self._groups[group] for group in groups if group in self._groups]
        return known + [self._words[SIGNS]] * signs


def letter_groups(word: str) -> Iterator[str]:
    """Yield a word's groups of three letters, its ends among them, and its marked letters."""
    framed = f"^{word}$"
    for start in range(len(word)):
        yield framed[start : start + 3]
    if not word.isascii():
        yield from (letter for letter in word if letter > "\x7f")


def _pieces(words: Sequence[str]) -> Iterator[Sequence[str]]:
    """Cut words into pieces of about `PIECE`, at least one; the last takes what is left over."""
    count = max(1, len(words) // PIECE)
    for number in range(count):
        end = len(words) if number == count - 1 else (number + 1) * PIECE
        yield words[number * PIECE : end]


def _word_rows(listed: Sequence[Sequence[str]], unknown: int) -> dict[str, NDArray[np.float32]]:
    """Return, by word, the nats by which it favours each language over the background."""
    rows = {SIGNS: np.zeros(len(listed), np.float32)}
    rows[SIGNS][unknown] = _SIGNS_NATS
    for language, words in enumerate(listed):
        for rank, word in enumerate(words, start=2):
            row = rows.get(word)
            if row is None:
                row = rows[word] = np.full(len(listed), log(_ABSENT / _BACKGROUND), np.float32)
                row[unknown] = 0.0
            row[language] = log(_ZIPF / rank / _BACKGROUND)
    return rows


def _group_rows(
    listed: Sequence[Sequence[str]], unknown: int
) -> tuple[tuple[str, ...], NDArray[np.float32]]:
    """Return the letter groups and the nats by which each favours the languages."""
    numbers: dict[str, int] = {}
    seen = [
        (numbers.setdefault(group, len(numbers)), language)
        for language, words in enumerate(listed)
        if language != unknown
        for word in words
        for group in letter_groups(word)
    ]
    counts = np.zeros((len(numbers), len(listed)), np.float32)
    np.add.at(counts, tuple(np.array(seen).T), 1.0)
    share = (counts + _SMOOTHING) / (counts.sum(axis=0) + _SMOOTHING * len(numbers))
    share[:, unknown] = np.delete(share, unknown, axis=1).mean(axis=1)
    nats = np.log(share / share[:, [unknown]]) * _GROUP_WEIGHT
    return tuple(numbers), np.clip(nats, -_GROUP_MOST, _GROUP_MOST).astype(np.float32)
