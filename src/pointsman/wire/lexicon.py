"""Finds the values of a request wherever they stand as a whole word, in time linear in the text.

A detector may miss in one text what it found in another. A regular expression of all values would
take longer to build than to run, for each request anew, and its time would grow with the product of
text and values; here each word of the text is looked up once.
"""

import json
import re
from collections.abc import Iterator, Mapping

from pointsman.wire.literals import escape

# Scripts that set no space between words, or none between a name and its particle: Thai, Lao,
# Burmese, Khmer, Hangul, kana, Han. There every character may begin or end a word.
_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff"
    "\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
)
# The underscore is a border: it is Markdown's mark of stress. So is a mark that combines: where in
# doubt, more is masked, and comes back all the same.
_LETTER = rf"[^\W_{_UNSPACED}]"
_WORD = re.compile(rf"{_LETTER}+|\S")
_ASCII_WORD = re.compile(r"[^\W_]+|\S", re.ASCII)  # the same there, and quicker
_WORD_OR_ESCAPE = re.compile(rf"\\(?:[bfnrt]|u[0-9a-fA-F]{{4}})|{_LETTER}+|\S")
_INSIDE = re.compile(rf"(?<={_LETTER})(?={_LETTER})")
_NO_SPACE = re.compile(f"[{_UNSPACED}]")
_MUST_BE_ESCAPED = re.compile(r'[\x00-\x1f"\\/]')

# With fewer characters a value is too common to be replaced where no detector saw it ("Al", "12",
# the year 1984); a name of two Han characters is as rare as one of six letters.
_LEAST_CHARACTERS = 3
_LEAST_UNSPACED = 2
_LEAST_DIGITS = 5

# Up to so many values, searching for each is quicker than looking up each word.
_FEW = 64


def spreads(value: str) -> bool:
    """Say whether a value is replaced everywhere, not only where a detector saw it."""
    said = [character for character in value if character.isalnum()]
    if all(character.isdigit() for character in said):
        return len(said) >= _LEAST_DIGITS
    return len(said) >= (_LEAST_UNSPACED if _NO_SPACE.search(value) else _LEAST_CHARACTERS)


def cuts_word(text: str, position: int) -> bool:
    """Say whether a position lies between two letters or digits of one word."""
    return _INSIDE.match(text, position) is not None


def _forms(value: str) -> tuple[str, ...]:
    if value.isascii() and not _MUST_BE_ESCAPED.search(value):
        return (value,)
    return value, escape(value), json.dumps(value)[1:-1]


class Lexicon:
    """Values, and what each is replaced by.

    Beside each value its JSON-escaped forms are found, because texts hold JSON (a tool's result).

    Args:
        values: Value to placeholder; of values that begin alike, the longest that stands wins.
    """

    def __init__(self, values: Mapping[str, str]) -> None:
        self._forms: dict[str, str] = {}
        for value, name in values.items():
            for form in _forms(value):
                self._forms.setdefault(form, name)
        lengths: dict[str, set[int]] = {}
        for form in self._forms:
            first = _WORD.search(form)
            if first is not None:
                lengths.setdefault(first[0], set()).add(len(form))
        self._lengths = {first: sorted(each, reverse=True) for first, each in lengths.items()}
        # Of each value the piece that any JSON string spells as it is, but for \u.
        pieces = {max(_MUST_BE_ESCAPED.split(value), key=len) for value in values}
        self._pieces = tuple(pieces) if len(pieces) <= _FEW else ("",)

    def touches(self, text: str) -> bool:
        """Say whether a value may stand in a text, or in a string of a JSON text; quick."""
        return "\\u" in text or any(piece in text for piece in self._pieces)

    def find(self, text: str) -> Iterator[tuple[int, int, str]]:
        """Yield (start, end, placeholder) of each value that stands as a whole word, in order."""
        done = 0
        for start, word in self._begins(text) if self.touches(text) else ():
            if start < done:
                continue
            for length in self._lengths[word]:
                form = text[start : start + length]
                name = self._forms.get(form)
                if name is not None and not cuts_word(text, start + len(form)):
                    done = start + len(form)  # less than `length` where the text ends
                    yield start, done, name
                    break

    def _begins(self, text: str) -> list[tuple[int, str]]:
        r"""Return where a word begins that begins a value.

        Behind a backslash, a letter may be an escape's (`\nJane`) or a word's (`C:\nina`).
        """
        known = self._lengths
        word_of = _ASCII_WORD if text.isascii() else _WORD
        words = (word_of, _WORD_OR_ESCAPE) if "\\" in text else (word_of,)
        begins = [
            (found.start(), word)
            for pattern in words
            for found in pattern.finditer(text)
            if (word := found[0]) in known
        ]
        return sorted(set(begins)) if "\\" in text else begins
