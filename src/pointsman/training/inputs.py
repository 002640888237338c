"""What the network is fed: each example's word pieces, and their tags where it has spans."""

from collections.abc import Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray
from tokenizers import Encoding, Tokenizer

from pointsman.training import pieces
from pointsman.training.examples import NO_LABEL, Example, Span
from pointsman.training.manifest import MAX_TOKENS
from pointsman.training.pieces import Pieces
from pointsman.training.weights import PII_TYPES, TAGS

Tags = NDArray[np.int16]


class Input(msgspec.Struct, frozen=True, eq=False):
    """One text as word pieces (tokens,), and their tags (tokens,), NO_LABEL where unknown."""

    pieces: Pieces
    tags: Tags


def inputs(
    tokenizer: Tokenizer, examples: Sequence[Example], form: int, max_tokens: int
) -> list[Input]:
    """All examples in one form.

    Questions lose their middle beyond `max_tokens`, as the reader cuts them. Texts of the guard
    and of personal data are read in windows when served: they keep what a window holds, its
    first stretch in even forms and its last in odd ones.
    """
    encodings = tokenizer.encode_batch([example.text(form) for example in examples])
    return [
        _input(example, encoding, form, max_tokens)
        for example, encoding in zip(examples, encodings, strict=True)
    ]


def _input(example: Example, encoding: Encoding, form: int, max_tokens: int) -> Input:
    ids = np.array(encoding.ids, dtype=np.int32)
    tags = np.full(len(ids), NO_LABEL, dtype=np.int16)
    if example.spans is not None:
        tags = tags_of(encoding.offsets, example.spans)
        tags[np.array(encoding.special_tokens_mask) == 1] = NO_LABEL
    if example.domain != NO_LABEL or example.outcome != NO_LABEL:
        kept = pieces.head_and_tail(np.arange(len(ids), dtype=np.int32), max_tokens)
    else:
        kept = _window(len(ids), MAX_TOKENS, last=form % 2 == 1)
    return Input(ids[kept], tags[kept])


def _window(length: int, width: int, *, last: bool) -> NDArray[np.int32]:
    """The places of a window's pieces, [CLS] and [SEP] kept at its ends."""
    every = np.arange(length, dtype=np.int32)
    if length <= width:
        return every
    inner = every[-width + 1 : -1] if last else every[1 : width - 1]
    return np.concatenate([every[:1], inner, every[-1:]])


def tags_of(offsets: Sequence[tuple[int, int]], spans: Sequence[Span]) -> Tags:
    """The tag of each word piece: B where a span begins, I where it goes on, else O.

    A piece belongs to a span that it overlaps.

    Args:
        offsets: Of each piece, in code points.
        spans: Without overlaps; types that we have no tag for are left out.
    """
    tags = np.zeros(len(offsets), dtype=np.int16)
    ordered = sorted(span for span in spans if span[2] in PII_TYPES)
    for at, (start, end) in enumerate(offsets):
        for begin, stop, name in ordered:
            if start < stop and end > begin:
                first = at == 0 or offsets[at - 1][1] <= begin
                tags[at] = TAGS.index(f"{'B' if first else 'I'}-{name}")
                break
    return tags


def padded(batch: Sequence[Input]) -> tuple[Pieces, Pieces, Tags]:
    """Texts as matrices (batch, tokens): ids and mask padded with 0, tags with NO_LABEL."""
    ids, mask = pieces.padded([text.pieces for text in batch])
    tags = np.full(ids.shape, NO_LABEL, dtype=np.int16)
    for row, text in enumerate(batch):
        tags[row, : len(text.tags)] = text.tags
    return ids, mask, tags
