"""A record that says what would have changed its decision."""

from collections.abc import Callable

import msgspec
import pytest

from pointsman.catalog.models import Catalog, Model
from pointsman.observe.explain import explained
from pointsman.observe.record import DecisionRecord, record_of
from pointsman.policy.counterfactual import counterfactual
from pointsman.policy.decide import decide
from pointsman.policy.question import Question
from pointsman.policy.rules import Policy, Rule
from pointsman.policy.world import World
from pointsman.signals.detector import Signals


@pytest.fixture
def world(a_model: Callable[..., Model], a_catalog: Callable[..., Catalog]) -> World:
    catalog = a_catalog(
        a_model("small", price=1.0, strength=0.0), a_model("large", price=9.0, strength=1.0)
    )
    policy = Policy((Rule("all", ("small", "large")),))
    return World(policy, catalog, (), policy_hash="abc")


@pytest.fixture
def recorded(world: World, some_signals: Callable[..., Signals]) -> Callable[..., DecisionRecord]:
    def decided(**fields: object) -> DecisionRecord:
        question = Question(some_signals(), **fields)  # type: ignore[arg-type]  # as given
        decision = decide(question, world.policy, world.catalog)
        return record_of(
            decision,
            question,
            decision_id="dec_1",
            policy_hash="abc",
            bundle="tiny 1",
            requested_model="auto",
        )

    return decided


def test_it_says_what_an_explanation_of_the_decision_says(
    world: World, recorded: Callable[..., DecisionRecord]
) -> None:
    record = recorded()
    question = record.asked()
    assert question is not None
    decision = decide(question, world.policy, world.catalog)
    turn = counterfactual(question, decision, world.policy, world.catalog)
    assert explained(record, world).counterfactual == str(turn)
    assert str(turn).startswith("would go to ")


def test_it_says_the_same_of_a_record_that_was_written_and_read(
    world: World, recorded: Callable[..., DecisionRecord]
) -> None:
    read = msgspec.json.decode(msgspec.json.encode(recorded()), type=DecisionRecord)
    assert explained(read, world) == explained(recorded(), world)


def test_where_nothing_would_change_it_it_says_nothing(
    world: World, recorded: Callable[..., DecisionRecord]
) -> None:
    one = Policy((Rule("one", ("small",), choose="static"),))
    only = msgspec.structs.replace(world, policy=one)
    record = msgspec.structs.replace(recorded(), target=world.catalog.targets["small"][0])
    assert explained(record, only).counterfactual is None


@pytest.mark.parametrize(
    "change",
    [{"policy": "another config"}, {"question": None}, {"target": None}],
    ids=["decided by another config", "from a version without questions", "of another target"],
)
def test_what_this_world_did_not_decide_stays_as_it_is(
    change: dict[str, object], world: World, recorded: Callable[..., DecisionRecord]
) -> None:
    record = msgspec.structs.replace(recorded(), **change)
    assert explained(record, world) == record


def test_a_named_model_and_a_request_that_nothing_can_take_stay_as_they_are(
    world: World, recorded: Callable[..., DecisionRecord]
) -> None:
    named = recorded(named="small")
    assert explained(named, world) == named
    record = recorded()
    question = record.question
    assert question is not None
    nothing = msgspec.structs.replace(question, avoid={"small": "it failed", "large": "it failed"})
    refused = msgspec.structs.replace(record, question=nothing)
    assert explained(refused, world) == refused
