"""Decisions of algorithms that do more than weigh: shares, second answers, time and budgets."""

from collections.abc import Callable
from typing import Any

import pytest

from pointsman.catalog.families import Reasoning
from pointsman.catalog.models import Catalog, Model, Speed, Target
from pointsman.policy.decide import Decision, decide, weighed
from pointsman.policy.question import Question
from pointsman.policy.rules import Policy, Prefer, Rule, Shadow
from pointsman.signals.detector import Signals

ON, OFF = Reasoning("on"), Reasoning("off")

MakeModel = Callable[..., Model]
MakeCatalog = Callable[..., Catalog]
MakeSignals = Callable[..., Signals]


def rule(*use: str, **more: Any) -> Rule:
    return Rule("r", use or ("small", "large"), **more)


def said(decision: Decision) -> str:
    return str(decision.target)


@pytest.mark.parametrize("sticky", ["conversation", "caller"])
def test_a_shadow_gets_its_share_of_conversations_or_callers_each_whole(
    sticky: Any, two: Catalog, some_signals: MakeSignals
) -> None:
    shadowed = rule("small", shadow=Shadow("large", 0.25), sticky=sticky)
    policy, signals = Policy((shadowed,)), some_signals()
    found = {}
    for n in range(2000):
        question = Question(signals, conversation=f"c{n}", caller="other")
        if sticky == "caller":
            question = Question(signals, conversation="other", caller=f"c{n}")
        found[n] = decide(question, policy, two).shadow
        assert decide(question, policy, two).shadow == found[n]
    assert set(found.values()) == {None, "large"}
    # Of 2,000 with a chance of a quarter: within four standard deviations of 19.4.
    assert abs(sum(shadow == "large" for shadow in found.values()) - 500) < 78


@pytest.mark.parametrize(("share", "shadow"), [(0.0, None), (1.0, "large")])
def test_a_shadow_of_all_or_none(
    share: float, shadow: str | None, two: Catalog, some_signals: MakeSignals
) -> None:
    policy = Policy((rule("small", shadow=Shadow("large", share)),))
    assert decide(Question(some_signals(), conversation="c"), policy, two).shadow == shadow


@pytest.mark.parametrize("sticky", ["conversation", "caller"])
def test_a_split_is_sticky_to_what_the_rule_says(
    sticky: Any, two: Catalog, some_signals: MakeSignals
) -> None:
    weights = {"small": 50.0, "large": 50.0}
    policy = Policy((rule(choose="split", weights=weights, sticky=sticky),))
    own, other = (
        ("conversation", "caller") if sticky == "conversation" else ("caller", "conversation")
    )

    def models(field: str) -> set[str]:
        asked: list[dict[str, Any]] = [{field: str(n)} for n in range(30)]
        return {decide(Question(some_signals(), **one), policy, two).target.model for one in asked}

    assert models(own) == {"small", "large"}
    assert len(models(other)) == 1
    assert decide(Question(some_signals()), policy, two).propensity == 0.5


def test_a_cascade_expects_the_second_answer_as_often_as_the_first_is_wrong(
    a_model: MakeModel, a_catalog: MakeCatalog, some_signals: MakeSignals
) -> None:
    speed = Speed(1.0, 64.0)
    catalog = a_catalog(
        a_model("a", "generic", price=1.0, strength=0.0, speed=speed),
        a_model("b", "generic", price=10.0, strength=1.0, speed=speed),
    )
    policy = Policy((rule("a", "b", choose="cascade"),))
    signals = some_signals(0.3, 0.0, 0.6)  # a is right 0.6 of the time, so 0.4 go on to b
    decision = decide(Question(signals), policy, catalog)
    assert (said(decision), str(decision.then)) == ("a", "b")
    first, second = (option.expected for option in decision.options)
    assert decision.expected.p_correct == pytest.approx(0.6)
    assert decision.expected.usd == pytest.approx(first.usd + 0.4 * second.usd)
    assert decision.expected.output_tokens == pytest.approx(1.4 * 256)
    assert decision.expected.seconds == pytest.approx(1.4 * 5.0)
    again = Question(signals, answered=(decision.target,))
    assert said(decide(again, policy, catalog)) == "b"
    assert decide(again, policy, catalog).then is None


def test_a_speed_seen_lately_decides_who_is_faster(
    a_model: MakeModel, a_catalog: MakeCatalog, some_signals: MakeSignals
) -> None:
    a, b = (a_model(n, "generic", speed=Speed(1.0, s)) for n, s in (("a", 100.0), ("b", 50.0)))
    policy = Policy((rule("a", "b", choose="latency"),))
    catalog = a_catalog(a, b)
    assert said(decide(Question(some_signals()), policy, catalog)) == "a"
    slowed = Question(some_signals(), speeds={"a": Speed(30.0, 100.0)})
    assert said(decide(slowed, policy, catalog)) == "b"


def test_the_lambda_and_the_pressure_of_the_moment_take_part(
    two: Catalog, some_signals: MakeSignals
) -> None:
    policy = Policy((rule(choose="budget"),), Prefer(trade=0.0))
    signals = some_signals(0.9, 0.0, 0.05)
    assert said(decide(Question(signals), policy, two)) == "large, reasoning on"
    assert said(decide(Question(signals, trade=50.0), policy, two)) == "small, reasoning off"
    assert said(decide(Question(signals, pressure=1.0), policy, two)) == "small, reasoning off"


def test_what_is_weighed_is_what_is_decided(two: Catalog, some_signals: MakeSignals) -> None:
    policy, question = Policy((rule(),)), Question(some_signals(), current="large")
    options = weighed(policy.rules[0], question, policy, two)
    best = max(options, key=lambda one: (one.worth, -one.cost))
    assert best.target == decide(question, policy, two).target
    assert [one.target for one in options] == [Target(n, r) for n in two.models for r in (OFF, ON)]
