"""Fits a gain head: what reasoning gains on the operator's own questions, and what it costs.

A score between 0 and 1 is no threshold's business: it counts as the chance that the answer is
right, so a question has a share in each of the four outcomes, and the expected gain of those shares
is the difference of the scores.
"""

from collections.abc import Mapping, Sequence

import msgspec
import numpy as np

from pointsman.errors import TooFewRowsError
from pointsman.learning import fitting
from pointsman.learning.fitting import Floats, Indices
from pointsman.learning.outcomes import Arms, Question
from pointsman.learning.reading import GainReadings
from pointsman.learning.validation import (
    Validated,
    by_log_loss,
    by_squared_error,
    folds_of,
    validated,
)
from pointsman.signals.features import FeatureGroup
from pointsman.signals.head_file import Linear
from pointsman.signals.outcome import OUTCOMES

MIN_QUESTIONS = 50
"""With fewer, one question of ten decides an interval; the shipped head is the better guess."""
MIN_SHARE = 1.0
"""Rows, or parts of them, that each outcome must have: what never happened is never learned."""
SEED = 0

_MEANING = {
    "both": "both arms answer rightly",
    "heavy_only": "only {heavy} answers rightly",
    "light_only": "only {light} answers rightly",
    "neither": "both arms answer wrongly",
}


class Targets(msgspec.Struct, frozen=True, eq=False):
    """What was recorded of questions in order.

    Attributes:
        light: The light arm's score, (questions,).
        heavy: The heavy arm's, (questions,).
        extra_tokens: NaN where it was not recorded, (questions,).
    """

    light: Floats
    heavy: Floats
    extra_tokens: Floats

    @property
    def shares(self) -> Floats:
        """The chance of each outcome, (questions, 4)."""
        light, heavy = self.light, self.heavy
        both, neither = light * heavy, (1 - light) * (1 - heavy)
        return np.stack([both, heavy * (1 - light), light * (1 - heavy), neither], axis=1)

    @property
    def with_tokens(self) -> Indices:
        """The questions whose tokens were recorded."""
        return np.flatnonzero(np.isfinite(self.extra_tokens))

    @property
    def unit(self) -> float:
        """The mean of extra tokens, at least 1.

        The logarithm is taken of tokens in this unit: with single tokens, the step from 0 to 20
        outweighed that from 200 to 2,000, and the head foresaw less than the mean does (recorded
        outcomes of four pairs of MMLU-Pro models; any unit from 30 on did as well).
        """
        known = self.extra_tokens[self.with_tokens]
        return max(1.0, float(known.mean())) if len(known) else 1.0


class FittedGain(msgspec.Struct, frozen=True, eq=False):
    """A gain head's two parts, each with what it says of questions it had not seen.

    Attributes:
        tokens: None where fewer than `MIN_QUESTIONS` have tokens.
        unit: Tokens that the logarithm is taken in, see `Targets.unit`.
    """

    outcome: Validated
    tokens: Validated | None
    unit: float


def targets_of(questions: Sequence[Question]) -> Targets:
    """Take what was recorded out of questions."""
    extra = [question.extra_tokens for question in questions]
    return Targets(
        light=np.array([question.light.score for question in questions]),
        heavy=np.array([question.heavy.score for question in questions]),
        extra_tokens=np.array([np.nan if e is None else e for e in extra], dtype=np.float64),
    )


def outcome_counts(targets: Targets, arms: Arms) -> Mapping[str, float]:
    """Count the questions of each outcome.

    Raises:
        TooFewRowsError: One has none; names it.
    """
    counts = dict(zip(OUTCOMES, targets.shares.sum(axis=0).tolist(), strict=True))
    missing = [_MEANING[name] for name, rows in counts.items() if rows < MIN_SHARE]
    if missing:
        said = " and no question that ".join(missing).format(light=arms.light, heavy=arms.heavy)
        raise TooFewRowsError(
            f"there is no question that {said}: a head cannot learn what never happened; record "
            "more, and more varied, questions"
        )
    return counts


def fit_gain(
    texts: Sequence[str],
    readings: GainReadings,
    targets: Targets,
    groups: Sequence[FeatureGroup],
) -> FittedGain:
    """Fit both parts on all questions, and validate them on folds.

    Args:
        texts: Questions of the same text stay in one fold.
        readings: Of these texts.
        targets: What was recorded of them.
        groups: What the features are.
    """
    folds = folds_of(texts, [0] * len(texts), SEED)
    shares, features = targets.shares, readings.features

    def outcome_path(rows: Indices) -> list[Linear]:
        given = features[rows], readings.logits[rows], shares[rows]
        return [unchanged(features, len(OUTCOMES)), *fitting.logistic_path(*given, groups)]

    outcome = validated(outcome_path, features, folds, by_log_loss(readings.logits, shares))
    return FittedGain(outcome, fit_tokens(readings, targets, groups, folds), targets.unit)


def fit_tokens(
    readings: GainReadings, targets: Targets, groups: Sequence[FeatureGroup], folds: Indices
) -> Validated | None:
    """Fit the part that foresees extra tokens, or return None where too few are recorded.

    Args:
        readings: Of the texts.
        targets: What was recorded of them.
        groups: What the features are.
        folds: The fold of each, (questions,).
    """
    known = targets.with_tokens
    if len(known) < MIN_QUESTIONS:
        return None
    unit, extra = targets.unit, targets.extra_tokens[known]
    some, lines = readings.features[known], np.log1p(readings.tokens[known] / unit)

    def tokens_path(rows: Indices) -> list[Linear]:
        beyond = np.log1p(extra[rows] / unit) - lines[rows]
        return [unchanged(some, 1), *fitting.ridge_path(some[rows], beyond, groups)]

    choose = by_squared_error(lines, extra, unit)
    return validated(tokens_path, some, folds[known], choose)


def unchanged(features: Floats, outputs: int) -> Linear:
    """The map that adds nothing: the shipped head stands."""
    return Linear(np.zeros((features.shape[1], outputs)), np.zeros(outputs))
