"""A real `pointsman serve`: signals, reloads, and starts that must fail."""

import asyncio
import json
import signal
import socket
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import pytest

from pointsman.demo.standin import StandIn, StandInModel

pytestmark = pytest.mark.e2e

HELLO = {"model": "auto", "messages": [{"role": "user", "content": "My secret is SWORDFISH."}]}


@pytest.fixture
async def standin() -> AsyncIterator[StandIn]:
    tiny = StandInModel(name="tiny", family="qwen3", answer_tokens=60, tokens_per_second=100)
    async with StandIn(tiny, StandInModel(name="huge", family="gpt-oss")) as server:
        yield server


@pytest.fixture
async def client() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_drains_the_server(
    number: signal.Signals,
    start: Any,
    write_config: Any,
    standin: StandIn,
    client: aiohttp.ClientSession,
    eventually: Any,
) -> None:
    process = await start(write_config(standin))
    await process.listening()
    chat = f"{process.url}/v1/chat/completions"
    address = urlsplit(process.url)
    async with client.get(f"{process.url}/ready") as ready:
        assert (ready.status, (await ready.json())["status"]) == (200, "ready")
    async with (
        aiohttp.ClientSession() as streaming,
        streaming.post(chat, json=HELLO | {"stream": True}) as response,
    ):
        await response.content.readuntil(b"\n\n")
        process.send(number)
        await eventually(lambda: "draining" in process.said)
        async with client.get(f"{process.url}/ready") as ready:  # on the kept connection
            assert (ready.status, await ready.json()) == (503, {"status": "draining"})
        with pytest.raises(OSError, match=r"refused|reset|111"):
            await asyncio.open_connection(address.hostname, address.port)
        rest = await response.content.read()
    assert rest.endswith(b"data: [DONE]\n\n")
    assert rest.count(b"data: ") >= 60
    assert await process.ended() == 0
    (record,) = process.records()
    assert record["outcome"] == "answered"
    assert "Traceback" not in process.said
    assert "SWORDFISH" not in process.said + json.dumps(record)


@pytest.mark.parametrize("how", ["signal", "watch"])
async def test_a_reload_fails_no_request(
    how: str,
    start: Any,
    write_config: Any,
    standin: StandIn,
    client: aiohttp.ClientSession,
    eventually: Any,
) -> None:
    config = write_config(standin)
    process = await start(config)
    await process.listening()
    chat = f"{process.url}/v1/chat/completions"

    async def rule() -> str:
        async with client.post(chat, json=HELLO | {"max_tokens": 1}) as response:
            assert response.status == 200
            assert (await response.json())["choices"]
            return response.headers["x-pointsman-rule"]

    good = json.loads(config.read_text())
    async with client.post(chat, json=HELLO | {"stream": True}) as response:
        await response.content.readuntil(b"\n\n")
        config.write_text(json.dumps(good | {"modelz": {}}))
        if how == "signal":
            process.send(signal.SIGHUP)
        await eventually(lambda: "config not reloaded" in process.said)
        assert await rule() == "rest"
        good["policy"]["rules"] = [{"name": "new", "use": "small"}]
        config.write_text(json.dumps(good))
        if how == "signal":
            process.send(signal.SIGHUP)
        async with asyncio.timeout(30):
            while "new" not in await asyncio.gather(*(rule() for _ in range(8))):
                pass
        rest = await response.content.read()
    assert rest.endswith(b"data: [DONE]\n\n")
    assert f"{config}" in process.said
    assert "unknown key `modelz`, did you mean `models`?" in process.said
    assert "config reloaded: policy " in process.said
    process.send(signal.SIGTERM)
    assert await process.ended() == 0
    assert "Traceback" not in process.said


async def test_a_taken_port_is_a_clear_error(
    start: Any, write_config: Any, standin: StandIn
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        process = await start(write_config(standin, server={"port": port}))
        assert await process.ended() == 2
    assert process.said.startswith(f"pointsman serve: cannot listen on 127.0.0.1:{port}: ")
    assert process.said.count("\n") == 1


@pytest.mark.parametrize("port", ["99999", "-1"])
async def test_a_port_that_is_none_is_a_clear_error(
    port: str, start: Any, write_config: Any, standin: StandIn
) -> None:
    process = await start(write_config(standin), f"--port={port}")
    assert await process.ended() == 2
    assert port in process.said
    assert "Traceback" not in process.said


async def test_a_missing_key_is_a_clear_error(
    start: Any, write_config: Any, standin: StandIn
) -> None:
    models = {"small": {"url": standin.url, "api_key_env": "NO_SUCH_KEY"}}
    config = write_config(standin, models=models, policy={})
    process = await start(config)
    assert await process.ended() == 2
    assert "the environment variable NO_SUCH_KEY is not set" in process.said
    assert process.said.count("\n") == 1


async def test_a_file_that_cannot_take_records_is_a_clear_error(
    start: Any, write_config: Any, standin: StandIn
) -> None:
    process = await start(write_config(standin, records={"file": "/no folder/x.jsonl"}))
    assert await process.ended() == 2
    assert process.said.startswith("pointsman serve: decision records cannot be written to ")
    assert process.said.count("\n") == 1


async def test_a_wrong_config_is_a_clear_error(start: Any, write_config: Any, standin: Any) -> None:
    process = await start(write_config(standin, server={"prot": 1}))
    assert await process.ended() == 2
    assert "unknown key `prot`, did you mean `port`?" in process.said
    assert process.said.count("\n") == 1


async def test_the_key_goes_up_and_is_written_nowhere(
    start: Any, write_config: Any, standin: StandIn, client: aiohttp.ClientSession
) -> None:
    model = {"url": standin.url, "name": "tiny", "api_key_env": "MODEL_KEY"}
    config = write_config(standin, models={"small": model}, policy={})
    process = await start(config, MODEL_KEY="sk-SWORDFISH")
    await process.listening()
    headers = {"Authorization": "Bearer sk-client", "Cookie": "a=client"}
    chat = f"{process.url}/v1/chat/completions"
    async with client.post(chat, json=HELLO, headers=headers) as response:
        assert response.status == 200
    sent = standin.received[0].headers
    assert sent["authorization"] == "Bearer sk-SWORDFISH"
    assert "client" not in " ".join(sent.values())
    process.send(signal.SIGTERM)
    assert await process.ended() == 0
    assert "SWORDFISH" not in process.said + json.dumps(process.records())
