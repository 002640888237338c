"""Word pieces: texts cut to the width the encoder reads, and batches of similar length."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

Pieces = NDArray[np.int32]
"""One text's word-piece ids, (tokens,), [CLS] and [SEP] included."""


def head_and_tail(ids: Pieces, max_tokens: int) -> Pieces:
    """The first and last halves of a text too long to be read whole.

    Questions put the task at either end: the middle is what costs least to lose.
    """
    if len(ids) <= max_tokens:
        return ids
    head = max_tokens // 2
    return np.concatenate([ids[:head], ids[len(ids) - (max_tokens - head) :]])


def padded(batch: Sequence[Pieces]) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Texts as one matrix: ids and mask, both (batch, tokens), right-padded with zeros."""
    shape = (len(batch), max(len(ids) for ids in batch))
    ids, mask = np.zeros(shape, dtype=np.int32), np.zeros(shape, dtype=np.int32)
    for row, text in enumerate(batch):
        ids[row, : len(text)] = text
        mask[row, : len(text)] = 1
    return ids, mask


def batches(
    lengths: Sequence[int], size: int, random: np.random.Generator, pool: int = 50
) -> Iterator[NDArray[np.intp]]:
    """One epoch of batches: every index once, neighbours in length together, in random order.

    Sorting happens within random pools of `pool` batches, so that batches differ between epochs
    while padding stays small.
    """
    order = random.permutation(len(lengths))
    length = np.asarray(lengths)
    chosen: list[NDArray[np.intp]] = []
    for start in range(0, len(order), size * pool):
        part = order[start : start + size * pool]
        part = part[np.argsort(length[part], kind="stable")]
        chosen += [part[at : at + size] for at in range(0, len(part), size)]
    for index in random.permutation(len(chosen)):
        yield chosen[int(index)]
