"""Where lines cross, worked by hand; that nothing nearer turns a decision is in the laws."""

from collections.abc import Callable

import pytest

from pointsman.catalog.families import Reasoning
from pointsman.catalog.models import Catalog, Target
from pointsman.policy.conditions import All, Any_, Asks, Condition, Not
from pointsman.policy.lines import (
    Line,
    bounds_crossed,
    least_gain_met,
    options_crossed,
    trades_crossed,
)
from pointsman.policy.question import Question
from pointsman.policy.rules import Policy, Prefer, Rule
from pointsman.policy.what_if import with_p_gain
from pointsman.signals.detector import Signals

MakeSignals = Callable[..., Signals]

GAIN = Asks("reasoning", "p_gain", above=0.3)
MATH, LAW = Asks("domain", "math", above=0.5), Asks("domain", "law", above=0.5)  # math holds
SMALL, LARGE = Target("small", Reasoning("off")), Target("large", Reasoning("on"))


def at_ends(question: Question) -> tuple[Question, Question]:
    return with_p_gain(question, 0.0), with_p_gain(question, 1.0)


Place = tuple[float, Question]


def places(question: Question) -> tuple[Place, Place]:
    one, other = ((p_gain, with_p_gain(question, p_gain)) for p_gain in (0.25, 0.75))
    return one, other


@pytest.mark.parametrize(
    ("conditions", "edges"),
    [
        ([GAIN], [0.3]),
        ([Not(GAIN)], [0.3]),
        ([Asks("reasoning", "p_gain", 0.2, 0.6)], [0.2, 0.6]),
        ([Asks("reasoning", "p_gain")], [0.0]),
        # 0.05 is lost at a gain of 0.5 and nothing at 1: 0.1 (1 - p).
        ([Asks("reasoning", "p_loss", above=0.02)], [0.8]),
        # What does not move along with p_gain meets no bound.
        ([Asks("reasoning", "extra_tokens", above=100.0)], []),
        ([MATH], []),
        # A rule that can hold at no p_gain is passed over, ...
        ([All((LAW, GAIN))], []),
        ([Not(Any_((MATH, GAIN)))], []),
        ([All((MATH, GAIN))], [0.3]),
        ([Any_((LAW, GAIN))], [0.3]),
        # ... and so are those behind one that holds at each.
        ([MATH, GAIN], []),
        ([Any_((MATH, GAIN)), GAIN], [0.3]),
        ([Not(All((LAW, GAIN))), GAIN], [0.3]),
        ([LAW, GAIN], [0.3]),
    ],
)
def test_bounds_are_met_where_a_rule_can_hold_at_some_need_and_not_at_another(
    conditions: list[Condition], edges: list[float], some_signals: MakeSignals
) -> None:
    rules = [Rule(f"r{n}", ("small",), when) for n, when in enumerate(conditions)]
    behind = Rule("behind", ("small",), Asks("reasoning", "p_gain", above=0.9))
    policy = Policy((*rules, Rule("last", ("small",)), behind))
    ends = at_ends(Question(some_signals(0.5, 0.05)))
    assert list(bounds_crossed(policy, *ends)) == pytest.approx(edges)


def test_rules_of_which_none_always_holds_end_where_they_end(some_signals: MakeSignals) -> None:
    policy = Policy((Rule("hard", ("small",), GAIN), Rule("law", ("small",), LAW)))
    assert list(bounds_crossed(policy, *at_ends(Question(some_signals())))) == [0.3]


@pytest.fixture
def line(two: Catalog) -> Line:
    return Line("all", Policy((Rule("all", ("small", "large")),), Prefer(trade=0.5)), two)


def test_options_cross_where_the_rest_of_the_gap_is_worth_the_rest_of_the_cost(
    line: Line, some_signals: MakeSignals
) -> None:
    question = Question(some_signals(0.3, 0.0, 0.5))
    found = list(options_crossed(line, SMALL, *places(question)))
    top = 100 * 2.5 + 756 * 10
    costs = [500 / top, (100 * 2.25 + 256 * 9) / top, 1 - (100 * 0.25 + 256) / top]
    closed = [0.6, 0.4, 1.0]  # small thinking, large at once, large thinking
    expected = [0.5 * cost / part for cost, part in zip(costs, closed, strict=True)]
    assert sorted(found) == pytest.approx(sorted(expected))


@pytest.mark.parametrize(
    ("signals", "edges"),
    [
        # Nothing is lost: the gain is p itself.
        ((0.3, 0.0, 0.5), [-0.05, 0.05]),
        # 0.1 (1 - p) is lost.
        ((0.0, 0.1, 0.5), [0.05 / 1.1, 0.15 / 1.1]),
    ],
)
def test_a_gain_too_small_to_count_is_met_on_either_side_of_none(
    signals: tuple[float, ...], edges: list[float], some_signals: MakeSignals
) -> None:
    ends = at_ends(Question(some_signals(*signals)))
    assert list(least_gain_met(*ends)) == pytest.approx(edges)


def test_trades_cross_where_what_is_gained_is_what_it_costs(
    line: Line, some_signals: MakeSignals
) -> None:
    question = Question(some_signals(0.3, 0.0, 0.5))
    found = sorted(trades_crossed(line, SMALL, question))
    top = 100 * 2.5 + 756 * 10
    assert found[-1] == pytest.approx(0.6 * 0.3 / (500 / top))
    assert len(found) == 3
    # Dearer and no better: no lambda of the operator's makes the difference.
    worse = Question(some_signals(0.0, 0.3, 0.5))
    assert list(trades_crossed(line, SMALL, worse)) == []


def test_what_is_not_among_a_rules_options_crosses_nothing(
    line: Line, some_signals: MakeSignals
) -> None:
    question = Question(some_signals())
    nobody = Target("nobody", Reasoning("off"))
    assert list(options_crossed(line, nobody, *places(question))) == []
    assert list(trades_crossed(line, nobody, question)) == []


def test_a_rule_of_which_nothing_is_left_weighs_nothing(
    line: Line, some_signals: MakeSignals
) -> None:
    question = Question(some_signals(), avoid={"small": "failed", "large": "failed"})
    assert line.weighed(question) == ()


def test_a_line_is_weighed_with_the_lambda_of_the_moment(line: Line) -> None:
    assert line.trade(Question()) == 0.5
    assert line.trade(Question(trade=0.0)) == 0.0
