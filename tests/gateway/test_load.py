"""Many clients at once, more than can be read, and what is never written down."""

import asyncio
import json
import logging
import threading
from pathlib import Path
from typing import Any

import msgspec
import pytest

from pointsman.demo.standin import StandIn
from pointsman.encoder.encoding import Asked, Encoding
from pointsman.encoder.memory import EncodingMemory
from pointsman.encoder.pool import EncoderPool

pytestmark = pytest.mark.e2e


class HeldEncoder:
    """Reads a text only when it is let."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner
        self.go = threading.Event()

    def encode(self, text: str, asked: Asked) -> Encoding:
        self.go.wait(20)
        encoding: Encoding = self._inner.encode(text, asked)
        return encoding


async def test_what_cannot_be_read_in_time_is_refused_and_reaches_no_model(
    gate: Any, ask: Any, encoder: Any, standin: StandIn, eventually: Any
) -> None:
    held = HeldEncoder(encoder)
    pool = EncoderPool(held, workers=1, queue=1, memory=EncodingMemory(0))
    gate.server.gateway.router._pool = pool
    waiting = [asyncio.ensure_future(ask(gate, f"Text {n}.")) for n in range(2)]
    await eventually(lambda: len(pool._in_flight) == 2)
    refused = await ask(gate, "One too many.")
    assert (refused.status, refused.error()["code"]) == (503, "overloaded")
    assert int(refused.headers["retry-after"]) >= 1
    named = await ask(gate, "One too many.", model="small")  # nobody needs to read it
    assert named.status == 200
    assert [received.json()["model"] for received in standin.received] == ["tiny"]
    held.go.set()
    assert [reply.status for reply in await asyncio.gather(*waiting)] == [200, 200]
    assert len(standin.received) == 3
    pool.close()


async def test_a_client_that_leaves_while_its_text_waits_reaches_no_model(
    gate: Any, ask: Any, encoder: Any, standin: StandIn, eventually: Any
) -> None:
    held = HeldEncoder(encoder)
    pool = EncoderPool(held, workers=1, queue=9, memory=EncodingMemory(0))
    gate.server.gateway.router._pool = pool
    task = asyncio.ensure_future(ask(gate))
    await eventually(lambda: len(pool._in_flight) == 1)
    task.cancel()
    await eventually(gate.server.gateway.idle.is_set)
    held.go.set()
    await eventually(lambda: not pool._in_flight)
    pool.close()
    assert standin.received == []


async def test_each_of_two_hundred_clients_gets_its_own_answer(
    serve: Any, pair: Any, client: Any, standin: StandIn, eventually: Any
) -> None:
    gate = await serve(pair, encoder={"queue": 500})
    before = len(asyncio.all_tasks())

    async def talk(number: int) -> None:
        marker = f"marker{number}"
        body = {
            "model": ("auto", "small", "large")[number % 3],
            "stream": number % 2 == 1,
            "messages": [{"role": "user", "content": f"{marker} says hello"}],
        }
        async with client.post(gate.chat, json=body) as response:
            answer = await response.text()
        assert response.status == 200
        if body["stream"]:
            chunks = [json.loads(e[6:]) for e in answer.split("\n\n") if e.startswith("data: {")]
            deltas = [chunk["choices"][0]["delta"] for chunk in chunks]
            answer = "".join(delta.get("content") or "" for delta in deltas)
        assert f'Your message begins "{marker} says hello"' in answer.replace('\\"', '"')

    await asyncio.gather(*(talk(number) for number in range(200)))
    await eventually(lambda: len(gate.records) == 200)
    assert len({record.id for record in gate.records}) == 200
    assert {record.outcome for record in gate.records} == {"answered"}
    assert (standin.answered, standin.cancelled) == (200, 0)
    await client.close()
    assert gate.server.gateway.idle.is_set()
    await gate.server.stop()
    await eventually(lambda: len(asyncio.all_tasks()) < before)  # its own two have ended too


async def test_neither_prompt_nor_key_is_written_down(
    serve: Any,
    pair: Any,
    ask: Any,
    standin: StandIn,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("UPSTREAM_KEY", "sk-SWORDFISH")
    pair["small"]["api_key_env"] = "UPSTREAM_KEY"
    secret = "My password is SWORDFISH."  # noqa: S105 - a marker
    headers = {"Authorization": "Bearer SWORDFISH", "Cookie": "a=SWORDFISH"}
    with caplog.at_level(logging.DEBUG):
        path = tmp_path / "pointsman.yaml"
        gate = await serve(pair, path=path, upstream={"idle_s": 0.1, "first_byte_s": 0.1})
        for fault in ("", "status:503", "status:400", "die_after:2", "stall_after:2", "garbage"):
            standin.fault = fault
            for streamed in (False, True):
                fields = {"stream": streamed, "user": "SWORDFISH", "metadata": {"a": "SWORDFISH"}}
                await ask(gate, secret, headers=headers, **fields)
        standin.fault = ""
        for bad in ({"messages": secret}, {"model": 7}, {"n": "SWORDFISH"}, {"stream": secret}):
            reply = await ask(gate, secret, headers=headers, **bad)
            assert reply.status == 400
            assert b"SWORDFISH" not in reply.body
        await ask(gate, secret, headers={**headers, "x-session-id": "SWORDFISH"})
        await gate.server.reload()
    assert len(gate.records) == 13
    assert b"SWORDFISH" not in msgspec.json.encode(gate.records)
    assert "SWORDFISH" not in caplog.text
