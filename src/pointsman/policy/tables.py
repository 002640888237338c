"""Tables of recorded outcomes: how often each arm was right, by the label of a signal.

A category table is one by the labels of `domain`; a cluster table by those of `cluster`, the
neighbourhoods of the embedding. What a table knows of a target is the mean over the labels, each
weighted by its probability, so that a text between two categories is expected to do as well as
texts between them.
"""

import math
from collections.abc import Mapping

import msgspec

from pointsman.catalog.families import Effort, Mode
from pointsman.catalog.models import Target
from pointsman.signals.detector import Signals
from pointsman.signals.findings import Scores

Arm = tuple[str, Mode, Effort | None]
"""Model, reasoning mode and effort: a target without its budget."""


class Row(msgspec.Struct, frozen=True):
    """What was recorded of one arm.

    Attributes:
        p_correct: Share of right answers, by label.
        tokens: Mean output tokens, by label; empty where they were not recorded.
        mean: Share of right answers over all labels.
    """

    p_correct: Mapping[str, float]
    tokens: Mapping[str, float]
    mean: float


class Table(msgspec.Struct, frozen=True):
    """A table of outcomes.

    Attributes:
        signal: The signal whose labels are its columns.
        rows: By arm.
        basis: Where it comes from, in words, for the reasons.
    """

    signal: str
    rows: Mapping[Arm, Row]
    basis: str

    def row_of(self, target: Target) -> Row | None:
        """Return what is known of a target, or None."""
        return self.rows.get((target.model, target.reasoning.mode, target.reasoning.effort))

    def look_up(self, row: Row, signals: Signals) -> tuple[float, float]:
        """Return the probability of a right answer and the output tokens (NaN: not recorded)."""
        finding = signals.get(self.signal)
        if not isinstance(finding, Scores):
            return row.mean, math.nan
        # Labels that were never recorded say nothing; the others share their weight.
        weights = {label: p for label, p in finding.scores.items() if label in row.p_correct}
        total = sum(weights.values())
        if total <= 0:
            return row.mean, math.nan
        p_correct = sum(p * row.p_correct[label] for label, p in weights.items()) / total
        if not all(label in row.tokens for label in weights):
            return p_correct, math.nan
        return p_correct, sum(p * row.tokens[label] for label, p in weights.items()) / total
