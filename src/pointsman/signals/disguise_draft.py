"""A text that is being revealed, step by step, each character knowing where it comes from."""

from collections.abc import Iterable, Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

Places = NDArray[np.int32]


class Rewrite(msgspec.Struct, frozen=True):
    """A range of a text, and what it says.

    Attributes:
        start: Where it begins.
        end: Where it ends, exclusive.
        text: What it says; at most twice as long as the range.
        sources: For each character of `text`, where the one stands that it comes from; None where
            it comes from the range as a whole.
        trick: What this undoes, if the step that does it undoes several.
    """

    start: int
    end: int
    text: str
    sources: Sequence[int] | None = None
    trick: str = ""


class Draft(msgspec.Struct, frozen=True, eq=False):
    """What is revealed so far.

    Attributes:
        text: It.
        starts: For each of its characters, where in the original begins what it comes from.
        ends: Where that ends, exclusive.
        changed: Which of its characters were revealed; the others stand in the original.
        tricks: What was undone, in that order, each once.
    """

    text: str
    starts: Places
    ends: Places
    changed: NDArray[np.bool_]
    tricks: tuple[str, ...]

    def part(self, places: Places) -> "Draft":
        """Some of its characters."""
        characters = np.array(list(self.text), dtype=object)[places]
        return Draft(
            "".join(characters.tolist()),
            self.starts[places],
            self.ends[places],
            self.changed[places],
            self.tricks,
        )


def original(text: str) -> Draft:
    """A text as it stands, with nothing undone."""
    places = np.arange(len(text), dtype=np.int32)
    return Draft(text, places, places + 1, np.zeros(len(text), np.bool_), ())


def rewritten(draft: Draft, trick: str, rewrites: Iterable[Rewrite]) -> Draft:
    """A draft in which ranges are replaced by what they say.

    Args:
        draft: The draft.
        trick: What they undo, unless they say it themselves.
        rewrites: In order, without overlaps.
    """
    texts: list[str] = []
    firsts: list[int] = []
    lasts: list[int] = []
    revealed: list[bool] = []
    tricks = dict.fromkeys(draft.tricks)
    at = 0

    def keep(end: int) -> None:
        texts.append(draft.text[at:end])
        firsts.extend(range(at, end))
        lasts.extend(range(at, end))
        revealed.extend([False] * (end - at))

    for rewrite in rewrites:
        keep(rewrite.start)
        size = len(rewrite.text)
        texts.append(rewrite.text)
        firsts.extend([rewrite.start] * size if rewrite.sources is None else rewrite.sources)
        lasts.extend([rewrite.end - 1] * size if rewrite.sources is None else rewrite.sources)
        revealed.extend([True] * size)
        tricks[rewrite.trick or trick] = None
        at = rewrite.end
    keep(len(draft.text))
    before, after = np.array(firsts, np.int32), np.array(lasts, np.int32)
    return Draft(
        "".join(texts),
        np.minimum(draft.starts[before], draft.starts[after]),
        np.maximum(draft.ends[before], draft.ends[after]),
        np.array(revealed, np.bool_) | draft.changed[before],
        tuple(tricks),
    )
