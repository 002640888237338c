"""Answers for many texts, and what they have in common."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import assert_never

import msgspec

from pointsman.gateway.classification.intent import IntentAnswer
from pointsman.gateway.classification.pii import PiiAnswer
from pointsman.gateway.classification.security import SecurityAnswer

LOW_CONFIDENCE = 0.7
"""Below it the reference system counts an answer as unsure."""
NOTHING = "none"
"""The category of a text in which nothing was found."""


class CombinedAnswer(msgspec.Struct, frozen=True):
    """Everything about one request."""

    intent: IntentAnswer
    pii: PiiAnswer
    security: SecurityAnswer
    processing_time_ms: float


class BatchIntent(msgspec.Struct, frozen=True, omit_defaults=True):
    """The answer for the category of one text, flat as in the reference system's batches."""

    category: str
    confidence: float
    processing_time_ms: float
    routing_decision: str
    recommended_model: str = ""
    probabilities: Mapping[str, float] = {}


class TextError(msgspec.Struct, frozen=True):
    """Why one text has no answer, in OpenAI's form; the others have theirs."""

    error: Mapping[str, str | None]


Answer = IntentAnswer | PiiAnswer | SecurityAnswer | CombinedAnswer
Result = BatchIntent | PiiAnswer | SecurityAnswer | CombinedAnswer | TextError


class Statistics(msgspec.Struct, frozen=True):
    """Of all results that are answers.

    Attributes:
        category_distribution: How many there are of each category: the domain; the kinds of attack;
            the types of personal data; or `none`.
        avg_confidence: Mean confidence of these; None where there are none.
        low_confidence_count: How many are below 0.7.
    """

    category_distribution: Mapping[str, int]
    avg_confidence: float | None
    low_confidence_count: int


class BatchAnswer(msgspec.Struct, frozen=True):
    """One result for each text, in their order."""

    results: tuple[Result, ...]
    total_count: int
    processing_time_ms: float
    statistics: Statistics


def batch_of(results: Sequence[Result], ms: float) -> BatchAnswer:
    """Put results together."""
    found = [label for result in results for label in _labels(result)]
    sure = [p for _, p in found]
    return BatchAnswer(
        results=tuple(results),
        total_count=len(results),
        processing_time_ms=ms,
        statistics=Statistics(
            category_distribution=Counter(name for name, _ in found),
            avg_confidence=sum(sure) / len(sure) if sure else None,
            low_confidence_count=sum(p < LOW_CONFIDENCE for p in sure),
        ),
    )


def flat(answer: Answer) -> Result:
    """Return an answer in the form that it has in a batch."""
    if not isinstance(answer, IntentAnswer):
        return answer
    one = answer.classification
    return BatchIntent(
        category=one.category,
        confidence=one.confidence,
        processing_time_ms=one.processing_time_ms,
        routing_decision=answer.routing_decision,
        recommended_model=answer.recommended_model or "",
        probabilities=answer.probabilities or {},
    )


def _labels(result: Result) -> Iterator[tuple[str, float]]:
    """Yield the categories of a result, each with its confidence."""
    match result:
        case BatchIntent():
            yield result.category, result.confidence
        case CombinedAnswer():
            one = result.intent.classification
            yield one.category, one.confidence
        case SecurityAnswer():
            for name in result.detection_types:
                yield name, result.scores[name]
            if not result.detection_types:
                yield NOTHING, result.confidence
        case PiiAnswer():
            for entity in result.entities:
                yield entity.type, entity.confidence
        case TextError():
            return
        case _:
            assert_never(result)
