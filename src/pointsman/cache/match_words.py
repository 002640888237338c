"""A text as the guards read it: words of content in order, each with what changes its meaning.

"How do I not sort a list in Python?" asks `how` and has three words of content: `sort`, which is
marked `not`, `list`, and `python`, which is marked `in`. Articles and polite phrases are passed
over; endings -s and -ing are cut off, and -ed is kept apart, since it may turn doing into
suffering.
"""

import re
from collections.abc import Callable, Sequence

import msgspec

from pointsman.cache import match_frames
from pointsman.cache.match_lexicon import (
    IGNORED,
    LIMITS,
    MARKS,
    NAMES_OF_WORDS,
    SET_APART,
    SYNONYMS,
    UNITS,
)
from pointsman.cache.match_numbers import SIGN, of_figures, of_words
from pointsman.cache.match_stems import stem

LITERAL = "="
"""What the key of an identifier, an address or a sign begins with."""


class Word(msgspec.Struct, frozen=True):
    """A word of content.

    Attributes:
        key: What it is compared by.
        written: As it stands in the text.
        marks: What stands before it and changes its meaning, in order.
        named: Whether it is written with a capital where a common word is not.
    """

    key: str
    written: str
    marks: tuple[str, ...] = ()
    named: bool = False


class Wording(msgspec.Struct, frozen=True):
    """A text, taken apart.

    Attributes:
        asked: What is asked for: a question word, `whether`, `define`, or "" for anything else.
        words: In order.
        last: The marks that no word follows.
        literals: Code and quotes, as they are written.
        spoken: All tokens in small letters, polite phrases among them.
    """

    asked: str
    words: tuple[Word, ...]
    last: tuple[str, ...]
    literals: tuple[str, ...]
    spoken: tuple[str, ...]

    @property
    def keys(self) -> tuple[str, ...]:
        """What the words are compared by."""
        return tuple(word.key for word in self.words)

    @property
    def marks(self) -> tuple[str, ...]:
        """All marks in order."""
        return (*(mark for word in self.words for mark in word.marks), *self.last)


UNREAD = Wording("", (), (), (), ())
"""Stands for a text that was not read."""

_CODE = re.compile(
    r"```.*?(?:```|\Z)|`[^`\n]+`|\"[^\"\n]+\"|(?<![\w'])'[^'\n]+'(?![\w'])", re.DOTALL
)
_TOKEN = re.compile(
    r"""
      (?P<literal>
          \w+://\S*[\w/] | www\.\S*\w | [\w.+-]+@[\w-]+\.[\w.]*\w      # addresses
        | \w+(?:\.\w+)*\(\S*\) | \w*_\w+ | \w+(?:::\w+)+               # identifiers
        | (?<![\w/])\.{0,2}(?:/[\w.-]+){2,} | (?<!\S)--?[A-Za-z][\w-]* # paths, options
        | [A-Za-z]\+\+ | [A-Za-z]\#(?!\w) | \.NET\b | \w+\.(?:js|py|net|json|yaml|exe|txt|csv)\b
        | (?=\w*\d)(?=\w*[A-Za-z])[A-Za-z]\w*(?:[-.]\w*\d\w*)*         # GPT-4, H2O, p53
        | [A-Za-z]+-\d[\w.]*
      )
    | (?P<number> (?:(?<![\w.)])[-+])?\d(?:[\d.,:/]*\d)?(?:st|[nr]d|th)?(?![A-Za-z]*\d) )
    | (?P<word> [^\W\d_]+(?:'[^\W\d_]+)? )
    | (?P<sign> [<>]=? | != | == | [=+*/^%$€£°~|&\\\#@] | (?<=\d)! | (?<=\s)-(?=\s*\d)
        | [^\w\s.,;:!?'"()\[\]{}_-] )
    """,
    re.VERBOSE,
)
_CONTRACTIONS = {
    "can't": "can not", "won't": "will not", "shan't": "will not", "cannot": "can not",
    "u.s.a.": "usa", "u.s.": "usa", "u.k.": "uk", "e-mail": "email", "let's": "let",
}  # fmt: skip
_CONTRACTED = re.compile(
    rf"(?<!\w)(?:{'|'.join(map(re.escape, _CONTRACTIONS))})(?!\w)", re.IGNORECASE
)
_ENDINGS = {
    "'s": (), "'re": ("are",), "'m": ("am",), "'ve": ("have",), "'ll": ("will",), "'d": ("would",),
    "n't": ("not",),
}  # fmt: skip
Reading = Callable[[str], str]
"""What a word in small letters is compared by."""

_LIMITS = {
    first: tuple((tuple(row.split()), meant) for row, meant in LIMITS if row.split()[0] == first)
    for first in {row.split()[0] for row, _ in LIMITS}
}
_ASKS_IS = frozenset({"what", "who", "where", "when", "why", "how"})
_CASE_COUNTS = re.compile(r"[_(/:\\]|\A-")
_DIRECTLY = re.compile(r"(?<![\w.])(\d[\d.,]*)(?!(?:st|[nr]d|th)\b)([A-Za-z]{1,3})\b")


class _Token(msgspec.Struct, frozen=True):
    kind: str
    small: str
    written: str
    named: bool


def read(text: str) -> Wording:
    """Take a text apart; it should be spelt as `normal.plain` spells it."""
    literals = tuple(_CODE.findall(text))
    bare = _CODE.sub(" ", text)
    tokens = _tokens(bare.lower() if bare.isupper() else bare)
    spoken = tuple(token.small for token in tokens)
    asked, rest = match_frames.asked(spoken, is_question=text.rstrip(" \"'").endswith("?"))
    kept = [tokens[at] for at in rest]
    if not NAMES_OF_WORDS.isdisjoint(spoken):
        reading = _as_written
    elif asked == match_frames.DEFINE or not SET_APART.isdisjoint(spoken):
        reading = stem
    else:
        reading = _synonym
    words, last = _words(kept, reading)
    return Wording(asked, words, last, literals, spoken)


def _tokens(text: str) -> list[_Token]:
    text = _CONTRACTED.sub(lambda found: _CONTRACTIONS[found[0].lower()], text)
    text = _DIRECTLY.sub(r"\1 \2", text)
    found: list[_Token] = []
    start = True
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup or ""
        small = match[0].lower()
        named = kind == "word" and match[0][0].isupper() and not start
        start = kind == "" or text[match.end() : match.end() + 1] in {".", "?", "!", ":"}
        if kind == "word" and "'" in small:
            found += [_Token("word", part, part, named) for part in _uncontracted(small)]
        else:
            found.append(_Token(kind, small, match[0], named))
    return _joined(found)


def _uncontracted(small: str) -> list[str]:
    for ending, meant in _ENDINGS.items():
        if small.endswith(ending):
            word = small.removesuffix(ending)
            # Elsewhere 's is as often "has", or says whose a thing is.
            return [word, "is"] if ending == "'s" and word in _ASKS_IS else [word, *meant]
    return [small]


def _joined(tokens: Sequence[_Token]) -> list[_Token]:
    """Read rows of words such as "at least" as one."""
    found: list[_Token] = []
    at = 0
    while at < len(tokens):
        for words, meant in _LIMITS.get(tokens[at].small, ()):
            if tuple(token.small for token in tokens[at : at + len(words)]) == words:
                found.append(_Token("word", meant, meant, named=False))
                at += len(words)
                break
        else:
            found.append(tokens[at])
            at += 1
    return found


def _words(tokens: Sequence[_Token], reading: Reading) -> tuple[tuple[Word, ...], tuple[str, ...]]:
    found: list[Word] = []
    marks: list[str] = []
    smalls = [token.small for token in tokens]
    at = 0
    while at < len(tokens):
        token = tokens[at]
        key, taken = _key(tokens, smalls, at, reading)
        at += taken
        if key is None:
            marks += [MARKS[token.small]] if token.small in MARKS else []
            continue
        found.append(Word(key, token.written, tuple(marks), token.named))
        marks = []
    return tuple(found), tuple(marks)


def _key(
    tokens: Sequence[_Token], smalls: Sequence[str], at: int, reading: Reading
) -> tuple[str | None, int]:
    """Return what a token is compared by (None: holds no content), and how many tokens it is."""
    token = tokens[at]
    if token.kind == "literal":
        counts = _CASE_COUNTS.search(token.written)
        return LITERAL + (token.written if counts else token.small), 1
    if token.kind == "number":
        return of_figures(token.small), 1
    if token.kind == "sign":
        return UNITS.get(token.small, LITERAL + token.small), 1
    value, taken = of_words(smalls[at : at + 12])
    if taken:
        return value, taken
    if _is_a_name(token):
        return SYNONYMS.get(token.small, token.small), 1
    if token.small in IGNORED or token.small in MARKS:
        return None, 1
    unit = UNITS.get(token.small)
    before = smalls[at - 1] if at else ""
    if unit and (before[-1:].isdigit() or of_words([before or "x"])[1]):
        return unit, 1
    return reading(token.small), 1


def _as_written(word: str) -> str:
    return word


def _synonym(word: str) -> str:
    cut = stem(word)
    return SYNONYMS.get(cut, cut)


def _is_a_name(token: _Token) -> bool:
    """Tell whether a little word is the name of something: US, IT, WHO."""
    return (
        token.named
        and token.written.isupper()
        and len(token.written) > 1
        and (token.small in IGNORED or token.small in MARKS)
    )


def is_number(word: Word) -> bool:
    """Tell whether a word is a number."""
    return word.key.startswith(SIGN)
