"""The plan for a copy of a request."""

import json
from collections.abc import Callable

import pytest

from pointsman.catalog.models import Catalog, Model
from pointsman.errors import NoCandidateError
from pointsman.exchange.plan import Forward
from pointsman.exchange.route import plan
from pointsman.exchange.shadowing import shadow
from pointsman.exchange.standing import Standing
from pointsman.policy.decide import decide
from pointsman.policy.question import Question
from pointsman.policy.rules import Policy, ReasoningRule, Rule, Shadow
from pointsman.policy.world import World
from pointsman.signals.detector import Signals
from pointsman.wire.chat import ChatRequest

MakePlan = Callable[..., Forward]


@pytest.fixture(scope="session")
def world(a_model: Callable[..., Model], a_catalog: Callable[..., Catalog]) -> World:
    rule = Rule("all", ("small",), reasoning=ReasoningRule("on"), shadow=Shadow("new"))
    models = (
        a_model("small", price=1.0, strength=0.0),
        a_model("new", "gpt-oss", price=2.0, strength=0.5, context_window=1000, images=False),
        a_model("large", price=9.0, strength=1.0),
    )
    return World(Policy((rule,)), a_catalog(*models), (), policy_hash="abc")


@pytest.fixture(scope="session")
def planned(
    world: World, a_request: Callable[..., ChatRequest], some_signals: Callable[..., Signals]
) -> MakePlan:
    def build(characters: float = 400.0, **fields: object) -> Forward:
        question = Question(
            some_signals(characters=characters),
            conversation="c",
            tenant="acme",
            **fields,  # type: ignore[arg-type]  # named by each test
        )
        request = a_request("How?", x_future=1)
        decision = decide(question, world.policy, world.catalog)
        standing = Standing(tenant="acme", key="k1")
        return plan(request, question, decision, world, decision_id="d", standing=standing)

    return build


def test_a_copy_has_a_body_and_a_record_of_its_own(world: World, planned: MakePlan) -> None:
    original = planned()
    assert original.decision.shadow == "new"
    copy = shadow(original, "new", world, decision_id="s")
    assert json.loads(copy.body()) == {
        "messages": [{"role": "user", "content": "How?"}],
        "model": "new-v1",
        "reasoning_effort": "low",
        "x_future": 1,
    }
    record = copy.record
    assert (record.id, record.shadow_of, record.model) == ("s", "d", "new")
    assert (record.rule, record.algorithm, record.reasoning) == ("all", "shadow", "on (low)")
    assert (record.tenant, record.key, record.policy) == ("acme", "k1", "abc")
    assert "d" in record.reasons[0]
    expected = [option["usd"] for option in record.options]
    assert expected == [record.expected_usd]
    assert record.expected_usd > 0
    assert record.expected_usd_always_large == original.record.expected_usd_always_large


def test_a_copy_reasons_its_least_whatever_the_rule_asks(world: World, planned: MakePlan) -> None:
    assert shadow(planned(), "large", world, decision_id="s").reasoning.mode == "off"


def test_a_copy_has_no_copy(world: World, planned: MakePlan) -> None:
    assert shadow(planned(), "new", world, decision_id="s").decision.shadow is None


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"images": True}, "no images"),
        ({"characters": 9000.0}, "window"),
        ({"down": frozenset({"new"})}, "none of its endpoints answers"),
    ],
)
def test_a_model_that_cannot_take_the_request_gets_no_copy(
    fields: dict[str, object], why: str, world: World, planned: MakePlan
) -> None:
    with pytest.raises(NoCandidateError, match=why):
        shadow(planned(**fields), "new", world, decision_id="s")
