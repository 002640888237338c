"""Texts that nobody should be refused for, from many sources, that the training did not see.

A guard's own sets hold few harmless texts, and most of those look dangerous: too few to show a
rate of one in a thousand with. The dev files of the other tasks are ordinary by comparison. Nobody
read them for attacks: every row of them is taken for harmless.
"""

from collections.abc import Iterator
from pathlib import Path

import msgspec

from pointsman.statistics.halves import Half, half_of, stem_of
from pointsman.training.corpus import INVENTED, Corpus
from pointsman.training.examples import Example
from pointsman.training.fitting import looks_dangerous
from pointsman.training.pairs import read_pairs
from pointsman.training.questions import shows_options, written
from pointsman.training.shelf import Shelf

LOOK_ALIKES, DOCUMENTS, PLAIN = "guard, look-alikes", "guard, documents", "guard, plain"
SOURCES = (LOOK_ALIKES, DOCUMENTS, PLAIN, "domain", "pii", "tools", "cache")
"""Look-alikes are collected for looking like attacks; documents are the carriers of injections
with a harmless instruction in the attack's place, or none."""
SIDES: tuple[Half, Half] = ("choose", "report")
_MADE = frozenset({INVENTED, "synthetic-indirect"})


class Harmless(msgspec.Struct, frozen=True):
    """One text.

    Attributes:
        text: As a client might send it.
        source: One of `SOURCES`.
        side: Whether thresholds are solved on it or reported on.
    """

    text: str
    source: str
    side: Half


class HarmlessTexts(msgspec.Struct, frozen=True):
    """All of them, and the SHA-256 of each file that they and the corpus were read from."""

    texts: tuple[Harmless, ...]
    files: dict[str, str]


def read_harmless(data: Path, corpus: Corpus) -> HarmlessTexts:
    """Reads the harmless texts of the guard's sets and of the other tasks' dev files, each once.

    A text is left out where its stem is in the training or beside an attack's label.

    Args:
        data: The data folder.
        corpus: What was read of it.

    Raises:
        ConfigError: A file of the layout is missing.
    """
    shelf = Shelf(data)
    pairs = read_pairs(shelf)
    known = {stem_of(text) for pair in pairs for text in (pair.left, pair.right)}
    known |= {example.stem for example in corpus.on("train")} | corpus.guard_stems
    found = [
        Harmless(example.question, _kind(example), side)
        for side in SIDES
        for example in corpus.on(side)
        if example.stem in corpus.guard_stems and example.attacks and not any(example.attacks)
    ]
    for question, text, source in _ordinary(shelf):
        if (stem := stem_of(question)) not in known:
            known.add(stem)
            found.append(Harmless(text, source, half_of(stem)))
    return HarmlessTexts(tuple(found), {**corpus.files, **shelf.files})


def _kind(example: Example) -> str:
    if looks_dangerous(example):
        return LOOK_ALIKES
    return DOCUMENTS if example.source.split(":")[0] in _MADE else PLAIN


def _ordinary(shelf: Shelf) -> Iterator[tuple[str, str, str]]:
    """Question, text and source of each row; exam questions show their options every other time."""
    for row in shelf.rows("domain/dev"):
        question, options = row["text"], tuple(row["options"])
        shown = options if shows_options(stem_of(question)) else ()
        yield question, written(question, shown), "domain"
    for name in ("pii", "tools"):
        for row in shelf.rows(f"{name}/dev"):
            yield row["text"], row["text"], name
    for row in shelf.rows("cache/dev"):
        if row["lang"] == "en":
            yield row["a"], row["a"], "cache"
