"""The plan for a copy of a request: the same body, for a model that nobody waits for. Pure."""

import msgspec

from pointsman.errors import NoCandidateError
from pointsman.exchange.plan import Forward
from pointsman.exchange.route import plan
from pointsman.policy.decide import Decision
from pointsman.policy.elsewhere import barred
from pointsman.policy.options import may_not_see, need_for, options_of
from pointsman.policy.rules import ReasoningRule, Rule
from pointsman.policy.world import World

ALGORITHM = "shadow"
"""What a record names as its algorithm when its request was a copy."""


def shadow(original: Forward, model: str, world: World, *, decision_id: str) -> Forward:
    """Plan a copy of a request for a model, which reasons its least.

    Args:
        original: The plan whose request is copied.
        model: Who gets the copy.
        world: The configuration that decided.
        decision_id: A fresh unique id; the record names the original's beside it.

    Raises:
        NoCandidateError: The model cannot take this request, such as by its context window, or
            none of its endpoints answers.
    """
    least = Rule(
        original.rule, (model,), choose="static", reasoning=ReasoningRule("off", override=True)
    )
    need = need_for(original.question)
    option = options_of(least, original.question, need, world.policy, world.catalog)[0]
    watch = original.decision.watch
    unseen = barred((world.catalog.models[model],), original.question, watch)
    if why := option.excluded or next((may_not_see(*one) for one in unseen), None):
        raise NoCandidateError(f"no copy for '{model}': {why}")
    decision = Decision(
        target=option.target,
        rule=original.rule,
        algorithm=ALGORITHM,
        reasons=(f"a copy of {original.record.id}; its answer is measured and thrown away",),
        expected=option.expected,
        baseline=original.decision.baseline,
        baseline_target=original.decision.baseline_target,
        options=(option,),
        verdict=original.decision.verdict,
        watch=watch,
    )
    copy = plan(
        original.request,
        original.question,
        decision,
        world,
        decision_id=decision_id,
        standing=original.standing,
    )
    record = msgspec.structs.replace(copy.record, shadow_of=original.record.id)
    return msgspec.structs.replace(copy, record=record)
