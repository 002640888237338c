"""Tries each arm on one question before a live run: does its switch do what it says?"""

from collections.abc import Sequence

import msgspec

from pointsman.errors import PointsmanError
from pointsman.evaluation.domain import written
from pointsman.evaluation.live.arms import Arm
from pointsman.evaluation.live.call import Asks, Failed, Reply
from pointsman.wire.chat import AUTO

PROBE = written(
    "A crate holds 17 rows of 23 jars. One jar breaks, and a sixth of the rest is sold. "
    "How many jars are left?",
    ("320", "325", "326", "390"),
)
"""Takes a few steps, so that a model that may reason has reason to."""

PROBE_TOKENS = 2048
"""Room to come to the end of a thought, which may show only by its end, whatever the run's caps."""

_MENDS = {
    True: "Name the model's family with --family; start the server with its reasoning parser; use "
    "a model and a chat template that know the switch",
    False: "Name the model's family with --family, and use a model and a chat template that know "
    "the switch. A reasoning parser that does not know it shows the whole answer as reasoning: "
    "with vLLM, choose the model's own --reasoning-parser",
}


async def probe(arms: Sequence[Arm], asker: Asks) -> None:
    """Ask each arm once.

    Raises:
        PointsmanError: An arm does not answer, or its switch has no effect.
    """
    for arm in arms:
        call = await arm.call(PROBE, PROBE_TOKENS)
        reply = await asker.ask(call)
        if isinstance(reply, Failed):
            said = f": {reply.said}" if reply.said else ""
            raise PointsmanError(
                f"the arm `{arm.name}` does not answer: {reply.why} from {call.url}{said}"
            )
        wanted = arm.reasons
        if arm.name == AUTO:
            if reply.routed is None:
                raise PointsmanError(
                    f"the arm `{AUTO}`: {call.url} sends no x-pointsman-* headers, so it is no "
                    "pointsman gateway: give the address of `pointsman serve` with --router-url"
                )
            wanted = reply.routed.reasons
        if went_against(wanted=wanted, reasoned=reply.written.reasoned, cut=False):
            raise PointsmanError(_no_effect(arm, reply, wants=bool(wanted)))


def went_against(*, wanted: bool | None, reasoned: bool, cut: bool) -> bool:
    """Whether an answer reasoned although it should not, or did not although it should.

    Of an answer that the cap ended, the second cannot be told: a thought may show only by its end.
    """
    if wanted is None or reasoned == wanted:
        return False
    return reasoned or not cut


def _no_effect(arm: Arm, reply: Reply, *, wants: bool) -> str:
    seen = ", ".join(
        f"{many} characters of {name}" for name, many in reply.written.thoughts.items()
    )
    counted = reply.written.reasoning_tokens
    usage = "no count of reasoning tokens" if counted is None else f"{counted} reasoning tokens"
    sent = (
        f"the router said reasoning {reply.routed.reasoning} for {reply.routed.model}"
        if arm.reasons is None and reply.routed is not None
        else f"with {msgspec.json.encode(arm.switch).decode()} in the body"
    )
    did = "did not reason" if wants else "reasoned all the same"
    return (
        f"the arm `{arm.name}` {did}: {sent}, and in the answer there was {seen or 'no thought'}, "
        f"{usage}, finish_reason {reply.written.finish}. {_MENDS[wants]}."
    )
