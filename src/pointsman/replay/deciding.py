"""One record decided again, by the new policy and, where there is one, by the old one."""

from collections.abc import Mapping

import msgspec

from pointsman.errors import RequestError
from pointsman.policy.decide import Decision
from pointsman.policy.gain import Expected
from pointsman.policy.question import Question
from pointsman.replay.choices import (
    Choice,
    Ground,
    asked_first,
    chance_of,
    decided_choice,
    expected_of,
    recorded_choice,
)
from pointsman.replay.missing import Lacks, filled, missing_in
from pointsman.replay.records import Kept

SHADOW = "shadow"
NO_QUESTION = "no question"
MISSING = "missing"


class Task(msgspec.Struct, frozen=True):
    """What every record is put through.

    Attributes:
        new: The policy that decides again, and whose prices and estimates are the yardstick.
        old: The policy to compare with; None compares with what was recorded.
        feedback: Scores by decision id.
    """

    new: Ground
    old: Ground | None = None
    feedback: Mapping[str, float] = {}


class Left(msgspec.Struct, frozen=True):
    """A record that is not decided again, and why.

    Attributes:
        why: `SHADOW`, `NO_QUESTION`, `MISSING`, or the code of the error that refuses it.
        by_old: Whether it is the old policy of `Task` that cannot decide it.
        lacks: With `MISSING`, what was not measured.
        said: The error's message.
    """

    why: str
    by_old: bool = False
    lacks: Lacks = frozenset()
    said: str = ""


class Seen(msgspec.Struct, frozen=True):
    """One of the two choices.

    Attributes:
        expected: By the yardstick.
        same: Whether it is the recorded choice, so that what was measured holds for it.
        chance: How likely its policy makes the recorded choice; NaN where nobody needs to know.
    """

    choice: Choice
    expected: Expected
    same: bool
    chance: float


class Again(msgspec.Struct, frozen=True):
    """A record that was decided again.

    Attributes:
        before: The recorded choice, or the old policy's.
        as_recorded: Whether `before` is the record itself.
        gone: Whether the yardstick does not know the model chosen before.
    """

    kept: Kept
    before: Seen
    after: Seen
    as_recorded: bool
    gone: bool

    @property
    def changed(self) -> bool:
        """Whether the new policy does something else."""
        return self.before.choice.action != self.after.choice.action


def decide_again(kept: Kept, task: Task) -> Again | Left:
    """Decide what was recorded again; nothing is decided on what was not measured."""
    if kept.shadow_of is not None:
        return Left(SHADOW)
    question = asked_first(kept)
    if question is None:
        return Left(NO_QUESTION)
    was = None if task.old is None else _decided(question, task.old, by_old=True)
    if isinstance(was, Left):
        return was
    now = _decided(question, task.new, by_old=False)
    if isinstance(now, Left):
        return now
    question = filled(question, task.new.asked)
    recorded = recorded_choice(kept)
    scored = kept.id in task.feedback

    def seen(choice: Choice, decision: Decision | None, ground: Ground | None) -> Seen:
        chance = 1.0
        if scored and decision is not None and ground is not None:
            chance = chance_of(recorded, filled(question, ground.asked), decision, ground)
        expected = expected_of(choice, question, now, task.new)
        return Seen(choice, expected, choice.action == recorded.action, chance)

    before = recorded if was is None else decided_choice(was)
    return Again(
        kept=kept,
        before=seen(before, was, task.old),
        after=seen(decided_choice(now), now, task.new),
        as_recorded=was is None,
        gone=before.target.model not in task.new.catalog.models,
    )


def _decided(question: Question, ground: Ground, *, by_old: bool) -> Decision | Left:
    if lacks := missing_in(question, ground.policy):
        return Left(MISSING, by_old, lacks)
    try:
        return ground.decide(filled(question, ground.asked))
    except RequestError as error:
        return Left(error.code or "refused", by_old, said=error.message)
