"""What would change a decision, worked by hand; that it is true of any is in the laws beside."""

from collections.abc import Callable

import msgspec
import pytest

from pointsman.catalog.families import Reasoning
from pointsman.catalog.models import Catalog, Model, Target
from pointsman.policy import counterfactual as module
from pointsman.policy.conditions import All, Asks, Condition, Not
from pointsman.policy.counterfactual import Counterfactual, counterfactual
from pointsman.policy.decide import Decision, decide
from pointsman.policy.question import Question
from pointsman.policy.rules import Policy, Prefer, ReasoningRule, Rule
from pointsman.policy.tables import Arm, Row, Table
from pointsman.signals.detector import Signals
from pointsman.signals.findings import Measure, Scores, Span, Spans

MakeModel = Callable[..., Model]
MakeCatalog = Callable[..., Catalog]
MakeSignals = Callable[..., Signals]

HARD = Asks("reasoning", "p_gain", above=0.3)
MIDDLE = Asks("reasoning", "p_gain", 0.3, 0.6)
BELOW_ALL = Asks("reasoning", "p_gain", below=1.0)
OFF, ON = ReasoningRule("off"), ReasoningRule("on")


def turn_of(question: Question, policy: Policy, catalog: Catalog) -> Counterfactual | None:
    return counterfactual(question, decide(question, policy, catalog), policy, catalog)


def counted(monkeypatch: pytest.MonkeyPatch) -> list[Question]:
    """Note every question that is decided from now on."""
    calls = []

    def noting(question: Question, policy: Policy, catalog: Catalog) -> Decision:
        calls.append(question)
        return decide(question, policy, catalog)

    monkeypatch.setattr(module, "decide", noting)
    return calls


def two_ways(when: Condition) -> Policy:
    """Large where a condition holds, small elsewhere; nothing is weighed."""
    return Policy(
        (Rule("yes", ("large",), when, reasoning=ON), Rule("no", ("small",), None, "static"))
    )


# --- The need of reasoning ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("p_gain", "when", "said", "rule"),
    [
        (0.2, HARD, "large, reasoning on if p_gain > 0.300", "yes"),
        (0.4, HARD, "small, reasoning off if p_gain < 0.300", "no"),
        (0.2, Not(HARD), "small, reasoning off if p_gain > 0.300", "no"),
        # What was measured lies on the bound itself, which is not above it.
        (0.3, HARD, "large, reasoning on if p_gain > 0.300", "yes"),
        # A bound of either end: only the end itself is not above 0.
        (0.4, Asks("reasoning", "p_gain"), "small, reasoning off if p_gain = 0.000", "no"),
        (0.0, Asks("reasoning", "p_gain"), "large, reasoning on if p_gain > 0.000", "yes"),
        (0.4, BELOW_ALL, "small, reasoning off if p_gain = 1.000", "no"),
        # p_loss is 0.05 at a gain of 0.2, and less the more is gained: 0.05 (1 - p) / 0.8.
        (
            0.2,
            Asks("reasoning", "p_loss", below=0.03),
            "large, reasoning on if p_gain > 0.520",
            "yes",
        ),
        # Two bounds, the nearer one.
        (0.35, MIDDLE, "small, reasoning off if p_gain < 0.300", "no"),
        (0.55, MIDDLE, "small, reasoning off if p_gain > 0.600", "no"),
    ],
)
def test_a_rules_bound_is_found(
    p_gain: float, when: Condition, said: str, rule: str, two: Catalog, some_signals: MakeSignals
) -> None:
    turn = turn_of(Question(some_signals(p_gain)), two_ways(when), two)
    assert turn is not None
    assert (str(turn), turn.rule) == (f"would go to {said}", rule)


def test_the_need_at_which_thinking_pays_is_found(two: Catalog, some_signals: MakeSignals) -> None:
    # Thinking closes 0.6 of the gap for 500 tokens of small's; always-large takes 756 of its own,
    # ten times as dear, and 100 of prompt at a quarter of that.
    policy = Policy((Rule("all", ("small",)),), Prefer(trade=1.0))
    turn = turn_of(Question(some_signals(0.3, 0.0, 0.5)), policy, two)
    pays = 500 / (100 * 2.5 + 756 * 10) / 0.6
    assert turn is not None
    assert (turn.name, str(turn.target), turn.above) == ("p_gain", "small, reasoning off", False)
    assert turn.value == pytest.approx(pays)


def test_where_lines_meet_and_nothing_overtakes_nothing_turns(
    two: Catalog, some_signals: MakeSignals
) -> None:
    # Above a need of 0.5 thinking is off; below it, it is weighed, and pays only above 0.5.
    off = Rule("off", ("small",), Asks("reasoning", "p_gain", above=0.5), "static")
    policy = Policy((off, Rule("rest", ("small",))), Prefer(trade=0.6 * 0.5 / (500 / 7810)))
    assert turn_of(Question(some_signals(0.6, 0.0, 0.0)), policy, two) is None


def test_of_two_sides_the_nearer_is_told(two: Catalog, some_signals: MakeSignals) -> None:
    low, high = Asks("reasoning", "p_gain", below=0.2), Asks("reasoning", "p_gain", above=0.9)
    policy = Policy(
        (
            Rule("low", ("small",), low, reasoning=OFF),
            Rule("high", ("large",), high, reasoning=ON),
            Rule("rest", ("large",), reasoning=OFF),
        )
    )
    found = [turn_of(Question(some_signals(p, 0.0, 0.0)), policy, two) for p in (0.3, 0.8)]
    assert [(turn.rule, turn.value) for turn in found if turn] == [("low", 0.2), ("high", 0.9)]


@pytest.mark.parametrize(("p_gain", "turns"), [(0.0, 0.05), (0.25, 0.2875)])
def test_a_tie_is_broken_by_the_least_gain_that_counts(
    p_gain: float, turns: float, two: Catalog, some_signals: MakeSignals
) -> None:
    # As much is lost by thinking as is gained, and cost counts nothing.
    policy = Policy((Rule("all", ("small", "large")),), Prefer(trade=0.0))
    turn = turn_of(Question(some_signals(p_gain, p_gain, 0.5)), policy, two)
    assert str(turn) == f"would go to large, reasoning on if p_gain > {turns:.3f}"


def test_a_need_at_which_nothing_is_left_is_no_alternative(
    two: Catalog, some_signals: MakeSignals
) -> None:
    policy = Policy((Rule("hard", ("large",), HARD), Rule("rest", ("small",), reasoning=OFF)))
    question = Question(some_signals(0.1), avoid={"large": "it has failed this request"})
    assert turn_of(question, policy, two) is None


def test_makeshift_options_turn_as_others_do(two: Catalog, some_signals: MakeSignals) -> None:
    policy = Policy((Rule("all", ("small", "large")),), Prefer(trade=1.0))
    question = Question(some_signals(0.3, 0.0, 0.5))
    dead = msgspec.structs.replace(question, down=frozenset({"small", "large"}))
    assert turn_of(dead, policy, two) == turn_of(question, policy, two)


def test_few_decisions_are_made_to_find_it(
    two: Catalog, some_signals: MakeSignals, monkeypatch: pytest.MonkeyPatch
) -> None:
    hard = Rule("hard", ("large",), All((Asks("domain", "math"), HARD)), reasoning=ON)
    policy = Policy((hard, Rule("rest", ("small", "large"))))
    question = Question(some_signals(0.25))
    decision = decide(question, policy, two)
    calls = counted(monkeypatch)
    assert counterfactual(question, decision, policy, two) is not None
    assert len(calls) <= 6


# --- Values that rules ask ------------------------------------------------------------------------

SIGNALS: Signals = {
    "domain": Scores({"math": 0.7, "law": 0.3}),
    "jailbreak": Measure({"p": 0.2}),
    "pii": Spans((Span("PERSON", 0, 0, 3, 0.9),)),
    "surface": Measure({"prompt_tokens": 100.0, "turns": 1.0}),
}


@pytest.mark.parametrize(
    ("when", "said"),
    [
        (Asks("domain", "math", above=0.8), "large, reasoning on if domain.math > 0.800"),
        (Asks("domain", "math", above=0.7), "large, reasoning on if domain.math > 0.700"),
        (Asks("domain", "math", below=0.7), "large, reasoning on if domain.math < 0.700"),
        (Asks("domain", "math"), "small, reasoning off if domain.math < 0.500"),
        (Asks("jailbreak", "p"), "large, reasoning on if jailbreak.p > 0.500"),
        (Asks("pii", "PERSON", above=0.8), "small, reasoning off if pii.PERSON < 0.800"),
        (Asks("surface", "turns", above=3.0), "large, reasoning on if surface.turns > 3.000"),
        (Asks("surface", "turns"), "small, reasoning off if surface.turns = 0.000"),
        # The nearest bound alone does not turn it; the next one does.
        (
            All((Asks("domain", "math", above=0.75), Asks("domain", "math", above=0.9))),
            "large, reasoning on if domain.math > 0.900",
        ),
        # Nothing is more than certain, or less than nothing.
        (Asks("domain", "math", above=1.0), None),
        (Asks("domain", "math", above=1.5), None),
        (Asks("domain", "law", below=0.0), None),
        # Two values at once are more than one.
        (All((Asks("domain", "math", above=0.9), Asks("jailbreak", "p"))), None),
    ],
)
def test_one_value_that_a_rule_asks_is_found(
    when: Condition, said: str | None, two: Catalog
) -> None:
    turn = turn_of(Question(SIGNALS), two_ways(when), two)
    assert (None if turn is None else str(turn)) == (
        None if said is None else f"would go to {said}"
    )


def test_what_nobody_measured_cannot_be_another(two: Catalog) -> None:
    behind = Rule("behind", ("large",), Asks("nowhere", "x"), "static")
    policy = Policy((Rule("all", ("small",), None, "static"), behind))
    assert turn_of(Question(SIGNALS), policy, two) is None


def test_of_a_thousand_rules_the_nearest_few_are_tried(
    two: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    nowhere = (Asks("jailbreak", "p", above=0.3 + n / 2000) for n in range(1000))
    same = tuple(Rule(f"r{n}", ("small",), one, "static") for n, one in enumerate(nowhere))
    policy = Policy((*same, Rule("rest", ("small",), None, "static")))
    question = Question(SIGNALS)
    decision = decide(question, policy, two)
    calls = counted(monkeypatch)
    assert counterfactual(question, decision, policy, two) is None
    assert len(calls) == 64 * 3


# --- The dial -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("choose", "pressure", "factor"), [("gain", 0.0, 1), ("budget", 0.75, 4)])
def test_where_nothing_measured_turns_it_another_lambda_may(
    choose: str, pressure: float, factor: int, two: Catalog, some_signals: MakeSignals
) -> None:
    # At lambda 20 no gain pays for thinking: 20 x 500 / 7,810 is more than the whole of it.
    policy = Policy((Rule("all", ("small", "large"), choose=choose),), Prefer(trade=20.0))
    question = Question(some_signals(0.3, 0.0, 0.5), pressure=pressure)
    turn = turn_of(question, policy, two)
    assert turn is not None
    assert (turn.name, str(turn.target), turn.above) == ("lambda", "small, reasoning on", False)
    assert turn.value == pytest.approx(0.6 * 0.3 / (500 / 7810) / factor)


@pytest.mark.parametrize(
    ("p_free", "trade", "said"),
    [
        # Always-large, at all of its cost, is right three times of four.
        (0.5, 0.25, "would go to top if lambda < 0.250"),
        (0.5, 0.0, "would go to free if lambda > 0.250"),
        # As good and free: at lambda 0 that is a tie, but nothing breaks it.
        (0.75, 0.0, "None"),
    ],
)
def test_a_tie_in_lambda_is_told_on_the_side_where_it_breaks(
    p_free: float, trade: float, said: str, a_model: MakeModel, a_catalog: MakeCatalog
) -> None:
    catalog = a_catalog(
        a_model("free", "generic", price=0.0, strength=0.0), a_model("top", "generic", strength=1.0)
    )
    rows: dict[Arm, Row] = {
        (name, "default", None): Row({"math": p}, {}, p)
        for name, p in (("free", p_free), ("top", 0.75))
    }
    policy = Policy(
        (Rule("all", ("free", "top"), choose="category"),),
        Prefer(trade=trade),
        tables={"category": Table("domain", rows, "basis")},
    )
    signals: Signals = {"domain": Scores({"math": 1.0}), "surface": SIGNALS["surface"]}
    assert str(turn_of(Question(signals), policy, catalog)) == said


def test_a_lambda_that_is_small_is_not_said_to_be_nothing() -> None:
    turn = Counterfactual("lambda", 0.00012, False, Target("m", Reasoning("off")), "r", 0.0001)  # noqa: FBT003
    assert str(turn).endswith("if lambda < 1.2e-04")


def test_an_unread_question_has_no_turn_in_what_was_not_measured(
    two: Catalog, some_signals: MakeSignals
) -> None:
    policy = Policy((Rule("all", ("large", "small"), choose="static"),))
    unmeasured = {name: one for name, one in some_signals().items() if name != "reasoning"}
    assert turn_of(Question(unmeasured), policy, two) is None


@pytest.mark.parametrize("choose", ["static", "cascade"])
def test_what_does_not_weigh_has_no_turn(
    choose: str, two: Catalog, some_signals: MakeSignals
) -> None:
    policy = Policy((Rule("all", ("small", "large"), choose=choose),))
    assert turn_of(Question(some_signals()), policy, two) is None


def test_a_request_that_names_its_model_has_no_turn(
    two: Catalog, some_signals: MakeSignals
) -> None:
    policy = Policy((Rule("all", ("small", "large")),))
    assert turn_of(Question(some_signals(), named="large"), policy, two) is None
