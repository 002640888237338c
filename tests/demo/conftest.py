"""A running stand-in for each family, and a client that talks to it over loopback."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, get_args

import aiohttp
import pytest

from pointsman.demo.asking import Family
from pointsman.demo.standin import StandIn, StandInModel

FAMILIES = get_args(Family)


@pytest.fixture
async def standin() -> AsyncIterator[StandIn]:
    """A stand-in with one quick model per family, each named like its family."""
    models = [StandInModel(name=family, family=family) for family in FAMILIES]
    async with StandIn(*models) as server:
        yield server


@pytest.fixture
async def client() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
def ask(standin: StandIn, client: aiohttp.ClientSession) -> Any:
    """Send one chat request and return its status and its decoded body."""

    async def send(model: str = "none", text: str = "What is 2+2?", **fields: Any) -> Any:
        body = {"model": model, "messages": [{"role": "user", "content": text}]} | fields
        async with client.post(f"{standin.url}/chat/completions", json=body) as response:
            return response.status, await response.json()

    return send


@pytest.fixture
def stream(standin: StandIn, client: aiohttp.ClientSession) -> Any:
    """Send one streamed chat request and return its chunks, `[DONE]` checked and dropped."""

    async def send(model: str = "none", text: str = "What is 2+2?", **fields: Any) -> Any:
        body = {"model": model, "messages": [{"role": "user", "content": text}], "stream": True}
        async with client.post(f"{standin.url}/chat/completions", json=body | fields) as response:
            assert response.headers["Content-Type"].startswith("text/event-stream")
            raw = await response.text()
        events = raw.split("\n\n")
        assert events[-2:] == ["data: [DONE]", ""]
        return [json.loads(event.removeprefix("data: ")) for event in events[:-2]]

    return send


@pytest.fixture
def eventually() -> Callable[[Callable[[], bool]], Awaitable[None]]:
    """Wait, bounded, until the server has noticed what the client did."""

    async def wait(claim: Callable[[], bool]) -> None:
        for _ in range(1000):
            if claim():
                return
            await asyncio.sleep(0.001)
        pytest.fail("The server never noticed.")

    return wait
