"""Generated prompts for the guard: attacks in varied carriers, and harmless look-alikes.

The pieces lie in `texts/injection.json` and `texts/jailbreak.json`, all invented for this project.
Attacks and harmless texts are built in the same way from the same carriers, so that a carrier,
a language or an instruction by itself says nothing.
"""

import json
import random
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec

from pointsman.statistics.halves import Side
from pointsman.training.questions import own_side
from pointsman.training.weights import ATTACKS

TEXTS = Path(__file__).parent / "texts"

HARMLESS = (0, 0, 0)
JAILBREAK, INJECTION, HARMFUL = (
    # Only what a text surely is: a persona may also carry an override, or a harmful wish.
    tuple(1 if at == chosen else -1 for at in range(len(ATTACKS)))
    for chosen in range(len(ATTACKS))
)
PLAINLY_HARMFUL = (0, 0, 1)

INDIRECT, LOOK_ALIKE, PLAIN = 4200, 3400, 1000
"""How many documents hold a payload, a harmless instruction in its place, or nothing."""
SPLICED = 1200
"""How many ordinary questions get a payload between two of their sentences."""
FILLINGS = 3
"""How often each jailbreak scaffold is filled with another request."""
DISGUISED_INSIDE, DISGUISED_HARMLESS = 0.1, 0.3
"""How many of the texts inside documents, and of the harmless look-alikes, wear a disguise."""
BARE, ASKED_BEFORE = 0.3, 0.5
"""How many documents come without the user's wish, or after it; in the rest it comes last."""
TYPOS = 0.02
"""How many letters of a sloppy text are exchanged with the next."""


Pieces = dict[str, list[str]]
"""Lists of texts and parts of texts, by what they are."""

_SHARED = frozenset({"asks", "goals"})
_SIDES: tuple[tuple[Side, float], ...] = (("train", 1.0), ("choose", 0.1))
"""Each side, and how many of the documents above it gets."""


class Attack(msgspec.Struct, frozen=True):
    """One text with its labels, one for each of `weights.ATTACKS`, and how it was made.

    All pieces of a text are of its side, see `questions.own_side`.
    """

    text: str
    attacks: tuple[int, ...]
    kind: str
    side: Side = "train"


def generated(ordinary: Sequence[str], harmful: Sequence[str], seed: int) -> Iterator[Attack]:
    """All generated prompts, the same for a seed.

    Args:
        ordinary: Harmless questions; some get a payload spliced in.
        harmful: Harmful requests beside our own, to fill jailbreak scaffolds with.
        seed: Of every choice.
    """
    for side, share in _SIDES:
        dice = random.Random(f"{seed} {side}")  # noqa: S311 - no secret
        injection, jailbreak = (_of_side(_read(name), side) for name in ("injection", "jailbreak"))
        for attack in _all(injection, jailbreak, ordinary, harmful, dice, share):
            yield msgspec.structs.replace(attack, side=side)


def _all(
    injection: Pieces,
    jailbreak: Pieces,
    ordinary: Sequence[str],
    harmful: Sequence[str],
    dice: random.Random,
    share: float,
) -> Iterator[Attack]:
    yield from _documents(injection, dice, share)
    if share == 1:  # ordinary questions are of the training side
        yield from _spliced(injection, ordinary, dice)
    for text in injection["overrides"]:
        yield Attack(text, INJECTION, "override")
        yield Attack(_disguised(text, dice), INJECTION, "override, disguised")
        if share == 1:
            both = _around(text, dice.choice(ordinary), dice)
            yield Attack(both, INJECTION, "override and question")
    for text in injection["benign_asks"]:
        yield Attack(text, HARMLESS, "talk of attacks")
    yield from _jailbreaks(jailbreak, harmful, dice)


def _of_side(pieces: Pieces, side: Side) -> Pieces:
    """The pieces of one side; what users wish and goals are no sign of an attack, and shared."""
    return {
        key: texts if key in _SHARED else [text for text in texts if own_side(text) == side]
        for key, texts in pieces.items()
    }


def _documents(pieces: Pieces, dice: random.Random, share: float) -> Iterator[Attack]:
    """Documents and tool results with a payload, a harmless instruction or nothing in them."""
    carriers, asks = _turns(pieces["carriers"], dice), _turns(pieces["asks"], dice)
    payloads, imperatives = _turns(pieces["payloads"], dice), _turns(pieces["imperatives"], dice)
    goals = _turns(pieces["goals"], dice)
    sorts: tuple[tuple[int, Callable[[], str], tuple[int, ...], str], ...] = (
        (INDIRECT, lambda: next(payloads).replace("{goal}", next(goals)), INJECTION, "document"),
        (LOOK_ALIKE, lambda: next(imperatives), HARMLESS, "document, look-alike"),
        (PLAIN, lambda: "", HARMLESS, "document, plain"),
    )
    for count, make, labels, kind in sorts:
        for _ in range(round(count * share)):
            inside = make()
            if inside and dice.random() < DISGUISED_INSIDE:
                inside = _disguised(inside, dice)
            text = next(carriers).replace("{slot}", inside)
            yield Attack(_asked(text, next(asks), dice), labels, kind)


def _spliced(pieces: Pieces, ordinary: Sequence[str], dice: random.Random) -> Iterator[Attack]:
    """Ordinary texts with a payload, or a harmless instruction, between two of their sentences."""
    payloads, goals = _turns(pieces["payloads"], dice), _turns(pieces["goals"], dice)
    imperatives, asks = _turns(pieces["imperatives"], dice), _turns(pieces["asks"], dice)
    for number in range(SPLICED):
        sentences = dice.choice(ordinary).split(". ")
        attack = number % 3 > 0
        inside = next(payloads).replace("{goal}", next(goals)) if attack else next(imperatives)
        sentences.insert(dice.randint(0, len(sentences)), inside)
        text = _asked(". ".join(sentences), next(asks), dice)
        yield Attack(text, INJECTION if attack else HARMLESS, "spliced")


def _jailbreaks(pieces: Pieces, harmful: Sequence[str], dice: random.Random) -> Iterator[Attack]:
    wishes = _turns([*pieces["harmful"], *harmful], dice)
    for scaffold in pieces["scaffolds"]:
        for number in range(FILLINGS if "{request}" in scaffold else 1):
            text = scaffold.replace("{request}", next(wishes))
            yield Attack(text if number else _sloppy(text, dice), JAILBREAK, "scaffold")
    for text in pieces["harmful"]:
        yield Attack(text, PLAINLY_HARMFUL, "harmful")
    for kind in ("benign_hard", "benign_fiction"):
        for text in pieces[kind]:
            yield Attack(text, HARMLESS, kind)
            if dice.random() < DISGUISED_HARMLESS:
                yield Attack(_disguised(text, dice), HARMLESS, f"{kind}, disguised")


def _asked(document: str, ask: str, dice: random.Random) -> str:
    """The document with the user's wish before or after it, or alone as a tool would give it."""
    place = dice.random()
    if place < BARE:
        return document
    return f"{ask}\n\n{document}" if place < BARE + ASKED_BEFORE else f"{document}\n\n{ask}"


def _around(attack: str, question: str, dice: random.Random) -> str:
    return f"{question}\n{attack}" if dice.random() < 1 / 2 else f"{attack}\n{question}"


_LEET = str.maketrans("aeiostAEIOST", "431057431057")
_LOOKS_LIKE = str.maketrans("aceopxyi", "асеорхуі")  # noqa: RUF001 - Cyrillic on purpose


def _disguised(text: str, dice: random.Random) -> str:
    """The text in one of the disguises that attackers use; harmless texts wear them, too."""
    return dice.choice(_DISGUISES)(text, dice)


def _sloppy(text: str, dice: random.Random) -> str:
    """In lower case, with two neighbouring letters exchanged now and then."""
    letters = list(text.lower())
    for at in range(len(letters) - 1):
        if dice.random() < TYPOS and letters[at].isalpha() and letters[at + 1].isalpha():
            letters[at], letters[at + 1] = letters[at + 1], letters[at]
    return "".join(letters)


_DISGUISES: tuple[Callable[[str, random.Random], str], ...] = (
    lambda text, _: text.translate(_LEET),
    lambda text, _: text.translate(_LOOKS_LIKE),
    lambda text, _: "\u200b".join(text),
    lambda text, _: " ".join(text),
    lambda text, _: text.upper(),
    _sloppy,
)


def _turns(pieces: Sequence[str], dice: random.Random) -> Iterator[str]:
    """The pieces again and again, each once before any comes twice, in a new order every time."""
    while True:
        yield from dice.sample(pieces, len(pieces))


def _read(name: str) -> Pieces:
    """The lists of all files that begin with the name; two authors write less alike than one."""
    pieces: Pieces = {}
    for path in sorted(TEXTS.glob(f"{name}*.json")):
        found: Any = json.loads(path.read_text(encoding="utf-8"))
        for key, values in found.items():
            pieces.setdefault(key, []).extend(values)
    return pieces
