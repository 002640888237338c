"""Texts as word pieces: cut to what one pass holds, each piece knowing where it stands."""

from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Encoding, Tokenizer

from pointsman.encoder.windows import Window, windows

# A word piece of real text is 3 to 5 characters; 16 leaves room for long words. Cutting the text
# before it is tokenized keeps a 32 MiB prompt as cheap as a 4 kB one.
CHARACTERS_PER_PIECE = 16


class _Places:
    """Where the pieces of a text stand; looked up once, however many windows ask."""

    def __init__(self, encoding: Encoding) -> None:
        self._encoding = encoding

    @cached_property
    def offsets(self) -> list[tuple[int, int]]:
        return self._encoding.offsets

    @cached_property
    def words(self) -> list[int | None]:
        return self._encoding.word_ids


class Pieces:
    """A stretch of a text, ready for one pass.

    Attributes:
        ids: Word pieces with the added start and end, (1, tokens).
        count: Word pieces without these two.
        cut: Whether it is head and tail of a longer text.
    """

    def __init__(
        self,
        ids: NDArray[np.int32],
        *,
        cut: bool = False,
        places: _Places | None = None,
        window: Window | None = None,
    ) -> None:
        self.ids = ids
        self.count = int(ids.shape[1]) - 2
        self.cut = cut
        self._places = places
        self._window = window or Window(0, self.count)

    def offsets(self) -> list[tuple[int, int]]:
        """Where each piece stands in the text, in code points; none is known of a cut text."""
        if self._places is None:
            return []
        return self._places.offsets[self._window.start : self._window.end]

    def words(self) -> list[int | None]:
        """The number of the word each piece belongs to."""
        if self._places is None:
            return []
        return self._places.words[self._window.start : self._window.end]


class PieceReader:
    """Turns texts into pieces.

    Args:
        path: The tokenizer's file.
        max_tokens: Pieces that one pass holds, the two added ones counted.
    """

    def __init__(self, path: Path, max_tokens: int) -> None:
        self._tokenizer = Tokenizer.from_file(str(path))
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        self._start, self._end = self._tokenizer.encode("").ids
        self._half = (max_tokens - 2) // 2
        self._room = 2 * self._half

    def judged(self, text: str) -> Pieces:
        """The whole text, or its first and last halves if it is longer than a pass holds."""
        room = self._half * CHARACTERS_PER_PIECE
        if len(text) > 2 * room:
            head = self._split(text[:room]).ids[: self._half]
            tail = self._split(text[-room:]).ids[-self._half :]
            return Pieces(self._framed(head + tail), cut=True)
        encoding = self._split(text)
        ids = encoding.ids
        if len(ids) > self._room:
            return Pieces(self._framed(ids[: self._half] + ids[-self._half :]), cut=True)
        return Pieces(self._framed(ids), places=_Places(encoding))

    def windows(self, text: str, most: int) -> tuple[list[Pieces], int]:
        """Overlapping stretches that cover the text, and how many code points they do not reach.

        Args:
            text: A text that one pass does not hold.
            most: Windows at most.
        """
        read = text[: most * self._room * CHARACTERS_PER_PIECE]
        encoding = self._split(read)
        ids = encoding.ids
        chosen = list(windows(len(ids), self._room))[:most]
        places = _Places(encoding)
        stretches = [
            Pieces(self._framed(ids[w.start : w.end]), places=places, window=w) for w in chosen
        ]
        if chosen[-1].end == len(ids):
            return stretches, len(text) - len(read)
        return stretches, len(text) - places.offsets[chosen[-1].end - 1][1]

    def _split(self, text: str) -> Encoding:
        return self._tokenizer.encode(text, add_special_tokens=False)

    def _framed(self, ids: list[int]) -> NDArray[np.int32]:
        return np.array([[self._start, *ids, self._end]], dtype=np.int32)
