"""Edits of real texts that change what is asked, and variants that do not.

The words exchanged here are a list of their own, not the guards'.
"""

import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise

import msgspec

EACH = 300
"""Edits of each class at most."""
_SEED = 7
_OF_A_TEXT = 3


class Edit(msgspec.Struct, frozen=True):
    """A pair of texts: one as it was found, and one that was made of it."""

    kind: str
    stored: str
    asked: str


Change = Callable[[str, random.Random, Sequence[str]], Iterator[str]]
"""Yields changed texts of a text; the words are names to put in."""

_NUMBER = re.compile(r"(?<![\w.,])\d+(?:[.,]\d+)*(?![\w])")
_NUMBER_WORDS = [
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "twelve",
    "twenty",
    "thirty",
]
_AUXILIARY = re.compile(
    r"\b(is|are|was|were|can|could|does|do|did|will|would|should|has|have|may|must)\b(?! not\b)",
    re.IGNORECASE,
)
_NAME = re.compile(r"(?<=[a-z,] )[A-Z][a-z]{2,}\b(?:'s)?")
_NOUN = re.compile(r"(?<=\b[Aa] )[a-z]{3,}\b|(?<=\bthe )[a-z]{3,}\b")
_QUOTED = re.compile(
    r"(\"[^\"]*\"|\u201c[^\u201d]*\u201d|\u2018[^\u2018]*\u2019(?!\w)"
    r"|(?<!\w)'[^']*(?:\w'\w[^']*)*'(?!\w))"
)
_UNIT_SETS = (
    ("dollars", "euros", "cents"), ("$", "€", "£"), ("hours", "minutes", "days"),
    ("hour", "minute", "day"), ("minutes", "seconds", "hours"), ("minute", "second", "hour"),
    ("days", "weeks", "months"), ("day", "week", "month"), ("weeks", "months", "days"),
    ("week", "month", "year"), ("months", "years", "weeks"), ("years", "months", "decades"),
    ("miles", "kilometers", "meters"), ("mile", "kilometer", "meter"), ("feet", "inches", "yards"),
    ("foot", "inch", "yard"), ("inches", "feet", "meters"), ("inch", "foot", "meter"),
    ("pounds", "ounces", "kilograms"), ("pound", "ounce", "kilogram"), ("grams", "ounces"),
    ("kilograms", "pounds", "grams"), ("ounces", "grams", "pounds"), ("gallons", "liters", "cups"),
    ("liters", "gallons", "cups"), ("cups", "tablespoons", "liters"), ("kg", "lb", "g"),
    ("km", "miles", "m"), ("%", "dollars"), ("percent", "dollars"), ("meters", "feet"),
)  # fmt: skip
_OPPOSITES = tuple(
    tuple(pair.split("/"))
    for pair in [
        "more/less",
        "most/least",
        "first/last",
        "before/after",
        "with/without",
        "large/small",
        "big/little",
        "old/young",
        "new/old",
        "long/short",
        "high/low",
        "higher/lower",
        "up/down",
        "in/out",
        "on/off",
        "over/under",
        "man/woman",
        "boy/girl",
        "men/women",
        "boys/girls",
        "black/white",
        "open/close",
        "opens/closes",
        "opened/closed",
        "start/end",
        "starts/ends",
        "buy/sell",
        "bought/sold",
        "give/take",
        "gave/took",
        "win/lose",
        "wins/loses",
        "increase/decrease",
        "rise/fall",
        "rises/falls",
        "up/down",
        "left/right",
        "hot/cold",
        "day/night",
        "morning/evening",
        "advantages/disadvantages",
        "always/never",
        "all/none",
        "early/late",
        "fast/slow",
        "good/bad",
        "best/worst",
        "push/pull",
        "inside/outside",
        "front/back",
        "top/bottom",
        "light/dark",
        "dry/wet",
        "full/empty",
        "happy/sad",
        "rich/poor",
        "strong/weak",
        "north/south",
        "east/west",
        "northern/southern",
        "war/peace",
        "love/hate",
        "accept/reject",
        "remove/add",
        "enter/leave",
        "arrive/depart",
        "import/export",
        "true/false",
        "cheap/expensive",
        "standing/sitting",
        "sits/stands",
        "dead/alive",
        "near/far",
        "male/female",
        "mother/father",
        "brother/sister",
        "son/daughter",
        "wife/husband",
        "morning/night",
        "public/private",
        "guilty/innocent",
        "legal/illegal",
    ]
)


def edits(texts: Sequence[str], each: int = EACH) -> list[Edit]:
    """Return edits after which a stored answer must not be served, classes in turn.

    Args:
        texts: Real texts.
        each: Edits of each class at most; no more than three of a text.
    """
    names = sorted({name.removesuffix("'s") for text in texts for name in _NAME.findall(text)})
    return [
        edit for kind, change in CHANGES.items() for edit in _of(kind, change, texts, names, each)
    ]


def variants(texts: Sequence[str], each: int = EACH) -> list[Edit]:
    """Return pairs that differ in case, in punctuation or in spaces alone."""
    chosen = random.Random(_SEED).sample(sorted(texts), min(each, len(texts)))  # noqa: S311
    return [
        Edit(kind, text, changed)
        for kind, change in VARIANTS.items()
        for text in chosen
        if (changed := change(text)) != text
    ]


def _of(
    kind: str, change: Change, texts: Sequence[str], names: Sequence[str], each: int
) -> list[Edit]:
    draw = random.Random(_SEED)  # noqa: S311  # a choice of texts, no secret
    order = sorted({*texts})
    draw.shuffle(order)
    found: dict[str, Edit] = {}
    for text in order:
        changed = list(change(text, draw, names))
        for one in draw.sample(changed, min(_OF_A_TEXT, len(changed))):
            found.setdefault(one, Edit(kind, text, one))
        if len(found) >= each:
            break
    return list(found.values())[:each]


def _number(text: str, draw: random.Random, names: Sequence[str]) -> Iterator[str]:  # noqa: ARG001
    for match in _NUMBER.finditer(text):
        if match[0].isdigit():
            other = str(int(match[0]) + draw.choice((1, 2, 10)))
        else:
            other = match[0][:-1] + str((int(match[0][-1]) + 3) % 10)
        yield _put(text, match.span(), other)
    for match in re.finditer(rf"\b(?:{'|'.join(_NUMBER_WORDS)})\b", text, re.IGNORECASE):
        at = _NUMBER_WORDS.index(match[0].lower())
        yield _put(text, match.span(), _cased(_NUMBER_WORDS[at - 1], match[0]))


def _negation(text: str, draw: random.Random, names: Sequence[str]) -> Iterator[str]:  # noqa: ARG001
    for match in _AUXILIARY.finditer(text):
        yield _put(text, match.span(), f"{match[0]} not")
        if draw.random() < 1 / 2:
            yield _put(text, match.span(), f"{match[0]} never")
        if match[0] != "may":
            short = {"can": "can't", "will": "won't"}.get(match[0], f"{match[0]}n't")
            yield _put(text, match.span(), short)


def _entity(text: str, draw: random.Random, names: Sequence[str]) -> Iterator[str]:
    for match in _NAME.finditer(text):
        other = draw.choice(names)
        if other not in text:
            yield _put(text, match.span(), other + ("'s" if match[0].endswith("'s") else ""))


def _exchange(text: str, draw: random.Random, names: Sequence[str]) -> Iterator[str]:  # noqa: ARG001
    for pattern in (_NAME, _NOUN):
        spots = [match for match in pattern.finditer(text) if not match[0].endswith("'s")]
        for first, second in pairwise(spots):
            if first[0] != second[0]:
                swapped = _put(text, second.span(), first[0])
                yield _put(swapped, first.span(), second[0])


def _unit(text: str, draw: random.Random, names: Sequence[str]) -> Iterator[str]:  # noqa: ARG001
    for unit, *others in _UNIT_SETS:
        if unit in "$€£":
            pattern = rf"{re.escape(unit)}(?=\d)"
        else:
            pattern = rf"(?<=\d)[ -]?{re.escape(unit)}(?!\w)|(?<=\d ){re.escape(unit)}(?!\w)"
        for match in re.finditer(pattern, text):
            blank = match[0].removesuffix(unit)
            other = draw.choice(others)
            yield _put(text, match.span(), (blank or (" " if unit == "%" else "")) + other)


def _antonym(text: str, draw: random.Random, names: Sequence[str]) -> Iterator[str]:  # noqa: ARG001
    for pair in _OPPOSITES:
        for one, other in (pair, pair[::-1]):
            for match in re.finditer(rf"\b{one}\b", text, re.IGNORECASE):
                yield _put(text, match.span(), _cased(other, match[0]))


def _put(text: str, span: tuple[int, int], other: str) -> str:
    return text[: span[0]] + other + text[span[1] :]


def _cased(word: str, like: str) -> str:
    return word.capitalize() if like[0].isupper() else word


CHANGES: Mapping[str, Change] = {
    "number changed": _number,
    "negation added": _negation,
    "entity replaced": _entity,
    "two exchanged": _exchange,
    "unit changed": _unit,
    "antonym": _antonym,
}
"""Edits that must not be served, by class."""


def _outside_quotes(change: Callable[[str], str]) -> Callable[[str], str]:
    """Leave what stands in quotes, whose letters are meant as they are."""

    def changed(text: str) -> str:
        parts = _QUOTED.split(text)
        return "".join(part if at % 2 else change(part) for at, part in enumerate(parts))

    return changed


VARIANTS: Mapping[str, Callable[[str], str]] = {
    "small letters": _outside_quotes(str.lower),
    "capitals": _outside_quotes(str.upper),
    "first letter": lambda text: text[:1].swapcase() + text[1:] if text[1:2].islower() else text,
    "no full stop": lambda text: text.rstrip(" .?!"),
    "two stops": lambda text: text.rstrip(" .?!") + "??",
    "spaces": _outside_quotes(lambda text: f" {text.replace(' ', '  ')}"),
    "blank before the stop": lambda text: re.sub(r"([.?!])$", r" \1", text),
    "typographic quotes": lambda text: text.replace("'", "\u2019"),
    "no-break blank": lambda text: text.replace(" ", "\u00a0"),
    "line end": lambda text: f"{text}\r\n",
}
"""Changes after which a stored answer must be served."""
