"""The decision: rules, exclusions, wishes, named models, and what is left when nothing is."""

import math
from collections.abc import Callable
from typing import Any

import pytest

from pointsman.catalog.families import Reasoning
from pointsman.catalog.models import Catalog, Model, Prices
from pointsman.errors import NoCandidateError, UnknownModelError
from pointsman.policy.conditions import Asks, Condition
from pointsman.policy.decide import NAMED, Decision, Question, alternatives, decide
from pointsman.policy.rules import Policy, Prefer, ReasoningRule, Rule
from pointsman.signals.detector import Signals

ON, OFF = Reasoning("on"), Reasoning("off")
MATH = Asks("domain", "math", above=0.5)
LAW = Asks("domain", "law", above=0.5)

MakeModel = Callable[..., Model]
MakeCatalog = Callable[..., Catalog]
MakeSignals = Callable[..., Signals]


@pytest.fixture(scope="session")
def two(a_model: MakeModel, a_catalog: MakeCatalog) -> Catalog:
    """A cheap weak model and a dear strong one, both with a switch."""
    return a_catalog(
        a_model("small", price=1.0, strength=0.0), a_model("large", price=10.0, strength=1.0)
    )


def rule(
    name: str = "r",
    *use: str,
    when: Condition | None = None,
    choose: str = "gain",
    reasoning: ReasoningRule | None = None,
) -> Rule:
    return Rule(name, use or ("small", "large"), when, choose, reasoning or ReasoningRule())


def said(decision: Decision) -> str:
    return str(decision.target)


def excluded(decision: Decision) -> dict[str, str]:
    return {str(o.target): o.excluded for o in decision.options if o.excluded is not None}


@pytest.mark.parametrize(
    ("domain", "name"), [("math", "first"), ("law", "second"), ("other", "third")]
)
def test_the_first_rule_that_holds_decides(
    domain: str, name: str, two: Catalog, some_signals: MakeSignals
) -> None:
    policy = Policy((rule("first", when=MATH), rule("second", when=LAW), rule("third")))
    decision = decide(Question(some_signals(domain=domain)), policy, two)
    assert decision.rule == name
    assert name in decision.reasons[0]


def test_a_rule_behind_one_that_holds_is_not_asked(two: Catalog, some_signals: MakeSignals) -> None:
    unanswerable = rule("broken", when=Asks("nowhere", "x"))
    decision = decide(Question(some_signals()), Policy((rule("first"), unanswerable)), two)
    assert decision.rule == "first"


@pytest.mark.parametrize(
    ("p_gain", "trade", "target"),
    [
        (0.0, 0.25, "small, reasoning off"),
        (0.9, 0.5, "small, reasoning on"),
        (0.9, 0.0, "large, reasoning on"),
        (0.9, 50.0, "small, reasoning off"),
    ],
)
def test_gain_is_bought_where_the_dial_says_so(
    p_gain: float, trade: float, target: str, two: Catalog, some_signals: MakeSignals
) -> None:
    policy = Policy((rule(),), Prefer(trade=trade))
    signals = some_signals(p_gain, 0.0, 0.05)
    assert said(decide(Question(signals), policy, two)) == target


def test_a_decision_names_its_baseline_and_all_it_considered(
    two: Catalog, some_signals: MakeSignals
) -> None:
    decision = decide(Question(some_signals()), Policy((rule(),)), two)
    assert str(decision.baseline_target) == "large, reasoning on"
    assert decision.baseline.usd >= decision.expected.usd
    assert [str(option.target) for option in decision.options] == [
        "small, reasoning off",
        "small, reasoning on",
        "large, reasoning off",
        "large, reasoning on",
    ]
    assert decision.algorithm == "gain"
    assert any("prior" in reason for reason in decision.reasons)


def test_static_takes_the_first_model_in_its_least_reasoning(
    two: Catalog, some_signals: MakeSignals
) -> None:
    policy = Policy((rule("r", "large", "small", choose="static"),))
    decision = decide(Question(some_signals(0.9)), policy, two)
    assert said(decision) == "large, reasoning off"
    assert not any("prior" in reason for reason in decision.reasons)


# --- What rule and client say of reasoning --------------------------------------------------------


@pytest.mark.parametrize(
    ("family", "asked", "choices"),
    [
        ("qwen3", ReasoningRule(), "off | on"),
        ("qwen3", ReasoningRule("off"), "off"),
        ("qwen3", ReasoningRule("on"), "on"),
        ("qwen3", ReasoningRule("on", "high"), "on"),  # it knows no effort
        ("qwen3", ReasoningRule("on", budget_tokens=99), "on (99 tokens)"),
        ("qwen3", ReasoningRule("auto", budget_tokens=99), "off | on (99 tokens)"),
        ("openai", ReasoningRule(), "off | on (low) | on (medium) | on (high)"),
        ("openai", ReasoningRule("on"), "on (low) | on (medium) | on (high)"),
        ("openai", ReasoningRule("on", "medium"), "on (medium)"),
        ("openai", ReasoningRule("on", "medium", 99), "on (medium)"),  # it knows no budget
        ("gpt-oss", ReasoningRule("off"), "on (low)"),  # the least it can do
        ("generic", ReasoningRule("off"), "default"),
        ("generic", ReasoningRule("on"), "default"),
        ("anthropic", ReasoningRule(), "off | on (2048 tokens)"),
        ("anthropic", ReasoningRule("on", budget_tokens=4096), "on (4096 tokens)"),
        ("anthropic", ReasoningRule("on", budget_tokens=5), "on (1024 tokens)"),
    ],
)
def test_a_rule_leaves_these_ways_to_reason_open(
    family: str,
    asked: ReasoningRule,
    choices: str,
    a_model: MakeModel,
    a_catalog: MakeCatalog,
    some_signals: MakeSignals,
) -> None:
    catalog = a_catalog(a_model("m", family))
    policy = Policy((rule("r", "m", reasoning=asked),))
    decision = decide(Question(some_signals(extra_tokens=600.0)), policy, catalog)
    assert " | ".join(str(option.target.reasoning) for option in decision.options) == choices


@pytest.mark.parametrize("extra_tokens", [0.0, 1.0, 512.0])
def test_a_required_budget_is_twice_what_is_expected_in_steps_of_1024(
    extra_tokens: float, a_model: MakeModel, a_catalog: MakeCatalog, some_signals: MakeSignals
) -> None:
    catalog = a_catalog(a_model("m", "anthropic"))
    policy = Policy((rule("r", "m", reasoning=ReasoningRule("on")),))
    decision = decide(Question(some_signals(extra_tokens=extra_tokens)), policy, catalog)
    assert decision.target.reasoning.budget_tokens == 1024


@pytest.mark.parametrize(
    ("asked", "wish", "target"),
    [
        (ReasoningRule(), OFF, "m, reasoning off"),
        (ReasoningRule(), Reasoning("on", "low"), "m, reasoning on (low)"),
        (ReasoningRule("off"), Reasoning("on", "high"), "m, reasoning on (high)"),
        (ReasoningRule("on", "high"), OFF, "m, reasoning off"),
        (ReasoningRule("on", "high"), Reasoning("on", "low"), "m, reasoning on (low)"),
        (ReasoningRule("off", override=True), Reasoning("on", "high"), "m, reasoning off"),
        (ReasoningRule("on", "low", override=True), OFF, "m, reasoning on (low)"),
    ],
)
def test_a_clients_wish_wins_unless_the_rule_overrides_it(
    asked: ReasoningRule,
    wish: Reasoning,
    target: str,
    a_model: MakeModel,
    a_catalog: MakeCatalog,
    some_signals: MakeSignals,
) -> None:
    catalog = a_catalog(a_model("m", "openai"))
    policy = Policy((rule("r", "m", reasoning=asked),))
    decision = decide(Question(some_signals(), wish=wish), policy, catalog)
    assert said(decision) == target
    note = "overrides" if asked.override else "the client asks for"
    assert any(note in reason for reason in decision.reasons)


@pytest.mark.parametrize(
    ("wish", "rule_budget", "budget"),
    [
        (Reasoning("on", budget_tokens=300), None, 300),
        (Reasoning("on", budget_tokens=300), 900, 300),
        (ON, 900, 900),
        (ON, None, None),
    ],
)
def test_a_clients_budget_goes_before_the_rules(
    wish: Reasoning,
    rule_budget: int | None,
    budget: int | None,
    two: Catalog,
    some_signals: MakeSignals,
) -> None:
    policy = Policy((rule(reasoning=ReasoningRule(budget_tokens=rule_budget)),))
    decision = decide(Question(some_signals(), wish=wish), policy, two)
    assert decision.target.reasoning.budget_tokens == budget


def test_a_request_that_must_reason_goes_to_a_model_that_can_be_asked(
    a_model: MakeModel, a_catalog: MakeCatalog, some_signals: MakeSignals
) -> None:
    catalog = a_catalog(a_model("plain", "generic", price=0.01), a_model("thinker", price=9.0))
    policy = Policy((rule("r", "plain", "thinker"),))
    decision = decide(Question(some_signals(), wish=ON), policy, catalog)
    assert said(decision) == "thinker, reasoning on"
    assert "cannot be asked" in excluded(decision)["plain"]


def test_when_the_only_model_that_can_reason_has_failed_another_may_answer(
    a_model: MakeModel, a_catalog: MakeCatalog, some_signals: MakeSignals
) -> None:
    catalog = a_catalog(a_model("plain", "generic", price=0.01), a_model("thinker", price=9.0))
    policy = Policy((rule("r", "plain", "thinker"),))
    question = Question(some_signals(), wish=ON, avoid=frozenset({"thinker"}))
    assert said(decide(question, policy, catalog)) == "plain"


# --- Exclusions -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("window", "cap", "fits"),
    [(None, None, True), (101, None, True), (100, None, False), (150, 50, True), (149, 50, False)],
)
def test_a_prompt_and_its_answer_must_fit_the_context_window(
    window: int | None,
    cap: int | None,
    *,
    fits: bool,
    a_model: MakeModel,
    a_catalog: MakeCatalog,
    some_signals: MakeSignals,
) -> None:
    catalog = a_catalog(a_model("tight", context_window=window), a_model("wide", price=99.0))
    policy = Policy((rule("r", "tight", "wide", choose="static"),))
    question = Question(some_signals(characters=400.0), output_cap=cap)
    decision = decide(question, policy, catalog)
    assert decision.target.model == ("tight" if fits else "wide")
    if not fits:
        assert "100 prompt tokens do not fit" in excluded(decision)["tight, reasoning off"]


def test_images_go_only_to_models_that_take_them(
    a_model: MakeModel, a_catalog: MakeCatalog, some_signals: MakeSignals
) -> None:
    catalog = a_catalog(a_model("blind", images=False), a_model("sees"))
    policy = Policy((rule("r", "blind", "sees", choose="static"),))
    assert decide(Question(some_signals()), policy, catalog).target.model == "blind"
    decision = decide(Question(some_signals(), images=True), policy, catalog)
    assert decision.target.model == "sees"
    assert excluded(decision)["blind, reasoning off"] == "it takes no images"


def test_a_tool_loop_stays_on_the_model_that_called_the_tool(
    two: Catalog, some_signals: MakeSignals
) -> None:
    policy = Policy((rule(),), Prefer(trade=100.0))
    question = Question(some_signals(), current="large", in_tool_loop=True)
    decision = decide(question, policy, two)
    assert decision.target.model == "large"
    assert "in the middle of a tool call" in excluded(decision)["small, reasoning off"]


def test_a_tool_loop_moves_on_when_the_rule_no_longer_has_its_model(
    two: Catalog, some_signals: MakeSignals
) -> None:
    policy = Policy((rule("r", "small"),))
    question = Question(some_signals(), current="large", in_tool_loop=True)
    assert decide(question, policy, two).target.model == "small"


def test_a_tool_loop_moves_on_when_its_model_can_take_no_more(
    a_model: MakeModel, a_catalog: MakeCatalog, some_signals: MakeSignals
) -> None:
    catalog = a_catalog(a_model("here", context_window=50), a_model("there"))
    policy = Policy((rule("r", "here", "there"),))
    question = Question(some_signals(characters=400.0), current="here", in_tool_loop=True)
    assert decide(question, policy, catalog).target.model == "there"


def test_a_model_that_has_failed_is_avoided(two: Catalog, some_signals: MakeSignals) -> None:
    policy = Policy((rule("r", "small", "large", choose="static"),))
    decision = decide(Question(some_signals(), avoid=frozenset({"small"})), policy, two)
    assert decision.target.model == "large"
    assert excluded(decision)["small, reasoning off"] == "it has failed this request"


def test_reasoning_that_max_tokens_would_cut_off_is_not_begun(
    two: Catalog, some_signals: MakeSignals
) -> None:
    policy = Policy((rule("r", "small"),), Prefer(trade=0.0))
    signals = some_signals(0.9, 0.0, 0.05, extra_tokens=500.0)
    assert said(decide(Question(signals, output_cap=501), policy, two)) == "small, reasoning on"
    decision = decide(Question(signals, output_cap=500), policy, two)
    assert said(decision) == "small, reasoning off"
    assert excluded(decision) == {"small, reasoning on": "max_tokens 500 leaves no room to reason"}


def test_a_client_that_asks_for_reasoning_gets_it_whatever_its_max_tokens(
    two: Catalog, some_signals: MakeSignals
) -> None:
    question = Question(some_signals(extra_tokens=500.0), output_cap=5, wish=ON)
    assert decide(question, Policy((rule(),)), two).target.reasoning == ON


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
    policy = Policy((rule("r", "m", reasoning=asked),), Prefer(trade=0.25))
    question = Question(some_signals(extra_tokens=5000.0), output_cap=cap)
    assert said(decide(question, policy, catalog)) == target


@pytest.mark.parametrize(("cap", "target"), [(1024, "off"), (1025, "on (1024 tokens)")])
def test_anthropics_budget_must_be_below_max_tokens(
    cap: int, target: str, a_model: MakeModel, a_catalog: MakeCatalog, some_signals: MakeSignals
) -> None:
    catalog = a_catalog(a_model("m", "anthropic"))
    signals = some_signals(0.9, 0.0, 0.05, extra_tokens=100.0)
    decision = decide(
        Question(signals, output_cap=cap), Policy((rule("r", "m"),), Prefer(trade=0.0)), catalog
    )
    assert str(decision.target.reasoning) == target


@pytest.mark.parametrize(
    ("question", "why"),
    [
        ({"images": True}, "blind, reasoning off: it takes no images"),
        ({"avoid": frozenset({"blind"})}, "blind, reasoning on: it has failed this request"),
        ({"output_cap": 10_000}, "do not fit its window of 4096"),
        (
            {"images": True, "output_cap": 1, "current": "blind", "in_tool_loop": True},
            "it takes no images",
        ),
    ],
)
def test_when_nothing_is_left_the_error_says_why_of_each(
    question: dict[str, Any],
    why: str,
    a_model: MakeModel,
    a_catalog: MakeCatalog,
    some_signals: MakeSignals,
) -> None:
    catalog = a_catalog(a_model("blind", images=False, context_window=4096))
    with pytest.raises(NoCandidateError) as caught:
        decide(Question(some_signals(), **question), Policy((rule("only", "blind"),)), catalog)
    assert caught.value.message.startswith("rule 'only': no model can take this request (")
    assert why in caught.value.message
    assert caught.value.status == 400


# --- Named models ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["large", "large-v1"])
def test_a_named_model_is_honoured_as_it_is(
    name: str, two: Catalog, some_signals: MakeSignals
) -> None:
    unread = {"surface": some_signals()["surface"]}
    question = Question(unread, named=name, wish=ON, output_cap=1, images=True)
    decision = decide(question, Policy((rule("r", "small", when=MATH),)), two)
    assert (said(decision), decision.rule, decision.algorithm) == ("large", NAMED, "static")
    assert math.isnan(decision.expected.p_correct)
    assert len(decision.options) == 1


def test_an_unknown_name_is_refused(two: Catalog, some_signals: MakeSignals) -> None:
    with pytest.raises(UnknownModelError):
        decide(Question(some_signals(), named="huge"), Policy((rule(),)), two)


def test_a_named_model_that_has_failed_has_no_substitute(
    two: Catalog, some_signals: MakeSignals
) -> None:
    question = Question(some_signals(), named="large-v1", avoid=frozenset({"large"}))
    with pytest.raises(NoCandidateError, match="'large' that the request names has failed"):
        decide(question, Policy((rule(),)), two)


@pytest.mark.parametrize(
    ("named", "left_out"),
    [(None, "not in the pool"), ("small", "the request names its model")],
)
def test_every_target_of_the_catalog_can_be_explained(
    named: str | None, left_out: str, two: Catalog, some_signals: MakeSignals
) -> None:
    question = Question(some_signals(), named=named)
    policy = Policy((rule("cheap", "small", reasoning=ReasoningRule("off")),))
    decision = decide(question, policy, two)
    found = {str(o.target): o.excluded for o in alternatives(question, decision, two)}
    chosen = "small" if named else "small, reasoning off"
    assert found[chosen] is None
    assert {target for target, why in found.items() if why == left_out} == set(found) - {chosen}
    assert {"small, reasoning on", "large, reasoning off", "large, reasoning on"} <= set(found)


# --- Conversations --------------------------------------------------------------------------------


def test_leaving_a_model_loses_its_prompt_cache_and_that_is_counted(
    a_model: MakeModel, a_catalog: MakeCatalog, some_signals: MakeSignals
) -> None:
    prices = Prices(input=10.0, output=1.0, cached_input=0.1)
    catalog = a_catalog(
        a_model("here", "generic", prices=prices), a_model("there", "generic", price=5.0)
    )
    policy = Policy((rule("r", "here", "there"),), Prefer(quality_loss_max=0.5))
    signals = some_signals(characters=40_000.0)
    assert decide(Question(signals), policy, catalog).target.model == "there"
    decision = decide(Question(signals, current="here"), policy, catalog)
    assert decision.target.model == "here"
    assert any("leaving it loses its prompt cache" in reason for reason in decision.reasons)


def test_savings_are_never_measured_against_a_cache_that_the_baseline_does_not_have(
    two: Catalog, some_signals: MakeSignals
) -> None:
    policy = Policy((rule(),))
    fresh = decide(Question(some_signals()), policy, two)
    stays = decide(Question(some_signals(), current="large"), policy, two)
    assert fresh.baseline == stays.baseline
