"""Makes a bundle's outputs mean what they say: everything is fitted on the `choose` side.

Blends encoder and first tier, calibrates both, solves the thresholds of the guard, the least
probability of a span, and the gates behind which the first tier may answer alone.
"""

from collections.abc import Sequence
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from pointsman.encoder.bundle import FlagsHead, Head, MeasureHead, ScoresHead, SpansHead
from pointsman.encoder.first_tier import TierHead, TierNote
from pointsman.statistics import calibrate, thresholds
from pointsman.statistics.calibrate import Floats, Indices
from pointsman.statistics.thresholds import Threshold
from pointsman.training import gates
from pointsman.training.corpus import Corpus
from pointsman.training.examples import NO_LABEL, Example
from pointsman.training.manifest import TIER_FILE, Described
from pointsman.training.outcomes import MODE_SOURCE
from pointsman.training.readings import Readings, read_texts
from pointsman.training.span_fitting import fit_spans
from pointsman.training.tier_table import BUCKETS, OUTPUTS, STARTS
from pointsman.training.weights import ATTACKS, DOMAINS, OUTCOMES, TAGGER, TAGS

Logits = NDArray[np.float32]

FALSE_REFUSALS = 0.01
"""The rate of false alarms that each of the guard's shipped thresholds is solved for."""
LOOK_ALIKE_REFUSALS = 0.02
"""The same among harmless texts that merely look dangerous; the higher of the two thresholds ships.
Most harmless texts are so plain that all of the first rate would fall on these."""


def unfitted() -> Described:
    """All heads as they come out of training, to read a new bundle with."""
    count = len(ATTACKS)
    heads: tuple[Head, ...] = (
        ScoresHead("domain", "domain", DOMAINS),
        ScoresHead("outcome", "outcome", OUTCOMES),
        MeasureHead("extra_tokens", "extra_tokens", "log1p"),
        FlagsHead("attacks", "attacks", ATTACKS, (1.0,) * count, (0.0,) * count, (0.0,) * count),
        SpansHead(TAGGER.name, TAGGER.name, TAGS),
    )
    return Described(heads, TierNote(TIER_FILE, BUCKETS, OUTPUTS, ()))


def fit(bundle: Path, corpus: Corpus) -> Described:
    """Fits everything.

    Args:
        bundle: Holds the graph and the table as trained, nothing calibrated.
        corpus: All examples.
    """
    choose = corpus.on("choose")
    asked = [e for e in choose if e.domain != NO_LABEL]
    paired = [e for e in choose if e.source == MODE_SOURCE]
    guarded = [e for e in choose if e.stem in corpus.guard_stems and e.attacks]
    domain = read_texts(bundle, [e.text() for e in asked])
    outcome = read_texts(bundle, [e.full_text() for e in paired])
    attacks = read_texts(bundle, [e.question for e in guarded])
    heads = (
        _scores("domain", DOMAINS, domain.domain, domain.tier, _domains(asked)),
        _scores("outcome", OUTCOMES, outcome.outcome, outcome.tier, _outcomes(paired)),
        _tokens(outcome, paired),
        _flags(attacks, guarded),
        fit_spans(bundle, [e for e in choose if e.spans is not None]),
    )
    alone = (
        _alone("domain", DOMAINS, domain.tier, _domains(asked)),
        _alone("outcome", OUTCOMES, outcome.tier, _outcomes(paired)),
        _tokens_alone(outcome, paired),
        _flags_alone(attacks, guarded),
    )
    note = TierNote(TIER_FILE, BUCKETS, OUTPUTS, alone)
    opened = gates.solve(bundle, note, heads, corpus)
    return Described(heads, msgspec.structs.replace(note, gates=opened))


def _scores(
    name: str, labels: tuple[str, ...], own: Logits, tier: Logits, truth: Indices
) -> ScoresHead:
    weights = calibrate.fit_blend([own, _columns(name, len(labels), tier)], truth)
    return ScoresHead(name, name, labels, *weights)


def _alone(name: str, labels: tuple[str, ...], tier: Logits, truth: Indices) -> TierHead:
    (weight,) = calibrate.fit_blend([_columns(name, len(labels), tier)], truth)
    count = len(labels)
    return TierHead(name, STARTS[name], labels, (weight,) * count, (0.0,) * count)


def _tokens(read: Readings, examples: Sequence[Example]) -> MeasureHead:
    tokens = _tokens_of(examples)
    raw = read.log_tokens.astype(np.float64)
    slope, offset = calibrate.fit_line(raw, np.log1p(tokens))
    smear = calibrate.fit_smear(np.minimum(raw, offset + slope * raw), tokens)
    return MeasureHead("extra_tokens", "extra_tokens", "log1p", smear, slope, offset)


def _tokens_alone(read: Readings, examples: Sequence[Example]) -> TierHead:
    """The line on the log scale, its smear folded in as log(smear): expm1(x) is near exp(x)."""
    tokens = _tokens_of(examples)
    raw = _columns("extra_tokens", 1, read.tier)[:, 0].astype(np.float64)
    slope, offset = calibrate.fit_line(raw, np.log1p(tokens))
    offset += np.log(calibrate.fit_smear(offset + slope * raw, tokens))
    return TierHead(
        "extra_tokens",
        STARTS["extra_tokens"],
        ("extra_tokens",),
        (slope,),
        (float(offset),),
        "log1p",
    )


def _flags(read: Readings, examples: Sequence[Example]) -> FlagsHead:
    tier = _columns("attacks", len(ATTACKS), read.tier)
    lines: list[tuple[float, ...]] = []
    solved: dict[str, Threshold] = {}
    harmless = np.array([not any(example.attacks) for example in examples])
    alike = np.array([looks_dangerous(example) for example in examples])
    for at, label in enumerate(ATTACKS):
        known, truth = _known(examples, at)
        line = calibrate.fit_sigmoid([read.attacks[known, at], tier[known, at]], truth)
        lines.append(line)
        logits = read.attacks[:, at] * line[0] + tier[:, at] * line[1] + line[2]
        chances = 1 / (1 + np.exp(-logits))
        solved[label] = max(
            thresholds.solve(chances[harmless], FALSE_REFUSALS),
            thresholds.solve(chances[harmless & alike], LOOK_ALIKE_REFUSALS),
            key=lambda threshold: threshold.above,
        )
    own, other, offsets = zip(*lines, strict=True)
    return FlagsHead("attacks", "attacks", ATTACKS, own, other, offsets, solved)


def looks_dangerous(example: Example) -> bool:
    """Whether a harmless text is of a kind that is collected for looking like an attack."""
    kind = example.source.split(":", 1)[-1].split(",")[0]
    return kind in {"benign_hard", "benign_fiction", "talk of attacks"}


def _flags_alone(read: Readings, examples: Sequence[Example]) -> TierHead:
    tier = _columns("attacks", len(ATTACKS), read.tier)
    lines = []
    for at in range(len(ATTACKS)):
        known, truth = _known(examples, at)
        lines.append(calibrate.fit_sigmoid([tier[known, at]], truth))
    weights, offsets = zip(*lines, strict=True)
    return TierHead("attacks", STARTS["attacks"], ATTACKS, weights, offsets, "flags")


def _known(examples: Sequence[Example], at: int) -> tuple[Indices, NDArray[np.bool_]]:
    """The rows whose label is known, and what it is.

    An attack of another kind is neither: a jailbreak may well hold a harmful wish.
    """
    labels = np.array([example.attacks[at] for example in examples])
    known = np.flatnonzero(labels != NO_LABEL)
    return known, labels[known] == 1


def _columns(name: str, count: int, tier: Logits) -> Logits:
    return tier[:, STARTS[name] : STARTS[name] + count]


def _domains(examples: Sequence[Example]) -> Indices:
    return np.array([example.domain for example in examples], dtype=np.intp)


def _outcomes(examples: Sequence[Example]) -> Indices:
    return np.array([example.outcome for example in examples], dtype=np.intp)


def _tokens_of(examples: Sequence[Example]) -> Floats:
    return np.array([example.extra_tokens for example in examples], dtype=np.float64)
