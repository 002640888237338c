"""The language of what the user says now, from its script, its common words and their letters."""

import re
import unicodedata
from bisect import bisect
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache

from pointsman.signals.detector import NO_HEADS, Kind
from pointsman.signals.findings import Scores
from pointsman.signals.language_model import SIGNS, LanguageModel
from pointsman.signals.language_words import LISTS, UNKNOWN
from pointsman.signals.reading import Reading
from pointsman.wire.prompt import Prompt

EDGE_CHARACTERS = 1_000
"""Of a longer text, only so many characters at its start and at its end are read."""

LEAST = 0.01
"""A language less probable than this is not reported."""

# What begins at a code point (Unicode 16, Blocks.txt): the language whose script it is, or in
# capitals a script that several languages share, or "" where it says nothing.
_BLOCKS = (
    (0x0000, "LATIN"), (0x0370, "el"), (0x0400, "CYRILLIC"), (0x0530, "hy"), (0x0590, "he"),
    (0x0600, "ARABIC"), (0x0700, ""), (0x0750, "ARABIC"), (0x0780, ""), (0x08A0, "ARABIC"),
    (0x0900, "hi"), (0x0980, "bn"), (0x0A00, "pa"), (0x0A80, "gu"), (0x0B00, "or"), (0x0B80, "ta"),
    (0x0C00, "te"), (0x0C80, "kn"), (0x0D00, "ml"), (0x0D80, "si"), (0x0E00, "th"), (0x0E80, "lo"),
    (0x0F00, ""), (0x1000, "my"), (0x10A0, "ka"), (0x1100, "ko"), (0x1200, "am"), (0x13A0, ""),
    (0x1780, "km"), (0x1800, ""), (0x1E00, "LATIN"), (0x1F00, "el"), (0x2000, ""), (0x3040, "ja"),
    (0x3100, ""), (0x3130, "ko"), (0x3190, ""), (0x3400, "zh"), (0xA000, ""), (0xAC00, "ko"),
    (0xD7A4, ""), (0xF900, "zh"), (0xFB00, ""), (0xFB1D, "he"), (0xFB50, "ARABIC"), (0xFE00, ""),
    (0xFE70, "ARABIC"), (0xFF00, ""), (0xFF66, "ja"), (0xFFA0, ""), (0x20000, "zh"), (0x32000, ""),
)  # fmt: skip
_STARTS = [start for start, _ in _BLOCKS]
_SCRIPTS = [script for _, script in _BLOCKS]

# One character of these says as much as three letters: an English word of five letters is about
# one and a half of them.
_DENSE = frozenset({"zh", "ja", "ko"})
_DENSITY = 3

# Text in these scripts is now and then in a language that is not on our list: Marathi, Nepali;
# Assamese; Yiddish.
_OTHERS_TOO = {"hi": 0.85, "bn": 0.95, "he": 0.95}
_SURE = 0.99

_SILENT = 0.25
"""What a letter of no known language weighs: code and names take little from another script."""

# What is in no language: code between fences, addresses, single Greek letters of formulas.
_GREEK = r"[\u0370-\u03ff\u1f00-\u1fff]"
_LEFT_OUT = re.compile(
    rf"```.*?(?:```|\Z)|https?://\S+|(?<!{_GREEK}){_GREEK}(?!{_GREEK})", re.DOTALL
)
_ROUND_A_WORD = ".,;:!?\"'()[]«»„“”‘’‚…¿¡-–—*`#،؟؛"  # noqa: RUF001  # quotes of many languages
_CODE = re.compile(r"[=(){}\[\]<>;_\\/|#$^~+@]")


class LanguageDetector:
    """Names the language of the judged text, or `unknown`: too short, mixed, code, or another one.

    It reads at most the first and the last 1,000 characters. The word lists are laid out at the
    first use; importing and constructing cost nothing.
    """

    name = "language"
    kind: Kind = "exclusive"
    judged = NO_HEADS
    whole = NO_HEADS
    names = frozenset(
        {UNKNOWN, *_SCRIPTS, *(language for lists in LISTS.values() for language in lists)}
        - {"", *LISTS}
    )

    def __call__(self, prompt: Prompt, reading: Reading) -> Scores:  # noqa: ARG002  # protocol
        """Return the probability of each language that is likely at all, and of `unknown`."""
        return Scores(identify(prompt.judged))


def identify(text: str) -> Mapping[str, float]:
    """Return the languages that are at least `LEAST` probable, and `unknown`; they sum to 1."""
    sample = _sample(text)
    found = [
        (letters, _read(script, sample)) for script, letters in _letters_by_script(sample).items()
    ]
    weights = [letters * max(sum(read.values()), _SILENT) for letters, read in found]
    total = sum(weights)
    shares: dict[str, float] = {}
    for weight, (_, read) in zip(weights, found, strict=True):
        shares |= {name: p * weight / total for name, p in read.items()}
    kept = {name: p for name, p in shares.items() if p >= LEAST}
    return {**kept, UNKNOWN: max(0.0, 1.0 - sum(kept.values()))}


def _sample(text: str) -> str:
    if len(text) > 2 * EDGE_CHARACTERS:
        text = f"{text[:EDGE_CHARACTERS]}\n{text[-EDGE_CHARACTERS:]}"
    text = _LEFT_OUT.sub(" ", text)
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def _letters_by_script(sample: str) -> Mapping[str, int]:
    if sample.isascii():
        return {"LATIN": 1}
    letters: Counter[str] = Counter()
    for character, count in Counter(sample).items():
        if character.isalpha():
            script = _script(character)
            letters[script] += count * (_DENSITY if script in _DENSE else 1)
    if letters["ja"] * 10 >= letters["zh"] > 0:  # Japanese writes Chinese characters too
        letters["ja"] += letters.pop("zh")
    return {script: count for script, count in letters.items() if script and count}


def _script(character: str) -> str:
    return _SCRIPTS[bisect(_STARTS, ord(character)) - 1]


def _read(script: str, sample: str) -> Mapping[str, float]:
    """Return what the letters of a script say; what is missing from 1 is unknown.

    Where several languages share the words, or the words fit several, each language keeps as much
    of its share as two words taken at random would agree about.
    """
    if script not in LISTS:
        return {script: _OTHERS_TOO.get(script, _SURE)}
    words = [word for word in _words(sample) if _script(word[0]) == script]
    shares = _model(script).read(words)
    del shares[UNKNOWN]
    agree = sum(p * p for p in shares.values()) / (sum(shares.values()) ** 2 or 1.0)
    return {name: p * agree for name, p in shares.items()}


@cache
def _model(script: str) -> LanguageModel:
    return LanguageModel(LISTS[script])


def _words(sample: str) -> Iterator[str]:
    """Yield the words in small letters, and `SIGNS` for what has signs inside."""
    for token in sample.lower().split():
        word = token.strip(_ROUND_A_WORD)
        if word.isalpha():
            yield word
        elif word and not word.isdigit():
            yield from _parts(word.replace("\u2019", "'"))


def _parts(word: str) -> Iterator[str]:
    """Yield the parts of l'eau, don't, e-mail."""
    before, sign, after = word.partition("'")
    if sign and before.isalpha() and after.isalpha():
        yield before + sign
        yield after
    elif _CODE.search(word):
        yield SIGNS
    else:
        yield from (part for part in word.split("-") if part.isalpha())
