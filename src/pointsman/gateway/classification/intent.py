"""Answers for the category: what a request is about, and where it would go."""

import msgspec
from msgspec import UNSET, UnsetType

from pointsman.errors import ServiceError
from pointsman.exchange.plan import Refuse
from pointsman.gateway.classification.bodies import Options
from pointsman.gateway.classification.found import Found
from pointsman.signals.findings import Scores

DOMAIN = "domain"
INTENT = frozenset({DOMAIN})
"""The signals that an answer is made of."""


class Classified(msgspec.Struct, frozen=True):
    """The most probable category.

    Attributes:
        confident: Whether its probability reaches `confidence_threshold`, if one was given.
    """

    category: str
    confidence: float
    processing_time_ms: float
    confident: bool | UnsetType = UNSET


class IntentAnswer(msgspec.Struct, frozen=True):
    """What a request is about, and where it would go.

    Attributes:
        recommended_model: Left out where the gateway would refuse the request.
        routing_decision: The rule that holds; `guard` where the guard decides.
    """

    classification: Classified
    routing_decision: str
    recommended_model: str | UnsetType = UNSET
    probabilities: dict[str, float] | UnsetType = UNSET
    explanation: tuple[str, ...] | UnsetType = UNSET


def intent_of(found: Found, options: Options, ms: float) -> IntentAnswer:
    """Answer for the category and the way.

    Raises:
        ServiceError: The bundle knows no categories.
    """
    finding = found.finding(DOMAIN)
    top = finding.top if isinstance(finding, Scores) else None
    if not isinstance(finding, Scores) or top is None:
        raise ServiceError("the encoder bundle of this service knows no categories")
    least, (category, p) = options.confidence_threshold, top
    plan = found.plan
    return IntentAnswer(
        classification=Classified(category, p, ms, UNSET if least is None else p >= least),
        routing_decision=plan.record.rule,
        recommended_model=UNSET if isinstance(plan, Refuse) else plan.model,
        probabilities=dict(finding.scores) if options.return_probabilities else UNSET,
        explanation=plan.record.reasons if options.include_explanation else UNSET,
    )
