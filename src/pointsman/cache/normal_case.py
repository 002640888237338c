"""Folds the case of prose where it tells no two words apart.

Case is meaning in identifiers, paths and options (`-p` and `-P`), in units (mW and MW), in the
variables of formulas, and in a few words: "help us" is not "help US", "may" is not the month. Such
a word keeps its capitals unless its neighbours say which of the two it is: "the us" can only be the
country, "in may" and "may 5" only the month; folded, both spellings meet. A letter that one text
writes in two ways (x and X) keeps both.
"""

import re
from collections.abc import Mapping, Sequence

_TOKEN = re.compile(r"\S+")
_CORE = re.compile(r"\w(?:.*\w)?", re.DOTALL)

# What is no word of prose: addresses, paths, file names, options, calls, formulas.
_LITERAL = re.compile(
    r"""
      \w+://\S+ | www\.\S+ | \S+@\S+ | \S*[_\\{}=<>$^~|\[\];]\S* | \S*::\S* | \S+\(\S*
    | /\w+/\S* | \.{0,2}/\w\S* | -\w{1,2} | --\w[\w-]*
    | \w[\w-]*(?:\.\w+)*\.(?!com\b|org\b|net\b)[A-Za-z]{2,4}\d?
    | [A-Za-z][+*^/-]\w | \w+->\w+
    """,
    re.VERBOSE,
)
_ALONE = re.compile(r"(?<![\w'])(?![aiAI]\b)[A-Za-z](?![\w'])")
_LONGEST = 100
"""Characters of the longest token that is looked at; what is longer is no word."""
_A_NAME = 3
"""Words in a row that may be a name, and letters of a word that headlines leave small."""
_MOST = 0.8
_SENTENCE_END = re.compile(r"[.!?:]\W*\Z")
_NUMBER = re.compile(r"\W*[\d.,/]*\d\W*")
_NUMBER_AND_UNIT = re.compile(r"\W*[\d.,/]*\d([A-Za-z]{1,4})\W*")

_MONEY = tuple("$€£")
_UNITS = frozenset({"m", "g", "k", "b", "w", "mw", "mb", "kb", "gb", "tb", "ma", "mj", "pa", "mpa"})
"""Units that mean another quantity in other letters: megabyte and megabit, milli and mega."""

# A word in capitals that is another one without: the neighbours that show it is the first.
_BEFORE: Mapping[str, frozenset[str]] = {
    "us": frozenset({"the", "a", ""}),
    "it": frozenset({"an"}),
    "who": frozenset({"the"}),
    "may": frozenset({"in", "since", "until", "by", "last", "next", "of", "and", "from", "early"}),
    "march": frozenset({"in", "since", "until", "by", "last", "next", "of", "from", "early"}),
}
_PREPOSITIONS = frozenset({"in", "at", "on", "by", "from", "under", "against", "and", "of"})
_NO_NOUNS = frozenset(
    {
        "all", "both", "and", "or", "to", "in", "on", "at", "for", "with", "from", "as", "is",
        "are", "was", "were", "the", "a", "an", "by", "if", "when",
    }
)  # fmt: skip
_DATES = frozenset({"may", "march"})
_ALL_CAPITALS = frozenset({"us", "it", "who"})


def folded(parts: Sequence[str]) -> str:
    """Return prose and quotes, in turns, as one text with the case of the prose folded."""
    if all(part.islower() or not part for part in parts):
        return "".join(parts)
    shouted = _is_shouted(" ".join(parts[::2]))
    twofold = _twofold(parts[::2])
    return "".join(
        part if at % 2 else _folded_prose(part, twofold, shouted=shouted)
        for at, part in enumerate(parts)
    )


def _folded_prose(text: str, twofold: frozenset[str], *, shouted: bool) -> str:
    tokens = _TOKEN.findall(text)
    at = -1

    def fold(found: re.Match[str]) -> str:
        nonlocal at
        at += 1
        before = tokens[at - 1] if at else ""
        after = tokens[at + 1] if at + 1 < len(tokens) else ""
        return _folded_token(found[0], before, after, twofold, shouted=shouted)

    return _TOKEN.sub(fold, text)


def _folded_token(
    token: str, before: str, after: str, twofold: frozenset[str], *, shouted: bool
) -> str:
    small = token.lower()
    if small == token or len(token) > _LONGEST:
        return token
    if token[0] in _MONEY and token[1:2].isdigit():
        return small  # $5M
    core = _CORE.search(small)
    word = core[0] if core else small
    if _LITERAL.fullmatch(token.rstrip(".,;:!?)'\"")) or word in twofold:
        return token
    if not shouted and _is_another(token, word, before, after):
        return token
    glued = _NUMBER_AND_UNIT.fullmatch(small)
    if (glued and glued[1] in _UNITS) or (word in _UNITS and _NUMBER.fullmatch(before[-20:])):
        return token
    return small


def _is_another(token: str, word: str, before: str, after: str) -> bool:
    """Tell whether a word would be another one in small letters, and nothing beside it says so."""
    if word not in _BEFORE:
        return False
    written = _CORE.search(token)
    if word in _ALL_CAPITALS and not (written and written[0].isupper()):
        return False
    beside = before.lower().strip("\"'(,")
    follows = after.lower()
    if word == "us" and beside in _PREPOSITIONS and follows.isalpha():
        return follows in _NO_NOUNS  # "in us history"
    if word in _DATES:
        if not before or _SENTENCE_END.search(before[-3:]):
            return False  # a capital that any word has there
        if _NUMBER.fullmatch(before[-20:]) or _NUMBER.fullmatch(after[:20]):
            return False
    return beside not in _BEFORE[word]


def _twofold(prose: Sequence[str]) -> frozenset[str]:
    """Return the letters that stand alone in both cases; `I` and `A` are words as well."""
    alone = {letter for text in prose for letter in _ALONE.findall(text)}
    return frozenset(letter for letter in alone if letter.upper() in alone and letter.islower())


def _is_shouted(prose: str) -> bool:
    """Tell whether capitals say nothing: nearly all longer words have one, as in headlines."""
    words = [word for word in prose.split() if word[0].isalpha()]
    longer = [word[0].isupper() for word in words if len(word) > _A_NAME]
    return len(words) > _A_NAME and sum(longer) >= _MOST * len(longer)
