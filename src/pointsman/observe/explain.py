"""Completes a record with what it does not need while a request waits."""

import msgspec

from pointsman.errors import PointsmanError
from pointsman.observe.record import DecisionRecord
from pointsman.policy.counterfactual import counterfactual
from pointsman.policy.decide import decide
from pointsman.policy.guard import GUARD
from pointsman.policy.world import World


def explained(record: DecisionRecord, world: World) -> DecisionRecord:
    """Return a record that says what would have changed its decision, if anything would.

    It stays as it is where this world is not the one that decided: the config was read again
    meanwhile.
    """
    question = record.asked()
    if question is None or question.named is not None or record.rule == GUARD:
        return record
    if record.policy != world.policy_hash:
        return record
    try:
        decision = decide(question, world.policy, world.catalog)
    except PointsmanError:
        return record
    if decision.target != record.target:
        return record
    turn = counterfactual(question, decision, world.policy, world.catalog)
    said = None if turn is None else str(turn)
    return msgspec.structs.replace(record, counterfactual=said)
