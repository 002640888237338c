"""What was chosen, what is chosen now, and how likely."""

from collections.abc import Callable

import msgspec
import pytest

from pointsman.catalog.families import Reasoning
from pointsman.catalog.models import Catalog, Model, Prices, Target
from pointsman.policy.gain import Expected
from pointsman.policy.question import Question
from pointsman.policy.rules import Prefer, Rule
from pointsman.replay.choices import (
    Choice,
    Ground,
    asked_first,
    chance_of,
    decided_choice,
    expected_of,
    recorded_choice,
)
from pointsman.replay.records import Kept
from pointsman.signals.detector import Signals

MakeGround = Callable[..., Ground]
MakeKept = Callable[..., Kept]
MakeSignals = Callable[..., Signals]

CASCADE = Rule("all", ("small", "large"), choose="cascade")
TO_SMALL = Rule("small", ("small",), choose="static")
TO_LARGE = Rule("large", ("large",), choose="static")
SMALL_OFF, LARGE_OFF = Target("small", Reasoning("off")), Target("large", Reasoning("off"))
LARGE_ON = Target("large", Reasoning("on"))


def split(small: float, large: float) -> Rule:
    weights = {"small": small, "large": large}
    return Rule("ab", ("small", "large"), choose="split", weights=weights)


def test_a_record_is_its_question_its_choice_and_what_was_expected(
    a_kept: MakeKept, some_signals: MakeSignals
) -> None:
    kept = a_kept(question={"output_cap": 700})
    assert asked_first(kept) == Question(some_signals(), output_cap=700)
    choice = recorded_choice(kept)
    assert (choice.target, choice.rule) == (Target("small", Reasoning("on")), "all")
    assert choice.expected == Expected(
        kept.expected_p_correct or 0.0, kept.expected_usd, kept.expected_tokens
    )


def test_a_record_without_a_question_asks_nothing(a_kept: MakeKept) -> None:
    assert asked_first(a_kept(question={}, target=None)) is None
    assert asked_first(msgspec.structs.replace(a_kept(), question=None)) is None


def test_a_cascade_that_went_on_is_its_first_choice_and_where_it_went(
    a_ground: MakeGround, a_kept: MakeKept, some_signals: MakeSignals
) -> None:
    went_on = a_kept(a_ground(CASCADE), question={"answered": (SMALL_OFF,)})
    first = a_ground(CASCADE).decide(Question(some_signals()))
    choice = recorded_choice(went_on)
    assert (choice.target, choice.then) == (first.target, first.then)
    assert choice.cascades
    question = asked_first(went_on)
    assert question == Question(some_signals())
    assert choice.action == decided_choice(a_ground(CASCADE).decide(question)).action


def test_a_cascade_is_expected_to_cost_the_same_whether_it_went_on_or_not(
    a_ground: MakeGround, a_kept: MakeKept
) -> None:
    ground, other = a_ground(CASCADE), a_ground(TO_LARGE)
    kept = a_kept(ground)
    went_on = a_kept(ground, question={"answered": (SMALL_OFF,)})
    question = asked_first(kept)
    assert question is not None
    now = other.decide(question)
    stayed = expected_of(recorded_choice(kept), question, now, other)
    gone_on = expected_of(recorded_choice(went_on), question, now, other)
    assert gone_on.usd == pytest.approx(stayed.usd)
    assert gone_on.output_tokens == pytest.approx(stayed.output_tokens)
    assert gone_on.p_correct == stayed.p_correct


def test_the_yardstick_is_the_new_configs_prices(
    a_ground: MakeGround, a_kept: MakeKept, a_model: Callable[..., Model]
) -> None:
    dear = a_model("small", prices=Prices(0, 100))
    catalog = Catalog({"small": dear, "large": a_model("large", prices=Prices(0, 50))})
    ground = a_ground(TO_LARGE, models=catalog)
    kept = a_kept()
    question = asked_first(kept)
    assert question is not None
    expected = expected_of(recorded_choice(kept), question, ground.decide(question), ground)
    assert expected.usd == pytest.approx(100 * kept.expected_tokens / 1e6)


def test_a_model_that_is_no_more_stands_as_it_was_expected_then(
    a_ground: MakeGround, a_kept: MakeKept, a_model: Callable[..., Model]
) -> None:
    kept = a_kept()
    ground = a_ground(TO_LARGE, models=Catalog({"large": a_model("large")}))
    question = asked_first(kept)
    assert question is not None
    choice = recorded_choice(kept)
    assert expected_of(choice, question, ground.decide(question), ground) == choice.expected


def test_a_recorded_lambda_counts_only_where_the_new_policy_lets_it_move(
    a_ground: MakeGround, some_signals: MakeSignals
) -> None:
    free = Question(some_signals(p_gain=0.45, both=0.3), trade=0.0)
    dear = Prefer(trade=5.0)
    moving = Prefer(trade=5.0, usd_per_day=10.0)
    assert a_ground(prefer=dear).decide(free).target == SMALL_OFF
    assert a_ground(prefer=moving).decide(free).target == LARGE_ON


@pytest.mark.parametrize(
    ("rule", "target", "chance"),
    [
        (TO_SMALL, SMALL_OFF, 1.0),
        (TO_SMALL, LARGE_OFF, 0.0),
        (split(3, 1), SMALL_OFF, 0.75),
        (split(3, 1), LARGE_OFF, 0.25),
        (split(3, 1), LARGE_ON, 0.0),
        (split(1, 0), SMALL_OFF, 1.0),
        (split(1, 0), LARGE_OFF, 0.0),
        (split(0, 0), SMALL_OFF, 1.0),
    ],
)
@pytest.mark.parametrize("conversation", ["a", "b", "c", "d"])
def test_a_split_has_a_chance_for_each_model_whatever_it_drew(
    a_ground: MakeGround,
    some_signals: MakeSignals,
    rule: Rule,
    target: Target,
    chance: float,
    conversation: str,
) -> None:
    ground = a_ground(rule)
    question = Question(some_signals(p_gain=0.0), conversation=conversation)
    decision = ground.decide(question)
    recorded = Choice(target, "any", "static", decision.expected)
    assert chance_of(recorded, question, decision, ground) == chance


def test_a_model_that_cannot_take_the_request_leaves_its_share_to_the_others(
    a_ground: MakeGround, some_signals: MakeSignals
) -> None:
    ground = a_ground(split(3, 1))
    question = Question(some_signals(p_gain=0.0), avoid={"large": "it has failed"})
    decision = ground.decide(question)
    small = Choice(SMALL_OFF, "any", "static", decision.expected)
    assert chance_of(small, question, decision, ground) == 1.0


def test_a_cascade_is_not_the_same_as_its_first_choice(
    a_ground: MakeGround, some_signals: MakeSignals
) -> None:
    question = Question(some_signals())
    cascade, plain = (a_ground(rule) for rule in (CASCADE, TO_SMALL))
    choice = decided_choice(cascade.decide(question))
    assert choice.target == SMALL_OFF
    assert chance_of(choice, question, plain.decide(question), plain) == 0.0
    assert chance_of(choice, question, cascade.decide(question), cascade) == 1.0
    ab = a_ground(split(1, 1))
    assert chance_of(choice, question, ab.decide(question), ab) == 0.0
    assert str(choice) == "small, reasoning off (cascade)"


def test_a_named_model_is_chosen_for_certain(
    a_ground: MakeGround, some_signals: MakeSignals
) -> None:
    ground, question = a_ground(split(1, 1)), Question(some_signals(), named="large")
    decision = ground.decide(question)
    assert chance_of(decided_choice(decision), question, decision, ground) == 1.0
    there = expected_of(decided_choice(decision), question, decision, ground)
    assert there == decision.expected


def test_a_cap_on_reasoning_tokens_is_left_out_of_words() -> None:
    capped = Target("large", Reasoning("on", budget_tokens=2048))
    assert str(Choice(capped, "r", "gain", Expected(0.5, 0.1, 10))) == "large, reasoning on"
