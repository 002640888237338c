"""What would change a decision, over random policies: it is true, and nothing nearer is."""

from collections.abc import Callable, Iterator
from typing import Any

import msgspec
import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pointsman.catalog.models import Catalog, Model, Speed, Target
from pointsman.errors import NoCandidateError
from pointsman.policy.conditions import All, Any_, Asks, Condition, Not
from pointsman.policy.counterfactual import LAMBDA, Counterfactual, counterfactual
from pointsman.policy.decide import Decision, decide
from pointsman.policy.question import Question
from pointsman.policy.rules import Policy, Prefer, ReasoningRule, Rule
from pointsman.policy.what_if import GAIN, with_p_gain, with_value
from pointsman.signals.detector import Signals, value_of

MakeModel = Callable[..., Model]
MakeSignals = Callable[..., Signals]
Case = tuple[Question, Policy, Catalog]

# Bounds and prices of two figures meet one another now and then, as an operator's do.
_HUNDREDTHS = st.integers(0, 100).map(lambda n: n / 100)
_BOUNDS = st.one_of(
    _HUNDREDTHS.map(lambda above: (above, None)),
    _HUNDREDTHS.map(lambda below: (None, below)),
    st.tuples(st.integers(0, 60), st.integers(1, 40)).map(
        lambda drawn: (drawn[0] / 100, (drawn[0] + drawn[1]) / 100)
    ),
    st.just((None, None)),
)
_ASKS = st.builds(
    lambda asked, bounds: Asks(*asked, *bounds),
    st.sampled_from(
        [
            ("reasoning", "p_gain"),
            ("reasoning", "p_gain"),
            ("reasoning", "p_loss"),
            ("reasoning", "p_light"),
            ("reasoning", "p_heavy"),
            ("domain", "math"),
            ("domain", "law"),
        ]
    ),
    _BOUNDS,
)
_CONDITIONS: st.SearchStrategy[Condition] = st.recursive(
    _ASKS,
    lambda inner: (
        st.builds(Not, inner)
        | st.builds(All, st.tuples(inner, inner))
        | st.builds(Any_, st.tuples(inner, inner))
    ),
    max_leaves=3,
)
_FAMILIES = st.sampled_from(["generic", "qwen3", "openai", "gpt-oss", "anthropic"])
_ALGORITHMS = st.sampled_from(["gain", "gain", "static", "split", "budget", "cascade", "latency"])
_NAMES = ("a", "b", "c", "d")
_WEIGHED: list[Any] = ["usd", "seconds"]
_TRADES = st.integers(0, 200).map(lambda n: n / 100)


@st.composite
def cases(draw: st.DrawFn, a_model: MakeModel, some_signals: MakeSignals) -> Case:
    names = _NAMES[: draw(st.integers(1, 4))]
    catalog = Catalog(
        {
            name: a_model(
                name,
                draw(_FAMILIES),
                price=draw(st.integers(0, 20)) / 2,
                strength=draw(_HUNDREDTHS),
                speed=Speed(draw(_HUNDREDTHS), draw(st.integers(10, 200))),
            )
            for name in names
        }
    )
    rules = [
        draw(a_rule(f"r{n}", names, draw(_CONDITIONS))) for n in range(draw(st.integers(0, 3)))
    ]
    rules.append(draw(a_rule("last", names, None)))
    policy = Policy(tuple(rules), Prefer(draw(_TRADES), draw(st.sampled_from(_WEIGHED))))
    return draw(a_question(catalog, some_signals)), policy, catalog


@st.composite
def a_rule(draw: st.DrawFn, name: str, models: tuple[str, ...], when: Condition | None) -> Rule:
    use = tuple(draw(st.permutations(models))[: draw(st.integers(1, len(models)))])
    choose = draw(_ALGORITHMS)
    reasoning = draw(
        st.sampled_from(
            [ReasoningRule(), ReasoningRule(), ReasoningRule("on"), ReasoningRule("off")]
        )
    )
    weights = {model: 1.0 + n for n, model in enumerate(use)} if choose == "split" else {}
    max_usd = draw(st.none() | st.just(0.004))
    return Rule(name, use, when, choose, reasoning, max_usd, weights)


@st.composite
def a_question(draw: st.DrawFn, catalog: Catalog, some_signals: MakeSignals) -> Question:
    gain = draw(_HUNDREDTHS)
    parts = draw(st.tuples(st.integers(0, 99), st.integers(0, 99), st.integers(1, 99)))
    loss, both = (part / sum(parts) * (1 - gain) for part in parts[:2])
    names = st.sampled_from(list(catalog.models))
    signals = some_signals(
        gain,
        loss,
        both,
        extra_tokens=draw(st.sampled_from([0.0, 500.0, 3000.0])),
        domain=draw(st.sampled_from(["math", "law"])),
        p_domain=draw(_HUNDREDTHS),
    )
    answered = draw(st.none() | names)
    return Question(
        signals,
        output_cap=draw(st.sampled_from([None, None, 300, 4000])),
        current=draw(st.none() | names),
        carried_share=draw(_HUNDREDTHS),
        conversation=draw(st.sampled_from(["one", "other", "third"])),
        answered=catalog.targets[answered][:1] if answered else (),
        down=frozenset(draw(st.sets(names, max_size=1))),
        trade=draw(st.none() | _TRADES),
        pressure=draw(st.sampled_from([0.0, 0.5, 1.0])),
    )


def decided(question: Question, case: Case) -> Decision | None:
    try:
        return decide(question, *case[1:])
    except NoCandidateError:
        return None


def changed(case: Case, name: str, value: float) -> Question:
    """The case's question as if a value of that name were another."""
    if name == GAIN:
        return with_p_gain(case[0], value)
    if name == LAMBDA:
        return msgspec.structs.replace(case[0], trade=value)
    signal, _, label = name.partition(".")
    return with_value(case[0], signal, label, value)


def turns(case: Case, name: str, value: float, target: Target) -> bool:
    """Whether a request goes elsewhere with this value; nowhere is no elsewhere."""
    there = decided(changed(case, name, value), case)
    return there is not None and there.target != target


def beyond(turn: Counterfactual) -> Iterator[float]:
    high = np.inf if turn.name == LAMBDA else 1.0
    for step in (1e-6 * max(1.0, abs(turn.value)), 1e-4):
        yield min(high, max(0.0, turn.value + step if turn.above else turn.value - step))


def measured(case: Case, name: str) -> float:
    question, policy, _ = case
    if name == LAMBDA:
        return policy.prefer.trade if question.trade is None else question.trade
    return value_of(question.signals["reasoning"], GAIN)


# Off every bound and every sum of two figures, so that no point is one where two rules leave a gap.
_GRID_OF_GAIN = (np.arange(200) + 0.5**0.5) / 200.5
_GRID_OF_TRADE = (0.0, *np.geomspace(1e-3, 50, 120))

_LAWS = settings(
    max_examples=150, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


@_LAWS
@given(data=st.data())
def test_it_is_true_and_nothing_nearer_is(
    data: st.DataObject, a_model: MakeModel, some_signals: MakeSignals
) -> None:
    case = data.draw(cases(a_model, some_signals))
    decision = decided(case[0], case)
    if decision is None:
        return
    turn = counterfactual(case[0], decision, *case[1:])
    target = decision.target
    if turn is not None:
        assert turn.target != target
        found = [decided(changed(case, turn.name, p), case) for p in (turn.tried, *beyond(turn))]
        said = [
            one is not None and (one.target, one.rule) == (turn.target, turn.rule) for one in found
        ]
        assert said[0]
        assert any(said[1:])
    if turn is None or turn.name != GAIN:
        assert not any(turns(case, GAIN, p, target) for p in _GRID_OF_GAIN)
    if turn is None:
        assert not any(turns(case, LAMBDA, trade, target) for trade in _GRID_OF_TRADE)
    if turn is not None and turn.name in {GAIN, LAMBDA}:
        here = measured(case, turn.name)
        way = here + (turn.value - here) * (np.arange(50) + 0.5**0.5) / 51
        for value in way:
            assert not turns(case, turn.name, value, target) or abs(value - turn.value) < 1e-9
