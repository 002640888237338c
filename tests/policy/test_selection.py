"""Selection algorithms on cases worked out by hand; their laws are in the contracts."""

import math
from typing import Any

import msgspec
import pytest

from pointsman.catalog.families import Reasoning
from pointsman.catalog.models import Target
from pointsman.policy.gain import Expected
from pointsman.policy.rules import Prefer, Rule
from pointsman.policy.selection import (
    SELECTORS,
    STAY_MARGIN,
    Choice,
    Field,
    Option,
    share_drawn,
    terms,
    weigh,
)


def options(**expected: tuple[float, float] | tuple[float, float, float]) -> tuple[Option, ...]:
    """Options by their model's name: the probability of a right answer, dollars, and seconds."""
    return tuple(
        Option(
            Target(name, Reasoning("off")),
            Expected(p, usd, 256.0, seconds[0] if seconds else math.nan),
        )
        for name, (p, usd, *seconds) in expected.items()
    )


FIELD = options(small=(0.60, 1.0, 8.0), middle=(0.75, 4.0, 2.0), large=(0.80, 10.0, 5.0))
TOP = Expected(0.8, 10.0, 256.0, 10.0)


def field(
    pool: tuple[Option, ...] = FIELD,
    trade: float = 0.25,
    *,
    choose: str = "gain",
    weighs: Any = "usd",
    weights: dict[str, float] | None = None,
    baseline: Expected = TOP,
    **more: Any,
) -> Field:
    pooled = tuple(option.target.model for option in pool)
    rule = Rule("r", pooled, choose=choose, weights=weights or {})
    return Field(pool, Prefer(trade, weighs), baseline, rule, **more)


def choice(given: Field) -> Choice:
    return SELECTORS[given.rule.choose].choose(given)


def chosen(given: Field) -> str:
    return choice(given).option.target.model


@pytest.mark.parametrize(
    ("trade", "model"),
    [
        # A lambda of 1 pays 0.1 for each dollar of large's ten.
        (0.0, "large"),
        (0.05, "large"),
        (0.10, "middle"),
        (0.49, "middle"),
        (0.51, "small"),
        (100.0, "small"),
    ],
)
def test_the_dial_decides_what_a_gain_may_cost(trade: float, model: str) -> None:
    assert chosen(field(trade=trade)) == model


@pytest.mark.parametrize(
    ("trade", "model"),
    [
        # large takes 5 of always-large's 10 seconds, middle 2: 0.05 more is worth 0.3 of lambda.
        (0.0, "large"),
        (0.16, "large"),
        (0.17, "middle"),
        (100.0, "middle"),
    ],
)
@pytest.mark.parametrize(("choose", "weighs"), [("gain", "seconds"), ("latency", "usd")])
def test_time_is_weighed_where_the_dial_or_the_rule_says_so(
    choose: str, weighs: str, trade: float, model: str
) -> None:
    given = field(trade=trade, choose=choose, weighs=weighs)
    assert chosen(given) == model
    assert any("seconds/seconds_always_large" in reason for reason in choice(given).reasons)


def test_a_model_whose_speed_nobody_knows_does_not_win_by_that() -> None:
    unknown = options(slow=(0.5, 1.0, 9.0), unknown=(0.9, 0.0))
    assert chosen(field(unknown, choose="latency")) == "slow"


def test_on_equal_terms_the_cheaper_wins_and_then_the_pools_order() -> None:
    free = msgspec.structs.replace(TOP, usd=0.0)
    assert chosen(field(options(a=(0.5, 0.0), b=(0.5, 0.0)), baseline=free)) == "a"
    assert chosen(field(options(a=(0.5, 2.0), b=(0.5, 1.0)), trade=0.0)) == "b"


@pytest.mark.parametrize(
    ("better_by", "model"), [(STAY_MARGIN - 0.001, "here"), (STAY_MARGIN + 0.001, "there")]
)
def test_a_conversation_moves_only_for_more_than_the_margin(better_by: float, model: str) -> None:
    pool = options(there=(0.5 + better_by, 1.0), here=(0.5, 1.0))
    assert chosen(field(pool, current="here")) == model
    assert chosen(field(pool)) == "there"


def test_a_choice_says_what_was_weighed() -> None:
    (reason,) = choice(field(trade=0.25)).reasons
    assert reason == (
        "best of p_correct - 0.25 x usd/usd_always_large: 0.650 (p_correct 0.750, 40% of "
        "always-large)"
    )


def test_where_nothing_costs_anything_that_is_said() -> None:
    free = msgspec.structs.replace(TOP, usd=0.0)
    (reason,) = choice(field(options(a=(0.5, 0.0)), baseline=free)).reasons
    assert "no cost" in reason


def test_static_takes_the_first_of_the_pool() -> None:
    found = choice(field(trade=0.0, choose="static", current="large"))
    assert found.option.target.model == "small"
    assert found.reasons == ("the first of the pool",)


# --- Budgets --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pressure", "model"),
    [
        # The dial's 0.06 grows by 1 / (1 - pressure): middle from 0.083 on, small from 0.5.
        (0.0, "large"),
        (0.25, "large"),
        (0.30, "middle"),
        (0.87, "middle"),
        (0.89, "small"),
        (1.0, "small"),
        (7.0, "small"),
    ],
)
def test_the_nearer_a_budgets_limit_the_less_a_gain_may_cost(pressure: float, model: str) -> None:
    given = field(trade=0.06, choose="budget", pressure=pressure)
    found = choice(given)
    assert found.option.target.model == model
    said = f"a budget is {pressure:.0%} of the way"
    assert any(said in reason for reason in found.reasons) is (pressure > 0)


def test_money_is_what_a_budget_counts_whatever_the_dial_weighs() -> None:
    given = field(trade=0.3, choose="budget", weighs="seconds", pressure=0.5)
    assert choice(given).option.target.model == "small"
    assert "best of p_correct - 0.6 x usd" in choice(given).reasons[0]
    assert chosen(field(trade=0.6, weighs="seconds")) == "middle"


# --- Cascades -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pool", "first", "then"),
    [
        (FIELD, "small", "middle"),  # the best of the rest, by gain
        (options(b=(0.9, 2.0), a=(0.5, 1.0)), "a", "b"),
        (options(a=(0.5, 1.0), b=(0.7, 1.0)), "a", "b"),  # equals in price
    ],
)
def test_a_cascade_begins_with_the_cheapest_and_says_where_it_goes_on(
    pool: tuple[Option, ...], first: str, then: str
) -> None:
    found = choice(field(pool, choose="cascade"))
    assert found.then is not None
    assert (found.option.target.model, found.then.target.model) == (first, then)
    assert found.reasons == (
        f"the cheapest first; then {then}, reasoning off, if its answer is not good enough",
    )


def test_a_cascade_of_one_has_nothing_to_go_on_to() -> None:
    found = choice(field(options(a=(0.5, 1.0)), choose="cascade"))
    assert found.then is None
    assert found.reasons == ("the cheapest of the pool; there is nothing to escalate to",)


# --- Splits ---------------------------------------------------------------------------------------

SHARES = {"small": 90.0, "large": 10.0}


def assigned(
    sticky: str, pool: tuple[Option, ...] = FIELD, shares: dict[str, float] = SHARES
) -> Choice:
    return choice(field(pool, choose="split", weights=shares, sticky=sticky))


def test_an_assignment_says_its_share_and_why() -> None:
    found = [assigned(str(n)) for n in range(100)]
    assert {(one.option.target.model, one.propensity) for one in found} == {
        ("small", 0.9),
        ("large", 0.1),
    }
    for one in found:
        model = one.option.target.model
        assert one.reasons[0].startswith(f"assigned to {model}, which gets {one.propensity:.0%}")
        assert "best of p_correct" in one.reasons[1]


def test_among_the_models_own_options_the_choice_is_by_gain() -> None:
    off, on = Target("a", Reasoning("off")), Target("a", Reasoning("on"))
    pool = (Option(off, Expected(0.5, 1.0, 1.0)), Option(on, Expected(0.9, 2.0, 1.0)))
    dear = Option(Target("b", Reasoning("off")), Expected(1.0, 0.0, 1.0))
    found = choice(field((*pool, dear), choose="split", weights={"a": 1.0}, sticky="x"))
    assert found.option.target == on
    assert found.propensity == 1.0


def test_where_all_that_have_a_share_are_excluded_the_first_that_is_left_is_taken() -> None:
    found = assigned("x", FIELD[1:], {"small": 1.0})
    assert (found.option.target.model, found.propensity) == ("middle", 1.0)


def test_whose_model_is_still_there_keeps_it_when_another_is_not() -> None:
    shares = {"small": 50.0, "middle": 30.0, "large": 20.0}
    for n in range(500):
        before = assigned(str(n), shares=shares).option.target.model
        if before != "small":
            assert assigned(str(n), FIELD[1:], shares).option.target.model == before


@pytest.mark.parametrize(
    ("one", "other"),
    [(("a", "x"), ("b", "x")), (("a", "x"), ("a", "y")), (("a", "bc"), ("ab", "c"))],
)
def test_a_draw_depends_on_who_and_what_for(one: tuple[str, str], other: tuple[str, str]) -> None:
    assert share_drawn(*one) == share_drawn(*one) != share_drawn(*other)
    assert 0 <= share_drawn(*one) < 1


def test_a_draw_is_the_same_everywhere_and_forever() -> None:
    # Replicas and later versions must agree: `printf 0:r | b2sum -l 64`, its first 53 bits.
    assert share_drawn("", "r") == (0x3BBBA8F40647509B >> 11) / 2**53


# --- What is weighed ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("choose", "weighs", "pressure", "expected"),
    [
        ("gain", "usd", 0.5, ("usd", 1.0)),
        ("gain", "seconds", 0.5, ("seconds", 1.0)),
        ("latency", "usd", 0.0, ("seconds", 1.0)),
        ("budget", "seconds", 0.0, ("seconds", 1.0)),
        ("budget", "seconds", 0.75, ("usd", 4.0)),
    ],
)
def test_an_algorithm_weighs_this_with_that_factor(
    choose: str, weighs: str, pressure: float, expected: tuple[str, float]
) -> None:
    assert terms(field(choose=choose, weighs=weighs, pressure=pressure)) == expected


def test_an_option_is_weighed_with_its_margin_and_its_relative_cost() -> None:
    (small, middle, large) = weigh(field(trade=0.5, current="middle"), "usd", 2.0)
    assert (middle.quality, small.quality) == (0.75 + STAY_MARGIN, 0.60)
    assert (small.cost, middle.cost, large.cost) == (0.1, 0.4, 1.0)
    assert (large.trade, large.factor) == (1.0, 2.0)
    assert large.worth == pytest.approx(0.8 - 1.0)


@pytest.mark.parametrize(
    ("given", "among"),
    [
        ({}, ["small", "middle", "large"]),
        ({"choose": "static"}, []),
        ({"choose": "cascade"}, []),
        ({"choose": "cascade", "again": True}, ["small", "middle", "large"]),
        ({"choose": "budget", "pressure": 0.9}, ["small", "middle", "large"]),
        ({"choose": "budget", "pressure": 1.0}, []),
        ({"choose": "split", "weights": {"middle": 1.0}}, ["middle"]),
    ],
)
def test_only_what_can_be_chosen_by_weighing_is_looked_at_for_what_would_change(
    given: dict[str, Any], among: list[str]
) -> None:
    one = field(**given)
    found = SELECTORS[one.rule.choose].among(one)
    assert [option.target.model for option in found] == among
