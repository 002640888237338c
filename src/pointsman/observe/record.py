"""The record of one decision: plain data, and no prompt text in it."""

from collections.abc import Mapping
from typing import Any

import msgspec

from pointsman.policy.decide import Decision
from pointsman.signals.detector import Signals
from pointsman.signals.findings import Finding
from pointsman.wire.usage import Usage


class Attempt(msgspec.Struct, frozen=True):
    """One try to reach a model: where, and how it went (HTTP status, or the kind of failure)."""

    model: str
    endpoint: str
    outcome: str


class DecisionRecord(msgspec.Struct, frozen=True, kw_only=True):
    """Everything worth keeping about one request; each field is a plain value.

    Attributes:
        id: Unique; also sent to the client in `x-pointsman-decision-id`.
        policy: Hash of the configuration that decided.
        bundle: Name and version of the encoder bundle that measured.
        requested_model: The model name as the client gave it.
        reasoning: The reasoning asked of the model, in words.
        options: Every target considered, with its expectation or why it was excluded.
        attempts: Every try to reach a model, the last one answered the client.
        decide_ms: Time to read, measure and decide, in milliseconds since the request came.
        outcome: `answered`, `failed`, `broken` (mid-stream) or `cancelled` (client went away).
    """

    id: str
    policy: str
    bundle: str
    requested_model: str
    model: str
    reasoning: str
    rule: str
    algorithm: str
    reasons: tuple[str, ...]
    signals: Mapping[str, Finding]
    expected_usd: float
    expected_usd_always_large: float
    expected_p_correct: float
    options: tuple[Mapping[str, Any], ...] = ()
    conversation: str | None = None
    time: str | None = None
    decide_ms: float = 0.0
    first_byte_ms: float | None = None
    total_ms: float | None = None
    attempts: tuple[Attempt, ...] = ()
    status: int | None = None
    outcome: str | None = None
    usage: Usage | None = None
    usd: float | None = None


def record_of(  # plain values, named at the call
    decision: Decision,
    signals: Signals,
    *,
    decision_id: str,
    policy_hash: str,
    bundle: str,
    requested_model: str,
    conversation: str | None,
) -> DecisionRecord:
    """Write down a decision."""
    return DecisionRecord(
        id=decision_id,
        policy=policy_hash,
        bundle=bundle,
        requested_model=requested_model,
        model=decision.target.model,
        reasoning=str(decision.target.reasoning),
        rule=decision.rule,
        algorithm=decision.algorithm,
        reasons=decision.reasons,
        signals=signals,
        expected_usd=decision.expected.usd,
        expected_usd_always_large=decision.baseline.usd,
        expected_p_correct=decision.expected.p_correct,
        options=tuple(
            {
                "target": str(option.target),
                "p_correct": option.expected.p_correct,
                "usd": option.expected.usd,
                "excluded": option.excluded,
            }
            for option in decision.options
        ),
        conversation=conversation,
    )
