"""What every selection algorithm must keep to."""

from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from pointsman.catalog.families import Reasoning
from pointsman.catalog.models import Target
from pointsman.policy.gain import Expected
from pointsman.policy.rules import Prefer
from pointsman.policy.selection import SELECTORS, Field, Option, Selector, choose_by_gain

_MODELS = ("a", "b", "c")
_REASONING = (Reasoning("off"), Reasoning("on"), Reasoning("on", "high"))

options = st.builds(
    Option,
    st.builds(Target, st.sampled_from(_MODELS), st.sampled_from(_REASONING)),
    st.builds(Expected, st.floats(0, 1), st.floats(0, 10), st.just(256.0)),
)
pools = st.lists(options, min_size=1, max_size=8).map(tuple)
dials = st.builds(lambda trade: Prefer(trade=trade), st.floats(0, 2)) | st.builds(
    lambda limit: Prefer(quality_loss_max=limit), st.floats(0, 1)
)
fields = st.builds(Field, pools, dials, st.floats(0, 20), st.none() | st.sampled_from(_MODELS))


@pytest.mark.parametrize("choose", SELECTORS.values(), ids=SELECTORS)
class TestEverySelector:
    """Each law is checked for each algorithm."""

    @given(fields)
    def test_it_chooses_a_member_of_the_pool_and_says_why(
        self, choose: Selector, field: Field
    ) -> None:
        choice = choose(field)
        assert any(choice.option is option for option in field.options)
        assert all(choice.reasons)

    @given(fields)
    def test_it_chooses_the_same_from_the_same(self, choose: Selector, field: Field) -> None:
        assert choose(field) == choose(field)

    @given(options, dials)
    def test_of_one_it_chooses_the_one(
        self, choose: Selector, option: Option, prefer: Prefer
    ) -> None:
        assert choose(Field((option,), prefer, 1.0)).option == option


# Halves of powers of two: sums and products of these are exact, so that ties are ties.
_exact = st.integers(0, 64).map(lambda n: n / 64)
_exact_options = st.builds(
    Option,
    st.builds(Target, st.sampled_from(_MODELS), st.sampled_from(_REASONING)),
    st.builds(Expected, _exact, _exact, st.just(256.0)),
)


@given(st.lists(_exact_options, min_size=1, max_size=8), _exact, _exact)
def test_a_higher_lambda_never_costs_more(pool: list[Option], one: float, other: float) -> None:
    low, high = sorted((one, other))
    spent = [
        choose_by_gain(Field(pool, Prefer(trade=trade), 1.0)).option.expected.usd
        for trade in (low, high)
    ]
    assert spent[0] >= spent[1]


@given(st.lists(_exact_options, min_size=1, max_size=8), _exact, _exact)
def test_a_wider_limit_on_loss_never_costs_more(
    pool: list[Option], one: float, other: float
) -> None:
    narrow, wide = sorted((one, other))
    spent = [
        choose_by_gain(Field(pool, Prefer(quality_loss_max=limit), 1.0)).option.expected.usd
        for limit in (narrow, wide)
    ]
    assert spent[0] >= spent[1]


@given(pools, st.floats(0, 1), st.none() | st.sampled_from(_MODELS), st.floats(0, 20))
def test_the_limit_on_loss_is_kept_on_every_request(
    pool: tuple[Option, ...], limit: float, current: str | None, usd_always_large: float
) -> None:
    field = Field(pool, Prefer(quality_loss_max=limit), usd_always_large, current)
    best = max(Fraction(option.expected.p_correct) for option in pool)
    lost = best - Fraction(choose_by_gain(field).option.expected.p_correct)
    assert lost <= Fraction(limit) + Fraction(1, 10**9)


@given(pools, st.floats(0, 2))
def test_nothing_is_chosen_that_another_option_beats_in_both(
    pool: tuple[Option, ...], trade: float
) -> None:
    chosen = choose_by_gain(Field(pool, Prefer(trade=trade), 10.0)).option.expected
    assume(trade > 0)
    assert not any(
        option.expected.p_correct > chosen.p_correct + 1e-9
        and option.expected.usd < chosen.usd - 1e-9
        for option in pool
    )


@given(pools, dials)
def test_the_order_of_the_pool_matters_only_between_equals(
    pool: tuple[Option, ...], prefer: Prefer
) -> None:
    forth = choose_by_gain(Field(pool, prefer, 10.0)).option.expected
    back = choose_by_gain(Field(pool[::-1], prefer, 10.0)).option.expected
    assert forth.usd == back.usd
