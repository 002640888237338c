"""The first tier: a linear reader of hashed word pieces, some hundred times cheaper than a pass.

It answers alone where it is certain by a bound that was measured on texts not trained on (`Gate`);
elsewhere its logits are blended into the encoder's, which reads word order and meaning but has
seen each rare word only a few times.

A text's features are its distinct word pieces and pairs of neighbours, hashed into a table
(feature hashing: Weinberger et al. 2009, arXiv 0902.2206; bags of n-grams: Joulin et al. 2016,
arXiv 1607.01759). Its logits are the mean-square-normed sum of the features' rows:

    logits = scale x sum(rows) / sqrt(features) + bias
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Literal

import msgspec
import numpy as np
from numpy.typing import NDArray

_FIRST, _SECOND, _SPREAD = (
    # Odd constants with well-mixed bits (golden ratio; xxHash64's second and third primes).
    np.uint64(0x9E3779B97F4A7C15),
    np.uint64(0xC2B2AE3D27D4EB4F),
    np.uint64(0x165667B19E3779F9),
)
_KEPT_BITS = np.uint64(32)


class Gate(msgspec.Struct, frozen=True):
    """When the first tier's word is enough for a head.

    Attributes:
        head: The head it stands for.
        side: Certain when its top probability is at least `bound` (`above`), or when every
            probability it gives to `label` (all labels if empty) is at most `bound` (`below`).
        lost_max: Upper 95 % bound of the share of answers that are lost: right with a full pass,
            wrong without (see `training/gates.py` for what that is for each head).
        rows: How many rows that bound was measured on.
        share: The share of rows that passed the gate.
    """

    head: str
    side: Literal["above", "below"]
    bound: float
    lost_max: float
    rows: int
    share: float
    label: str = ""


class TierHead(msgspec.Struct, frozen=True):
    """One head's columns in the table, and what makes its outputs mean what they say alone.

    `exclusive` labels: softmax(weight x logits). `flags`: sigmoid(weight x logit + offset) for
    each label. `log1p`: a number, expm1(weight x output + offset).
    """

    head: str
    start: int
    labels: tuple[str, ...]
    weights: tuple[float, ...]
    offsets: tuple[float, ...]
    kind: Literal["exclusive", "flags", "log1p"] = "exclusive"


class Answer(msgspec.Struct, frozen=True):
    """What the first tier says of a text by itself, in the form of an `Encoding`."""

    scores: dict[str, dict[str, float]]
    measures: dict[str, float]


class TierNote(msgspec.Struct, frozen=True):
    """The first tier as a bundle's manifest describes it.

    The file holds int8 rows (buckets, outputs), then float32 scales and biases (outputs,) each,
    little-endian.
    """

    file: str
    buckets: int
    outputs: int
    heads: tuple[TierHead, ...]
    gates: tuple[Gate, ...] = ()


def tier_contradictions(note: TierNote, labels: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    """What is wrong with a description.

    Args:
        note: The description.
        labels: The labels of the encoder's heads, into whose logits the tier's are blended.
    """
    known = {head.head: head for head in note.heads}
    for head in note.heads:
        name, count = head.head, len(head.labels)
        if not count == len(head.weights) == len(head.offsets):
            yield f"first tier, head {name}: expected a weight and an offset for each label"
        if not 0 <= head.start <= note.outputs - count:
            yield f"first tier, head {name}: its columns lie outside of the {note.outputs} outputs"
        if name in labels and labels[name] != head.labels:
            yield f"first tier, head {name}: its labels are not those of the encoder's head"
    for gate in note.gates:
        gated = known.get(gate.head)
        if gated is None or gate.label not in {"", *gated.labels}:
            asked = " ".join(filter(None, (gate.head, gate.label)))
            yield f"first tier: a gate for {asked}, which it does not know"


def features(pieces: NDArray[np.int32], buckets: int) -> NDArray[np.int64]:
    """The buckets of a text's distinct word pieces and pairs, sorted, (features,).

    Args:
        pieces: Word-piece ids without the added ones, (tokens,).
        buckets: How many rows the table has.
    """
    single = pieces.astype(np.uint64)
    pairs = single[:-1] * _FIRST + single[1:] * _SECOND + np.uint64(2)
    pairs ^= pairs >> np.uint64(29)
    hashed = np.concatenate([single, pairs]) * _SPREAD
    return np.unique((hashed >> _KEPT_BITS) % np.uint64(buckets)).astype(np.int64)


class FirstTier:
    """Reads word pieces with one look-up in a table.

    Args:
        note: Its description.
        path: Its file; the bundle has checked that it is whole.

    Raises:
        ValueError: The file is shorter or longer than the description says.
    """

    def __init__(self, note: TierNote, path: Path) -> None:
        self.note = note
        raw = path.read_bytes()
        size = note.buckets * note.outputs
        if len(raw) != size + 8 * note.outputs:
            raise ValueError(f"{path}: expected {size + 8 * note.outputs} bytes, got {len(raw)}")
        self._table = np.frombuffer(raw, np.int8, size).reshape(note.buckets, note.outputs)
        floats = np.frombuffer(raw, "<f4", 2 * note.outputs, offset=size)
        self._scale, self._bias = floats[: note.outputs], floats[note.outputs :]

    def logits(self, pieces: NDArray[np.int32]) -> NDArray[np.float32]:
        """The table's outputs for word pieces without the added ones, (outputs,)."""
        rows = features(pieces, self.note.buckets)
        if not len(rows):
            return self._bias
        total = self._table[rows].sum(axis=0, dtype=np.int32).astype(np.float32)
        return np.asarray(total * self._scale / np.float32(len(rows) ** 0.5) + self._bias)

    def columns(self, head: str, logits: NDArray[np.float32]) -> NDArray[np.float32] | None:
        """A head's part of the logits, or None where the tier does not know the head."""
        for known in self.note.heads:
            if known.head == head:
                return logits[known.start : known.start + len(known.labels)]
        return None

    def alone(self, logits: NDArray[np.float32], heads: Iterable[str]) -> Answer:
        """Some heads' values by the tier alone; heads that it does not know are left out."""
        answer = Answer({}, {})
        for head in self.note.heads:
            if head.head not in heads:
                continue
            values = _values(head, logits)
            if head.kind == "log1p":
                answer.measures[head.head] = values[head.labels[0]]
            else:
                answer.scores[head.head] = values
        return answer

    def certain(self, logits: NDArray[np.float32], heads: Collection[str]) -> Answer | None:
        """What it says of the heads, if it may answer for every one of them, else None.

        A head may be answered for when its own gate is passed; a number (`log1p`), which has no
        gate, when all those of the heads beside it are.
        """
        gates = {gate.head: gate for gate in self.note.gates}
        numbers = {head.head for head in self.note.heads if head.kind == "log1p"}
        gated = [name for name in heads if name not in numbers]
        if not gated or any(name not in gates for name in gated):
            return None
        answer = self.alone(logits, heads)
        passed = all(_passes(gates[name], answer.scores[name]) for name in gated)
        return answer if passed else None


def _values(head: TierHead, logits: NDArray[np.float32]) -> dict[str, float]:
    part = logits[head.start : head.start + len(head.labels)].astype(np.float64)
    scaled = part * np.array(head.weights) + np.array(head.offsets)
    if head.kind == "exclusive":
        powers = np.exp(scaled - scaled.max())
        values = powers / powers.sum()
    elif head.kind == "flags":
        values = np.exp(-np.logaddexp(0.0, -scaled))  # the sigmoid; overflows for no number
    else:
        # 14 is about a million tokens: a bound, so that no input overflows the exponential.
        values = np.maximum(0.0, np.expm1(np.minimum(scaled, 14.0)))
    return dict(zip(head.labels, values.tolist(), strict=True))


def _passes(gate: Gate, chances: dict[str, float]) -> bool:
    if gate.side == "above":
        return max(chances.values()) >= gate.bound
    asked = [chances[gate.label]] if gate.label else list(chances.values())
    return max(asked) <= gate.bound
