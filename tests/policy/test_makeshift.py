"""What is left when nothing is: a makeshift answer, or an error that says why of each model."""

from collections.abc import Callable
from typing import Any

import pytest

from pointsman.catalog.families import Reasoning
from pointsman.catalog.models import Catalog, Model, Target
from pointsman.errors import NoCandidateError
from pointsman.policy.decide import Decision, decide
from pointsman.policy.question import Question
from pointsman.policy.rules import Policy, Prefer, ReasoningRule, Rule
from pointsman.signals.detector import Signals

ON, OFF = Reasoning("on"), Reasoning("off")

MakeModel = Callable[..., Model]
MakeCatalog = Callable[..., Catalog]
MakeSignals = Callable[..., Signals]


def said(decision: Decision) -> str:
    return str(decision.target)


@pytest.mark.parametrize("cap", [1, 5, 100])
@pytest.mark.parametrize(
    ("family", "asked", "target"),
    [
        ("gpt-oss", ReasoningRule(), "m, reasoning on (low)"),  # it cannot be switched off
        ("o-series", ReasoningRule("off"), "m, reasoning on (low)"),
        ("qwen3", ReasoningRule("on"), "m, reasoning on"),  # the operator says so
    ],
)
def test_a_small_max_tokens_is_never_a_reason_to_refuse(
    family: str,
    asked: ReasoningRule,
    target: str,
    cap: int,
    a_model: MakeModel,
    a_catalog: MakeCatalog,
    some_signals: MakeSignals,
) -> None:
    catalog = a_catalog(a_model("m", family))
    policy = Policy((Rule("r", ("m",), reasoning=asked),), Prefer(trade=0.25))
    question = Question(some_signals(extra_tokens=5000.0), output_cap=cap)
    decision = decide(question, policy, catalog)
    assert said(decision) == target
    # More reasoning than the least has still no room.
    rest = [option.excluded for option in decision.options if option.target != decision.target]
    assert all(why == f"max_tokens {cap} leaves no room to reason" for why in rest)


def test_a_model_that_is_down_is_asked_only_when_nothing_else_is_left(
    two: Catalog, some_signals: MakeSignals
) -> None:
    policy = Policy((Rule("r", ("small", "large")),), Prefer(trade=5.0))
    for down, target in [
        ((), "small, reasoning off"),
        (("small",), "large, reasoning off"),
        (("large",), "small, reasoning off"),
        (("small", "large"), "small, reasoning off"),
    ]:
        question = Question(some_signals(), down=frozenset(down))
        assert said(decide(question, policy, two)) == target


def test_a_makeshift_answer_comes_before_a_model_that_is_down(
    a_model: MakeModel, a_catalog: MakeCatalog, some_signals: MakeSignals
) -> None:
    catalog = a_catalog(a_model("thinks", "gpt-oss", price=50.0), a_model("off", price=0.01))
    policy = Policy((Rule("r", ("thinks", "off")),))
    question = Question(some_signals(), output_cap=5)
    assert decide(question, policy, catalog).target.model == "off"
    dead = Question(some_signals(), output_cap=5, down=frozenset({"off"}))
    assert said(decide(dead, policy, catalog)) == "thinks, reasoning on (low)"


def test_a_model_that_is_down_stands_in_for_one_that_has_failed(
    two: Catalog, some_signals: MakeSignals
) -> None:
    policy = Policy((Rule("r", ("small", "large")),))
    question = Question(some_signals(), avoid={"small": "failed"}, down=frozenset({"large"}))
    assert decide(question, policy, two).target.model == "large"


def test_a_tool_loop_stays_on_the_model_that_called_the_tool(
    two: Catalog, some_signals: MakeSignals
) -> None:
    policy = Policy((Rule("r", ("small", "large")),), Prefer(trade=100.0))
    question = Question(some_signals(), current="large", in_tool_loop=True)
    assert decide(question, policy, two).target.model == "large"


@pytest.mark.parametrize(
    "says",
    [
        {"avoid": {"here": "it has failed this request"}},
        {"down": frozenset({"here"})},
        {"images": True},
        {"output_cap": 1_000_000},
    ],
)
def test_a_tool_loop_moves_on_when_its_model_can_take_no_more(
    says: dict[str, Any], a_model: MakeModel, a_catalog: MakeCatalog, some_signals: MakeSignals
) -> None:
    here = a_model("here", context_window=9000, images=False)
    catalog = a_catalog(here, a_model("there", price=50.0))
    policy = Policy((Rule("r", ("here", "there")),))
    question = Question(some_signals(), current="here", in_tool_loop=True, **says)
    assert decide(question, policy, catalog).target.model == "there"


def test_when_the_only_model_that_can_reason_has_failed_another_may_answer(
    a_model: MakeModel, a_catalog: MakeCatalog, some_signals: MakeSignals
) -> None:
    catalog = a_catalog(a_model("plain", "generic", price=0.01), a_model("thinker", price=9.0))
    policy = Policy((Rule("r", ("plain", "thinker")),))
    question = Question(some_signals(), wish=ON)
    assert said(decide(question, policy, catalog)) == "thinker, reasoning on"
    failed = Question(some_signals(), wish=ON, avoid={"thinker": "it has failed this request"})
    assert said(decide(failed, policy, catalog)) == "plain"


@pytest.mark.parametrize(
    ("rule", "says", "why"),
    [
        ({}, {"images": True}, "it takes no images"),
        ({}, {"output_cap": 4000}, "about 100 prompt tokens do not fit its window of 4096"),
        ({}, {"avoid": {"blind": "it has failed this request"}}, "it has failed this request"),
        # Of one model, both ways.
        (
            {},
            {"answered": (Target("blind", ON), Target("blind", OFF))},
            "blind, reasoning off: its answer was not good enough; blind, reasoning on: its answer",
        ),
        # What an operator will not pay is not paid in need, either.
        ({"max_usd": 1e-9}, {}, "it is expected to cost 0.0003 US$, the rule allows 1e-09"),
        ({"max_usd": 1e-9}, {"down": frozenset({"blind"})}, "the rule allows 1e-09"),
        ({}, {"images": True, "current": "blind", "in_tool_loop": True}, "it takes no images"),
        # A makeshift is looked for, too: that it is down is no longer the reason.
        ({}, {"images": True, "down": frozenset({"blind"})}, "it takes no images"),
    ],
)
def test_when_nothing_is_left_the_error_says_why_of_each(
    rule: dict[str, Any],
    says: dict[str, Any],
    why: str,
    a_model: MakeModel,
    a_catalog: MakeCatalog,
    some_signals: MakeSignals,
) -> None:
    catalog = a_catalog(a_model("blind", images=False, context_window=4096))
    policy = Policy((Rule("only", ("blind",), **rule),))
    with pytest.raises(NoCandidateError) as caught:
        decide(Question(some_signals(), **says), policy, catalog)
    assert caught.value.message.startswith("rule 'only': no model can take this request (")
    assert why in caught.value.message
    assert caught.value.status == 400
