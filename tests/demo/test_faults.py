"""Faults on demand, as a client meets them."""

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from pointsman.demo.asking import Refusal
from pointsman.demo.faults import Fault, Hang, Slow, StallAfter, Status, parse_fault, spoils
from pointsman.demo.standin import StandIn, StandInModel

BODY = {"model": "standin", "messages": [{"role": "user", "content": "hello"}]}


def asking(fault: str, **fields: Any) -> dict[str, Any]:
    return BODY | {"standin": {"fail": fault}} | fields


async def drain(response: aiohttp.ClientResponse, reads: list[bytes]) -> None:
    async for read in response.content.iter_any():
        reads.append(read)  # noqa: PERF401 - what was read before the error must stay


@pytest.fixture
async def server() -> AsyncIterator[StandIn]:
    async with StandIn() as standin:
        yield standin


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", None),
        ("status:503", Status(503)),
        ("status:429:7", Status(429, 7)),
        ("stall_after:5", StallAfter(5)),
        ("hang", Hang()),
        ("slow:0.2", Slow(0.2)),
    ],
)
def test_a_fault_is_a_name_and_numbers(text: str, fault: Fault | None) -> None:
    assert parse_fault(text) == fault


@pytest.mark.parametrize("text", ["status", "status:x", "hang:1", "die_after:1:2", "explode:3"])
def test_anything_else_is_no_fault(text: str) -> None:
    with pytest.raises(Refusal, match="is no fault"):
        parse_fault(text)


def test_only_slowness_leaves_an_answer_whole() -> None:
    assert not spoils(None)
    assert not spoils(Slow(0.1))
    assert spoils(Hang())


@pytest.mark.parametrize(
    ("fault", "kind"),
    [("status:503", "server_error"), ("status:429:7", "invalid_request_error")],
)
async def test_a_status_comes_with_an_openai_error_body(
    fault: str, kind: str, server: StandIn, client: aiohttp.ClientSession
) -> None:
    async with client.post(f"{server.url}/chat/completions", json=asking(fault)) as response:
        assert response.status == int(fault.split(":")[1])
        assert (await response.json())["error"]["type"] == kind
        assert response.headers.get("Retry-After") == ("7" if fault.endswith(":7") else None)
    assert (server.answered, server.cancelled) == (0, 0)


@pytest.mark.parametrize("chunks", [0, 5])
async def test_a_stream_dies_after_its_chunks(
    chunks: int, server: StandIn, client: aiohttp.ClientSession
) -> None:
    body = asking(f"die_after:{chunks}", stream=True)
    reads: list[bytes] = []
    async with client.post(f"{server.url}/chat/completions", json=body) as response:
        with pytest.raises(aiohttp.ClientPayloadError):
            await drain(response, reads)
    assert b"".join(reads).count(b"\n\n") == chunks
    assert (server.answered, server.cancelled) == (0, 0)


async def test_a_plain_answer_dies_before_it_comes(
    server: StandIn, client: aiohttp.ClientSession
) -> None:
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await client.post(f"{server.url}/chat/completions", json=asking("die_after:5"))


async def test_a_stream_breaks_off_with_an_error_event(
    server: StandIn, client: aiohttp.ClientSession
) -> None:
    body = asking("error_after:2", stream=True)
    async with client.post(f"{server.url}/chat/completions", json=body) as response:
        events = (await response.text()).split("\n\n")
    assert len(events) == 4
    assert events[2].startswith('data: {"error":')
    async with client.post(
        f"{server.url}/chat/completions", json=asking("error_after:2")
    ) as response:
        assert response.status == 500


@pytest.mark.parametrize(
    ("fault", "fields"),
    [("hang", {}), ("stall_after:3", {}), ("stall_after:3", {"stream": True})],
)
async def test_a_silent_server_is_left_by_its_client(
    fault: str,
    fields: Any,
    server: StandIn,
    client: aiohttp.ClientSession,
    eventually: Any,
) -> None:
    timeout = aiohttp.ClientTimeout(total=0.1)
    body = asking(fault, **fields)
    with pytest.raises(TimeoutError):
        async with client.post(
            f"{server.url}/chat/completions", json=body, timeout=timeout
        ) as response:
            await response.read()
    await eventually(lambda: server.cancelled == 1)


async def test_garbage_is_no_json(server: StandIn, client: aiohttp.ClientSession) -> None:
    async with client.post(f"{server.url}/chat/completions", json=asking("garbage")) as response:
        assert response.status == 200
        with pytest.raises(ValueError, match="Expecting"):
            await response.json()


async def test_slowness_changes_no_answer(server: StandIn, client: aiohttp.ClientSession) -> None:
    body = asking("slow:0.001", max_tokens=3)
    async with client.post(f"{server.url}/chat/completions", json=body) as response:
        assert (await response.json())["choices"][0]["message"]["content"] == "I am a"
    assert server.answered == 1


async def test_planned_faults_befall_the_first_requests(client: aiohttp.ClientSession) -> None:
    async with StandIn(faults=("status:500", "", "status:502")) as server:
        statuses = []
        for _ in range(4):
            async with client.post(f"{server.url}/chat/completions", json=BODY) as response:
                statuses.append(response.status)
        server.fault = "status:503"
        async with client.post(f"{server.url}/chat/completions", json=BODY) as response:
            statuses.append(response.status)
    assert statuses == [500, 200, 502, 200, 503]


def test_a_speed_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="above 0"):
        StandInModel(tokens_per_second=0)
