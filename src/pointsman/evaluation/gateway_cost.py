"""What a gateway adds to a request, the encoder not counted.

The request names its model, so nothing is read and nothing decided: what is left is HTTP, parsing,
editing and the record. All on loopback; the client shares the machine's cores with the servers, so
requests per second are below what a client elsewhere would see. The servers take turns in small
batches, so that other work on the machine hits all of them.
"""

import asyncio
import contextlib
import time
from collections.abc import Callable

import aiohttp
import msgspec

from pointsman.errors import PointsmanError
from pointsman.evaluation.machine import cpu_seconds_of, memory_of
from pointsman.evaluation.report import GatewayCost, GatewayRow
from pointsman.evaluation.servers import (
    MODEL,
    Server,
    litellm_server,
    mock_server,
    pointsman_server,
    version_of,
)
from pointsman.evaluation.stats import spread

CONCURRENCIES = (1, 8)
"""Requests in flight at once, each on its own keep-alive connection."""

_ROUNDS = 5
_OK = 200


class _Tally:
    """What was measured of one server at one concurrency."""

    def __init__(self) -> None:
        self.samples: list[float] = []
        self.seconds = 0.0
        self.cpu_seconds: float | None = 0.0


async def measure_gateway(
    text: str, *, requests: int, litellm: str | None, say: Callable[[str], None]
) -> GatewayCost:
    """Ask the mock directly and through each gateway.

    Args:
        text: The user turn of the request.
        requests: Requests per server and concurrency; at least `_ROUNDS`.
        litellm: The interpreter of an environment with LiteLLM, to compare its proxy.
        say: Told what happens.

    Raises:
        PointsmanError: A server did not start, or refused a request.
    """
    body = msgspec.json.encode(
        {"model": MODEL, "messages": [{"role": "user", "content": text}], "temperature": 0.7}
    )
    version = await version_of(litellm, "litellm") if litellm else None
    async with contextlib.AsyncExitStack() as stack:
        say("gateway: starting the servers")
        mock = await stack.enter_async_context(mock_server())
        servers = [mock, await stack.enter_async_context(pointsman_server(mock))]
        if litellm:
            servers.append(await stack.enter_async_context(litellm_server(litellm, mock)))
        rows: list[GatewayRow] = []
        for concurrency in CONCURRENCIES:
            say(f"gateway: {concurrency} at once")
            rows += await _compare(servers, body, concurrency, requests)
        memory = {server.name: memory_of(server.pid) for server in servers}
    return GatewayCost(len(body), tuple(rows), memory, version)


async def _compare(
    servers: list[Server], body: bytes, concurrency: int, requests: int
) -> list[GatewayRow]:
    tallies = {server.name: _Tally() for server in servers}
    batch = max(1, requests // _ROUNDS)
    async with aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=600)
    ) as client:
        for server in servers:  # opens the connections and warms the servers up
            await _ask(client, server, body, concurrency, max(2 * concurrency, batch // 5))
        for _ in range(_ROUNDS):
            for server in servers:
                await _ask_clocked(client, server, body, concurrency, batch, tallies[server.name])
    spreads = {name: spread(tally.samples) for name, tally in tallies.items()}
    direct = spreads[servers[0].name].p50_ms
    return [
        GatewayRow(
            server=name,
            concurrency=concurrency,
            requests=len(tally.samples),
            per_second=len(tally.samples) / tally.seconds,
            latency=spreads[name],
            added_p50_ms=spreads[name].p50_ms - direct,
            cpu_ms=None
            if tally.cpu_seconds is None
            else 1000 * tally.cpu_seconds / len(tally.samples),
        )
        for name, tally in tallies.items()
    ]


async def _ask_clocked(
    client: aiohttp.ClientSession,
    server: Server,
    body: bytes,
    concurrency: int,
    count: int,
    tally: _Tally,
) -> None:
    cpu_before = cpu_seconds_of(server.pid)
    began = time.perf_counter()
    tally.samples += await _ask(client, server, body, concurrency, count)
    tally.seconds += time.perf_counter() - began
    cpu_after = cpu_seconds_of(server.pid)
    if cpu_before is None or cpu_after is None or tally.cpu_seconds is None:
        tally.cpu_seconds = None
    else:
        tally.cpu_seconds += cpu_after - cpu_before


async def _ask(
    client: aiohttp.ClientSession, server: Server, body: bytes, concurrency: int, count: int
) -> list[float]:
    """Send so many requests, `concurrency` at a time; returns each one's seconds."""
    headers = {"content-type": "application/json", "authorization": f"Bearer {server.key}"}
    samples: list[float] = []
    turns = iter(range(count))

    async def one_after_another() -> None:
        for _ in turns:
            began = time.perf_counter()
            async with client.post(server.url, data=body, headers=headers) as response:
                answer = await response.read()
            samples.append(time.perf_counter() - began)
            if response.status != _OK or b"Four." not in answer:
                said = answer[:300].decode(errors="replace")
                raise PointsmanError(f"{server.name} answered {response.status}: {said}")

    await asyncio.gather(*(one_after_another() for _ in range(concurrency)))
    return samples
