"""Attacks and harmless texts in two dozen languages, made of the pieces in `texts/foreign/`.

One file per language, all invented for this project. A text is made of pieces of one fold only, so
that none of its pieces is on both sides when a fold is left out.
"""

import gzip
import json
import random
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import msgspec

from pointsman.training.attack_texts import TEXTS

FOLDER = TEXTS / "foreign"
FOLDS = 5
ENGLISH = "en"

HARMLESS, JAILBREAK, INJECTION, HARMFUL = range(-1, 3)
"""What a text is: the index of its label in `signals.attacks.ATTACKS`, or -1."""

WISHES = 3
"""How many harmful requests each jailbreak is filled with."""
CAPTIONS = 400
"""Harmless captions and headlines taken for each language, where there are some."""

CAPTION, OLDER = "caption", "older"
"""Kinds of texts that are not made of the pieces."""

_SHARED = frozenset({"frames"})  # how a question begins is no sign of an attack
_OLDER = (
    ("injection", "overrides", INJECTION),
    ("injection", "payloads", INJECTION),
    ("injection", "imperatives", HARMLESS),
    ("injection", "benign_asks", HARMLESS),
    ("jailbreak", "scaffolds", JAILBREAK),
    ("jailbreak", "harmful", HARMFUL),
    ("jailbreak", "benign_hard", HARMLESS),
    ("jailbreak", "benign_fiction", HARMLESS),
)

Pieces = Mapping[str, Sequence[str]]


class Row(msgspec.Struct, frozen=True):
    """One text.

    Attributes:
        label: See `HARMLESS`.
        language: Its code, or that of the foreign part of a mixed text.
        fold: Which fold's pieces it is made of.
        kind: How it was made.
    """

    text: str
    label: int
    language: str
    fold: int
    kind: str


def read_pieces(folder: Path = FOLDER) -> dict[str, dict[str, list[str]]]:
    """All pieces by language and what they are."""
    return {
        path.stem: json.loads(path.read_text(encoding="utf-8"))
        for path in sorted(folder.glob("*.json"))
    }


def rows_of(pieces: Mapping[str, Pieces], seed: int = 0) -> list[Row]:
    """All texts, the same for a seed; of English pieces only those mixed with others."""
    found = []
    for language in sorted(set(pieces) - {ENGLISH}):
        for fold in range(FOLDS):
            dice = random.Random(f"{seed} {language} {fold}")  # noqa: S311 - no secret
            own = _of_fold(pieces[language], fold)
            english = _of_fold(pieces[ENGLISH], fold)["harmless"]
            texts = (*_plain(own, dice), *_mixed(own, english, dice))
            found += [Row(text, label, language, fold, kind) for text, label, kind in texts]
    return found


def captions(path: Path, count: int, seed: int = 0) -> list[Row]:
    """Harmless sentences of a file of paired sentences, `count` of each language but English.

    Args:
        path: Gzipped JSON lines with `a`, `lang`.
        count: Of each language, at most.
        seed: Which ones.
    """
    by_language: dict[str, list[str]] = {}
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            if len(row["lang"]) == len(ENGLISH) and row["lang"] != ENGLISH:
                by_language.setdefault(row["lang"], []).append(row["a"])
    found = []
    for language, texts in sorted(by_language.items()):
        dice = random.Random(f"{seed} {language}")  # noqa: S311 - no secret
        different = sorted(set(texts))
        for at, text in enumerate(dice.sample(different, min(count, len(different)))):
            found.append(Row(text, HARMLESS, language, at % FOLDS, CAPTION))
    return found


def older(folder: Path = TEXTS) -> list[Row]:
    """The texts that the encoder was trained with, English ones too; their language is not noted.

    They teach the table words of other authors. What the encoder says of them says nothing of how
    it does on others.
    """
    found = []
    for name, key, label in _OLDER:
        for path in sorted(folder.glob(f"{name}*.json")):
            texts = json.loads(path.read_text(encoding="utf-8")).get(key, ())
            found += [Row(text, label, "", at % FOLDS, OLDER) for at, text in enumerate(texts)]
    return found


def _of_fold(pieces: Pieces, fold: int) -> dict[str, list[str]]:
    return {
        key: list(texts if key in _SHARED else texts[fold::FOLDS]) for key, texts in pieces.items()
    }


_Made = tuple[str, int, str]


def _plain(own: dict[str, list[str]], dice: random.Random) -> Iterator[_Made]:
    """Texts of one language."""
    harmless, harmful = own["harmless"], own["harmful"]
    for scaffold in own["jailbreaks"]:
        filled = "{wish}" in scaffold
        for wish in dice.sample(harmful, min(len(harmful), WISHES)) if filled else [""]:
            yield scaffold.replace("{wish}", wish), JAILBREAK, "jailbreak"
    for text in harmful:
        yield text, HARMFUL, "harmful"
        yield _joined(dice.choice(harmless), text, dice), HARMFUL, "harmful and question"
    for text in own["overrides"]:
        yield text, INJECTION, "override"
        yield _joined(dice.choice(harmless), text, dice), INJECTION, "override and question"
    for text in harmless:
        yield text, HARMLESS, "question"
        yield _joined(dice.choice(harmless), text, dice), HARMLESS, "two questions"
    for text in own["imperatives"]:
        yield text, HARMLESS, "imperative"
    yield from _acts(own)
    yield from _documents(own, dice)


def _acts(own: dict[str, list[str]]) -> Iterator[_Made]:
    """What may be asked for, bare and asked for.

    Harmless acts are asked for in all ways and harmful ones in one each, so that no way of asking
    is a sign of harm.
    """
    frames = own.get("frames", ())
    for at, text in enumerate(own.get("acts", ())):
        yield text, HARMFUL, "act"
        yield frames[at % len(frames)].replace("{act}", text), HARMFUL, "act"
    for text in own.get("fine", ()):
        yield text, HARMLESS, "act"
        for frame in frames:
            yield frame.replace("{act}", text), HARMLESS, "act"


def _documents(own: dict[str, list[str]], dice: random.Random) -> Iterator[_Made]:
    """Documents with an instruction to the model, a harmless one, or none."""
    for payload in own["payloads"]:
        yield payload, INJECTION, "payload"
    for carrier in own["carriers"]:
        yield carrier.replace("{slot}", ""), HARMLESS, "document, plain"
        for payload in (*own["payloads"], *dice.sample(own["overrides"], 1)):
            yield carrier.replace("{slot}", payload), INJECTION, "document"
        for text in (*own["imperatives"], dice.choice(own["harmless"])):
            yield carrier.replace("{slot}", text), HARMLESS, "document, look-alike"


def _mixed(own: dict[str, list[str]], english: list[str], dice: random.Random) -> Iterator[_Made]:
    """Texts that turn from harmless English to another language, or back."""
    for text in dice.sample(own["overrides"], 1) + own["payloads"]:
        yield _joined(dice.choice(english), text, dice), INJECTION, "mixed"
    for text in dice.sample(own["harmful"], 1):
        yield _joined(dice.choice(english), text, dice), HARMFUL, "mixed"
    for text in (*dice.sample(own["harmless"], 2), *own["imperatives"]):
        yield _joined(dice.choice(english), text, dice), HARMLESS, "mixed"


def _joined(first: str, second: str, dice: random.Random) -> str:
    """Two texts in either order."""
    return f"{first} {second}" if dice.random() < 1 / 2 else f"{second}\n{first}"
