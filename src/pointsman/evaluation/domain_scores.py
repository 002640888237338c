"""What `bench domain` counts: pure functions over answers, and the shape of its JSON."""

from collections import Counter
from collections.abc import Sequence

import msgspec
import numpy as np

from pointsman.evaluation.rows import RowsFile
from pointsman.evaluation.shares import Share, share, share_if_any
from pointsman.statistics.calibrate import calibration_error
from pointsman.statistics.metrics import macro_f1

ALL = "all"


class Answer(msgspec.Struct, frozen=True):
    """What was said of one text.

    Attributes:
        label: The true domain.
        source: Where the text is from.
        pred: The router's most probable domain, and `p` its probability.
        alone: Whether the first tier answered alone.
        unaided: The router's answer with a first tier that may not answer alone.
        tier: What the first tier says, however sure it is; None where the bundle has none.
    """

    label: str
    source: str
    pred: str
    p: float
    alone: bool
    unaided: str
    tier: str | None

    @property
    def right(self) -> bool:
        """Whether the router's answer is the label."""
        return self.pred == self.label


class DomainScores(msgspec.Struct, frozen=True):
    """One source, or all of them.

    Attributes:
        calibration_error: Expected calibration error of the most probable label.
        majority: Accuracy of always answering the file's most frequent label.
        first_tier: Accuracy of the first tier alone, on every row.
        answered_alone: The share that the first tier answered alone, as shipped.
        right_alone: Accuracy on that share.
        unaided: Accuracy when it may not answer alone.
        points_lost: `unaided` less `accuracy`, in percentage points.
    """

    source: str
    rows: int
    accuracy: Share
    macro_f1: float
    calibration_error: float
    majority: float
    first_tier: Share | None
    answered_alone: float
    right_alone: Share | None
    unaided: float
    points_lost: float


class LabelScores(msgspec.Struct, frozen=True):
    """One label: how many of its texts were recognised, in the file and in the unseen set."""

    label: str
    file: Share | None
    unseen: Share | None


class DomainReport(msgspec.Struct, frozen=True):
    """One run.

    Attributes:
        options: The form, with or without, in which the rows of `--out` and `labels` were read.
        forms: For each form of the questions, all rows and then each source.
        unseen: The packaged set.
    """

    benchmark: str
    bundle: str
    data: RowsFile
    options: str
    majority_label: str
    forms: dict[str, tuple[DomainScores, ...]]
    unseen_data: RowsFile
    unseen: DomainScores
    labels: tuple[LabelScores, ...]


def majority_of(answers: Sequence[Answer]) -> str:
    """Return the most frequent label; of several, the first by name."""
    counts = Counter(answer.label for answer in answers)
    return min(counts, key=lambda label: (-counts[label], label))


def scores_by_source(answers: Sequence[Answer]) -> tuple[DomainScores, ...]:
    """Score all answers, then those of each source if there are several."""
    majority = majority_of(answers)
    sources = sorted({answer.source for answer in answers})
    parts = [[a for a in answers if a.source == source] for source in sources]
    named = zip(sources, parts, strict=True) if len(sources) > 1 else ()
    return (
        scores_of(ALL, answers, majority),
        *(scores_of(source, part, majority) for source, part in named),
    )


def scores_of(source: str, answers: Sequence[Answer], majority: str) -> DomainScores:
    """Score some answers.

    Args:
        source: Their name in the report.
        answers: At least one.
        majority: What the baseline answers.
    """
    right = [answer.right for answer in answers]
    accuracy = share(right)
    classes = sorted({a.label for a in answers} | {a.pred for a in answers})
    unaided = _mean([answer.unaided == answer.label for answer in answers])
    tier = [answer.tier == answer.label for answer in answers if answer.tier is not None]
    return DomainScores(
        source=source,
        rows=len(answers),
        accuracy=accuracy,
        macro_f1=macro_f1(
            np.array([classes.index(answer.pred) for answer in answers]),
            np.array([classes.index(answer.label) for answer in answers]),
            len(classes),
        ),
        calibration_error=calibration_error(
            np.array([answer.p for answer in answers]), np.array(right)
        ),
        majority=_mean([answer.label == majority for answer in answers]),
        first_tier=share_if_any(tier),
        answered_alone=_mean([answer.alone for answer in answers]),
        right_alone=share_if_any([answer.right for answer in answers if answer.alone]),
        unaided=unaided,
        points_lost=100 * (unaided - accuracy.share),
    )


def scores_by_label(file: Sequence[Answer], unseen: Sequence[Answer]) -> tuple[LabelScores, ...]:
    """Say of each label how many of its texts were recognised."""
    labels = sorted({answer.label for answer in (*file, *unseen)})
    return tuple(LabelScores(label, _found(file, label), _found(unseen, label)) for label in labels)


def _found(answers: Sequence[Answer], label: str) -> Share | None:
    return share_if_any([answer.right for answer in answers if answer.label == label])


def _mean(values: Sequence[bool]) -> float:
    return sum(values) / len(values)
