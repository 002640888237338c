"""Scores a bundle's readings on questions that were never trained on; pure functions.

Every number has a 95 % bootstrap interval over questions where it is compared with another.
"""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from pointsman.statistics import calibrate, metrics
from pointsman.statistics.calibrate import Floats, Indices
from pointsman.statistics.category import category_table
from pointsman.training.examples import Example
from pointsman.training.readings import Readings
from pointsman.training.results import (
    CalibrationResult,
    DomainResult,
    GainResult,
    Measured,
    QuantisedResult,
    SimilarityResult,
    TokensResult,
)
from pointsman.training.weights import DOMAINS, OUTCOMES

HEAVY_ONLY, LIGHT_ONLY = OUTCOMES.index("heavy_only"), OUTCOMES.index("light_only")
_LIGHT_RIGHT = np.array([name in {"both", "light_only"} for name in OUTCOMES], dtype=np.float64)
_HEAVY_RIGHT = np.array([name in {"both", "heavy_only"} for name in OUTCOMES], dtype=np.float64)


def measured(statistic: Callable[[Indices], float], rows: int) -> Measured:
    """A statistic of all rows with its bootstrap interval."""
    low, high = calibrate.interval(statistic, rows)
    return Measured(statistic(np.arange(rows)), low, high)


def domain_result(
    predicted: Indices, labels: Indices, majority: int, frozen: Indices | None
) -> DomainResult:
    """The domain head against the majority class and the linear model on frozen embeddings.

    Args:
        predicted: The bundle's label indices, (rows,).
        labels: The true ones, (rows,).
        majority: The commonest label in training.
        frozen: The linear model's label indices, (rows,), if it was fitted.
    """
    rows = len(labels)
    return DomainResult(
        rows=rows,
        accuracy=measured(lambda at: metrics.accuracy(predicted[at], labels[at]), rows),
        macro_f1=measured(
            lambda at: metrics.macro_f1(predicted[at], labels[at], len(DOMAINS)), rows
        ),
        majority_accuracy=float((labels == majority).mean()),
        frozen_accuracy=None
        if frozen is None
        else measured(lambda at: metrics.accuracy(frozen[at], labels[at]), rows),
    )


def calibration_result(
    logits: NDArray[np.float32], fitted: Floats, labels: Indices
) -> CalibrationResult:
    """A head's calibration as it was trained, and blended and scaled as it was fitted.

    Args:
        logits: The encoder's own, (rows, labels).
        fitted: Those that the served probabilities are the softmax of, (rows, labels).
        labels: The true ones, (rows,).
    """
    before, after = calibrate.probabilities(logits), calibrate.probabilities(fitted)
    return CalibrationResult(
        rows=len(labels),
        error_before=calibrate.top_label_error(before, labels),
        error_after=calibrate.top_label_error(after, labels),
        log_loss_before=calibrate.log_loss(before, labels),
        log_loss_after=calibrate.log_loss(after, labels),
    )


def gain_score(chances: Floats) -> Floats:
    """p_heavy_only - p_light_only, the expected gain in right answers, (rows,)."""
    return np.asarray(chances[:, HEAVY_ONLY] - chances[:, LIGHT_ONLY], dtype=np.float64)


def gain_result(chances: Floats, outcomes: Indices, scores: Mapping[str, Floats]) -> GainResult:
    """How well gain is foreseen on one pair of models.

    Args:
        chances: The outcome head's probabilities, (rows, 4).
        outcomes: Recorded outcomes, indices into OUTCOMES, (rows,).
        scores: Other scores to rank by, each (rows,).
    """
    light, heavy = _LIGHT_RIGHT[outcomes], _HEAVY_RIGHT[outcomes]
    gained, p_gain = outcomes == HEAVY_ONLY, chances[:, HEAVY_ONLY]
    every = {"outcome head": gain_score(chances), **scores}
    return GainResult(
        rows=len(outcomes),
        light_accuracy=float(light.mean()),
        heavy_accuracy=float(heavy.mean()),
        gain_auc=measured(lambda at: metrics.ranking_auc(p_gain[at], gained[at]), len(outcomes)),
        gain_error=calibrate.calibration_error(p_gain, gained),
        apgr={name: _apgr(score, light, heavy) for name, score in every.items()},
        lead={
            name: _lead(gain_score(chances), score, light, heavy) for name, score in scores.items()
        },
    )


def recorded_gain(examples: Sequence[Example]) -> Floats:
    """+1 where only the heavy answer is right, -1 where only the light one is, else 0, (rows,)."""
    outcomes = np.array([example.outcome for example in examples], dtype=np.intp)
    return np.asarray(_HEAVY_RIGHT[outcomes] - _LIGHT_RIGHT[outcomes], dtype=np.float64)


def tokens_result(
    log_tokens: Floats, smear: float, report: Sequence[Example], train: Sequence[Example]
) -> TokensResult:
    """The token head against the training mean and the training mean of the category.

    Args:
        log_tokens: The head's outputs, (rows,).
        smear: Its factor, see `calibrate.fit_smear`.
        report: The examples it read, all with recorded token counts and categories.
        train: The examples the means are learned from, the same.
    """
    values, categories = _tokens(report), _categories(report)
    known, table_of = _tokens(train), _categories(train)
    log_table = category_table(table_of, np.log1p(known), len(DOMAINS))
    table = category_table(table_of, known, len(DOMAINS))
    logs: dict[str, Floats] = {
        "token head": log_tokens,
        "mean": np.full(len(values), np.log1p(known).mean()),
        "category mean": log_table[categories],
    }
    plain: dict[str, Floats] = {
        "token head": np.expm1(log_tokens) * smear,
        "mean": np.full(len(values), known.mean()),
        "category mean": table[categories],
    }
    return TokensResult(
        rows=len(values),
        smear=smear,
        mean_tokens=float(values.mean()),
        log_r2={n: _compared(metrics.explained, p, np.log1p(values)) for n, p in logs.items()},
        mean_error={n: _compared(metrics.mean_error, p, values) for n, p in plain.items()},
    )


def quantised_result(int8: Readings, fp32: Readings, labels: Indices) -> QuantisedResult:
    """How far the shipped graph strays from the weights it was made of."""
    cosine = (int8.embedding * fp32.embedding).sum(axis=1)
    small, full = int8.domain.argmax(axis=1), fp32.domain.argmax(axis=1)
    same_outcome = int8.outcome.argmax(axis=1) == fp32.outcome.argmax(axis=1)
    return QuantisedResult(
        rows=len(labels),
        domain_agreement=float((small == full).mean()),
        outcome_agreement=float(same_outcome.mean()),
        embedding_cosine_mean=float(cosine.mean()),
        embedding_cosine_min=float(np.min(cosine)),
        fp32_domain_accuracy=metrics.accuracy(full, labels),
        int8_domain_accuracy=metrics.accuracy(small, labels),
    )


def similarity_result(trained: Floats, published: Floats, scores: Floats) -> SimilarityResult:
    """Rank correlation of two embeddings' cosines with human similarity scores, all (pairs,)."""
    return SimilarityResult(
        rows=len(scores),
        trained=_compared(metrics.rank_correlation, trained, scores),
        published=_compared(metrics.rank_correlation, published, scores),
    )


def _apgr(score: Floats, light: Floats, heavy: Floats) -> Measured:
    return measured(lambda at: metrics.recovered_gap(score[at], light[at], heavy[at]), len(score))


def _lead(score: Floats, other: Floats, light: Floats, heavy: Floats) -> Measured:
    def difference(at: Indices) -> float:
        ours, theirs = (metrics.recovered_gap(s[at], light[at], heavy[at]) for s in (score, other))
        return ours - theirs

    return measured(difference, len(score))


def _compared(
    metric: Callable[[Floats, Floats], float], predicted: Floats, values: Floats
) -> Measured:
    return measured(lambda at: metric(predicted[at], values[at]), len(values))


def _tokens(examples: Sequence[Example]) -> Floats:
    return np.array([example.extra_tokens for example in examples], dtype=np.float64)


def _categories(examples: Sequence[Example]) -> Indices:
    return np.array([example.category for example in examples], dtype=np.intp)
