"""What would change a decision, and that it is true when it is tried."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pointsman.catalog.models import Catalog, Model
from pointsman.policy.conditions import Asks, Not
from pointsman.policy.counterfactual import counterfactual, with_p_gain
from pointsman.policy.decide import Question, decide
from pointsman.policy.rules import Policy, Prefer, ReasoningRule, Rule
from pointsman.signals.detector import Signals, value_of
from pointsman.signals.findings import Measure

MakeModel = Callable[..., Model]
MakeCatalog = Callable[..., Catalog]
MakeSignals = Callable[..., Signals]

HARD = Asks("reasoning", "p_gain", above=0.3)


@pytest.fixture(scope="session")
def two(a_model: MakeModel, a_catalog: MakeCatalog) -> Catalog:
    return a_catalog(
        a_model("small", price=1.0, strength=0.0), a_model("large", price=10.0, strength=1.0)
    )


@pytest.mark.parametrize(
    ("p_gain", "said"),
    [
        (0.2, "would go to large, reasoning on if p_gain > 0.300"),
        (0.4, "would go to small, reasoning off if p_gain < 0.300"),
    ],
)
def test_a_rules_threshold_is_found(
    p_gain: float, said: str, two: Catalog, some_signals: MakeSignals
) -> None:
    hard = Rule("hard", ("large",), HARD, reasoning=ReasoningRule("on"))
    rest = Rule("rest", ("small",), reasoning=ReasoningRule("off"))
    policy = Policy((hard, rest))
    question = Question(some_signals(p_gain))
    turn = counterfactual(question, decide(question, policy, two), policy, two)
    assert str(turn) == said
    assert turn is not None
    assert turn.rule == ("hard" if turn.above else "rest")


def test_where_nothing_depends_on_reasoning_nothing_would_change(
    two: Catalog, some_signals: MakeSignals
) -> None:
    policy = Policy((Rule("all", ("small",), reasoning=ReasoningRule("off")),))
    question = Question(some_signals())
    assert counterfactual(question, decide(question, policy, two), policy, two) is None


def test_a_policy_that_does_not_measure_reasoning_has_no_turn(
    two: Catalog, some_signals: MakeSignals
) -> None:
    policy = Policy((Rule("all", ("large", "small"), choose="static"),))
    unmeasured = {name: one for name, one in some_signals().items() if name != "reasoning"}
    question = Question(unmeasured)
    assert counterfactual(question, decide(question, policy, two), policy, two) is None


def test_a_need_at_which_nothing_is_left_is_no_alternative(
    two: Catalog, some_signals: MakeSignals
) -> None:
    hard = Rule("hard", ("large",), HARD)
    policy = Policy((hard, Rule("rest", ("small",), reasoning=ReasoningRule("off"))))
    question = Question(some_signals(0.1), avoid=frozenset({"large"}))
    assert counterfactual(question, decide(question, policy, two), policy, two) is None


@pytest.mark.parametrize(("p_gain", "edge"), [(0.0, True), (1.0, False)])
def test_at_either_end_only_the_other_side_is_searched(
    p_gain: float, two: Catalog, some_signals: MakeSignals, *, edge: bool
) -> None:
    rules = (Rule("hard", ("large",), HARD), Rule("rest", ("small",)))
    policy = Policy(rules)
    question = Question(some_signals(p_gain, 0.0, 0.0))
    turn = counterfactual(question, decide(question, policy, two), policy, two)
    assert turn is not None
    assert turn.above is edge


_shares = st.tuples(*[st.floats(0.01, 1)] * 4).map(lambda s: tuple(part / sum(s) for part in s))


@given(_shares, st.floats(0, 3000), st.floats(0, 1), st.floats(0, 1), st.booleans())
def test_it_is_true_when_it_is_tried(
    two: Catalog,
    some_signals: MakeSignals,
    shares: tuple[float, float, float, float],
    extra_tokens: float,
    trade: float,
    threshold: float,
    inside_out: bool,  # noqa: FBT001  # drawn
) -> None:
    gain, loss, both, _ = shares
    asked = Asks("reasoning", "p_gain", above=threshold)
    policy = Policy(
        (
            Rule("hard", ("large", "small"), Not(asked) if inside_out else asked),
            Rule("rest", ("small",), reasoning=ReasoningRule("off")),
        ),
        Prefer(trade=trade),
    )
    question = Question(some_signals(gain, loss, both, extra_tokens=extra_tokens))
    decision = decide(question, policy, two)
    turn = counterfactual(question, decision, policy, two)
    if turn is None:
        return
    there = decide(with_p_gain(question, turn.p_gain), policy, two)
    assert (there.target, there.rule) == (turn.target, turn.rule)
    assert there.target != decision.target
    assert turn.above is (turn.p_gain > gain)


@given(_shares, st.floats(0, 1))
def test_another_p_gain_leaves_probabilities_and_their_proportions(
    some_signals: MakeSignals, shares: tuple[float, float, float, float], p_gain: float
) -> None:
    gain, loss, both, neither = shares
    question = with_p_gain(Question(some_signals(gain, loss, both)), p_gain)
    measured = question.signals["reasoning"]
    assert isinstance(measured, Measure)
    assert value_of(measured, "p_gain") == p_gain
    now_loss = value_of(measured, "p_loss")
    now_both = value_of(measured, "p_heavy") - p_gain
    now_neither = 1 - p_gain - now_loss - now_both
    assert now_both + now_loss == pytest.approx(value_of(measured, "p_light"))
    for now, before in ((now_loss, loss), (now_both, both), (now_neither, neither)):
        assert now == pytest.approx(before * (1 - p_gain) / (1 - gain), abs=1e-9)
    assert question.signals["domain"] == some_signals(gain, loss, both)["domain"]


def test_from_a_certain_gain_the_rest_cannot_be_told_and_stays_nothing(
    some_signals: MakeSignals,
) -> None:
    question = with_p_gain(Question(some_signals(1.0, 0.0, 0.0)), 0.4)
    assert value_of(question.signals["reasoning"], "p_heavy") == 0.4
    assert value_of(question.signals["reasoning"], "p_light") == 0.0
