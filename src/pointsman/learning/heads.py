"""From an operator's file to a learned head: read, fit, measure, judge."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from pointsman.config.heads import groups_of, mark_of
from pointsman.encoder.bundle import Bundle
from pointsman.encoder.encoding import Encoder
from pointsman.learning import fitting, gain
from pointsman.learning.fitting import Floats, Indices
from pointsman.learning.labelled import read_labelled
from pointsman.learning.measuring import gain_report, label_report
from pointsman.learning.outcomes import Arms, arms_of, paired, read_outcomes
from pointsman.learning.reading import Progress, encoded, gain_readings, label_rows
from pointsman.learning.results import GainReport, LabelReport, Verdict
from pointsman.learning.sample import sample_of
from pointsman.learning.validation import Validated, by_log_loss, folds_of, validated
from pointsman.learning.verdicts import gain_verdict, label_verdict
from pointsman.signals.features import GAIN_READS, LABEL_READS, FeatureGroup
from pointsman.signals.head_file import FORMAT, GAIN, GainHead, LabelHead, Linear, layer_of
from pointsman.signals.outcome import OUTCOMES


class LearnedGain(msgspec.Struct, frozen=True):
    """A gain head, its report, and what was taken from the file.

    Attributes:
        left_out: Questions that only one of the two arms has answered.
    """

    head: GainHead
    report: GainReport
    arms: Arms
    left_out: int


class LearnedLabels(msgspec.Struct, frozen=True):
    """A label head and its report."""

    head: LabelHead
    report: LabelReport


class Reader(msgspec.Struct, frozen=True, eq=False):
    """The frozen encoder, and whom to tell how far it has come."""

    bundle: Bundle
    encoder: Encoder
    progress: Progress


def learn_gain(
    path: Path, light: str | None, heavy: str | None, reader: Reader, command: str
) -> LearnedGain:
    """Learn a gain head from recorded outcomes.

    Args:
        path: The outcomes.
        light: The arm that answers at once; with `heavy` None, the file must hold two arms.
        heavy: The arm that reasons.
        reader: The encoder.
        command: What the head's file will say has made it.

    Raises:
        ConfigError: The file is wrong, or does not hold these two arms.
        TooFewRowsError: Too few questions, or none with one of the four outcomes.
    """
    recorded = read_outcomes(path)
    arms = arms_of(recorded, light, heavy)
    questions = paired(recorded, arms, gain.MIN_QUESTIONS)
    targets = gain.targets_of(questions)
    counts = gain.outcome_counts(targets, arms)
    texts = [question.text for question in questions]
    encodings = encoded(reader.encoder, texts, GAIN_READS, reader.progress)
    readings = gain_readings(texts, encodings)
    groups = groups_of(reader.bundle)["gain"]
    fitted = gain.fit_gain(texts, readings, targets, groups)
    report = gain_report(fitted, readings, targets, arms)
    head = GainHead(
        **_common(reader, fitted.outcome, groups, gain_verdict(report)),
        **token_part(fitted),
        name=GAIN,
        labels=OUTCOMES,
        counts=counts,
        rows=len(questions),
        report=msgspec.to_builtins(report),
        command=command,
        light=arms.light,
        heavy=arms.heavy,
        sample=sample_of(fitted, readings, targets),
    )
    some = sum(arms.light in each.answers or arms.heavy in each.answers for each in recorded)
    return LearnedGain(head, report, arms, some - len(questions))


def learn_labels(path: Path, name: str, reader: Reader, command: str) -> LearnedLabels:
    """Learn a label head from labelled examples.

    Args:
        path: The examples.
        name: Of the signal.
        reader: The encoder.
        command: What the head's file will say has made it.

    Raises:
        ConfigError: The file is wrong, or holds too many labels or one only.
        TooFewRowsError: A label has too few examples.
    """
    examples = read_labelled(path)
    labels = tuple(sorted({example.label for example in examples}))
    truth = np.array([labels.index(example.label) for example in examples], dtype=np.intp)
    texts = [example.text for example in examples]
    features = label_rows(encoded(reader.encoder, texts, LABEL_READS, reader.progress))
    groups = groups_of(reader.bundle)["labels"]
    fitted = fit_labels(features, truth, len(labels), groups)
    report = label_report(fitted, truth, labels)
    sizes = np.bincount(truth).tolist()
    head = LabelHead(
        **_common(reader, fitted, groups, label_verdict(report)),
        name=name,
        labels=labels,
        counts={label: float(rows) for label, rows in zip(labels, sizes, strict=True)},
        rows=len(examples),
        report=msgspec.to_builtins(report),
        command=command,
    )
    return LearnedLabels(head, report)


def fit_labels(
    features: Floats, truth: Indices, classes: int, groups: Sequence[FeatureGroup]
) -> Validated:
    """Fit a label head on all examples, and validate it on folds.

    Args:
        features: (examples, features).
        truth: The label of each, (examples,).
        classes: How many labels there are.
        groups: What the features are.
    """
    targets = np.eye(classes)[truth]
    zeros = np.zeros_like(targets)

    def path_of(rows: Indices) -> list[Linear]:
        given = features[rows], zeros[rows], targets[rows]
        return fitting.logistic_path(*given, groups, fitting.LABEL_PENALTIES)

    each = [str(example) for example in range(len(truth))]
    folds = folds_of(each, truth.tolist(), gain.SEED)
    return validated(path_of, features, folds, by_log_loss(zeros, targets))


def token_part(fitted: gain.FittedGain) -> dict[str, Any]:
    """What a gain head's file says of tokens; nothing where too few were recorded."""
    tokens = fitted.tokens
    if tokens is None:
        return {}
    return {"tokens": layer_of(tokens.model), "unit": fitted.unit, "smear": tokens.choice.scale}


def _common(
    reader: Reader, fitted: Validated, groups: tuple[FeatureGroup, ...], verdict: Verdict
) -> dict[str, Any]:
    """What both kinds of head say in the same way."""
    return {
        "format": FORMAT,
        "bundle": mark_of(reader.bundle),
        "features": groups,
        "layer": layer_of(fitted.model),
        "temperature": fitted.choice.scale,
        "use": verdict.use,
        "verdict": verdict.text,
    }
