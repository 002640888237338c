"""Whether a stored answer may serve a text that is not the one it was given for: the guards.

Similar texts are not the same question: "not" hardly moves an embedding. Each guard is a named
check that says no when something differs on which an answer may hang, and in doubt says no as well.
They know English; of no other text anything is served by likeness.
"""

from collections.abc import Callable, Sequence

import msgspec

from pointsman.cache.match_lexicon import COMPARISONS, FORMS, UNITS
from pointsman.cache.match_opposites import are_opposites
from pointsman.cache.match_stems import stem
from pointsman.cache.match_words import LITERAL, UNREAD, Wording, is_number, read
from pointsman.cache.normal import is_code, plain
from pointsman.signals.language import identify
from pointsman.signals.language_words import UNKNOWN

LANGUAGES = frozenset({"en"})
"""Languages that the guards know."""
LONGEST = 4_000
"""Code points of the longest text that is served by likeness: of a longer one the embedding knows
the two ends, and one different word among so many weighs nothing in it."""
_FOREIGN = 0.2
"""A known language at least this probable, and more so than English, is taken for the text's."""

_SURE = 0.5
_TELLING = frozenset(
    {
        "define", "explain", "describe", "give", "what", "how", "why", "when", "where", "who",
        "which", "the", "of", "and", "with", "from", "is", "are", "by", "his", "her",
    }
)  # fmt: skip
"""Where no detector is sure, one of these must stand in both texts."""

_CONTRARY = frozenset(
    {
        "not", "but", "only", "instead", "unless", "hardly", "nothing", "nobody", "nowhere",
        "neither", "without",
    }
)  # fmt: skip
_UNIT_NAMES = frozenset(UNITS.values())

Guard = Callable[[Wording, Wording], bool]
"""Tells whether two texts differ in one respect."""


class Comparison(msgspec.Struct, frozen=True):
    """Two texts as the guards read them.

    Attributes:
        asked: What is asked now.
        stored: What the stored answer was given for.
        why_not: `length`, `language`, `code` or a name of `GUARDS`; None if no guard minds.
    """

    asked: Wording
    stored: Wording
    why_not: str | None


def differs(asked: str, stored: str) -> str | None:
    """Return the first guard that keeps a stored answer from serving; None if none does.

    Args:
        asked: What is asked now.
        stored: What the stored answer was given for.

    Returns:
        `length`, `language`, `code` or a name of `GUARDS`: a word of ours, never of the texts.
    """
    return compare(asked, stored).why_not


def compare(asked: str, stored: str) -> Comparison:
    """Read two texts, and ask the guards; see `differs`."""
    if max(len(asked), len(stored)) > LONGEST:
        return Comparison(UNREAD, UNREAD, "length")
    left, right = plain(asked), plain(stored)
    one, other = read(left), read(right)
    why = next((name for name, differ in GUARDS if differ(one, other)), None)
    if left != right and (is_code(left) or is_code(right)):
        why = "code"
    if why is None and not are_known(asked, stored):  # asked last, for it costs the most
        why = "language"
    return Comparison(one, other, why)


def are_known(asked: str, stored: str) -> bool:
    """Tell whether both texts are in a language that the guards know.

    A short text says little of its language. Its fellow may say it for both, since all other guards
    want the same words, but not where another known language is likely in one of them.
    """
    found = [_likely(text) for text in (asked, stored)]
    if not all(_is_latin(text) for text in (asked, stored)):
        return False
    if any(foreign >= max(_FOREIGN, english) for english, foreign in found):
        return False
    surest = max(english for english, _ in found)
    return surest >= _SURE or all(_tells(text) for text in (asked, stored))


def _likely(text: str) -> tuple[float, float]:
    """Return how likely a known language is, and the likeliest other one."""
    likely = identify(text)
    others = (p for name, p in likely.items() if name not in {*LANGUAGES, UNKNOWN})
    return max(likely.get(name, 0.0) for name in LANGUAGES), max(others, default=0.0)


def _tells(text: str) -> bool:
    return not _TELLING.isdisjoint(read(plain(text)).spoken)


def _is_latin(text: str) -> bool:
    """Tell whether all letters are those of English; a name may have a foreign accent or two."""
    letters = [letter for letter in text if letter.isalpha()]
    return sum(not letter.isascii() for letter in letters) * 20 <= len(letters)


def _literals(one: Wording, other: Wording) -> bool:
    return one.literals != other.literals or _of(one, _is_literal) != _of(other, _is_literal)


def _numbers(one: Wording, other: Wording) -> bool:
    numbers = [[word.key for word in side.words if is_number(word)] for side in (one, other)]
    return numbers[0] != numbers[1]


def _units(one: Wording, other: Wording) -> bool:
    return _of(one, _UNIT_NAMES.__contains__) != _of(other, _UNIT_NAMES.__contains__)


def _comparison(one: Wording, other: Wording) -> bool:
    return _of(one, COMPARISONS.__contains__) != _of(other, COMPARISONS.__contains__)


def _negation(one: Wording, other: Wording) -> bool:
    return [m for m in one.marks if m in _CONTRARY] != [m for m in other.marks if m in _CONTRARY]


def _opposites(one: Wording, other: Wording) -> bool:
    left, right = ({*side.keys, *map(stem, side.marks)} for side in (one, other))
    return are_opposites(left - right, right - left)


def _asked(one: Wording, other: Wording) -> bool:
    return one.asked != other.asked or _forms(one) != _forms(other)


def _names(one: Wording, other: Wording) -> bool:
    """Names of one text are words of the other, capital or not."""
    left, right = ({word.key for word in side.words if word.named} for side in (one, other))
    return not (left <= {*other.keys} and right <= {*one.keys})


def _words(one: Wording, other: Wording) -> bool:
    """Words differ; where there are none, a text says too little to be known again."""
    return not one.keys or sorted(one.keys) != sorted(other.keys)


def _order(one: Wording, other: Wording) -> bool:
    return one.keys != other.keys


def _marks(one: Wording, other: Wording) -> bool:
    marked = [[word.marks for word in side.words] for side in (one, other)]
    return marked[0] != marked[1] or one.last != other.last


GUARDS: tuple[tuple[str, Guard], ...] = (
    ("literals", _literals),
    ("numbers", _numbers),
    ("units", _units),
    ("comparison", _comparison),
    ("negation", _negation),
    ("opposites", _opposites),
    ("asked", _asked),
    ("names", _names),
    ("words", _words),
    ("order", _order),
    ("relations", _marks),
)
"""Each guard, in the order in which they are asked."""


def _of(side: Wording, wanted: Callable[[str], bool]) -> Sequence[str]:
    return [key for key in side.keys if wanted(key)]


def _is_literal(key: str) -> bool:
    return key.startswith(LITERAL)


def _forms(side: Wording) -> frozenset[str]:
    return FORMS & {stem(word) for word in side.spoken} | ({"why"} & {*side.spoken})
