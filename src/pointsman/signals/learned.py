"""Signals that an operator has learned: labels of their own, and gain from their own outcomes.

`pointsman learn` fits these heads on the frozen encoder; here they are only applied.
"""

import numpy as np

from pointsman.encoder.encoding import Encoding
from pointsman.signals.detector import NO_HEADS, Kind
from pointsman.signals.features import (
    GAIN_READS,
    LABEL_READS,
    OUTCOME,
    Floats,
    gain_features,
    label_features,
    shipped_logits,
    shipped_tokens,
)
from pointsman.signals.findings import Measure, Scores
from pointsman.signals.head_file import CLUSTER, GainHead, LabelHead, Linear
from pointsman.signals.outcome import NEEDS, need_measure
from pointsman.signals.reading import Reading
from pointsman.statistics.calibrate import probabilities
from pointsman.wire.prompt import Prompt

LONGEST_LINE = 14.0
"""A million units: a bound, so that no input overflows the exponential."""


class LabelDetector:
    """Gives the probability of each label of a learned head.

    Args:
        name: The signal's name in the config.
        head: Checked by `head_file.parse_head`.
    """

    kind: Kind = "exclusive"
    judged = LABEL_READS
    whole = NO_HEADS

    def __init__(self, name: str, head: LabelHead) -> None:
        self.name = name
        self.names = frozenset(head.labels)
        self._head = head
        self._linear = head.layer.linear()

    def __call__(self, prompt: Prompt, reading: Reading) -> Scores:  # noqa: ARG002  # protocol
        """Return the probability of each label; they sum to 1."""
        logits = self._linear(label_features(reading.judged))
        chances = probabilities(logits[np.newaxis], self._head.temperature)[0]
        return Scores(dict(zip(self._head.labels, chances.tolist(), strict=True)))


class ClusterDetector:
    """Gives how much a text belongs to each neighbourhood of a table of outcomes.

    Args:
        labels: Names of the neighbourhoods.
        linear: Maps an embedding to their logits.
    """

    name = CLUSTER
    kind: Kind = "exclusive"
    judged = LABEL_READS
    whole = NO_HEADS

    def __init__(self, labels: tuple[str, ...], linear: Linear) -> None:
        self.names = frozenset(labels)
        self._labels = labels
        self._linear = linear

    def __call__(self, prompt: Prompt, reading: Reading) -> Scores:  # noqa: ARG002  # protocol
        """Return the share of each neighbourhood; they sum to 1."""
        chances = probabilities(self._linear(label_features(reading.judged))[np.newaxis])[0]
        return Scores(dict(zip(self._labels, chances.tolist(), strict=True)))


class LearnedReasoningDetector:
    """Stands in for the shipped `reasoning` signal: the same names, the operator's own outcomes.

    Args:
        head: Checked by `head_file.parse_head`.
    """

    name = "reasoning"
    kind: Kind = "numbers"
    judged = GAIN_READS
    whole = NO_HEADS
    names = NEEDS

    def __init__(self, head: GainHead) -> None:
        self._head = head
        self._outcome = head.layer.linear()
        self._tokens = None if head.tokens is None else head.tokens.linear()

    def __call__(self, prompt: Prompt, reading: Reading) -> Measure:
        """Return probabilities in [0, 1] and tokens, as `need_measure` says."""
        encoding = reading.judged
        features = gain_features(prompt.judged, encoding)
        logits = shipped_logits(encoding.scores[OUTCOME]) + self._outcome(features)
        chances = probabilities(logits[np.newaxis], self._head.temperature)[0]
        named = dict(zip(self._head.labels, chances.tolist(), strict=True))
        return need_measure(named, self._extra_tokens(features, encoding))

    def _extra_tokens(self, features: Floats, encoding: Encoding) -> float:
        shipped = shipped_tokens(encoding)
        if self._tokens is None:
            return shipped
        line = np.log1p(shipped / self._head.unit) + self._tokens(features)
        return float(tokens_of(line, self._head.unit)[0]) * self._head.smear


def tokens_of(lines: Floats, unit: float) -> Floats:
    """Tokens from a token head's line, log1p(tokens / unit), before any smear."""
    return np.asarray(unit * np.expm1(np.clip(lines, 0.0, LONGEST_LINE)))
