"""What a planned request may use at most, and what it is booked with."""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pointsman.accounts.limits import Claim, Spent
from pointsman.catalog.models import Catalog, Model, Prices
from pointsman.demo.answering import split
from pointsman.exchange.claims import (
    IMAGE_TOKENS,
    MESSAGE_TOKENS,
    OUTPUT_TOKENS,
    claim_of,
    spent_of,
)
from pointsman.exchange.plan import Forward
from pointsman.exchange.route import plan
from pointsman.exchange.standing import NOBODY, Standing
from pointsman.policy.decide import decide
from pointsman.policy.question import Question
from pointsman.policy.rules import Policy, Rule
from pointsman.policy.world import World
from pointsman.signals.reading import NOTHING_READ
from pointsman.signals.surface import SurfaceDetector
from pointsman.wire.chat import ChatRequest
from pointsman.wire.prompt import read_prompt
from pointsman.wire.usage import CompletionDetails, PromptDetails, Usage

MakePlan = Callable[..., Forward]
PRICES = Prices(1.0, 4.0)
IMAGE = {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}


@pytest.fixture(scope="session")
def planned(
    a_model: Callable[..., Model],
    a_catalog: Callable[..., Catalog],
    a_request: Callable[..., ChatRequest],
) -> MakePlan:
    """Plan a request for a model with these prices and caps, as the front end does."""

    def build(
        text: str = "ab",
        *,
        prices: Prices = PRICES,
        card: dict[str, Any] | None = None,
        standing: Standing = NOBODY,
        **fields: Any,
    ) -> Forward:
        model = msgspec.structs.replace(a_model("m", prices=prices), **(card or {}))
        world = World(Policy((Rule("all", ("m",), choose="static"),)), a_catalog(model), ())
        request = a_request(text, **fields)
        surface = SurfaceDetector()(read_prompt(request), NOTHING_READ)
        question = Question(
            {"surface": surface}, named="m", output_cap=request.output_cap, choices=request.answers
        )
        decision = decide(question, world.policy, world.catalog)
        return plan(request, question, decision, world, decision_id="d", standing=standing)

    return build


@pytest.mark.parametrize(
    ("fields", "card", "output"),
    [
        ({}, {}, OUTPUT_TOKENS),
        ({"max_tokens": 10}, {}, 10),
        ({"max_completion_tokens": 10}, {}, 10),
        ({"max_tokens": 10, "n": 3}, {}, 30),
        ({"max_tokens": 10, "n": 0}, {}, 10),
        ({}, {"max_output_tokens": 500}, 500),
        ({"max_tokens": 10}, {"max_output_tokens": 500}, 10),
        ({"max_tokens": 900}, {"max_output_tokens": 500}, 500),
        ({}, {"context_window": 2000}, 2000),
        ({}, {"context_window": 2000, "max_output_tokens": 500}, 500),
        # llama.cpp's server reads -1 as "no cap", and others 0.
        ({"max_tokens": -1}, {"max_output_tokens": 500}, 500),
        ({"max_tokens": 0}, {}, OUTPUT_TOKENS),
        # vLLM reads the newer name, older servers the older one.
        ({"max_tokens": 10, "max_completion_tokens": 20}, {}, 20),
        ({"max_tokens": 20, "max_completion_tokens": 10}, {}, 20),
        ({"max_tokens": -1, "max_completion_tokens": 10}, {}, OUTPUT_TOKENS),
    ],
)
def test_an_answer_is_bounded_by_the_client_and_the_card(
    fields: dict[str, Any], card: dict[str, Any], output: int, planned: MakePlan
) -> None:
    prompt = 2 + MESSAGE_TOKENS
    claim = claim_of(planned(card=card, **fields))
    assert claim.tokens == prompt + output
    assert claim.usd == pytest.approx((prompt + 4 * output) / 1e6)


@pytest.mark.parametrize(
    ("messages", "tokens"),
    [
        ([{"role": "user", "content": "äö"}], 4 + MESSAGE_TOKENS),
        ([{"role": "user", "content": "a"}] * 3, 3 + 3 * MESSAGE_TOKENS),
        ([{"role": "user", "content": [IMAGE, IMAGE]}], 2 * IMAGE_TOKENS + MESSAGE_TOKENS),
    ],
)
def test_a_prompt_is_bounded_by_its_bytes_and_images(
    messages: list[Any], tokens: int, planned: MakePlan
) -> None:
    assert claim_of(planned(messages=messages, max_tokens=1)).tokens == tokens + 1


def test_tool_definitions_count(planned: MakePlan) -> None:
    tool = {"type": "function", "function": {"name": "f", "description": "x" * 1000}}
    with_tool = claim_of(planned(max_tokens=1, tools=[tool]))
    assert with_tool.tokens > claim_of(planned(max_tokens=1)).tokens + 1000


def test_the_schema_of_an_answer_counts(planned: MakePlan) -> None:
    shape = {"type": "json_schema", "json_schema": {"name": "f", "schema": {"title": "x" * 1000}}}
    with_shape = claim_of(planned(max_tokens=1, response_format=shape))
    assert with_shape.tokens > claim_of(planned(max_tokens=1)).tokens + 1000


@given(text=st.text(), output=st.integers(1, 1000))
def test_no_answer_within_its_cap_costs_more_than_was_claimed(
    planned: MakePlan, text: str, output: int
) -> None:
    wanted = planned(text, max_tokens=output)
    usage = Usage(prompt_tokens=len(split(text)), completion_tokens=output)
    claim, spent = claim_of(wanted), spent_of(wanted, usage)
    assert spent.usd <= claim.usd
    assert spent.tokens <= claim.tokens


@pytest.mark.parametrize(
    ("prices", "dearest"),
    [
        (Prices(0.0, 4.0), 4.0),
        (Prices(0.0, 4.0, reasoning=9.0), 9.0),
        (Prices(0.0, 4.0, reasoning=2.0), 4.0),
        (Prices(0.0, 4.0, reasoning=0.0), 4.0),
    ],
)
def test_all_output_is_claimed_at_its_dearest(
    prices: Prices, dearest: float, planned: MakePlan
) -> None:
    assert claim_of(planned(prices=prices, max_tokens=100)).usd == pytest.approx(dearest * 1e-4)


@pytest.mark.parametrize(
    ("standing", "key", "tenant"),
    [(NOBODY, None, None), (Standing(key="k1", tenant="acme"), "k1", "acme")],
)
def test_a_claim_says_who_asks(
    standing: Standing, key: str | None, tenant: str | None, planned: MakePlan
) -> None:
    claim = claim_of(planned(standing=standing, max_tokens=1))
    assert (claim.model, claim.key, claim.tenant) == ("m", key, tenant)


def test_what_was_reported_is_booked_at_its_prices(planned: MakePlan) -> None:
    usage = Usage(
        prompt_tokens=100,
        completion_tokens=50,
        prompt_tokens_details=PromptDetails(cached_tokens=60),
        completion_tokens_details=CompletionDetails(reasoning_tokens=20),
    )
    prices = Prices(input=1.0, output=4.0, cached_input=0.1, reasoning=8.0)
    spent = spent_of(planned(prices=prices), usage)
    assert spent.usd == pytest.approx((40 + 6 + 120 + 160) / 1e6)
    assert spent.tokens == 150


def test_the_unknown_is_booked_as_it_was_claimed(planned: MakePlan) -> None:
    wanted = planned(max_tokens=7)
    claim: Claim = claim_of(wanted)
    assert spent_of(wanted, None) == Spent(usd=claim.usd, tokens=claim.tokens)
