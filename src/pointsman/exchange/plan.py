"""What a front end is to do with a request: plain data."""

from collections.abc import Mapping
from typing import Any

import msgspec

from pointsman.catalog.families import Reasoning
from pointsman.catalog.models import Model, Target
from pointsman.catalog.wishes import overriding
from pointsman.errors import RefusedError, UncheckedError
from pointsman.exchange.hiding import NOTHING_HIDDEN, Hidden
from pointsman.exchange.standing import NOBODY, Standing
from pointsman.observe.record import DecisionRecord
from pointsman.policy.decide import Decision
from pointsman.policy.guard import PII
from pointsman.policy.question import Question
from pointsman.signals.attacks import ATTACKS
from pointsman.wire.chat import ChatRequest
from pointsman.wire.edit import Patch, apply_patch


class Forward(msgspec.Struct, frozen=True):
    """Send the edited request to this model.

    Attributes:
        question: What the decision answered; with a model added to `avoid` it can be asked again.
        card: The card of the model that was chosen.
        edits: Merge patch for the body.
        hide_usage: Whether the stream's usage chunk was asked for by us alone.
        standing: Who asks, and how the models were.
        reservation: What was reserved for it, where limits are counted.
        hidden: What the model does not see of it.
    """

    request: ChatRequest
    question: Question
    decision: Decision
    card: Model
    edits: Patch
    hide_usage: bool
    record: DecisionRecord
    standing: Standing = NOBODY
    reservation: str | None = None
    hidden: Hidden = NOTHING_HIDDEN

    @property
    def model(self) -> str:
        """The name of the model that was chosen."""
        return self.decision.target.model

    @property
    def reasoning(self) -> Reasoning:
        """How hard it should think."""
        return self.decision.target.reasoning

    @property
    def rule(self) -> str:
        """The name of the rule that held."""
        return self.decision.rule

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why, in words."""
        return self.decision.reasons

    def body(self) -> bytes:
        """Return the body to send: the client's bytes, less what is hidden, with the edits."""
        seen = self.request.body if self.hidden.body is None else self.hidden.body
        return apply_patch(seen, self.edits)


class Refuse(msgspec.Struct, frozen=True):
    """Answer the request ourselves: no model gets it.

    Attributes:
        error: Why; `RefusedError` by what was seen, `UncheckedError` because nothing was.
    """

    request: ChatRequest
    question: Question
    error: RefusedError | UncheckedError
    record: DecisionRecord


Plan = Forward | Refuse
"""What becomes of a request."""


def edits_for(target: Target, model: Model, request: ChatRequest, *, ask_usage: bool) -> Patch:
    """Return what must change in the body for a target.

    `ask_usage` adds `stream_options.include_usage` to streamed requests that lack it: without it
    a server reports no token counts, and nothing could be accounted for.
    """
    edits: dict[str, Any] = {}
    if request.model != model.upstream_name:
        edits["model"] = model.upstream_name
    said = model.family.edits(target.reasoning)
    edits.update(said if target.reasoning.mode == "default" else overriding(request, said))
    if ask_usage and request.stream and not request.wants_usage:
        edits["stream_options"] = {"include_usage": True}
    return edits


def decision_headers(record: DecisionRecord) -> Mapping[str, str]:
    """Return the response headers that tell a client what was decided.

    The `x-vsr-*` names are the vLLM Semantic Router's, for dashboards that read them.
    """
    domain = record.signals.get("domain")
    top = getattr(domain, "top", None)
    headers = {
        "x-pointsman-decision-id": record.id,
        "x-pointsman-model": record.model,
        "x-pointsman-rule": record.rule,
        "x-pointsman-reasoning": record.reasoning,
        "x-pointsman-cache": "off",
        "x-selected-model": record.model,
        "x-vsr-selected-model": record.model,
        "x-vsr-selected-decision": record.rule,
        "x-vsr-selected-algorithm": record.algorithm,
        "x-vsr-selected-reasoning": "on" if record.reasoning.startswith("on") else "off",
    }
    if top is not None:
        headers["x-vsr-selected-category"] = top[0]
    headers.update(guard_headers(record))
    if not record.model:  # refused: no model was selected, and it thinks nothing
        return {name: value for name, value in headers.items() if name in _OF_A_REFUSAL}
    return headers


_OF_A_REFUSAL = frozenset(
    {"x-pointsman-decision-id", "x-pointsman-rule", "x-pointsman-cache"}
    | {"x-pointsman-guard", "x-pointsman-guard-reason"}
    | {"x-jailbreak-blocked", "x-jailbreak-type", "x-pii-violation"}
)


def guard_headers(record: DecisionRecord) -> Mapping[str, str]:
    """Return the headers that name what the guard did and why, never a word of the request.

    `x-jailbreak-*` and `x-pii-violation` are the vLLM Semantic Router's, on refusals. Its
    probability is left out: it would tell attackers how near they are.
    """
    verdict = record.guard
    if verdict.word == "off":
        return {}
    headers: dict[str, str] = {"x-pointsman-guard": verdict.word}
    if verdict.reasons:
        headers["x-pointsman-guard-reason"] = "; ".join(verdict.reasons)
    if record.masked:
        said = (f"{type_}={count}" for type_, count in record.masked.items())
        headers["x-pointsman-masked"] = ", ".join(said)
    if verdict.word == "refuse":
        attacks = [reason for reason in verdict.reasons if reason in ATTACKS]
        if attacks:
            headers |= {"x-jailbreak-blocked": "true", "x-jailbreak-type": attacks[0]}
        if any(reason.startswith(PII) for reason in verdict.reasons):
            headers["x-pii-violation"] = "true"
    return headers
