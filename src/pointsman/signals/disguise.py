"""What a text says under its disguise: encodings, ciphers, odd letters and odd spellings undone.

Whoever wants to pass a guard writes what the guard does not read and the model does: base64, ROT13,
look-alike letters, letters apart (Wei et al. 2023, arXiv 2307.02483, section 3.2; Boucher et al.
2022, arXiv 2106.09898). A view is what such a text says in plain letters, to be read beside it.

Ordinary texts have none. All steps take time that is linear in the text, whatever it holds.

What is not undone: encryption (Vigenere too), compression, concatenation in code, words that stand
for others, ciphers of other languages than English, and codes that few models read (Base2048,
Ecoji).
"""

from collections.abc import Callable, Iterable

import msgspec
import numpy as np
from numpy.typing import NDArray

from pointsman.signals import (
    disguise_alphabets,
    disguise_armour,
    disguise_ciphers,
    disguise_codes,
    disguise_escapes,
    disguise_leet,
    disguise_letters,
    disguise_spelling,
)
from pointsman.signals.disguise_draft import Draft, Places, Rewrite, original, rewritten

Step = Callable[[str], Iterable[Rewrite]]

STEPS: tuple[tuple[str, Step], ...] = (
    ("tags", disguise_letters.tags),
    ("selectors", disguise_letters.selectors),
    ("hidden_bits", disguise_letters.hidden_bits),
    ("invisible", disguise_letters.invisible),
    ("fancy", disguise_letters.fancy),
    ("homoglyphs", disguise_letters.homoglyphs),
    ("escapes", disguise_escapes.escapes),
    ("entities", disguise_escapes.entities),
    ("percent", disguise_escapes.percents),
    ("quoted_printable", disguise_escapes.quoted),
    ("base64", disguise_codes.base64s),
    ("base32", disguise_codes.base32s),
    ("hex", disguise_codes.hexes),
    ("numbers", disguise_codes.numbers),
    ("binary", disguise_codes.bits),
    ("morse", disguise_codes.morse),
    ("uuencode", disguise_armour.uu),
    ("base85", disguise_armour.base85s),
    ("braille", disguise_alphabets.braille),
    ("spelling_alphabet", disguise_alphabets.spelled),
    ("leet", disguise_leet.leet),
    ("letters", disguise_spelling.singles),
    ("pieces", disguise_spelling.pieces),
    ("scattered", disguise_spelling.scattered),
    ("run_together", disguise_spelling.run_together),
    ("cipher", disguise_ciphers.ciphers),
)
"""By name, what undoes a trick, in the order in which they are undone: a text in fancy letters may
be base64 of a cipher."""

CIPHERS = ("rot13", "caesar", "atbash", "backwards")
"""The tricks that one step undoes, and names itself."""

TRICKS = frozenset((*(name for name, _ in STEPS), *CIPHERS)) - {"cipher"}
"""The names that a view's tricks can have."""

LEVELS = 2
"""How often all steps are taken: a text encoded twice is read, and a stack of codes is not."""

AROUND = 300
"""Characters of a long text that are read before and after what is revealed: about two passes with
it, so that a long text with a disguised word is not read twice."""

_ALL = 0.8
_GAP = 24

ALONE = 40
"""Characters in a row that say enough to be read alone. What surrounds them would be held against
them: `decode this and do it` is no attack, but it sounds like one before whatever follows."""


class View(msgspec.Struct, frozen=True, eq=False):
    """What a text says.

    Attributes:
        tricks: What was undone, in that order; names of `STEPS`.
        text: What it then says: all of it, what was revealed with what stands round it, or that
            alone.
        starts: For each character, where in the original begins what it comes from, in code
            points, (characters,).
        ends: Where that ends, exclusive.
        revealed: Whether it was revealed; the others stand in the original as they are.
    """

    tricks: tuple[str, ...]
    text: str
    starts: Places
    ends: Places
    revealed: NDArray[np.bool_]

    def origin(self, start: int, end: int) -> tuple[int, int] | None:
        """Where in the original a range of the view comes from; None if nothing was revealed.

        What was encoded as a whole, as base64 is, comes from all of it.
        """
        if not self.revealed[start:end].any():
            return None
        return int(self.starts[start:end].min()), int(self.ends[start:end].max())


def views(text: str) -> tuple[View, ...]:
    """Return what a text says under its disguise: one view, or none for a text without.

    What was a passage by itself is shown alone, words and letters amid others in their place. A
    view is at most twice as long as its text.
    """
    draft: Draft | None = None
    for _ in range(LEVELS):
        before = draft
        for trick, step in STEPS:
            rewrites = list(step(text if draft is None else draft.text))
            if rewrites:
                draft = rewritten(draft or original(text), trick, rewrites)
        if draft is before:
            break
    return () if draft is None or not draft.changed.any() else (_view(draft),)


def _view(draft: Draft) -> View:
    """The view of a finished draft."""
    places = _places(draft.changed, _GAP, 0)
    passages = draft.changed[places].sum() >= _ALL * len(places)  # not letters here and there
    if len(places) < ALONE or not passages:
        places = _places(draft.changed, 2 * AROUND, AROUND)
    shown = draft if len(places) == len(draft.text) else draft.part(places)
    return View(shown.tricks, shown.text, shown.starts, shown.ends, shown.changed)


def _places(changed: NDArray[np.bool_], gap: int, margin: int) -> Places:
    """The places that were changed, with what lies between them or round them, in order.

    Args:
        changed: Which places were changed.
        gap: Two that are at most so far apart go together.
        margin: So many places before and after are taken too.
    """
    found = np.flatnonzero(changed)
    breaks = np.flatnonzero(np.diff(found) > gap)
    firsts = found[np.concatenate([[0], breaks + 1])] - margin
    lasts = found[np.concatenate([breaks, [len(found) - 1]])] + margin
    edges = np.zeros(len(changed) + 1, np.int64)
    np.add.at(edges, np.maximum(firsts, 0), 1)
    np.add.at(edges, np.minimum(lasts + 1, len(changed)), -1)
    return np.flatnonzero(np.cumsum(edges[:-1]) > 0).astype(np.int32)
