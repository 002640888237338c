"""What each option is expected to bring and to cost."""

import math
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pointsman.catalog.families import EFFORTS, Reasoning
from pointsman.catalog.models import Catalog, Model, Prices, Target
from pointsman.policy.gain import (
    ANSWER_TOKENS,
    MODEL_SHARE,
    Need,
    always_large,
    expect,
    need_of,
    reasoning_tokens,
)
from pointsman.signals.detector import Signals

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
    assert need_of(signals, output_cap=3, choices=2, cached_on="m", cached_tokens=4.0) == Need(
        p_light=0.625,
        p_heavy=0.75,
        extra_tokens=7.0,
        prompt_tokens=10.0,
        output_cap=3,
        choices=2,
        cached_on="m",
        cached_tokens=4.0,
    )


def test_of_an_unread_request_no_probability_is_made_up(
    some_signals: Callable[..., Signals], a_model: MakeModel
) -> None:
    need = need_of({"surface": some_signals()["surface"]})
    found = expect(Target("m", OFF), a_model("m"), need)
    assert math.isnan(found.p_correct)
    assert found.usd > 0


def test_always_large_is_the_strongest_model_thinking_its_most(
    a_model: MakeModel, a_catalog: Callable[..., Catalog]
) -> None:
    catalog = a_catalog(a_model("small", strength=0), a_model("large", "gpt-oss", strength=1))
    assert always_large(catalog) == Target("large", Reasoning("on", "high"))


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
