"""Start, reload and drain, within this process; signals are sent in `tests/e2e`."""

import asyncio
import gc
import json
import logging
import socket
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from pointsman.demo.standin import StandIn, StandInModel
from pointsman.errors import ConfigError
from pointsman.gateway.server import Server

pytestmark = pytest.mark.e2e


async def test_a_file_that_cannot_take_records_stops_the_start(
    setup_of: Any, encoder: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pointsman.router.OnnxEncoder", lambda *_args, **_options: encoder)
    where = str(tmp_path / "no folder" / "decisions.jsonl")
    models = {"m": {"url": "http://127.0.0.1:9/v1"}}
    server = Server(setup_of({"models": models, "server": {"port": 0}, "records": {"file": where}}))
    with pytest.raises(ConfigError, match="decision records cannot be written"):
        await server.start()


async def test_a_taken_port_stops_the_start_and_leaves_nothing_open(
    setup_of: Any, encoder: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pointsman.router.OnnxEncoder", lambda *_args, **_options: encoder)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        models = {"m": {"url": "http://127.0.0.1:9/v1"}}
        config = {"models": models, "server": {"port": taken.getsockname()[1]}}
        with pytest.raises(OSError, match="in use"):
            await Server(setup_of(config)).start()
    gc.collect()  # what was left open warns when it is collected, and warnings are errors


async def test_draining_lets_a_stream_end_and_takes_no_new_connection(
    serve: Any, client: Any, ask: Any, eventually: Any
) -> None:
    model = StandInModel(name="m", tokens_per_second=100, answer_tokens=40)
    body = {"stream": True, "messages": [{"role": "user", "content": "hi"}]}
    async with StandIn(model) as standin:
        gate = await serve({"m": {"url": standin.url}})
        async with client.get(gate.server.url + "/health") as response:
            await response.read()  # a connection that is kept alive
        async with (
            aiohttp.ClientSession() as streaming,
            streaming.post(gate.chat, json=body) as response,
        ):
            await response.content.readuntil(b"\n\n")
            stopping = asyncio.ensure_future(gate.server.stop())
            await eventually(lambda: gate.server.gateway.draining)
            async with client.get(gate.server.url + "/ready") as ready:
                assert (ready.status, await ready.json()) == (503, {"status": "draining"})
                assert ready.headers["connection"] == "close"
            with pytest.raises(aiohttp.ClientConnectorError):
                await ask(gate)
            rest = await response.content.read()
        await stopping
        assert rest.endswith(b"data: [DONE]\n\n")
        assert rest.count(b"data: ") >= 40
        assert standin.answered == 1
    assert gate.records[0].outcome == "answered"


async def test_draining_waits_no_longer_than_allowed(
    serve: Any, pair: Any, client: Any, standin: StandIn, eventually: Any
) -> None:
    gate = await serve(pair, server={"drain_s": 0.05})
    standin.fault = "hang"
    body = {"messages": [{"role": "user", "content": "hi"}]}
    task = asyncio.ensure_future(client.post(gate.chat, json=body))
    await eventually(lambda: standin.active == 1)
    await gate.server.stop()
    with pytest.raises(aiohttp.ClientError):
        await task
    await eventually(lambda: standin.cancelled == 1)


async def test_a_drain_can_be_hurried(
    serve: Any, pair: Any, client: Any, standin: StandIn, eventually: Any
) -> None:
    gate = await serve(pair, server={"drain_s": 1000})
    standin.fault = "hang"
    body = {"messages": [{"role": "user", "content": "hi"}]}
    task = asyncio.ensure_future(client.post(gate.chat, json=body))
    await eventually(lambda: standin.active == 1)
    stopping = asyncio.ensure_future(gate.server.stop())
    await eventually(lambda: gate.server.gateway.draining)
    gate.server.hurry()
    await stopping
    with pytest.raises(aiohttp.ClientError):
        await task


def policy(model: str, **more: Any) -> Any:
    return {"rules": [{"name": f"to-{model}", "use": model, "choose": "static"}], **more}


@pytest.mark.parametrize("how", ["told", "watched"])
async def test_a_reload_changes_the_policy_under_running_requests(
    how: str,
    serve: Any,
    pair: Any,
    client: Any,
    ask: Any,
    eventually: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("pointsman.gateway.server._WATCH_S", 0.01)
    path = tmp_path / "pointsman.yaml"
    gate = await serve(pair, path=path, rules=policy("small")["rules"])
    first = await ask(gate)
    old = json.loads(path.read_text())
    body = {"stream": True, "messages": [{"role": "user", "content": "hi"}]}
    async with client.post(gate.chat, json=body) as response:
        await response.content.readuntil(b"\n\n")
        path.write_text(json.dumps(old | {"policy": policy("large")}))
        if how == "told":
            assert await gate.server.reload()
        replies = [first]
        async with asyncio.timeout(20):
            while replies[-1].headers["x-pointsman-rule"] != "to-large":
                replies += await asyncio.gather(*(ask(gate, f"{n}") for n in range(5)))
        assert (await response.content.read()).endswith(b"data: [DONE]\n\n")
    assert {reply.status for reply in replies} == {200}
    await eventually(lambda: len(gate.records) == len(replies) + 1)
    rules = {record.rule: record.policy for record in gate.records}
    assert set(rules) == {"to-small", "to-large"}
    assert len(set(rules.values())) == 2


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("models: [", "expected"),
        ('{"models": {"small": {"url": "http://127.0.0.1:9/v1", "famly": "x"}}}', "did you mean"),
        ('{"models": {"small": {"url": "http://127.0.0.1:9/v1", "api_key_env": "NONE"}}}', "NONE"),
    ],
)
async def test_a_wrong_config_changes_nothing_and_is_reported(
    text: str,
    said: str,
    serve: Any,
    pair: Any,
    ask: Any,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("NONE", raising=False)
    path = tmp_path / "pointsman.yaml"
    gate = await serve(pair, path=path)
    before = await ask(gate)
    path.write_text(text)
    with caplog.at_level(logging.ERROR, logger="pointsman"):
        assert not await gate.server.reload()
    after = await ask(gate)
    assert (before.status, after.status) == (200, 200)
    assert before.headers["x-pointsman-rule"] == after.headers["x-pointsman-rule"]
    assert gate.records[0].policy == gate.records[1].policy
    assert "the old one stays" in caplog.text
    assert said in caplog.text
    if said != "NONE":
        assert str(path) in caplog.text


async def test_a_config_that_vanishes_changes_nothing(
    serve: Any, pair: Any, ask: Any, tmp_path: Path
) -> None:
    path = tmp_path / "pointsman.yaml"
    gate = await serve(pair, path=path)
    path.unlink()
    assert not await gate.server.reload()
    assert (await ask(gate)).status == 200


async def test_what_was_read_and_said_survives_a_reload(
    serve: Any, pair: Any, ask: Any, tmp_path: Path
) -> None:
    gate = await serve(pair, path=tmp_path / "pointsman.yaml")
    router = gate.server.gateway.router
    await ask(gate)
    assert await gate.server.reload()
    adopted = gate.server.gateway.router
    assert adopted is not router
    assert (adopted.memory, adopted.sessions) == (router.memory, router.sessions)
    passes = adopted.pool().passes
    await ask(gate)
    assert adopted.pool().passes == passes  # the same text is not read twice


async def test_a_server_without_a_file_has_nothing_to_reload(gate: Any) -> None:
    assert not await gate.server.reload()
