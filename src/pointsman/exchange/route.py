"""One request is one function: read, measure, recollect, decide, plan, reserve."""

import hashlib
from collections.abc import Generator
from typing import Any

import msgspec

from pointsman.accounts.counters import Granted, Refused, error_of
from pointsman.catalog.models import AUTO_NAMES
from pointsman.catalog.wishes import stated_wish
from pointsman.errors import NoCandidateError, RefusedError, UncheckedError
from pointsman.exchange.claims import claim_of
from pointsman.exchange.effects import Effect, Recollect, Release, Remember, Reserve
from pointsman.exchange.hiding import hide
from pointsman.exchange.measuring import measured
from pointsman.exchange.plan import Forward, Plan, Refuse, edits_for
from pointsman.exchange.standing import NOBODY, Standing
from pointsman.observe.record import record_of, record_of_refusal
from pointsman.policy.decide import Decision, decide
from pointsman.policy.guard import Verdict
from pointsman.policy.question import Question
from pointsman.policy.world import World
from pointsman.wire.chat import ChatRequest
from pointsman.wire.prompt import Prompt, read_prompt


def route(
    request: ChatRequest,
    world: World,
    *,
    decision_id: str,
    standing: Standing = NOBODY,
    conversation: str | None = None,
) -> Generator[Effect, Any, Plan]:
    """Decide where one request goes, and how it must change for that.

    Args:
        request: The parsed request.
        world: The operator's configuration.
        decision_id: A fresh unique id.
        standing: Who asks, and how the models are.
        conversation: The client's own name for the conversation, if it gave one.

    Returns:
        The plan. What it needs on the way, it yields as an effect.
    """
    prompt = read_prompt(request)
    named = None if request.model in AUTO_NAMES else request.model
    signals, failure = yield from measured(prompt, world, named=named is not None)
    key = conversation_key(request, prompt, standing.caller, conversation)
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
        carried_share=prompt.carried_share,
        conversation=key,
        caller=standing.key or _hashed(standing.caller),
        down=standing.down,
        speeds=standing.speeds,
        trade=standing.trade,
        pressure=standing.pressure,
        tenant=standing.tenant,
        failed=failure is not None,
    )
    try:
        decision = decide(question, world.policy, world.catalog)
        first = plan(request, question, decision, world, decision_id=decision_id, standing=standing)
    except RefusedError as refused:
        verdict = Verdict("refuse", refused.reasons, refused.told)
        return _refusal(request, question, refused, verdict, world, decision_id, standing)
    except UncheckedError as unchecked:
        unchecked.retry_after_s = getattr(failure, "retry_after_s", None)
        unchecked.__cause__ = failure
        verdict = Verdict("unchecked", ("unchecked",))
        return _refusal(request, question, unchecked, verdict, world, decision_id, standing)
    admitted = yield from admit(first, world)
    yield Remember(key, admitted.decision.target)
    return admitted


def _refusal(
    request: ChatRequest,
    question: Question,
    error: RefusedError | UncheckedError,
    verdict: Verdict,
    world: World,
    decision_id: str,
    standing: Standing,
) -> Refuse:
    record = record_of_refusal(
        verdict,
        question,
        decision_id=decision_id,
        policy_hash=world.policy_hash,
        bundle=world.bundle,
        requested_model=request.model,
        key=standing.key,
    )
    return Refuse(request, question, error, record)


def plan(  # plain values, named at the call
    request: ChatRequest,
    question: Question,
    decision: Decision,
    world: World,
    *,
    decision_id: str,
    standing: Standing = NOBODY,
) -> Forward:
    """Turn a decision into what a front end does."""
    model = world.catalog.models[decision.target.model]
    hidden = hide(
        request,
        question.signals,
        decision.watch,
        model,
        key=world.placeholder_key,
        scope=standing.tenant or standing.caller,
    )
    return Forward(
        request=request,
        question=question,
        decision=decision,
        card=model,
        edits=edits_for(decision.target, model, request, ask_usage=world.ask_usage),
        hide_usage=world.ask_usage and not request.wants_usage,
        standing=standing,
        hidden=hidden,
        record=record_of(
            decision,
            question,
            decision_id=decision_id,
            policy_hash=world.policy_hash,
            bundle=world.bundle,
            requested_model=request.model,
            key=standing.key,
            masked=hidden.counts,
        ),
    )


def admit(wanted: Forward, world: World) -> Generator[Effect, Any, Forward]:
    """Reserve what a plan may use; where a limit has no room, plan again without that model.

    Raises:
        LimitError: No model that the rule allows has room left.
    """
    if not wanted.standing.limited:
        return wanted
    refusals: list[Refused] = []
    while True:
        answer = yield Reserve(claim_of(wanted))
        if isinstance(answer, Granted):
            return msgspec.structs.replace(wanted, reservation=answer.reservation)
        refusals.append(answer)
        try:
            wanted = replan(wanted, world, f"the limit of {answer.limit} has no room for it")
        except NoCandidateError:
            raise error_of(refusals[0]) from None


def admit_alone(wanted: Forward) -> Generator[Effect, Any, Forward]:
    """Reserve what a plan may use, for no other model than its own.

    Raises:
        LimitError: A limit has no room for it.
    """
    if not wanted.standing.limited:
        return wanted
    answer = yield Reserve(claim_of(wanted))
    if not isinstance(answer, Granted):
        raise error_of(answer)
    return msgspec.structs.replace(wanted, reservation=answer.reservation)


def reroute(failed: Forward, world: World) -> Generator[Effect, Any, Forward]:
    """Go on to another model, within the same rules and limits.

    Raises:
        NoCandidateError: The rule's pool has no other model for this request.
        LimitError: It has, but no limit has room for one.
    """
    if failed.reservation is not None:
        yield Release(failed.reservation)
    other = replan(failed, world)
    return (yield from admit(other, world))


def replan(failed: Forward, world: World, why: str = "it has failed this request") -> Forward:
    """Plan again without the model that failed, under the same rules.

    Raises:
        NoCandidateError: The rule's pool has no other model for this request.
    """
    avoid = {**failed.question.avoid, failed.model: why}
    return _again(failed, world, avoid=avoid, in_tool_loop=False)


def escalate(answered: Forward, world: World) -> Generator[Effect, Any, Forward]:
    """Go on from a target whose answer was not good enough, within the same rules and limits.

    Raises:
        NoCandidateError: The rule's pool has nothing else for this request.
        LimitError: It has, but no limit has room for it.
    """
    seen = (*answered.question.answered, answered.decision.target)
    return (yield from admit(_again(answered, world, answered=seen), world))


def _again(before: Forward, world: World, **changes: Any) -> Forward:  # noqa: ANN401  # fields
    question = msgspec.structs.replace(before.question, **changes)
    return plan(
        before.request,
        question,
        decide(question, world.policy, world.catalog),
        world,
        decision_id=before.record.id,
        standing=before.standing,
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
    return _hashed("".join(f"{len(piece)}:{piece}" for piece in opening))


def _hashed(text: str) -> str:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()


def _may_be_known(request: ChatRequest, conversation: str | None) -> bool:
    """Say whether a conversation can have been here before: not at an unnamed first turn."""
    return conversation is not None or any(m.role == "assistant" for m in request.messages)
