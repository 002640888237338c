"""What a front end knows of client and models, and what becomes of it in question and record."""

from collections.abc import Callable, Generator
from typing import Any

import msgspec
import pytest

from pointsman.catalog.models import Catalog, Model, Speed
from pointsman.exchange.effects import Effect, Recollect, Remember
from pointsman.exchange.plan import Forward, Plan
from pointsman.exchange.route import route
from pointsman.exchange.standing import NOBODY, Standing
from pointsman.policy.rules import Policy, Rule, Shadow
from pointsman.policy.world import World
from pointsman.signals.surface import SurfaceDetector
from pointsman.wire.chat import ChatRequest

MakeRequest = Callable[..., ChatRequest]


@pytest.fixture(scope="session")
def world(a_model: Callable[..., Model], a_catalog: Callable[..., Catalog]) -> World:
    """Nothing is read: prices alone are weighed, by what the moment says of them."""
    small, large = (a_model(n, "generic", price=p) for n, p in (("small", 1.0), ("large", 9.0)))
    shadow = Shadow("large", 1.0)
    rules = (Rule("all", ("large", "small"), choose="budget", shadow=shadow),)
    return World(Policy(rules), a_catalog(small, large), (SurfaceDetector(),))


def played(exchange: Generator[Effect, Any, Plan]) -> tuple[Forward, list[Effect]]:
    """Play an exchange that recollects nothing."""
    effects = []
    try:
        while True:
            effects.append(exchange.send(None))
    except StopIteration as end:
        return end.value, effects


def planned(
    world: World, request: ChatRequest, standing: Standing = NOBODY, **more: Any
) -> Forward:
    return played(route(request, world, decision_id="d", standing=standing, **more))[0]


def test_a_library_knows_nothing_of_the_moment(world: World, a_request: MakeRequest) -> None:
    plan = planned(world, a_request())
    assert plan.standing == NOBODY
    question = plan.question
    assert (question.down, question.speeds, question.trade) == (frozenset(), {}, None)
    assert question.pressure == 0.0
    assert (plan.record.tenant, plan.record.key) == ("", "")
    assert plan.reservation is None


def test_what_is_known_of_the_moment_stands_in_the_question(
    world: World, a_request: MakeRequest
) -> None:
    standing = Standing(
        key="k1",
        tenant="acme",
        down=frozenset({"large"}),
        speeds={"small": Speed(0.1, 70.0)},
        trade=0.7,
        pressure=0.25,
    )
    plan = planned(world, a_request(), standing)
    question = plan.question
    assert (question.caller, question.down) == ("k1", standing.down)
    assert (question.speeds, question.trade, question.pressure) == (standing.speeds, 0.7, 0.25)
    assert (plan.record.tenant, plan.record.key) == ("acme", "k1")
    assert plan.standing is standing


@pytest.mark.parametrize(
    ("standing", "model"),
    [
        (Standing(down=frozenset({"small"})), "large"),
        (Standing(pressure=1.0), "small"),
        (Standing(pressure=1.0, down=frozenset({"small"})), "large"),
    ],
)
def test_the_moment_decides(
    standing: Standing, model: str, world: World, a_request: MakeRequest
) -> None:
    assert planned(world, a_request(), standing).model == model


def test_callers_are_known_by_their_key_or_a_hash_never_by_what_they_sent(
    world: World, a_request: MakeRequest
) -> None:
    secret = "Bearer sk-secret"  # noqa: S105  # nobody's
    plan = planned(world, a_request(), Standing(caller=secret))
    assert plan.question.caller != secret
    assert secret.encode() not in msgspec.json.encode(plan.record)
    same = planned(world, a_request("Another?"), Standing(caller=secret))
    other = planned(world, a_request(), Standing(caller="Bearer sk-other"))
    assert plan.question.caller == same.question.caller != other.question.caller


def test_conversations_of_different_callers_are_apart_and_each_is_remembered_once(
    world: World, a_request: MakeRequest
) -> None:
    found = []
    for caller in ("one", "other"):
        plan, effects = played(
            route(
                a_request(),
                world,
                decision_id="d",
                standing=Standing(caller=caller),
                conversation="mine",
            )
        )
        assert [type(effect) for effect in effects] == [Recollect, Remember]
        assert effects[1] == Remember(plan.question.conversation, plan.decision.target)
        found.append(plan.question.conversation)
    assert found[0] != found[1]


@pytest.mark.parametrize(
    ("messages", "carried"),
    [
        ([("user", "a" * 100)], 0.0),
        # The last turn is new; what stands before it was there when the assistant answered.
        ([("user", "a" * 60), ("assistant", "b" * 20), ("user", "c" * 20)], 0.8),
        ([("system", "s" * 70), ("user", "a" * 30)], 0.0),
    ],
)
def test_what_earlier_calls_already_had_is_no_new_prompt(
    messages: list[tuple[str, str]], carried: float, world: World, a_request: MakeRequest
) -> None:
    turns = [{"role": role, "content": text} for role, text in messages]
    plan = planned(world, a_request(messages=turns))
    assert plan.question.carried_share == pytest.approx(carried, abs=0.05)


def test_who_gets_a_copy_stands_in_the_decision(world: World, a_request: MakeRequest) -> None:
    assert planned(world, a_request()).decision.shadow == "large"
