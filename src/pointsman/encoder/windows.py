"""Stretches of word pieces that one pass can hold: head and tail, or overlapping windows."""

from collections.abc import Iterator

import msgspec

OVERLAP = 32
"""Pieces that neighbouring windows share, so that no name or sentence is cut in both. Longer than
any personal datum we know of but a key block, and about one sentence."""


class Window(msgspec.Struct, frozen=True):
    """Pieces from `start` to `end`, end exclusive."""

    start: int
    end: int


def windows(count: int, room: int, overlap: int = OVERLAP) -> Iterator[Window]:
    """The windows that cover `count` pieces, `room` pieces at most in each, in order.

    All are equally long, so that the last one is not a mere scrap; neighbours share `overlap`
    pieces or more, but where there is little room half of it.
    """
    if count <= room:
        yield Window(0, count)
        return
    overlap = min(overlap, room // 2)
    stride = room - overlap
    parts = -(-(count - overlap) // stride)
    for index in range(parts):
        start = round(index * (count - room) / (parts - 1))
        yield Window(start, start + room)
