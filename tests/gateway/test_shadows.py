"""Copies of requests to a model that nobody waits for, over real connections."""

import asyncio
import math
from typing import Any

import pytest

from pointsman.demo.standin import StandIn
from pointsman.gateway.speeds import LEAST_ANSWERS

pytestmark = pytest.mark.e2e

MODEL = {"name": "tiny", "family": "qwen3", "usd_per_million": {"input": 1, "output": 2}}
SHADOWED = {"name": "all", "use": "small", "choose": "static", "shadow": "new"}


@pytest.fixture
def shadowed(serve: Any, standin: StandIn, other: StandIn) -> Any:
    """Start a gateway whose requests go to `standin`, and a copy of each to `other`."""

    async def start(rule: dict[str, Any] | None = None, **sections: Any) -> Any:
        new = MODEL | {"name": "huge", "family": "gpt-oss"}
        models = {"small": MODEL | {"url": standin.url}, "new": new | {"url": other.url}}
        server = {"drain_s": 0.05} | sections.pop("server", {})
        return await serve(models, rules=[SHADOWED | (rule or {})], server=server, **sections)

    return start


def chats(server: StandIn) -> int:
    return sum(received.path == "/v1/chat/completions" for received in server.received)


@pytest.mark.parametrize("streamed", [False, True])
async def test_a_copy_goes_to_the_shadow_and_leaves_a_record_of_its_own(
    *,
    streamed: bool,
    shadowed: Any,
    ask: Any,
    standin: StandIn,
    other: StandIn,
    eventually: Any,
) -> None:
    gate = await shadowed()
    headers = {"authorization": "Bearer client", "idempotency-key": "k", "x-request-id": "r"}
    reply = await ask(gate, stream=streamed, headers=headers, x_future=1)
    await eventually(lambda: len(gate.records) == 2)
    served, copy = sorted(gate.records, key=lambda record: record.shadow_of is not None)
    assert reply.status == 200
    assert reply.headers["x-pointsman-model"] == "small"
    assert reply.headers["x-pointsman-decision-id"] == served.id
    assert (copy.shadow_of, served.shadow_of) == (served.id, None)
    assert copy.id not in {served.id, None}
    assert (copy.model, copy.rule, copy.algorithm) == ("new", "all", "shadow")
    assert (copy.outcome, copy.status) == ("answered", 200)
    assert [(a.model, a.endpoint, a.outcome) for a in copy.attempts] == [("new", other.url, "200")]
    assert copy.usage.completion_tokens > 0
    assert copy.usd == pytest.approx(
        (copy.usage.prompt_tokens + 2 * copy.usage.completion_tokens) / 1e6
    )
    assert 0 < copy.first_byte_ms <= copy.total_ms
    sent = other.received[0].json()
    assert (sent["model"], sent["reasoning_effort"], sent["x_future"]) == ("huge", "low", 1)
    assert "chat_template_kwargs" not in sent
    assert other.received[0].headers["x-request-id"] == "r"
    assert "idempotency-key" not in other.received[0].headers
    assert "authorization" not in other.received[0].headers
    assert standin.received[0].headers["idempotency-key"] == "k"


@pytest.mark.parametrize(
    ("fault", "streamed", "outcome", "status"),
    [
        ("status:503", False, "answered", 503),  # its own words, as a client would get them
        ("status:503", True, "answered", 503),
        ("status:422", True, "answered", 422),
        ("garbage", False, "answered", 200),
        ("die_after:1", False, "failed", 502),
        ("die_after:1", True, "broken", 200),
        ("stall_after:1", False, "failed", 504),
        ("stall_after:1", True, "broken", 200),
        ("error_after:1", True, "broken", 200),
        ("hang", False, "failed", 504),
        ("hang", True, "failed", 504),
    ],
)
async def test_the_clients_answer_is_the_same_whatever_befalls_the_copy(
    fault: str,
    outcome: str,
    status: int,
    *,
    streamed: bool,
    shadowed: Any,
    ask: Any,
    standin: StandIn,
    other: StandIn,
    eventually: Any,
) -> None:
    gate = await shadowed(upstream={"first_byte_s": 0.5, "idle_s": 0.5})
    other.fault = fault
    reply = await ask(gate, stream=streamed)
    await eventually(lambda: len(gate.records) == 2)
    served, copy = sorted(gate.records, key=lambda record: record.shadow_of is not None)
    assert reply.status == 200
    assert reply.body.endswith(b"data: [DONE]\n\n") if streamed else reply.json()["usage"]
    assert (served.outcome, served.model, len(served.attempts)) == ("answered", "small", 1)
    assert (copy.outcome, copy.status) == (outcome, status)
    assert {a.model for a in copy.attempts} == {"new"}  # no other model answers for it
    assert chats(standin) == 1


async def test_the_client_does_not_wait_for_a_slow_copy(
    shadowed: Any, ask: Any, other: StandIn, eventually: Any
) -> None:
    gate = await shadowed()
    other.fault = "hang"
    replies = [await ask(gate) for _ in range(3)]
    await eventually(lambda: other.active == 3)
    assert [reply.status for reply in replies] == [200] * 3
    assert len(gate.records) == 3  # no copy has come to an end
    assert not gate.server.gateway.idle.is_set()
    await gate.server.stop()
    copies = gate.records[3:]
    assert [(copy.outcome, copy.model) for copy in copies] == [("cancelled", "new")] * 3
    assert {copy.shadow_of for copy in copies} == {record.id for record in gate.records[:3]}


async def test_a_drain_waits_for_copies(
    serve: Any, ask: Any, standin: StandIn, played: Any, eventually: Any
) -> None:
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def answer(request: Any) -> None:
        begun.set()
        await go_on.wait()
        await request.send_json(b"{}")

    models = {"small": MODEL | {"url": standin.url}, "new": {"url": await played(answer)}}
    gate = await serve(models, rules=[SHADOWED], server={"drain_s": 60})
    await ask(gate)
    await begun.wait()
    stop = asyncio.ensure_future(gate.server.stop())
    await eventually(lambda: gate.server.gateway.draining)
    go_on.set()
    await stop
    assert [record.outcome for record in gate.records] == ["answered", "answered"]


async def test_what_is_no_request_of_the_share_has_no_copy(
    shadowed: Any, ask: Any, other: StandIn
) -> None:
    gate = await shadowed({"shadow": {"model": "new", "share": 0}})
    assert (await ask(gate)).status == 200
    assert gate.server.gateway.idle.is_set()
    assert (len(gate.records), chats(other)) == (1, 0)


async def test_a_request_that_nobody_answers_has_no_copy(
    shadowed: Any, ask: Any, standin: StandIn, other: StandIn
) -> None:
    gate = await shadowed()
    standin.fault = "die_after:0"
    assert (await ask(gate)).status == 502
    assert gate.server.gateway.idle.is_set()
    assert (len(gate.records), chats(other)) == (1, 0)


async def test_copies_beyond_the_bound_are_dropped_and_said_once(
    shadowed: Any, ask: Any, other: StandIn, eventually: Any, caplog: pytest.LogCaptureFixture
) -> None:
    gate = await shadowed()
    gate.server.gateway._shadows._most = 2
    other.fault = "hang"
    for _ in range(6):
        assert (await ask(gate)).status == 200
    await eventually(lambda: other.active == 2)
    assert chats(other) == 2
    assert caplog.text.count("dropped") == 1
    assert "1 shadows were dropped: 2 run already" in caplog.text
    await gate.server.stop()
    assert "3 shadows were dropped" in caplog.text


async def test_a_model_that_cannot_take_the_request_gets_no_copy(
    serve: Any, ask: Any, standin: StandIn, other: StandIn, eventually: Any
) -> None:
    new = MODEL | {"url": other.url, "context_window": 5}
    models = {"small": MODEL | {"url": standin.url}, "new": new}
    gate = await serve(models, rules=[SHADOWED])
    assert (await ask(gate, "word " * 50)).status == 200
    await eventually(gate.server.gateway.idle.is_set)
    assert (len(gate.records), chats(other)) == (1, 0)


async def test_a_bug_in_a_copy_is_logged_without_its_text(
    shadowed: Any,
    ask: Any,
    eventually: Any,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def broken(*_args: object, **_fields: object) -> None:
        raise ValueError("swordfish".upper())  # a log of the traceback shows this line

    monkeypatch.setattr("pointsman.gateway.shadows.shadow", broken)
    gate = await shadowed()
    assert (await ask(gate)).status == 200
    await eventually(gate.server.gateway.idle.is_set)
    await eventually(lambda: "ValueError" in caplog.text)
    assert "SWORDFISH" not in caplog.text
    assert len(gate.records) == 1


async def test_copies_tell_how_fast_their_model_is(
    shadowed: Any, ask: Any, eventually: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pointsman.gateway.delivery.HELD_UP", math.inf)
    gate = await shadowed()
    for _ in range(LEAST_ANSWERS):
        await ask(gate, stream=True)
    await eventually(lambda: len(gate.records) == 2 * LEAST_ANSWERS)
    known = gate.server.gateway.upstreams.speeds.known({"small", "new"})
    assert set(known) == {"small", "new"}
