"""Streams that break, stall or lose their reader; whole answers whose client leaves."""

import asyncio
import json
from typing import Any

import pytest

from pointsman.demo.standin import StandIn, StandInModel

pytestmark = pytest.mark.e2e

BODY = {"model": "auto", "stream": True, "messages": [{"role": "user", "content": "Go on."}]}


def events_of(raw: bytes) -> list[Any]:
    texts = [event.removeprefix(b"data: ") for event in raw.split(b"\n\n") if event]
    return [text if text == b"[DONE]" else json.loads(text) for text in texts]


async def stream(client: Any, gate: Any, **fields: Any) -> list[Any]:
    async with client.post(gate.chat, json=BODY | fields) as response:
        assert response.status == 200
        assert response.content_type == "text/event-stream"
        return events_of(await response.read())


async def test_tokens_arrive_one_by_one_while_the_model_writes(
    serve: Any, client: Any, played: Any
) -> None:
    read = asyncio.Event()
    token = b'data: {"choices":[{"delta":{"content":"%d"},"index":0}]}\n\n'

    async def answer(request: Any) -> None:
        await request.send_events()
        for number in range(20):  # none is written before the one before has been read
            await request.send(token % number)
            await read.wait()
            read.clear()
        await request.send(b"data: [DONE]\n\n")
        request.close()

    gate = await serve({"m": {"url": await played(answer)}})
    async with client.post(gate.chat, json=BODY) as response:
        for number in range(20):
            assert await response.content.readuntil(b"\n\n") == token % number
            read.set()
        assert await response.content.read() == b"data: [DONE]\n\n"


async def test_usage_is_hidden_from_who_did_not_ask_and_kept_in_the_record(
    gate: Any, client: Any
) -> None:
    hidden = await stream(client, gate)
    shown = await stream(client, gate, stream_options={"include_usage": True})
    assert [e["usage"] for e in shown[:-1] if e.get("usage")] == [shown[-2]["usage"]]
    assert not any(event.get("usage") for event in hidden[:-1])
    assert len(shown) == len(hidden) + 1
    for record in gate.records:
        assert record.usage.completion_tokens == shown[-2]["usage"]["completion_tokens"]


@pytest.mark.parametrize("fault", ["die_after:5", "stall_after:5"])
async def test_a_stream_that_breaks_off_ends_with_an_error_after_the_tokens_that_came(
    fault: str, serve: Any, pair: Any, client: Any, standin: StandIn
) -> None:
    gate = await serve(pair, upstream={"idle_s": 0.2})
    whole = await stream(client, gate)
    standin.fault = fault
    *came, last = await stream(client, gate)
    assert len(came) == 5
    assert [e["choices"] for e in came] == [e["choices"] for e in whole[:5]]
    assert last["error"]["type"] == "server_error"
    assert "incomplete" in last["error"]["message"]
    assert gate.records[-1].outcome == "broken"
    assert gate.records[-1].status == 200
    assert len(gate.records[-1].attempts) == 1  # nothing is retried once a token is out


async def test_a_stream_that_dies_before_its_first_token_ends_with_an_error_alone(
    gate: Any, client: Any, standin: StandIn
) -> None:
    standin.fault = "die_after:0"
    async with client.post(gate.chat, json=BODY) as response:
        answer = await response.read()
    if response.status == 200:
        (last,) = events_of(answer)
        assert last["error"]["type"] == "server_error"
        assert gate.records[-1].outcome == "broken"
    else:
        assert response.status == 502
        assert gate.records[-1].outcome == "failed"


@pytest.mark.parametrize("end", ["close", "reset"])
async def test_a_stream_that_ends_without_a_word_is_broken(
    end: str, serve: Any, client: Any, played: Any
) -> None:
    token = b'data: {"choices":[{"delta":{"content":"a"},"index":0}]}\n\n'

    async def answer(request: Any) -> None:
        await request.send_events(token)
        if end == "reset":
            await read.wait()
        getattr(request, end)()

    read = asyncio.Event()
    gate = await serve({"m": {"url": await played(answer)}})
    async with client.post(gate.chat, json=BODY) as response:
        assert await response.content.readuntil(b"\n\n") == token
        read.set()
        (last,) = events_of(await response.content.read())
    assert "error" in last
    assert gate.records[-1].outcome == "broken"


async def test_half_an_event_is_not_sent_before_the_error(
    serve: Any, client: Any, played: Any
) -> None:
    async def answer(request: Any) -> None:
        await request.send_events(b'data: {"choices":[]}\n\ndata: {"choi')
        request.close()

    gate = await serve({"m": {"url": await played(answer)}})
    first, last = await stream(client, gate)
    assert first == {"choices": []}
    assert "error" in last


async def test_an_error_that_the_model_reports_amid_its_stream_passes_as_it_is(
    gate: Any, client: Any, standin: StandIn
) -> None:
    standin.fault = "error_after:3"
    *came, last = await stream(client, gate)
    assert len(came) == 3
    assert "was asked to fail" in last["error"]["message"]
    assert gate.records[-1].outcome == "broken"


async def test_a_stream_without_done_that_says_why_it_ended_is_whole(
    serve: Any, client: Any, played: Any
) -> None:
    last = b'data: {"choices":[{"delta":{},"finish_reason":"stop","index":0}]}\n\n'

    async def answer(request: Any) -> None:
        await request.send_events(last)
        request.close()

    gate = await serve({"m": {"url": await played(answer)}})
    async with client.post(gate.chat, json=BODY) as response:
        assert await response.read() == last
    assert gate.records[-1].outcome == "answered"


async def test_a_refusal_of_a_streamed_request_is_no_stream(
    gate: Any, client: Any, standin: StandIn
) -> None:
    standin.fault = "status:422"
    async with client.post(gate.chat, json=BODY) as response:
        error = json.loads(await response.read())["error"]
    assert (response.status, response.content_type) == (422, "application/json")
    assert "was asked to fail" in error["message"]


async def test_a_stream_whose_reader_leaves_is_cancelled_upstream(
    serve: Any, client: Any, eventually: Any
) -> None:
    model = StandInModel(name="m", tokens_per_second=50, answer_tokens=5000)
    async with StandIn(model) as standin:
        gate = await serve({"m": {"url": standin.url}})
        async with client.post(gate.chat, json=BODY) as response:
            await response.content.readuntil(b"\n\n")
            response.close()
        await eventually(lambda: standin.cancelled == 1 and len(gate.records) == 1)
        assert standin.active == 0
        assert standin.generated < 1000
    assert gate.records[0].outcome == "cancelled"
    assert gate.server.gateway.idle.is_set()


@pytest.mark.parametrize("streamed", [True, False])
async def test_a_client_that_leaves_before_the_first_byte_is_cancelled_upstream(
    *, streamed: bool, gate: Any, client: Any, standin: StandIn, eventually: Any
) -> None:
    standin.fault = "hang"
    task = asyncio.ensure_future(client.post(gate.chat, json=BODY | {"stream": streamed}))
    await eventually(lambda: standin.active == 1)
    task.cancel()
    await eventually(lambda: standin.cancelled == 1 and len(gate.records) == 1)
    assert gate.records[0].outcome == "cancelled"
    assert len(standin.received) == 1  # it is not retried for nobody
    standin.fault = ""
    async with client.post(gate.chat, json=BODY) as response:
        assert response.status == 200


async def test_a_slow_reader_slows_the_model_and_fills_no_memory(
    serve: Any, client: Any, played: Any, eventually: Any
) -> None:
    sent = 0
    piece = b'data: {"choices":[{"delta":{"content":"' + b"a" * 60_000 + b'"},"index":0}]}\n\n'

    async def answer(request: Any) -> None:
        nonlocal sent
        await request.send_events()
        for _ in range(2000):
            await request.send(piece)
            sent += 1
        request.close()

    gate = await serve({"m": {"url": await played(answer)}})
    async with client.post(gate.chat, json=BODY) as response:
        before = -1
        while sent != before:  # until the model is held up
            before = sent
            await asyncio.sleep(0.05)
        assert 0 < sent < 1500  # 90 MB do not lie somewhere between the two
        response.close()
    await eventually(lambda: len(gate.records) == 1)
    assert gate.records[0].outcome == "cancelled"
