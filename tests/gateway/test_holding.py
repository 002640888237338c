"""While an answer is held back: clients that leave, models that hang, what is too large to hold."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from pointsman.demo.standin import StandIn

pytestmark = pytest.mark.e2e

# Every answer of a stand-in says that it is one.
UNSURE = {"name": "all", "choose": "cascade", "cascade": {"unsure": ["stand-in"]}}
BODY = {"model": "auto", "stream": True, "messages": [{"role": "user", "content": "Go on."}]}


def priced(url: str, name: str, dollars: int) -> dict[str, Any]:
    return {"url": url, "name": name, "usd_per_million": {"input": dollars, "output": dollars}}


@pytest.fixture
def two_models(standin: StandIn, other: StandIn) -> dict[str, Any]:
    return {"small": priced(standin.url, "tiny", 1), "large": priced(other.url, "huge", 10)}


async def test_an_escalation_that_never_answers_ends_in_time(
    serve: Any, two_models: Any, ask: Any, other: StandIn
) -> None:
    gate = await serve(two_models, rules=[UNSURE], upstream={"first_byte_s": 0.5})
    other.fault = "hang"
    reply = await ask(gate)
    assert (reply.status, reply.headers["x-pointsman-model"]) == (200, "small")
    assert [a.outcome for a in gate.records[0].attempts][1:] == ["timeout"]


async def test_an_idempotency_key_is_for_the_first_body_alone(
    serve: Any, two_models: Any, ask: Any, standin: StandIn, other: StandIn
) -> None:
    gate = await serve(two_models, rules=[UNSURE])
    await ask(gate, headers={"idempotency-key": "k", "x-request-id": "r"})
    first, second = standin.received[0].headers, other.received[0].headers
    assert (first["idempotency-key"], first["x-request-id"]) == ("k", "r")
    assert "idempotency-key" not in second
    assert second["x-request-id"] == "r"


async def test_a_stream_goes_on_once_it_is_too_large_to_hold(
    serve: Any, client: Any, played: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pointsman.gateway.cascading.MOST_HELD_BYTES", 10)
    read = asyncio.Event()
    token = b'data: {"choices":[{"delta":{"content":"a"},"index":0}]}\n\n'

    async def answer(request: Any) -> None:
        await request.send_events(token)
        await read.wait()
        await request.send(b"data: [DONE]\n\n")
        request.close()

    url = await played(answer)
    models = {name: priced(url, name, dollars) for name, dollars in (("a", 1), ("b", 10))}
    gate = await serve(models, rules=[UNSURE])
    async with client.post(gate.chat, json=BODY) as response:
        assert await response.content.readuntil(b"\n\n") == token
        read.set()
        assert await response.content.read() == b"data: [DONE]\n\n"


@pytest.mark.parametrize("fault", ["hang", "stall_after:3"])
@pytest.mark.parametrize("stage", ["first", "second"])
async def test_a_client_that_leaves_while_an_answer_is_held_stops_its_model(
    fault: str,
    stage: str,
    serve: Any,
    two_models: Any,
    client: Any,
    standin: StandIn,
    other: StandIn,
    eventually: Callable[..., Any],
) -> None:
    gate = await serve(two_models, rules=[UNSURE])
    stuck = standin if stage == "first" else other
    stuck.fault = fault
    task = asyncio.ensure_future(client.post(gate.chat, json=BODY))
    await eventually(lambda: stuck.active == 1)
    task.cancel()
    await eventually(lambda: stuck.cancelled == 1 and len(gate.records) == 1)
    (record,) = gate.records
    assert record.outcome == "cancelled"
    # What was spent before is not lost.
    assert (record.usd is not None) == (stage == "second")


async def test_each_escalation_says_why_until_nothing_is_left(
    serve: Any, two_models: Any, ask: Any, other: StandIn
) -> None:
    models = {**two_models, "larger": priced(other.url, "tiny", 20)}
    gate = await serve(models, rules=[UNSURE])
    reply = await ask(gate)
    why = "unsure by its words"
    assert reply.status == 200
    assert reply.headers["x-pointsman-escalated"] == f"{why}; {why}"
    (record,) = gate.records
    assert [a.outcome for a in record.attempts] == [why, why, f"{why}; delivered all the same"]
    assert len({a.model for a in record.attempts}) == 3
    delivered = record.usage.prompt_tokens + record.usage.completion_tokens
    rejected = sum(attempt.usd for attempt in record.attempts[:2])
    price = models[record.model]["usd_per_million"]["input"]
    assert record.usd == pytest.approx(rejected + delivered * price / 1e6)
