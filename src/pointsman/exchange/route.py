"""One request is one function: read, measure, recollect, decide, plan."""

import hashlib
from collections.abc import Generator
from typing import Any

import msgspec

from pointsman.catalog.families import stated_wish
from pointsman.catalog.models import AUTO_NAMES
from pointsman.encoder.encoding import Asked, Encoding
from pointsman.exchange.effects import Effect, Encode, Recollect, Remember
from pointsman.exchange.plan import Forward, edits_for
from pointsman.observe.record import record_of
from pointsman.policy.decide import Decision, Question, decide
from pointsman.policy.world import World
from pointsman.signals.detector import measure
from pointsman.signals.reading import NOTHING_READ, Reading, read
from pointsman.wire.chat import ChatRequest
from pointsman.wire.prompt import Prompt, read_prompt


def route(
    request: ChatRequest,
    world: World,
    *,
    decision_id: str,
    caller: str = "",
    conversation: str | None = None,
) -> Generator[Effect, Any, Forward]:
    """Decide where one request goes, and how it must change for that.

    Args:
        request: The parsed request.
        world: The operator's configuration.
        decision_id: A fresh unique id.
        caller: Who sends it; conversations of different callers never mix.
        conversation: The client's own name for the conversation, if it gave one.

    Returns:
        The plan. What it needs on the way, it yields as an effect.
    """
    prompt = read_prompt(request)
    named = None if request.model in AUTO_NAMES else request.model
    reading = NOTHING_READ if named else (yield from encoded(read(prompt, world.asked)))
    signals = measure(world.detectors, prompt, reading)
    key = conversation_key(request, prompt, caller, conversation)
    current = (yield Recollect(key)) if _may_be_known(request, conversation) else None
    question = Question(
        signals=signals,
        named=named,
        wish=stated_wish(request),
        output_cap=request.output_cap,
        choices=request.answers,
        images=prompt.images > 0,
        current=current.model if current and current.model in world.catalog.models else None,
        in_tool_loop=prompt.in_tool_loop,
    )
    decision = decide(question, world.policy, world.catalog)
    yield Remember(key, decision.target)
    return plan(request, question, decision, world, decision_id=decision_id, conversation=key)


def encoded(
    reading: Generator[tuple[str, Asked], Encoding, Reading],
) -> Generator[Effect, Any, Reading]:
    """Read what a reading asks for: each text is yielded as an effect."""
    encoding: Any = None
    while True:
        try:
            text, asked = reading.send(encoding)
        except StopIteration as end:
            return end.value  # type: ignore[no-any-return]  # a generator's value is untyped
        encoding = yield Encode(text, asked)


def plan(  # plain values, named at the call
    request: ChatRequest,
    question: Question,
    decision: Decision,
    world: World,
    *,
    decision_id: str,
    conversation: str,
) -> Forward:
    """Turn a decision into what a front end does."""
    model = world.catalog.models[decision.target.model]
    return Forward(
        request=request,
        question=question,
        decision=decision,
        card=model,
        edits=edits_for(decision.target, model, request, ask_usage=world.ask_usage),
        hide_usage=world.ask_usage and not request.wants_usage,
        record=record_of(
            decision,
            question.signals,
            decision_id=decision_id,
            policy_hash=world.policy_hash,
            bundle=world.bundle,
            requested_model=request.model,
            conversation=conversation,
        ),
    )


def replan(failed: Forward, world: World) -> Forward:
    """Plan again without the model that failed, under the same rules.

    Raises:
        NoCandidateError: The rule's pool has no other model for this request.
    """
    avoid = failed.question.avoid | {failed.model}
    question = msgspec.structs.replace(failed.question, avoid=avoid, in_tool_loop=False)
    return plan(
        failed.request,
        question,
        decide(question, world.policy, world.catalog),
        world,
        decision_id=failed.record.id,
        conversation=failed.record.conversation or "",
    )


def conversation_key(
    request: ChatRequest, prompt: Prompt, caller: str, conversation: str | None
) -> str:
    """Return a hash that stays the same through a conversation and differs between callers.

    Without a name from the client, a conversation is known by how it began: its system text and
    its first user turn.
    """
    opening = [caller, request.user or ""]
    if conversation is not None:
        opening += ["named", conversation]
    else:
        opening += ["opening", *prompt.texts("system", "developer")]
        opening += [next(prompt.texts("user"), "")]
    # Lengths keep ("ab", "c") and ("a", "bc") apart.
    text = "".join(f"{len(piece)}:{piece}" for piece in opening)
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()


def _may_be_known(request: ChatRequest, conversation: str | None) -> bool:
    """Say whether a conversation can have been here before: not at an unnamed first turn."""
    return conversation is not None or any(m.role == "assistant" for m in request.messages)
