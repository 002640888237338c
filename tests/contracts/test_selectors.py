"""What every selection algorithm must keep to."""

import math
from collections import Counter

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pointsman.catalog.families import Reasoning
from pointsman.catalog.models import Target
from pointsman.policy.gain import Expected
from pointsman.policy.rules import Prefer, Rule
from pointsman.policy.selection import SELECTORS, Choice, Field, Option

_MODELS = ("a", "b", "c")
_REASONING = (Reasoning("off"), Reasoning("on"), Reasoning("on", "high"))

_TARGETS = st.builds(Target, st.sampled_from(_MODELS), st.sampled_from(_REASONING))
_EXPECTED = st.builds(
    Expected, st.floats(0, 1), st.floats(0, 10), st.just(256.0), st.floats(0.1, 100)
)
_DIALS = st.builds(Prefer, st.floats(0, 2), st.sampled_from(["usd", "seconds"]))
# Halves of powers of two: sums and products of these are exact, so that ties are ties.
_EXACT = st.integers(0, 64).map(lambda n: n / 64)
_EXACT_EXPECTED = st.builds(Expected, _EXACT, _EXACT, st.just(256.0), _EXACT)
_FEW = settings(max_examples=30)  # for each of eight algorithms
_EXACT_DIALS = st.builds(Prefer, _EXACT, st.sampled_from(["usd", "seconds"]))


def fields(
    expected: st.SearchStrategy[Expected] = _EXPECTED,
    dials: st.SearchStrategy[Prefer] = _DIALS,
) -> st.SearchStrategy[Field]:
    """Fields for an algorithm; no target stands in one twice."""
    options = st.dictionaries(_TARGETS, expected, min_size=1, max_size=6)
    weights = st.tuples(*[st.floats(0.01, 100)] * len(_MODELS))
    return st.builds(
        Field,
        options=options.map(lambda drawn: tuple(Option(*item) for item in drawn.items())),
        prefer=dials,
        baseline=st.builds(
            Expected, st.just(1.0), st.floats(0, 20), st.just(256.0), st.floats(0.1, 100)
        ),
        rule=weights.map(lambda w: Rule("r", _MODELS, weights=dict(zip(_MODELS, w, strict=True)))),
        current=st.none() | st.sampled_from(_MODELS),
        pressure=st.floats(0, 1.5),
        sticky=st.text(max_size=4),
        again=st.booleans(),
    )


def chosen(field: Field, choose: str | None = None) -> Choice:
    """Choose by the rule's algorithm, or by another."""
    name = choose or field.rule.choose
    rule = msgspec.structs.replace(field.rule, choose=name)
    return SELECTORS[name].choose(msgspec.structs.replace(field, rule=rule))


def spent(field: Field, choose: str | None = None) -> float:
    return chosen(field, choose).option.expected.usd


@pytest.mark.parametrize("name", SELECTORS)
class TestEverySelector:
    """Each law is checked for each algorithm."""

    @_FEW
    @given(field=fields())
    def test_it_chooses_a_member_of_the_pool_and_says_why(self, name: str, field: Field) -> None:
        choice = chosen(field, name)
        assert any(choice.option is option for option in field.options)
        assert choice.reasons
        assert all(choice.reasons)

    @_FEW
    @given(field=fields())
    def test_it_chooses_the_same_from_the_same(self, name: str, field: Field) -> None:
        assert chosen(field, name) == chosen(field, name)

    @_FEW
    @given(field=fields())
    def test_of_one_it_chooses_the_one(self, name: str, field: Field) -> None:
        one = msgspec.structs.replace(field, options=field.options[:1])
        choice = chosen(one, name)
        assert choice.option is field.options[0]
        assert (choice.propensity, choice.then) == (1.0, None)

    @_FEW
    @given(field=fields())
    def test_it_goes_on_to_another_member_of_the_pool_or_nowhere(
        self, name: str, field: Field
    ) -> None:
        choice = chosen(field, name)
        if choice.then is not None:
            assert any(choice.then is option for option in field.options)
            assert choice.then.target != choice.option.target

    @_FEW
    @given(field=fields())
    def test_how_likely_its_choice_was_is_a_probability(self, name: str, field: Field) -> None:
        choice = chosen(field, name)
        assert 0 < choice.propensity <= 1

    @_FEW
    @given(field=fields())
    def test_what_it_says_of_weighing_is_what_it_does(self, name: str, field: Field) -> None:
        """An algorithm chooses the best of those among which it says that it weighs."""
        rule = msgspec.structs.replace(field.rule, choose=name)
        own = msgspec.structs.replace(field, rule=rule)
        algorithm = SELECTORS[name]
        among = algorithm.among(own)
        assert algorithm.weighs or not among
        if among:
            choice = algorithm.choose(own)
            only = algorithm.choose(msgspec.structs.replace(own, options=among))
            assert choice.option is only.option

    @_FEW
    @given(field=fields(_EXACT_EXPECTED, _EXACT_DIALS), trades=st.tuples(_EXACT, _EXACT))
    def test_a_higher_lambda_never_costs_more_of_what_is_weighed(
        self, name: str, field: Field, trades: tuple[float, float]
    ) -> None:
        weighs = "seconds" if name == "latency" else field.prefer.weighs
        calm = 0.0 if name == "budget" else field.pressure
        prices = []
        for trade in sorted(trades):
            prefer = msgspec.structs.replace(field.prefer, trade=trade)
            own = msgspec.structs.replace(
                field, prefer=prefer, pressure=calm, baseline=Expected(1.0, 1.0, 256.0, 1.0)
            )
            expected = chosen(own, name).option.expected
            prices.append(expected.usd if weighs == "usd" else expected.seconds)
        assert prices[0] >= prices[1]


@given(fields())
def test_nothing_is_chosen_that_another_option_beats_in_both(field: Field) -> None:
    prefer, baseline = Prefer(field.prefer.trade, "usd"), Expected(1.0, 10.0, 256.0)
    plain = msgspec.structs.replace(field, prefer=prefer, baseline=baseline, current=None)
    best = chosen(plain).option.expected
    assert not any(
        option.expected.p_correct > best.p_correct + 1e-9 and option.expected.usd < best.usd - 1e-9
        for option in field.options
    )


@given(fields(_EXACT_EXPECTED, _EXACT_DIALS))
def test_the_order_of_the_pool_matters_only_between_equals(field: Field) -> None:
    exact = msgspec.structs.replace(field, baseline=Expected(1.0, 1.0, 256.0, 1.0), current=None)
    back = msgspec.structs.replace(exact, options=exact.options[::-1])
    forth, again = (chosen(one).option.expected for one in (exact, back))
    weighs = exact.prefer.weighs
    cost, other = (one.usd if weighs == "usd" else one.seconds for one in (forth, again))
    assert (cost, forth.p_correct) == (other, again.p_correct)


@given(fields())
def test_static_takes_the_first(field: Field) -> None:
    assert chosen(field, "static").option is field.options[0]


# --- Cascades -------------------------------------------------------------------------------------


@given(fields())
def test_a_cascade_begins_with_the_cheapest_and_goes_on_to_what_is_no_cheaper(
    field: Field,
) -> None:
    first = chosen(msgspec.structs.replace(field, again=False), "cascade")
    cheapest = min(option.expected.usd for option in field.options)
    assert first.option.expected.usd == cheapest
    assert (first.then is None) is (len(field.options) == 1)


@given(fields())
def test_after_an_answer_that_was_not_good_enough_a_cascade_is_by_gain(field: Field) -> None:
    again = chosen(msgspec.structs.replace(field, again=True), "cascade")
    assert again.option is chosen(field, "gain").option
    assert again.then is None


# --- Budgets --------------------------------------------------------------------------------------


@given(fields())
def test_without_pressure_a_budget_is_by_gain(field: Field) -> None:
    calm = msgspec.structs.replace(field, pressure=0.0)
    assert chosen(calm, "budget") == chosen(calm, "gain")


@given(fields(), st.floats(1, 9))
def test_at_its_hard_limit_only_the_cheapest_is_left(field: Field, pressure: float) -> None:
    full = msgspec.structs.replace(field, pressure=pressure)
    assert spent(full, "budget") == min(option.expected.usd for option in field.options)


@given(fields(_EXACT_EXPECTED), _EXACT, _EXACT)
def test_cost_never_rises_with_pressure(field: Field, one: float, other: float) -> None:
    prefer = Prefer(field.prefer.trade, "usd")
    low, high = (
        spent(msgspec.structs.replace(field, prefer=prefer, pressure=pressure), "budget")
        for pressure in sorted((one, other))
    )
    assert low >= high


# --- Latency --------------------------------------------------------------------------------------


@given(fields(), _EXACT)
def test_of_equals_the_faster_is_preferred(field: Field, p_correct: float) -> None:
    equal = tuple(
        msgspec.structs.replace(
            option, expected=msgspec.structs.replace(option.expected, p_correct=p_correct)
        )
        for option in field.options
    )
    plain = msgspec.structs.replace(field, options=equal, prefer=Prefer(0.5), current=None)
    choice = chosen(plain, "latency")
    fastest = min(option.expected.seconds for option in equal)
    # Costs are relative to always-large's: rounding makes ties of what is nearly as fast.
    assert choice.option.expected.seconds == pytest.approx(fastest, abs=1e-9)


# --- Splits ---------------------------------------------------------------------------------------

_KEYS = 20_000


def counted(
    open_models: tuple[str, ...], **weights: float
) -> tuple[Counter[str], dict[str, float]]:
    """How often each model is assigned, and each with what propensity."""
    found: Counter[str] = Counter()
    propensities: dict[str, float] = {}
    rule = Rule("r", tuple(weights), choose="split", weights=weights)
    expected = Expected(0.5, 1.0, 256.0)
    pool = tuple(Option(Target(name, Reasoning("off")), expected) for name in open_models)
    for n in range(_KEYS):
        field = Field(pool, Prefer(), expected, rule, sticky=f"conversation {n}")
        choice = SELECTORS["split"].choose(field)
        model = choice.option.target.model
        found[model] += 1
        assert propensities.setdefault(model, choice.propensity) == choice.propensity
    return found, propensities


@pytest.mark.parametrize(
    ("open_models", "weights", "shares"),
    [
        ("ab", {"a": 90.0, "b": 10.0}, {"a": 0.9, "b": 0.1}),
        ("abc", {"a": 1.0, "b": 1.0, "c": 2.0}, {"a": 0.25, "b": 0.25, "c": 0.5}),
        ("ab", {"a": 0.01, "b": 0.99}, {"a": 0.01, "b": 0.99}),
        # What is excluded leaves its share to the others, in their proportion.
        ("bc", {"a": 50.0, "b": 30.0, "c": 20.0}, {"b": 0.6, "c": 0.4}),
        ("c", {"a": 50.0, "b": 30.0, "c": 20.0}, {"c": 1.0}),
    ],
)
def test_models_get_their_shares(
    open_models: str, weights: dict[str, float], shares: dict[str, float]
) -> None:
    found, propensities = counted(tuple(open_models), **weights)
    assert propensities == pytest.approx(shares)
    for name, share in shares.items():
        # Keys are fixed, so this passes or fails for ever; four standard deviations of a binomial.
        band = 4 * math.sqrt(_KEYS * share * (1 - share))
        assert abs(found[name] - _KEYS * share) <= band


@given(fields(), st.floats(0, 2), st.floats(0, 1))
def test_an_assignment_holds_whatever_else_changes(
    field: Field, trade: float, p_correct: float
) -> None:
    before = chosen(field, "split").option.target.model
    other = tuple(
        msgspec.structs.replace(option, expected=Expected(p_correct, 1.0, 1.0))
        for option in field.options
    )
    changed = msgspec.structs.replace(
        field, options=other[::-1], prefer=Prefer(trade), current=None, pressure=0.0
    )
    assert chosen(changed, "split").option.target.model == before
