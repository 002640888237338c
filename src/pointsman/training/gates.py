"""Solves when the first tier may answer alone, each gate with an upper bound of what it loses.

An answer is lost where the full pass would have been right and the first tier is not: another
domain than the true one, an attack that the guard would have caught, a request for which the
encoder foresees a gain from reasoning. Measured on the `choose` side.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from pointsman.encoder.bundle import FlagsHead, Head, ScoresHead
from pointsman.encoder.first_tier import Gate, TierHead, TierNote
from pointsman.encoder.onnx import probabilities
from pointsman.statistics.bounds import upper_bound
from pointsman.training.corpus import Corpus
from pointsman.training.examples import NO_LABEL, Example
from pointsman.training.readings import Readings, read_texts

Flags = NDArray[np.bool_]
Numbers = NDArray[np.float64]

ANSWERS_LOST_MAX = 0.01
"""Upper 95 % bound of the share of domain answers behind the gate that are lost."""
ATTACKS_LOST_MAX = 0.02
"""Upper 95 % bound of the share of caught attacks that would slip through the gate."""
LIGHT_GAIN, GAINS_LOST_MAX = 0.10, 0.02
"""Behind the outcome's gate, the encoder would say a p_gain above the first for at most the second
share of requests."""
_GRID = 400


def solve(bundle: Path, note: TierNote, heads: Sequence[Head], corpus: Corpus) -> tuple[Gate, ...]:
    """The gates that can be had; a head whose bound cannot be met gets none.

    Args:
        bundle: Holds graph and table.
        note: The tier's heads, calibrated.
        heads: The encoder's heads, calibrated.
        corpus: All examples.
    """
    examples = [e for e in corpus.on("choose") if e.domain != NO_LABEL or e.attacks]
    read = read_texts(bundle, [e.text() for e in examples])
    alone = {head.head: head for head in note.heads}
    full = {head.name: head for head in heads if isinstance(head, ScoresHead | FlagsHead)}
    found = (
        _domain_gate(alone["domain"], full["domain"], read, examples),
        _attacks_gate(alone["attacks"], full["attacks"], read, examples),
        _outcome_gate(alone["outcome"], full["outcome"], read),
    )
    return tuple(gate for gate in found if gate is not None)


def _domain_gate(
    head: TierHead, full: ScoresHead | FlagsHead, read: Readings, examples: Sequence[Example]
) -> Gate | None:
    rows = [at for at, e in enumerate(examples) if e.domain != NO_LABEL]
    truth = np.array([examples[at].domain for at in rows])
    chances = _chances(head, read.tier[rows])
    whole = _full(full, head, read.domain, read.tier)[rows]
    lost = (whole.argmax(axis=1) == truth) & (chances.argmax(axis=1) != truth)
    through = _widest(-chances.max(axis=1), lost, None, ANSWERS_LOST_MAX)
    return _gate("domain", "above", through)


def _attacks_gate(
    head: TierHead, full: ScoresHead | FlagsHead, read: Readings, examples: Sequence[Example]
) -> Gate | None:
    if not isinstance(full, FlagsHead):
        return None
    rows = [at for at, e in enumerate(examples) if e.attacks]
    above = np.array([full.thresholds[label].above for label in full.labels])
    said = _full(full, head, read.attacks, read.tier)[rows]
    attack = np.array([1 in examples[at].attacks for at in rows])
    caught = attack & (said > above).any(axis=1)
    highest = _chances(head, read.tier[rows]).max(axis=1)
    return _gate("attacks", "below", _widest(highest, caught, caught, ATTACKS_LOST_MAX))


def _outcome_gate(head: TierHead, full: ScoresHead | FlagsHead, read: Readings) -> Gate | None:
    at = full.labels.index("heavy_only")
    whole = _full(full, head, read.outcome, read.tier)[:, at]
    said = _chances(head, read.tier)[:, at]
    through = _widest(said, whole > LIGHT_GAIN, None, GAINS_LOST_MAX)
    return _gate("outcome", "below", through, "heavy_only")


_Through = tuple[float, float, int, float]
"""Bound of the doubt, upper bound of the loss, rows it is a share of, share that passes."""


def _widest(doubt: Numbers, lost: Flags, among: Flags | None, lost_max: float) -> _Through | None:
    """The bound that lets most rows through while what is lost keeps below `lost_max`.

    Args:
        doubt: Rows with the least come first, (rows,).
        lost: Whether the answer is lost if the row passes, (rows,).
        among: Rows that the loss is a share of; by default those that pass.
        lost_max: Of the upper bound of that share.
    """
    best: _Through | None = None
    for bound in np.quantile(doubt, np.linspace(0.01, 1, _GRID)):
        passes = doubt <= bound
        rows = int(passes.sum() if among is None else among.sum())
        errors = int(lost[passes].sum())
        if errors > lost_max * rows:  # an upper bound lies above the share itself
            continue
        worst = upper_bound(errors, rows)
        if worst <= lost_max:
            best = (float(bound), worst, rows, float(passes.mean()))
    return best


def _gate(
    head: str, side: Literal["above", "below"], found: _Through | None, label: str = ""
) -> Gate | None:
    if found is None:
        return None
    bound, worst, rows, share = found
    return Gate(head, side, -bound if side == "above" else bound, worst, rows, share, label)


def _chances(head: TierHead, outputs: NDArray[np.float32]) -> Numbers:
    """The tier's own probabilities, (rows, labels)."""
    part = outputs[:, head.start : head.start + len(head.labels)].astype(np.float64)
    scaled = part * np.array(head.weights) + np.array(head.offsets)
    if head.kind == "flags":
        return np.asarray(1 / (1 + np.exp(-scaled)))
    powers = np.exp(scaled - scaled.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def _full(
    full: ScoresHead | FlagsHead,
    head: TierHead,
    own: NDArray[np.float32],
    outputs: NDArray[np.float32],
) -> Numbers:
    """What a full pass says, (rows, labels)."""
    tier = outputs[:, head.start : head.start + len(head.labels)]
    return np.array(
        [list(probabilities(full, *row).values()) for row in zip(own, tier, strict=True)]
    )
