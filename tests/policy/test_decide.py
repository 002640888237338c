"""The decision: rules, exclusions, wishes, named models, and what is left when nothing is."""

import math
from collections.abc import Callable
from typing import Any

import pytest

from pointsman.catalog.families import Reasoning
from pointsman.catalog.models import Catalog, Model, Prices
from pointsman.errors import NoCandidateError, UnknownModelError
from pointsman.policy.conditions import Asks, Condition
from pointsman.policy.decide import NAMED, Decision, alternatives, decide
from pointsman.policy.question import Question
from pointsman.policy.rules import Policy, Prefer, ReasoningRule, Rule
from pointsman.policy.tables import Arm, Row, Table
from pointsman.signals.detector import Signals

ON, OFF = Reasoning("on"), Reasoning("off")
MATH = Asks("domain", "math", above=0.5)
LAW = Asks("domain", "law", above=0.5)

MakeModel = Callable[..., Model]
MakeCatalog = Callable[..., Catalog]
MakeSignals = Callable[..., Signals]


def rule(
    name: str = "r",
    *use: str,
    when: Condition | None = None,
    choose: str = "gain",
    reasoning: ReasoningRule | None = None,
    **more: Any,
) -> Rule:
    pool = use or ("small", "large")
    return Rule(name, pool, when, choose, reasoning or ReasoningRule(), **more)


def said(decision: Decision) -> str:
    return str(decision.target)


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
    failed = {"large": "it has failed this request"}
    question = Question(some_signals(), named="large-v1", avoid=failed)
    with pytest.raises(NoCandidateError, match="'large' that the request names: it has failed"):
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
    found = {str(o.target): o.excluded for o in alternatives(question, decision, policy, two)}
    chosen = "small" if named else "small, reasoning off"
    assert found[chosen] is None
    assert {target for target, why in found.items() if why == left_out} == set(found) - {chosen}
    assert {"small, reasoning on", "large, reasoning off", "large, reasoning on"} <= set(found)


def test_every_alternative_is_told_once_whatever_its_budget(
    a_model: MakeModel, a_catalog: MakeCatalog, some_signals: MakeSignals
) -> None:
    catalog = a_catalog(a_model("m", "anthropic"))
    question, policy = Question(some_signals()), Policy((rule("r", "m"),))
    found = alternatives(question, decide(question, policy, catalog), policy, catalog)
    assert [str(option.target) for option in found] == [
        "m, reasoning off",
        "m, reasoning on (1024 tokens)",
    ]


# --- What a decision says -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "said_of_it"),
    [
        (ReasoningRule(), "the client asks for reasoning on (low)"),
        (ReasoningRule("off", override=True), "the rule overrides the client's wish (reasoning"),
    ],
)
def test_what_became_of_a_clients_wish_is_said(
    asked: ReasoningRule, said_of_it: str, two: Catalog, some_signals: MakeSignals
) -> None:
    question = Question(some_signals(), wish=Reasoning("on", "low"))
    decision = decide(question, Policy((rule(reasoning=asked),)), two)
    assert any(said_of_it in reason for reason in decision.reasons)


@pytest.mark.parametrize(
    ("choose", "trade", "notes"),
    [
        ("gain", None, ["solved from a goal", "where the estimate comes from"]),
        # λ of the moment is not the one that was solved.
        ("gain", 0.3, ["where the estimate comes from"]),
        ("category", None, ["solved from a goal", "category table"]),
        ("static", None, []),
    ],
)
def test_where_the_dial_and_the_estimates_come_from_is_said_where_they_count(
    choose: str, trade: float | None, notes: list[str], two: Catalog, some_signals: MakeSignals
) -> None:
    table = Table("domain", {("small", "on", None): Row({"math": 0.9}, {}, 0.9)}, "category table")
    policy = Policy(
        (rule(choose=choose),),
        Prefer(basis="solved from a goal"),
        basis="where the estimate comes from",
        tables={"category": table},
    )
    decision = decide(Question(some_signals(), trade=trade), policy, two)
    assert list(decision.reasons[2:]) == notes


def test_a_table_of_outcomes_decides_by_the_texts_category(
    two: Catalog, some_signals: MakeSignals
) -> None:
    rows: dict[Arm, Row] = {
        ("small", "off", None): Row({"math": 0.2, "law": 0.9}, {}, 0.5),
        ("large", "on", None): Row({"math": 0.95, "law": 0.9}, {"math": 90.0, "law": 90.0}, 0.9),
    }
    table = Table("domain", rows, "category table")
    policy = Policy((rule(choose="category"),), Prefer(trade=0.3), tables={"category": table})
    for domain, target in (("math", "large, reasoning on"), ("law", "small, reasoning off")):
        signals = {**some_signals(0.0, domain=domain, p_domain=1.0)}
        decision = decide(Question(signals), policy, two)
        assert said(decision) == target
        option = next(o for o in decision.options if o.target == decision.target)
        assert decision.expected == option.expected


# --- Conversations --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("carried_share", "p_gain", "model"),
    [
        # `there` closes 0.4 of the gap more; staying is worth 0.02 and saves 0.9 of the share that
        # is cached, of always-large's whole cost: with lambda 0.25, moving pays from
        # 0.4 g - 0.02 > 0.25 * 0.9 * share.
        (0.01, 0.0556, "here"),
        (0.01, 0.0557, "there"),
        (0.5, 0.3312, "here"),
        (0.5, 0.3313, "there"),
        (1.0, 0.6124, "here"),
        (1.0, 0.6126, "there"),
    ],
)
def test_a_conversation_stays_exactly_while_its_cache_is_worth_more_than_the_gain(
    carried_share: float,
    p_gain: float,
    model: str,
    a_model: MakeModel,
    a_catalog: MakeCatalog,
    some_signals: MakeSignals,
) -> None:
    prices = Prices(input=10.0, output=0.0, cached_input=1.0)
    catalog = a_catalog(
        a_model("here", "generic", prices=prices, strength=0.0),
        a_model("there", "generic", prices=prices, strength=1.0),
    )
    policy = Policy((rule("r", "here", "there"),), Prefer(trade=0.25))
    signals = some_signals(p_gain, 0.0, 0.2, characters=40_000.0)
    question = Question(signals, current="here", carried_share=carried_share)
    decision = decide(question, policy, catalog)
    assert decision.target.model == model
    assert any("leaving it loses its prompt cache" in reason for reason in decision.reasons)
    # A conversation that has been nowhere loses nothing.
    fresh = Question(signals, carried_share=carried_share)
    assert decide(fresh, policy, catalog).target.model == "there"


def test_savings_are_never_measured_against_a_cache_that_the_baseline_does_not_have(
    two: Catalog, some_signals: MakeSignals
) -> None:
    policy = Policy((rule(),))
    fresh = decide(Question(some_signals()), policy, two)
    stays = decide(Question(some_signals(), current="large", carried_share=1.0), policy, two)
    assert fresh.baseline == stays.baseline
