"""Asks every question of every arm under every cap, in turns, so many at once."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence

import msgspec

from pointsman.errors import PointsmanError
from pointsman.evaluation.live.arms import Arm
from pointsman.evaluation.live.call import Asks, Failed, Reply
from pointsman.evaluation.live.outcomes import Key, Outcome, outcome_of
from pointsman.evaluation.live.questions import Question
from pointsman.evaluation.rows import Say


class Turn(msgspec.Struct, frozen=True):
    """One request of the run."""

    question: Question
    arm: str
    cap: int

    @property
    def key(self) -> Key:
        """What its outcome will be of."""
        return self.question.id, self.arm, self.cap


Failures = Counter[tuple[str, int, str]]
"""How many requests had no answer, by arm, cap and reason."""


def turns(
    questions: Sequence[Question], arms: Sequence[str], caps: Sequence[int]
) -> Iterator[Turn]:
    """Yield every request of a run, question by question.

    All of a question's stand together, so that what befalls the server befalls all arms; each
    question begins with another one, so that none is always first and none always finds the prompt
    in the server's cache.
    """
    pairs = [(arm, cap) for cap in caps for arm in arms]
    for number, question in enumerate(questions):
        at = number % len(pairs)
        for arm, cap in pairs[at:] + pairs[:at]:
            yield Turn(question, arm, cap)


async def run_turns(  # plain values, named at the call
    pending: Sequence[Turn],
    arms: Mapping[str, Arm],
    asker: Asks,
    *,
    model: str,
    concurrency: int,
    keep: Callable[[Outcome], None],
    failures: Failures,
    say: Say,
) -> None:
    """Send all requests, `concurrency` at a time.

    Args:
        pending: In the order in which they are sent.
        arms: By name.
        asker: Sends.
        model: The model's name in the outcomes.
        concurrency: How many are under way until the last ones.
        keep: Told each outcome as soon as it is known.
        failures: Counts the requests without an answer.
        say: Told how far it is.
    """
    queue = iter(enumerate(pending, start=1))

    async def one_after_another() -> None:
        for number, turn in queue:
            say(f"live: {number} of {len(pending)}")
            reply = await _reply(turn, arms[turn.arm], asker)
            if isinstance(reply, Failed):
                failures[turn.arm, turn.cap, reply.why] += 1
                continue
            reasons = arms[turn.arm].reasons
            keep(
                outcome_of(
                    turn.question, reply, model=model, arm=turn.arm, cap=turn.cap, reasons=reasons
                )
            )

    await asyncio.gather(*(one_after_another() for _ in range(concurrency)))


async def _reply(turn: Turn, arm: Arm, asker: Asks) -> Reply | Failed:
    try:
        call = await arm.call(turn.question.text, turn.cap)
    except PointsmanError as error:  # the router's own: no model can take it, too many wait
        return Failed(error.code or type(error).__name__)
    return await asker.ask(call)
