"""What each option is expected to bring and to cost."""

import math
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pointsman.catalog.families import EFFORTS, Reasoning
from pointsman.catalog.models import Model, Prices, Speed, Target
from pointsman.policy.gain import (
    ANSWER_TOKENS,
    LEAST_REASONING_TOKENS,
    MODEL_SHARE,
    WHOLE,
    Ends,
    Need,
    expect,
    need_of,
    place_of,
    reasoning_tokens,
    share_of,
)
from pointsman.policy.tables import Row, Table
from pointsman.signals.detector import Signals
from pointsman.signals.findings import Scores

NEED = Need(p_light=0.4, p_heavy=0.8, extra_tokens=1000.0, prompt_tokens=100.0)
ON, OFF = Reasoning("on"), Reasoning("off")

MakeModel = Callable[..., Model]


@pytest.mark.parametrize(
    ("reasoning", "tokens"),
    [
        (OFF, 0),
        (Reasoning("default"), 0),
        (ON, 1000),
        (Reasoning("on", "low"), 400),
        (Reasoning("on", "medium"), 1000),
        (Reasoning("on", "high"), 2000),
        (Reasoning("on", budget_tokens=300), 300),
        (Reasoning("on", budget_tokens=5000), 1000),
        (Reasoning("on", "high", 1500), 1500),
    ],
)
def test_reasoning_takes_these_tokens(reasoning: Reasoning, tokens: float) -> None:
    assert reasoning_tokens(Target("m", reasoning), NEED) == tokens


@pytest.mark.parametrize(
    ("strength", "reasoning", "p_correct"),
    [
        (0.0, OFF, 0.4),
        (1.0, ON, 0.8),
        (1.0, OFF, 0.4 + 0.4 * MODEL_SHARE),
        (0.0, ON, 0.4 + 0.4 * (1 - MODEL_SHARE)),
        (0.0, Reasoning("default"), 0.4),
        (1.0, Reasoning("on", "high"), 0.8),
    ],
)
def test_a_target_stands_between_the_light_and_the_heavy_answer(
    strength: float, reasoning: Reasoning, p_correct: float, a_model: MakeModel
) -> None:
    found = expect(Target("m", reasoning), a_model("m", strength=strength), NEED)
    assert found.p_correct == pytest.approx(p_correct)


@pytest.mark.parametrize(
    ("need", "output"),
    [
        ({}, ANSWER_TOKENS + 1000),
        ({"output_cap": 500}, 500),
        ({"output_cap": 5000}, ANSWER_TOKENS + 1000),
        ({"choices": 3}, 3 * (ANSWER_TOKENS + 1000)),
        ({"choices": 3, "output_cap": 100}, 300),
    ],
)
def test_output_is_capped_for_each_choice(
    need: dict[str, Any], output: float, a_model: MakeModel
) -> None:
    found = expect(
        Target("m", ON), a_model("m"), Need(0.4, 0.8, 1000.0, prompt_tokens=100.0, **need)
    )
    assert found.output_tokens == output


def test_only_the_model_that_has_the_prompt_cached_reads_it_at_that_price(
    a_model: MakeModel,
) -> None:
    prices = Prices(input=10.0, output=0.0, cached_input=1.0)
    need = Need(0.5, 0.5, 0.0, 1e6, cached_on="here", cached_tokens=1e6)
    here, there = a_model("here", prices=prices), a_model("there", prices=prices)
    assert expect(Target("here", OFF), here, need).usd == pytest.approx(1.0)
    assert expect(Target("there", OFF), there, need).usd == pytest.approx(10.0)


def test_the_need_is_read_off_the_signals(some_signals: Callable[..., Signals]) -> None:
    signals = some_signals(0.25, 0.125, 0.5, extra_tokens=7.0, characters=40.0)
    speeds = {"m": Speed(0.1, 9.0)}
    found = need_of(
        signals, output_cap=3, choices=2, cached_on="m", cached_share=0.4, speeds=speeds
    )
    assert found == Need(
        p_light=0.625,
        p_heavy=0.75,
        extra_tokens=7.0,
        prompt_tokens=10.0,
        output_cap=3,
        choices=2,
        cached_on="m",
        cached_tokens=4.0,
        speeds=speeds,
    )


def test_of_an_unread_request_no_probability_is_made_up(
    some_signals: Callable[..., Signals], a_model: MakeModel
) -> None:
    need = need_of({"surface": some_signals()["surface"]})
    found = expect(Target("m", OFF), a_model("m"), need)
    assert math.isnan(found.p_correct)
    assert found.usd > 0


# --- Reasoning, when little of it is needed -------------------------------------------------------


@pytest.mark.parametrize("extra_tokens", [0.0, 1.0, LEAST_REASONING_TOKENS])
def test_a_model_that_is_told_to_think_does_even_about_a_greeting(extra_tokens: float) -> None:
    need = Need(0.9, 0.9, extra_tokens, 10.0)
    assert reasoning_tokens(Target("m", ON), need) == LEAST_REASONING_TOKENS
    low = Target("m", Reasoning("on", "low"))
    assert reasoning_tokens(low, need) == pytest.approx(0.4 * LEAST_REASONING_TOKENS)


@pytest.mark.parametrize(
    ("gain", "counts"), [(0.049, False), (0.0501, True), (-0.049, False), (-0.0501, True)]
)
def test_a_gain_within_the_estimates_own_error_is_none(
    gain: float, a_model: MakeModel, *, counts: bool
) -> None:
    need = Need(0.9, 0.9 + gain, 300.0, 10.0)
    expected = expect(Target("m", ON), a_model("m", strength=1.0), need)
    assert expected.p_correct == pytest.approx(0.9 + gain if counts else 0.9)


# --- Where a target stands between the two arms ---------------------------------------------------


@pytest.mark.parametrize(
    ("strength", "reasoning", "share"),
    [
        (0.0, OFF, 0.0),
        (1.0, OFF, 0.4),
        (0.5, OFF, 0.2),
        (0.0, ON, 0.6),
        (0.0, Reasoning("on", "low"), 0.3),
        (0.0, Reasoning("on", "medium"), 0.51),
        (0.5, Reasoning("on", "high"), 0.8),
        (1.0, ON, 1.0),
    ],
)
def test_a_share_is_the_models_part_and_reasonings(
    strength: float, reasoning: Reasoning, share: float, a_model: MakeModel
) -> None:
    model = a_model("m", strength=strength)
    assert share_of(Target("m", reasoning), model) == pytest.approx(share)


@pytest.mark.parametrize(
    ("strength", "reasoning", "ends", "place"),
    [
        (0.0, ON, WHOLE, 0.6),
        # Arms of the operator's own: the strong model at once (0.4), the strong one that thinks.
        (1.0, OFF, Ends(0.4, 1.0), 0.0),
        (0.0, ON, Ends(0.4, 1.0), 1 / 3),
        (1.0, ON, Ends(0.4, 1.0), 1.0),
        # Nothing lies outside the two arms, whatever its share says.
        (0.0, OFF, Ends(0.4, 1.0), 0.0),
        (1.0, ON, Ends(0.0, 0.6), 1.0),
        # Arms that stand in one place, or the wrong way round, part the targets in two.
        (1.0, OFF, Ends(0.5, 0.5), 0.0),
        (0.0, ON, Ends(0.5, 0.5), 1.0),
        (1.0, ON, Ends(0.6, 0.4), 1.0),
        (0.0, OFF, Ends(0.6, 0.4), 0.0),
    ],
)
def test_a_place_is_a_share_between_those_of_the_arms(
    strength: float, reasoning: Reasoning, ends: Ends, place: float, a_model: MakeModel
) -> None:
    target, model = Target("m", reasoning), a_model("m", strength=strength)
    assert place_of(target, model, ends) == pytest.approx(place)
    expected = expect(target, model, NEED, ends)
    assert expected.p_correct == pytest.approx(0.4 + 0.4 * place)


# --- Time, thinking tokens and tables -------------------------------------------------------------

SPEED = Speed(first_token_s=0.5, tokens_per_s=100.0)


def test_an_answer_takes_its_first_token_and_the_rest_at_its_speed(a_model: MakeModel) -> None:
    model = a_model("m", speed=SPEED)
    assert expect(Target("m", ON), model, NEED).seconds == pytest.approx(0.5 + 12.56)
    assert expect(Target("m", OFF), model, NEED).seconds == pytest.approx(0.5 + 2.56)
    assert math.isnan(expect(Target("m", OFF), a_model("m"), NEED).seconds)


def test_a_speed_seen_lately_goes_before_the_cards(a_model: MakeModel) -> None:
    need = Need(0.4, 0.8, 0.0, 1.0, speeds={"m": Speed(9.0, 256.0), "other": SPEED})
    assert expect(Target("m", OFF), a_model("m", speed=SPEED), need).seconds == 10.0
    assert expect(Target("m", OFF), a_model("m"), need).seconds == 10.0


def test_several_answers_cost_more_but_take_no_longer(a_model: MakeModel) -> None:
    model = a_model("m", speed=SPEED)
    one, three = (expect(Target("m", OFF), model, Need(0, 0, 0, 0, choices=n)) for n in (1, 3))
    assert one.seconds == three.seconds
    assert three.usd == pytest.approx(3 * one.usd)


def test_reasoning_is_paid_at_its_own_price_where_it_has_one(a_model: MakeModel) -> None:
    model = a_model("m", prices=Prices(output=1.0, reasoning=3.0), answer_tokens=100.0)
    expected = expect(Target("m", ON), model, NEED)
    assert expected.output_tokens == 1100
    assert expected.usd == pytest.approx((100 * 1.0 + 1000 * 3.0) / 1e6)


def test_what_a_cap_leaves_of_an_answer_is_thought_first(a_model: MakeModel) -> None:
    model = a_model("m", prices=Prices(output=1.0, reasoning=3.0), answer_tokens=100.0)
    capped = expect(Target("m", ON), model, Need(0.4, 0.8, 1000.0, 0.0, output_cap=500))
    assert capped.output_tokens == 500
    assert capped.usd == pytest.approx(500 * 3.0 / 1e6)


def table(tokens: dict[str, float]) -> Table:
    row = Row({"math": 0.9, "law": 0.5}, tokens, 0.7)
    return Table("domain", {("m", "on", None): row}, "basis")


def test_what_a_table_knows_takes_the_place_of_the_estimate(a_model: MakeModel) -> None:
    signals = {"domain": Scores({"math": 0.5, "law": 0.5})}
    model = a_model("m", prices=Prices(output=1.0, reasoning=3.0))
    known = (table({"math": 600.0, "law": 400.0}), signals)
    expected = expect(Target("m", ON), model, NEED, known=known)
    assert expected.p_correct == pytest.approx(0.7)
    # More thinking was foreseen (1,000 tokens) than answers had at all.
    assert (expected.output_tokens, expected.usd) == pytest.approx((500.0, 500 * 3.0 / 1e6))


def test_where_a_table_has_no_tokens_these_are_estimated(a_model: MakeModel) -> None:
    known = (table({}), {"domain": Scores({"math": 1.0})})
    expected = expect(Target("m", ON), a_model("m"), NEED, known=known)
    assert (expected.p_correct, expected.output_tokens) == (0.9, ANSWER_TOKENS + 1000)


def test_a_target_that_no_table_knows_is_estimated(a_model: MakeModel) -> None:
    known = (table({}), {"domain": Scores({"math": 1.0})})
    weak = a_model("m", strength=0.0)
    assert expect(Target("m", OFF), weak, NEED, known=known).p_correct == NEED.p_light


@given(
    st.floats(0, 1),
    st.floats(0, 1),
    st.floats(0, 1e6),
    st.floats(0, 1),
    st.sampled_from([OFF, ON, *(Reasoning("on", effort) for effort in EFFORTS)]),
)
def test_every_expectation_lies_between_light_and_heavy(
    a_model: MakeModel,
    p_light: float,
    p_heavy: float,
    extra: float,
    strength: float,
    reasoning: Reasoning,
) -> None:
    need = Need(p_light, p_heavy, extra, 10.0)
    found = expect(Target("m", reasoning), a_model("m", strength=strength), need)
    low, high = sorted((p_light, p_heavy))
    assert low - 1e-9 <= found.p_correct <= high + 1e-9
    assert found.usd >= 0
    assert found.output_tokens >= ANSWER_TOKENS


@given(st.floats(0, 0.5), st.floats(0, 0.5), st.floats(0, 1), st.floats(0, 1))
def test_where_reasoning_gains_a_stronger_model_is_never_expected_to_be_worse(
    a_model: MakeModel, p_light: float, gain: float, one: float, other: float
) -> None:
    need = Need(p_light, p_light + gain, 100.0, 10.0)
    weak, strong = sorted((one, other))
    assert (
        expect(Target("m", ON), a_model("m", strength=weak), need).p_correct
        <= expect(Target("m", ON), a_model("m", strength=strong), need).p_correct + 1e-12
    )
