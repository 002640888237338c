"""The record of one decision: plain data, and no prompt text in it unless the operator asks."""

import math
from collections.abc import Mapping
from typing import Any

import msgspec

from pointsman.catalog.models import Target
from pointsman.policy.decide import Decision
from pointsman.policy.guard import GUARD, OFF, Verdict
from pointsman.policy.question import Question
from pointsman.signals.findings import Finding
from pointsman.wire.usage import Usage

NO_PROMPT = msgspec.Raw(b"null")
"""What stands in a record that holds no messages."""


class Attempt(msgspec.Struct, frozen=True, omit_defaults=True):
    """One try to reach a model.

    Attributes:
        outcome: HTTP status, the kind of failure, or why its answer was not good enough.
        usage: What an answer took that the client did not get.
        usd: What that cost.
    """

    model: str
    endpoint: str
    outcome: str
    usage: Usage | None = None
    usd: float | None = None


class DecisionRecord(msgspec.Struct, frozen=True, kw_only=True):
    """Everything worth keeping about one request; each field is a plain value.

    With `question`, the signals put back into it, the same policy decides the same again.

    Attributes:
        id: Unique; also sent to the client in `x-pointsman-decision-id`.
        policy: Hash of the configuration that decided.
        bundle: Name and version of the encoder bundle that measured.
        requested_model: The model name as the client gave it.
        reasoning: The reasoning asked of the model, in words.
        options: Every target considered, with its expectation or why it was excluded.
        question: What was decided; its signals are those of the record.
        propensity: How likely this model was to be chosen, where chance had a part in it.
        shadow_of: The decision whose request this is a copy of.
        counterfactual: What would have changed the decision, in words.
        tenant: Whom the client's key belongs to.
        key: Id of that key.
        guard: What the guard said of it.
        masked: How many values of each type of personal data its model did not see.
        prompt: The request's messages as they came, where the operator asks for them.
        attempts: Every try to reach a model, the last one answered the client.
        decide_ms: Time to read, measure and decide, in milliseconds since the request came.
        outcome: `answered`, `failed`, `broken` (mid-stream), `cancelled` (client went away) or
            `refused` (by the guard).
        usd: What all attempts cost together.
        usd_estimated: Whether the server reported no tokens, so that the money is what was
            reserved.
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
    expected_p_correct: float | None
    expected_tokens: float = 0.0
    expected_seconds: float | None = None
    options: tuple[Mapping[str, Any], ...] = ()
    target: Target | None = None
    question: Question | None = None
    propensity: float = 1.0
    shadow_of: str | None = None
    counterfactual: str | None = None
    tenant: str = ""
    key: str = ""
    guard: Verdict = OFF
    masked: Mapping[str, int] = {}
    conversation: str | None = None
    prompt: msgspec.Raw = NO_PROMPT
    time: str | None = None
    decide_ms: float = 0.0
    first_byte_ms: float | None = None
    total_ms: float | None = None
    attempts: tuple[Attempt, ...] = ()
    status: int | None = None
    outcome: str | None = None
    usage: Usage | None = None
    usd: float | None = None
    usd_estimated: bool = False

    def asked(self) -> Question | None:
        """Return what was decided, whole."""
        if self.question is None:
            return None
        return msgspec.structs.replace(self.question, signals=self.signals)


def record_of(  # plain values, named at the call
    decision: Decision,
    question: Question,
    *,
    decision_id: str,
    policy_hash: str,
    bundle: str,
    requested_model: str,
    key: str = "",
    masked: Mapping[str, int] | None = None,
) -> DecisionRecord:
    """Write down a decision."""
    expected = decision.expected
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
        signals=question.signals,
        expected_usd=expected.usd,
        expected_usd_always_large=decision.baseline.usd,
        expected_p_correct=_known(expected.p_correct),
        expected_tokens=expected.output_tokens,
        expected_seconds=_known(expected.seconds),
        options=tuple(
            {
                "target": str(option.target),
                "p_correct": _known(option.expected.p_correct),
                "usd": option.expected.usd,
                "excluded": option.excluded,
            }
            for option in decision.options
        ),
        target=decision.target,
        question=msgspec.structs.replace(question, signals={}),
        propensity=decision.propensity,
        tenant=question.tenant,
        key=key,
        guard=decision.verdict,
        masked=masked or {},
        conversation=question.conversation or None,
    )


def record_of_refusal(  # plain values, named at the call
    verdict: Verdict,
    question: Question,
    *,
    decision_id: str,
    policy_hash: str,
    bundle: str,
    requested_model: str,
    key: str = "",
) -> DecisionRecord:
    """Write down that a request went to no model: it costs nothing, and nothing is saved by it."""
    return DecisionRecord(
        id=decision_id,
        policy=policy_hash,
        bundle=bundle,
        requested_model=requested_model,
        model="",
        reasoning="",
        rule=GUARD,
        algorithm=GUARD,
        reasons=verdict.told,
        signals=question.signals,
        expected_usd=0.0,
        expected_usd_always_large=0.0,
        expected_p_correct=None,
        question=msgspec.structs.replace(question, signals={}),
        tenant=question.tenant,
        key=key,
        guard=verdict,
        conversation=question.conversation or None,
        outcome="refused",
    )


class _Messages(msgspec.Struct):
    messages: msgspec.Raw


_MESSAGES = msgspec.json.Decoder(_Messages)


def with_prompt(record: DecisionRecord, body: bytes) -> DecisionRecord:
    """Return a record that also holds a request's messages, byte for byte as they came.

    Only line breaks between JSON values become spaces: a record is one line.

    Args:
        record: The record.
        body: A request that `wire.chat.parse_chat` has accepted.
    """
    messages = bytes(_MESSAGES.decode(body).messages)
    # Inside a JSON string a line break is always escaped (RFC 8259, section 7).
    line = messages.replace(b"\n", b" ").replace(b"\r", b" ")
    return msgspec.structs.replace(record, prompt=msgspec.Raw(line))


def _known(value: float) -> float | None:
    return None if math.isnan(value) else value
