"""A record decided again."""

from collections.abc import Callable

import msgspec
import pytest

from pointsman.policy.conditions import Asks
from pointsman.policy.rules import Rule
from pointsman.replay.choices import Ground
from pointsman.replay.columns import AFTER, BEFORE, Column
from pointsman.replay.deciding import (
    MISSING,
    NO_QUESTION,
    SHADOW,
    Again,
    Left,
    Task,
    decide_again,
)
from pointsman.replay.records import Kept
from pointsman.replay.row import row_of

MakeGround = Callable[..., Ground]
MakeKept = Callable[..., Kept]

TO_SMALL = Rule("small", ("small",), choose="static")
TO_LARGE = Rule("large", ("large",), choose="static")
GUARDED = Rule("guard", ("large",), when=Asks("jailbreak", "p", above=0.5), choose="static")
AB = Rule("ab", ("small", "large"), choose="split", weights={"small": 3, "large": 1})


def again(kept: Kept, task: Task) -> Again:
    found = decide_again(kept, task)
    assert isinstance(found, Again)
    return found


def test_the_same_policy_decides_the_same(a_ground: MakeGround, a_kept: MakeKept) -> None:
    task = Task(a_ground())
    found = again(a_kept(usage=(9, 30)), task)
    assert not found.changed
    row = row_of(found, task)
    for before, after in zip(BEFORE, AFTER, strict=True):
        assert row[before] == row[after]


def test_another_policy_is_held_against_what_was_recorded(
    a_ground: MakeGround, a_kept: MakeKept
) -> None:
    task = Task(a_ground(TO_LARGE))
    kept = a_kept(a_ground(TO_SMALL), usage=(40, 100))
    found = again(kept, task)
    row = row_of(found, task)
    assert (row[Column.ROWS], row[Column.CHANGED], row[Column.READ]) == (1, 1, 1)
    assert row[BEFORE.usd] == kept.expected_usd
    assert row[AFTER.usd] == pytest.approx(9 * kept.expected_usd)
    assert row[BEFORE.tokens] == row[AFTER.tokens] == kept.expected_tokens
    assert (row[BEFORE.paid], row[BEFORE.paid_for]) == (kept.usd, kept.expected_usd)
    assert (row[BEFORE.said], row[BEFORE.unsaid]) == (100, 0)
    assert (row[AFTER.paid], row[AFTER.unpaid]) == (0, row[AFTER.usd])
    assert (row[AFTER.said], row[AFTER.unsaid]) == (0, row[AFTER.tokens])


def test_another_policy_is_held_against_the_old_one(a_ground: MakeGround, a_kept: MakeKept) -> None:
    kept = a_kept(a_ground(TO_SMALL), usage=(40, 100))
    found = again(kept, Task(a_ground(TO_SMALL), old=a_ground(TO_LARGE)))
    assert (found.before.choice.rule, found.after.choice.rule) == ("large", "small")
    assert (found.before.same, found.after.same) == (False, True)


@pytest.mark.parametrize(
    ("change", "why"),
    [({"shadow_of": "dec_0"}, SHADOW), ({"question": None}, NO_QUESTION)],
)
def test_what_was_no_decision_is_left_out(
    a_ground: MakeGround, a_kept: MakeKept, change: dict[str, object], why: str
) -> None:
    kept = msgspec.structs.replace(a_kept(), **change)
    assert decide_again(kept, Task(a_ground())) == Left(why)


def test_what_was_not_measured_is_never_decided_on(a_ground: MakeGround, a_kept: MakeKept) -> None:
    lacks = frozenset({"jailbreak.p"})
    new = decide_again(a_kept(), Task(a_ground(GUARDED, TO_SMALL)))
    assert new == Left(MISSING, lacks=lacks)
    old = decide_again(a_kept(), Task(a_ground(), old=a_ground(GUARDED, TO_SMALL)))
    assert old == Left(MISSING, by_old=True, lacks=lacks)


def test_what_the_new_policy_would_refuse_says_why(a_ground: MakeGround, a_kept: MakeKept) -> None:
    kept = a_kept(a_ground(TO_LARGE), question={"avoid": {"small": "it has failed"}})
    found = decide_again(kept, Task(a_ground(TO_SMALL)))
    assert isinstance(found, Left)
    assert (found.why, found.by_old) == ("no_candidate", False)
    assert "small, reasoning off: it has failed" in found.said


def test_weights_are_the_chance_now_over_the_chance_then(
    a_ground: MakeGround, a_kept: MakeKept
) -> None:
    kept = a_kept(a_ground(AB), question={"conversation": "a"})
    assert kept.target is not None
    then = {"small": 0.75, "large": 0.25}[kept.target.model]
    assert kept.propensity == then
    task = Task(a_ground(TO_SMALL), feedback={"dec_1": 0.5})
    row = row_of(again(kept, task), task)
    weight = 1 / then if kept.target.model == "small" and not row[Column.CHANGED] else 0.0
    assert (row[AFTER.w], row[AFTER.ws], row[AFTER.ww]) == (weight, weight / 2, weight**2)
    assert (row[BEFORE.w], row[BEFORE.ws]) == (1.0, 0.5)
    assert (row[Column.SCORED], row[Column.SCORE], row[Column.CERTAIN]) == (1, 0.5, 0)
    same = Task(a_ground(AB), old=a_ground(AB), feedback={"dec_1": 0.5})
    row = row_of(again(kept, same), same)
    assert row[AFTER.w] == row[BEFORE.w] == 1.0


def test_a_record_without_a_score_weighs_nothing(a_ground: MakeGround, a_kept: MakeKept) -> None:
    task = Task(a_ground(), feedback={"dec_2": 0.5})
    row = row_of(again(a_kept(), task), task)
    assert (row[Column.SCORED], row[AFTER.w], row[BEFORE.w]) == (0, 0, 0)


def test_a_model_that_is_no_more_is_noted_and_decided_again(
    a_ground: MakeGround, a_kept: MakeKept
) -> None:
    kept = a_kept()
    assert kept.target is not None
    old = msgspec.structs.replace(kept.target, model="retired")
    found = again(msgspec.structs.replace(kept, target=old), Task(a_ground(TO_LARGE)))
    assert found.gone
    assert found.after.choice.target.model == "large"


def test_tokens_are_billed_by_the_new_prices_unless_several_answers_were_paid(
    a_ground: MakeGround, a_kept: MakeKept
) -> None:
    task = Task(a_ground(TO_SMALL))
    kept = msgspec.structs.replace(a_kept(a_ground(TO_SMALL), usage=(40, 100)), usd=5.0)
    row = row_of(again(kept, task), task)
    assert row[BEFORE.paid] == 5.0
    assert row[AFTER.paid] == pytest.approx((40 / 4 + 100) / 1e6)
    cascade = Rule("c", ("small", "large"), choose="cascade")
    task = Task(a_ground(cascade))
    kept = msgspec.structs.replace(a_kept(a_ground(cascade), usage=(40, 100)), usd=5.0)
    row = row_of(again(kept, task), task)
    assert row[BEFORE.paid] == row[AFTER.paid] == 5.0
