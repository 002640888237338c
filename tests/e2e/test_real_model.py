"""A real language model on a server that no one here wrote, behind the router."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import openai
import pytest
from openai.types.chat import ChatCompletionMessageParam

from pointsman.config.build import load_setup
from pointsman.demo.realmodel import RealModel, RealModelSettings, missing_packages
from pointsman.gateway.server import Server
from pointsman.observe.record import DecisionRecord

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.real_model,
    pytest.mark.skipif(bool(missing_packages()), reason="needs pointsman[real-model]"),
]

QUESTION: list[ChatCompletionMessageParam] = [
    {"role": "user", "content": "What is the capital of France?"}
]


class Running:
    """The router with one real model behind it."""

    def __init__(self, url: str, model: RealModel, records: list[DecisionRecord]) -> None:
        self.client = openai.AsyncOpenAI(base_url=f"{url}/v1", api_key="unused", max_retries=0)
        self.model = model
        self.records = records


@pytest.fixture
async def running(tmp_path: Path) -> AsyncIterator[Running]:
    records: list[DecisionRecord] = []
    async with RealModel(RealModelSettings(slots=1)) as model:
        config = tmp_path / "pointsman.yaml"
        config.write_text(
            f'models: {{gemma: {{url: "{model.url}", name: {model.settings.name}, '
            "usd_per_million: {input: 1, output: 2}}}\nserver: {port: 0}\n"
        )
        async with Server(load_setup(config), config, records.append) as server:
            running = Running(server.url, model, records)
            yield running
            await running.client.close()


async def test_a_real_model_answers_whole_and_its_usage_is_recorded(running: Running) -> None:
    answer = await running.client.chat.completions.create(
        model="auto", messages=QUESTION, max_tokens=16
    )
    assert answer.choices[0].message.content
    assert answer.usage is not None
    record = running.records[-1]
    assert record.usage is not None
    assert record.usage.completion_tokens == answer.usage.completion_tokens > 0
    assert record.usd == pytest.approx(
        (answer.usage.prompt_tokens + 2 * answer.usage.completion_tokens) / 1e6, rel=0.5
    )


async def test_a_real_model_streams_token_by_token(running: Running) -> None:
    stream = await running.client.chat.completions.create(
        model="auto",
        messages=[{"role": "user", "content": "Count from one to twenty in words."}],
        max_tokens=24,
        stream=True,
    )
    chunks = [chunk async for chunk in stream]
    assert sum(1 for c in chunks if c.choices and c.choices[0].delta.content) > 3
    assert all(chunk.choices for chunk in chunks), "the usage chunk was not asked for"
    assert running.records[-1].usage is not None
    assert running.records[-1].outcome == "answered"


async def test_a_client_that_goes_away_stops_the_real_model(running: Running) -> None:
    stream = await running.client.chat.completions.create(
        model="auto",
        messages=[{"role": "user", "content": "Write a very long story about the sea."}],
        max_tokens=250,
        stream=True,
        extra_body={"ignore_eos": True},
    )
    async for _ in stream:
        break
    await stream.close()
    # The model's only slot takes the next request once the abandoned one has ended.
    await running.client.chat.completions.create(
        model="auto", messages=QUESTION, max_tokens=2, extra_body={"ignore_eos": True}
    )
    outcomes = [record.outcome for record in running.records]
    assert outcomes == ["cancelled", "answered"]
    assert await tokens_written(running.model) < 200


async def tokens_written(model: RealModel) -> int:
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{model.origin}/metrics") as response,
    ):
        found = re.search(
            r"^llamacpp:tokens_predicted_total (\d+)", await response.text(), re.MULTILINE
        )
    assert found is not None
    return int(found[1])
