"""The options of a rule: the ways to reason that are open, and why others are not."""

from collections.abc import Callable
from typing import Any

import pytest

from pointsman.catalog.families import Reasoning
from pointsman.catalog.models import Catalog, Model, Target
from pointsman.policy.options import need_for, options_of
from pointsman.policy.question import Question
from pointsman.policy.rules import Policy, Prefer, ReasoningRule, Rule
from pointsman.policy.selection import Option
from pointsman.signals.detector import Signals

ON, OFF = Reasoning("on"), Reasoning("off")

MakeModel = Callable[..., Model]
MakeCatalog = Callable[..., Catalog]
MakeSignals = Callable[..., Signals]


def found(
    rule: Rule, question: Question, catalog: Catalog, *, makeshift: bool = False
) -> tuple[Option, ...]:
    policy = Policy((rule,), Prefer())
    return options_of(rule, question, need_for(question), policy, catalog, makeshift=makeshift)


def why_not(options: tuple[Option, ...]) -> dict[str, str | None]:
    return {str(option.target): option.excluded for option in options}


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
        ("qwen3", ReasoningRule("auto", budget_tokens="predicted"), "off | on (2048 tokens)"),
        ("openai", ReasoningRule(), "off | on (low) | on (medium) | on (high)"),
        ("openai", ReasoningRule("on", "high"), "on (high)"),
        ("deepseek-api", ReasoningRule("on", "medium"), "on (high)"),  # the nearest it has
        ("openai", ReasoningRule("auto", "medium"), "off | on (low) | on (medium)"),
        # It knows no cap: the effort nearest to it is said, but an effort goes before.
        ("openai", ReasoningRule("on", "low", budget_tokens="predicted"), "on (low)"),
        ("openai", ReasoningRule("on", budget_tokens=8192), "on (medium)"),
        ("openai", ReasoningRule("on", budget_tokens="predicted"), "on (low)"),
        ("openai", ReasoningRule(budget_tokens="predicted"), "off | on (low)"),
        ("dashscope", ReasoningRule("on", "high"), "on (24576 tokens)"),  # no efforts: a cap
        ("openrouter", ReasoningRule("on", "low", 99), "on (low, 99 tokens)"),
        ("openrouter", ReasoningRule("off", budget_tokens=99), "off"),
        ("gpt-oss", ReasoningRule("off"), "on (low)"),  # the least it can do
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
    rule = Rule("r", ("m",), reasoning=asked)
    question = Question(some_signals(extra_tokens=600.0))
    options = found(rule, question, a_catalog(a_model("m", family)))
    assert " | ".join(str(option.target.reasoning) for option in options) == choices


@pytest.mark.parametrize(
    ("extra_tokens", "effort", "budget"),
    [
        # Twice what is expected, in steps of 1,024; at least 200 tokens are, however easy it is.
        (0.0, None, 1024),
        (512.0, None, 1024),
        (512.5, None, 2048),
        (5000.0, None, 10240),
        # Of openrouter's efforts, high takes twice as long as medium and low less than half.
        (1000.0, "low", 1024),
        (1000.0, "medium", 2048),
        (1000.0, "high", 4096),
    ],
)
def test_a_predicted_budget_is_twice_what_is_expected(
    extra_tokens: float,
    effort: Any,
    budget: int,
    a_model: MakeModel,
    a_catalog: MakeCatalog,
    some_signals: MakeSignals,
) -> None:
    catalog = a_catalog(a_model("m", "openrouter" if effort else "qwen3"))
    rule = Rule("r", ("m",), reasoning=ReasoningRule("on", effort, "predicted"))
    (option,) = found(rule, Question(some_signals(extra_tokens=extra_tokens)), catalog)
    assert option.target.reasoning == Reasoning("on", effort, budget)
    # A cap above what is expected changes no price.
    plain = Rule("r", ("m",), reasoning=ReasoningRule("on", effort))
    (uncapped,) = found(plain, Question(some_signals(extra_tokens=extra_tokens)), catalog)
    assert option.expected.usd == uncapped.expected.usd


@pytest.mark.parametrize(
    ("asked", "wish", "choices"),
    [
        (ReasoningRule(), OFF, "off"),
        (ReasoningRule(), ON, "on (low) | on (medium) | on (high)"),
        (ReasoningRule(), Reasoning("on", "low"), "on (low)"),
        (ReasoningRule("off"), Reasoning("on", "high"), "on (high)"),
        (ReasoningRule("on", "high"), OFF, "off"),
        (ReasoningRule("on", "high"), Reasoning("on", "low"), "on (low)"),
        (ReasoningRule("off", override=True), Reasoning("on", "high"), "off"),
        (ReasoningRule("on", "low", override=True), OFF, "on (low)"),
    ],
)
def test_a_clients_wish_wins_unless_the_rule_overrides_it(
    asked: ReasoningRule,
    wish: Reasoning,
    choices: str,
    a_model: MakeModel,
    a_catalog: MakeCatalog,
    some_signals: MakeSignals,
) -> None:
    rule = Rule("r", ("m",), reasoning=asked)
    options = found(rule, Question(some_signals(), wish=wish), a_catalog(a_model("m", "openai")))
    assert " | ".join(str(option.target.reasoning) for option in options) == choices


@pytest.mark.parametrize(
    ("wish", "rule_budget", "budget"),
    [
        (Reasoning("on", budget_tokens=300), None, 300),
        (Reasoning("on", budget_tokens=300), 900, 300),
        (Reasoning("on", budget_tokens=300), "predicted", 300),
        (ON, 900, 900),
        (ON, "predicted", 1024),
        (ON, None, None),
    ],
)
def test_a_clients_budget_goes_before_the_rules(
    wish: Reasoning, rule_budget: Any, budget: int | None, two: Catalog, some_signals: MakeSignals
) -> None:
    rule = Rule("r", ("small",), reasoning=ReasoningRule(budget_tokens=rule_budget))
    (option,) = found(rule, Question(some_signals(), wish=wish), two)
    assert option.target.reasoning.budget_tokens == budget


# --- Exclusions -----------------------------------------------------------------------------------

BOTH = Rule("r", ("small", "large"))
FAILED = "it has failed this request"
CHEAP = Rule("r", ("small", "large"), max_usd=0.002)

EXCLUSIONS: list[tuple[Rule, dict[str, Any], dict[str, str]]] = [
    # rule, what the question says, whom that excludes and why
    (BOTH, {}, {}),
    (
        BOTH,
        {"avoid": {"small": FAILED}},
        {"small, reasoning off": FAILED, "small, reasoning on": FAILED},
    ),
    (
        BOTH,
        {"down": frozenset({"large"})},
        {
            "large, reasoning off": "none of its endpoints answers",
            "large, reasoning on": "none of its endpoints answers",
        },
    ),
    (
        BOTH,
        {"current": "large", "in_tool_loop": True},
        {
            "small, reasoning off": "large is in the middle of a tool call",
            "small, reasoning on": "large is in the middle of a tool call",
        },
    ),
    # The rule no longer has its model.
    (Rule("r", ("small",)), {"current": "large", "in_tool_loop": True}, {}),
    (BOTH, {"current": "large"}, {}),
    (
        BOTH,
        {"answered": (Target("small", OFF),)},
        {"small, reasoning off": "its answer was not good enough"},
    ),
    (
        BOTH,
        {"output_cap": 500},
        {
            "small, reasoning on": "max_tokens 500 leaves no room to reason",
            "large, reasoning on": "max_tokens 500 leaves no room to reason",
        },
    ),
    (BOTH, {"output_cap": 501}, {}),
    (BOTH, {"output_cap": 5, "wish": ON}, {}),  # the client says so
    # 756 tokens at 10 and 100 at 2.5 dollars a million are 0.0078; without reasoning, 0.0028.
    (
        CHEAP,
        {},
        {
            "large, reasoning off": "it is expected to cost 0.0028 US$, the rule allows 0.002",
            "large, reasoning on": "it is expected to cost 0.0078 US$, the rule allows 0.002",
        },
    ),
    # Three answers of small at once are too much as well.
    (
        Rule("r", ("small",), max_usd=0.002),
        {"choices": 3},
        {"small, reasoning on": "it is expected to cost 0.0023 US$, the rule allows 0.002"},
    ),
    # A cap that makes it cheaper makes it possible.
    (CHEAP, {"output_cap": 100, "wish": OFF}, {}),
]


@pytest.mark.parametrize(("rule", "says", "excluded"), EXCLUSIONS)
def test_an_option_that_cannot_take_a_request_says_why(
    rule: Rule,
    says: dict[str, Any],
    excluded: dict[str, str],
    two: Catalog,
    some_signals: MakeSignals,
) -> None:
    options = found(rule, Question(some_signals(extra_tokens=500.0), **says), two)
    assert {name: why for name, why in why_not(options).items() if why} == excluded


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
    catalog = a_catalog(a_model("m", "generic", context_window=window))
    question = Question(some_signals(characters=400.0), output_cap=cap)
    (option,) = found(Rule("r", ("m",)), question, catalog)
    why = f"about 100 prompt tokens do not fit its window of {window}"
    assert option.excluded == (None if fits else why)


def test_images_go_only_to_models_that_take_them(
    a_model: MakeModel, a_catalog: MakeCatalog, some_signals: MakeSignals
) -> None:
    catalog = a_catalog(a_model("blind", "generic", images=False), a_model("sees", "generic"))
    rule = Rule("r", ("blind", "sees"))
    assert not any(option.excluded for option in found(rule, Question(some_signals()), catalog))
    options = found(rule, Question(some_signals(), images=True), catalog)
    assert why_not(options) == {"blind": "it takes no images", "sees": None}


@pytest.mark.parametrize("says", [{"wish": ON}, {}])
def test_a_model_that_cannot_be_asked_to_reason_is_left_out_where_another_can(
    says: dict[str, Any], a_model: MakeModel, a_catalog: MakeCatalog, some_signals: MakeSignals
) -> None:
    catalog = a_catalog(a_model("plain", "generic"), a_model("thinker"))
    asked = ReasoningRule() if says else ReasoningRule("on")
    rule = Rule("r", ("plain", "thinker"), reasoning=asked)
    question = Question(some_signals(), **says)
    why = "it cannot be asked to reason, which this request must be"
    assert why_not(found(rule, question, catalog))["plain"] == why
    assert why_not(found(rule, question, catalog, makeshift=True))["plain"] is None
    alone = Rule("r", ("plain",), reasoning=asked)
    assert why_not(found(alone, question, catalog)) == {"plain": None}


@pytest.mark.parametrize(
    ("cap", "why"),
    [(1024, "its reasoning budget of 1024 tokens must be below max_tokens 1024"), (1025, None)],
)
@pytest.mark.parametrize("makeshift", [False, True])
def test_a_required_budget_must_be_below_max_tokens(
    cap: int,
    why: str | None,
    *,
    makeshift: bool,
    a_model: MakeModel,
    a_catalog: MakeCatalog,
    some_signals: MakeSignals,
) -> None:
    rule = Rule("r", ("m",), reasoning=ReasoningRule("on"))
    question = Question(some_signals(extra_tokens=100.0), output_cap=cap)
    (option,) = found(rule, question, a_catalog(a_model("m", "anthropic")), makeshift=makeshift)
    assert option.excluded == why
