"""Selection algorithms on cases worked out by hand; their laws are in the contracts."""

import pytest

from pointsman.catalog.families import Reasoning
from pointsman.catalog.models import Target
from pointsman.policy.gain import Expected
from pointsman.policy.rules import Prefer
from pointsman.policy.selection import STAY_MARGIN, Field, Option, choose_by_gain, choose_static


def options(**expected: tuple[float, float]) -> tuple[Option, ...]:
    """Options by their model's name: the probability of a right answer, and dollars."""
    return tuple(
        Option(Target(name, Reasoning("off")), Expected(p, usd, 256.0))
        for name, (p, usd) in expected.items()
    )


def chosen(field: Field) -> str:
    return choose_by_gain(field).option.target.model


FIELD = options(small=(0.60, 1.0), middle=(0.75, 4.0), large=(0.80, 10.0))


@pytest.mark.parametrize(
    ("prefer", "model"),
    [
        # lambda 0 buys every gain; a lambda of 1 pays 0.1 for each dollar of large's ten.
        (Prefer(trade=0.0), "large"),
        (Prefer(trade=0.05), "large"),
        (Prefer(trade=0.10), "middle"),
        (Prefer(trade=0.49), "middle"),
        (Prefer(trade=0.51), "small"),
        (Prefer(trade=100.0), "small"),
        (Prefer(quality_loss_max=0.0), "large"),
        (Prefer(quality_loss_max=0.049), "large"),
        (Prefer(quality_loss_max=0.05), "middle"),
        (Prefer(quality_loss_max=0.2), "small"),
        (Prefer(quality_loss_max=1.0), "small"),
        # Neither: as if quality alone counted.
        (Prefer(), "large"),
    ],
)
def test_the_dial_decides_what_a_gain_may_cost(prefer: Prefer, model: str) -> None:
    assert chosen(Field(FIELD, prefer, 10.0)) == model


@pytest.mark.parametrize("prefer", [Prefer(trade=0.25), Prefer(quality_loss_max=0.0)])
def test_on_equal_terms_the_cheaper_wins_and_then_the_pools_order(prefer: Prefer) -> None:
    equal = options(a=(0.5, 0.0), b=(0.5, 0.0))
    assert chosen(Field(equal, prefer, 0.0)) == "a"
    assert chosen(Field(options(a=(0.5, 2.0), b=(0.5, 1.0)), prefer, 0.0)) == "b"


@pytest.mark.parametrize(
    ("better_by", "model"), [(STAY_MARGIN - 0.001, "here"), (STAY_MARGIN + 0.001, "there")]
)
def test_a_conversation_moves_only_for_more_than_the_margin(better_by: float, model: str) -> None:
    field = options(there=(0.5 + better_by, 1.0), here=(0.5, 1.0))
    assert chosen(Field(field, Prefer(trade=0.25), 10.0, current="here")) == model
    assert chosen(Field(field, Prefer(trade=0.25), 10.0)) == "there"


@pytest.mark.parametrize(
    ("cheaper_by", "model"), [(STAY_MARGIN - 0.001, "here"), (STAY_MARGIN + 0.001, "there")]
)
def test_with_a_limit_on_loss_the_margin_is_one_of_cost(cheaper_by: float, model: str) -> None:
    field = options(there=(0.5, 5.0 - 10.0 * cheaper_by), here=(0.5, 5.0))
    prefer = Prefer(quality_loss_max=0.02)
    assert chosen(Field(field, prefer, 10.0, current="here")) == model
    assert chosen(Field(field, prefer, 10.0)) == "there"


def test_staying_never_costs_more_quality_than_the_limit() -> None:
    field = options(there=(0.9, 1.0), here=(0.5, 0.5))
    assert chosen(Field(field, Prefer(quality_loss_max=0.1), 10.0, current="here")) == "there"


@pytest.mark.parametrize(
    ("prefer", "words"),
    [
        (Prefer(trade=0.25), "best of p_correct - 0.25 x usd/usd_always_large"),
        (Prefer(quality_loss_max=0.02), "expected to lose at most 0.02"),
    ],
)
def test_a_choice_says_why(prefer: Prefer, words: str) -> None:
    (reason,) = choose_by_gain(Field(FIELD, prefer, 10.0)).reasons
    assert words in reason
    assert "% of always-large" in reason


def test_where_nothing_costs_anything_that_is_said() -> None:
    (reason,) = choose_by_gain(Field(options(a=(0.5, 0.0)), Prefer(trade=0.25), 0.0)).reasons
    assert "no cost" in reason


def test_static_takes_the_first_of_the_pool() -> None:
    choice = choose_static(Field(FIELD, Prefer(trade=0.0), 10.0, current="large"))
    assert choice.option.target.model == "small"
    assert choice.reasons == ("the first of the pool",)
