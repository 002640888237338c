"""Whether a first answer is good enough, by what can be seen of it without another model. Pure.

Most signs are faults that no reader would take for an answer. The mean log-probability of an
answer's tokens is "Chow-Average" of Gupta et al., "Language Model Cascades: Token-Level Uncertainty
and Beyond" (ICLR 2024, arXiv:2404.10136), section 3.
"""

import msgspec

from pointsman.exchange.asked import asks_json
from pointsman.exchange.plan import Forward
from pointsman.policy.rules import Cascade
from pointsman.policy.world import World
from pointsman.wire.answer import ChatAnswer, Choice
from pointsman.wire.usage import Usage


def cascade_of(plan: Forward, world: World) -> Cascade:
    """Return what the rule of a plan says of good answers; a plan without a rule says nothing."""
    return next((rule.cascade for rule in world.policy.rules if rule.name == plan.rule), Cascade())


def shortcoming(answer: ChatAnswer, plan: Forward, cascade: Cascade) -> str | None:
    """Say in a few words why an answer is not good enough, or None when it is.

    Of several choices each must be good. The words hold nothing of prompt or answer: they go into
    a header and the record.
    """
    if not answer.choices:
        return "no choices"
    if not answer.complete:
        return "broken off"
    json_asked = asks_json(plan.request.body)
    for choice in answer.choices:
        if why := _fault(choice, answer.usage, plan, json_asked=json_asked):
            return why
        if why := _doubt(choice, cascade):
            return why
    return None


def _fault(choice: Choice, usage: Usage | None, plan: Forward, *, json_asked: bool) -> str | None:
    """Say what is wrong with the form of a choice, or None."""
    if choice.refusal:
        return None  # to decline is an answer
    if not (choice.content.strip() or choice.calls or choice.media):
        return "empty answer"
    if choice.finish == "length":
        # Where the client's own limit cut it, half a JSON text is what was asked for.
        return None if _cut_by_client(usage, plan) else "cut off"
    if json_asked and not choice.calls and not _is_json(choice.content):
        return "not the JSON that was asked for"
    if any(arguments is not None and not _is_json(arguments) for arguments in choice.calls):
        return "tool arguments that are no JSON"
    return None


def _doubt(choice: Choice, cascade: Cascade) -> str | None:
    """Say by which sign a choice is unsure of itself, or None."""
    if choice.refusal:
        return None
    said = choice.content.casefold()
    if any(phrase.casefold() in said for phrase in cascade.unsure):
        return "unsure by its words"
    if cascade.logprob_below is not None and choice.logprobs:
        mean = sum(choice.logprobs) / len(choice.logprobs)
        if mean < cascade.logprob_below:
            return "unsure by its log-probabilities"
    return None


def _cut_by_client(usage: Usage | None, plan: Forward) -> bool:
    """Say whether it was the client's own `max_tokens` that ended an answer.

    It was not where our budget for reasoning was used up before: that took the answer's room.
    """
    wish, budget = plan.question.wish, plan.reasoning.budget_tokens
    if plan.question.output_cap is None:
        return False
    if budget is None or (wish is not None and wish.budget_tokens is not None):
        return True
    return usage is None or (usage.reasoning_tokens or 0) < budget


def _is_json(text: str) -> bool:
    try:
        msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError):
        return False
    return True
