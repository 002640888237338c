"""Model cards: prices, names and strengths."""

from collections.abc import Callable

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pointsman.catalog.families import Reasoning
from pointsman.catalog.models import Catalog, Model, Prices, Speed, Target, default_strengths
from pointsman.errors import UnknownModelError
from pointsman.wire.usage import CompletionDetails, PromptDetails, Usage


@pytest.mark.parametrize(
    ("prices", "prompt", "output", "cached", "usd"),
    [
        (Prices(), 1000, 1000, 0, 0.0),
        (Prices(2.0, 8.0), 1_000_000, 0, 0, 2.0),
        (Prices(2.0, 8.0), 0, 1_000_000, 0, 8.0),
        (Prices(2.0, 8.0), 1_000_000, 500_000, 0, 6.0),
        # Without a price of its own, what is cached costs as much as what is not.
        (Prices(2.0, 8.0), 1_000_000, 0, 400_000, 2.0),
        (Prices(2.0, 8.0, 0.5), 1_000_000, 0, 400_000, 1.4),
        (Prices(2.0, 8.0, 0.0), 1_000_000, 0, 1_000_000, 0.0),
        # A server that counts more cached tokens than prompt tokens makes nothing cheaper.
        (Prices(2.0, 8.0, 0.5), 0, 0, 1_000_000, 0.5),
    ],
)
def test_a_call_costs_what_its_tokens_cost(
    prices: Prices, prompt: float, output: float, cached: float, usd: float
) -> None:
    assert prices.usd(prompt=prompt, output=output, cached=cached) == pytest.approx(usd)


@pytest.mark.parametrize(
    ("prices", "output", "reasoning", "usd"),
    [
        # Without a price of its own, thinking costs as much as saying.
        (Prices(output=8.0), 1_000_000, 400_000, 8.0),
        (Prices(output=8.0, reasoning=2.0), 1_000_000, 400_000, 5.6),
        (Prices(output=8.0, reasoning=0.0), 1_000_000, 1_000_000, 0.0),
        # A server that counts more thinking than output makes nothing cheaper.
        (Prices(output=8.0, reasoning=2.0), 0, 1_000_000, 2.0),
    ],
)
def test_thinking_may_have_a_price_of_its_own(
    prices: Prices, output: float, reasoning: float, usd: float
) -> None:
    assert prices.usd(prompt=0, output=output, reasoning=reasoning) == pytest.approx(usd)


@pytest.mark.parametrize(
    ("usage", "usd"),
    [
        (Usage(1_000_000, 500_000), 6.0),
        (Usage(1_000_000, 500_000, PromptDetails(cached_tokens=400_000)), 5.4),
        (Usage(0, 500_000, None, CompletionDetails(reasoning_tokens=100_000)), 5.2),
        # More thinking than there is output is none of it free.
        (Usage(0, 100_000, None, CompletionDetails(reasoning_tokens=900_000)), 2.0),
    ],
)
def test_an_answer_is_billed_by_what_its_server_reports(usage: Usage, usd: float) -> None:
    assert Prices(2.0, 8.0, 0.5, 20.0).bill(usage) == pytest.approx(usd)


@pytest.mark.parametrize(("output", "seconds"), [(0, 0.5), (100, 1.5), (1000, 10.5)])
def test_an_answer_takes_its_first_token_and_then_its_length(output: float, seconds: float) -> None:
    assert Speed(first_token_s=0.5, tokens_per_s=100.0).seconds(output) == pytest.approx(seconds)


@pytest.mark.parametrize(
    "raw", [{"first_token_s": -1, "tokens_per_s": 9}, {"first_token_s": 0, "tokens_per_s": 0}]
)
def test_nothing_is_written_in_no_time(raw: dict[str, float]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(raw, Speed)


def test_a_model_is_found_by_its_name_here_and_by_its_servers_name(
    a_model: Callable[..., Model], a_catalog: Callable[..., Catalog]
) -> None:
    catalog = a_catalog(a_model("small"), a_model("large", upstream_name="org/large"))
    assert catalog.named("small").name == "small"
    assert catalog.named("org/large").name == "large"


def test_a_name_here_goes_before_a_servers_name(
    a_model: Callable[..., Model], a_catalog: Callable[..., Catalog]
) -> None:
    catalog = a_catalog(a_model("a", upstream_name="b"), a_model("b", upstream_name="a"))
    assert catalog.named("a").name == "a"


@pytest.mark.parametrize("name", ["gpt-9", "", "SMALL", "small ", "Auto", "x" * 100_000])
def test_an_unknown_model_is_a_404_that_names_the_known_ones(
    name: str, a_model: Callable[..., Model], a_catalog: Callable[..., Catalog]
) -> None:
    with pytest.raises(UnknownModelError) as caught:
        a_catalog(a_model("small"), a_model("large")).named(name)
    assert (caught.value.status, caught.value.param) == (404, "model")
    assert caught.value.code == "model_not_found"
    assert "auto, small, large" in caught.value.message
    assert len(caught.value.message) < 250


def test_the_strongest_model_is_the_dearest_of_equals(
    a_model: Callable[..., Model], a_catalog: Callable[..., Catalog]
) -> None:
    cheap, dear = a_model("cheap", strength=1.0), a_model("dear", strength=1.0, price=9.0)
    assert a_catalog(cheap, dear, a_model("weak", strength=0.1, price=99.0)).strongest() == dear


def test_every_way_to_reason_is_a_target_and_the_last_of_the_strongest_is_the_top(
    a_model: Callable[..., Model], a_catalog: Callable[..., Catalog]
) -> None:
    small, large = a_model("small", strength=0.0), a_model("large", "gpt-oss", strength=1.0)
    catalog = a_catalog(small, large, a_model("plain", "generic", strength=0.5))
    assert {n: [str(one.reasoning) for one in own] for n, own in catalog.targets.items()} == {
        "small": ["off", "on"],
        "large": ["on (low)", "on (medium)", "on (high)"],
        "plain": ["default"],
    }
    assert catalog.top == Target("large", Reasoning("on", "high"))
    assert catalog.targets is catalog.targets, "they are made once"


@pytest.mark.parametrize(
    ("prices", "strengths"),
    [
        ({}, {}),
        ({"a": 1.0}, {"a": 1.0}),
        ({"a": 1.0, "b": 1.0}, {"a": 1.0, "b": 1.0}),
        ({"a": 1.0, "b": 2.0}, {"a": 0.0, "b": 1.0}),
        ({"a": 5.0, "b": 2.0, "c": 2.0, "d": 9.0}, {"a": 0.5, "b": 0.0, "c": 0.0, "d": 1.0}),
    ],
)
def test_without_stated_strengths_the_price_order_is_taken(
    prices: dict[str, float], strengths: dict[str, float]
) -> None:
    assert default_strengths({n: Prices(output=p) for n, p in prices.items()}) == strengths


@given(st.dictionaries(st.text(max_size=3), st.floats(0, 100), min_size=1))
def test_guessed_strengths_lie_between_0_and_1_in_the_order_of_prices(
    prices: dict[str, float],
) -> None:
    strengths = default_strengths({n: Prices(output=p) for n, p in prices.items()})
    assert all(0 <= strength <= 1 for strength in strengths.values())
    for a, strength in strengths.items():
        for b in strengths:
            assert strength <= strengths[b] or prices[a] > prices[b]


@pytest.mark.parametrize(
    ("reasoning", "words"),
    [
        (Reasoning("default"), "m"),
        (Reasoning("off"), "m, reasoning off"),
        (Reasoning("on", "high"), "m, reasoning on (high)"),
    ],
)
def test_a_target_is_said_as_a_person_would(reasoning: Reasoning, words: str) -> None:
    assert str(Target("m", reasoning)) == words
