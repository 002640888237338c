"""A gateway on loopback between a client and stand-in model servers, all in this process."""

import asyncio
import io
import itertools
import json
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import pytest

from pointsman.config.build import Setup, build_setup
from pointsman.config.load import Source, parse_config
from pointsman.demo.standin import StandIn, StandInModel
from pointsman.encoder.bundle import Bundle, load_bundle
from pointsman.encoder.onnx import OnnxEncoder
from pointsman.gateway.server import Server
from pointsman.observe.record import DecisionRecord

# Without a condition and with `static`, the first model of the pool is chosen, reasoning off.
# Every text is read, as a rule looks at its domain, and goes to the first model all the same.
FIRST_OF_THE_POOL = (
    {"name": "law", "when": {"domain": "law", "above": 0.9999}, "choose": "static"},
    {"name": "first", "choose": "static"},
)


class Gate:
    """A running gateway and the records it kept."""

    def __init__(self, server: Server, records: list[DecisionRecord]) -> None:
        self.server = server
        self.records = records

    @property
    def chat(self) -> str:
        return f"{self.server.url}/v1/chat/completions"

    @property
    def sessions(self) -> int:
        assert self.server.gateway is not None
        return len(self.server.gateway.router.sessions)


class Reply:
    """A response that has been read."""

    def __init__(self, response: aiohttp.ClientResponse, body: bytes) -> None:
        self.status = response.status
        self.headers = response.headers
        self.body = body

    def json(self) -> Any:
        return json.loads(self.body)

    def error(self) -> Any:
        """What is in an OpenAI error body."""
        assert self.headers["content-type"].startswith("application/json")
        return self.json()["error"]


@pytest.fixture(scope="session")
def bundle() -> Bundle:
    return load_bundle()


@pytest.fixture(scope="session")
def encoder(bundle: Bundle) -> OnnxEncoder:
    return OnnxEncoder(bundle, first_tier=False)


@pytest.fixture
def setup_of(bundle: Bundle) -> Callable[[dict[str, Any]], Setup]:
    """Check a config given as an object; JSON is YAML."""

    def check(config: dict[str, Any]) -> Setup:
        source = Source("pointsman.yaml", json.dumps(config))
        return build_setup(parse_config(source), bundle, source)

    return check


@pytest.fixture
async def serve(
    setup_of: Callable[[dict[str, Any]], Setup],
    encoder: OnnxEncoder,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[Callable[..., Awaitable[Gate]]]:
    """Start gateways; `models` alone is enough, other sections are merged in."""
    # One loaded graph serves all tests: loading it is what a start takes its time for.
    monkeypatch.setattr("pointsman.router.OnnxEncoder", lambda *_args, **_options: encoder)
    async with AsyncExitStack() as exits:

        async def start(
            models: dict[str, Any],
            *,
            rules: list[dict[str, Any]] | None = None,
            guard: dict[str, Any] | None = None,
            path: Path | None = None,
            **sections: Any,
        ) -> Gate:
            policy = {"rules": FIRST_OF_THE_POOL if rules is None else rules, "guard": guard or {}}
            server_section = {"port": 0, "drain_s": 5, **sections.pop("server", {})}
            config = {"models": models, "policy": policy, "server": server_section, **sections}
            if path is not None:
                path.write_text(json.dumps(config))  # noqa: ASYNC240 - a few bytes
            records: list[DecisionRecord] = []
            server = Server(setup_of(config), path, records.append)
            await exits.enter_async_context(server)
            return Gate(server, records)

        yield start


@pytest.fixture
async def standin() -> AsyncIterator[StandIn]:
    """Two quick models, `tiny` of family qwen3 and `huge` of family gpt-oss."""
    tiny = StandInModel(name="tiny", family="qwen3", answer_tokens=30, thinking_tokens=4)
    huge = StandInModel(name="huge", family="gpt-oss", answer_tokens=30, thinking_tokens=4)
    async with StandIn(tiny, huge) as server:
        yield server


@pytest.fixture
async def other() -> AsyncIterator[StandIn]:
    """A second server with the same models."""
    tiny = StandInModel(name="tiny", family="qwen3", answer_tokens=30, thinking_tokens=4)
    huge = StandInModel(name="huge", family="gpt-oss", answer_tokens=30, thinking_tokens=4)
    async with StandIn(tiny, huge) as server:
        yield server


@pytest.fixture
def pair(standin: StandIn) -> dict[str, Any]:
    """The models section for the stand-in: `small`, then `large`."""
    return {
        "small": {"url": standin.url, "name": "tiny", "family": "qwen3"},
        "large": {
            "url": standin.url,
            "name": "huge",
            "family": "gpt-oss",
            "usd_per_million": {"input": 1, "output": 4},
        },
    }


@pytest.fixture
async def gate(serve: Any, pair: dict[str, Any]) -> Gate:
    """A gateway in front of the stand-in that chooses `small` without reasoning."""
    started: Gate = await serve(pair)
    return started


@pytest.fixture
async def client() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(auto_decompress=False) as session:
        yield session


@pytest.fixture
def ask(client: aiohttp.ClientSession) -> Any:
    """Send one chat request; return the whole reply."""

    async def send(gate: Gate, text: str = "What is 2+2?", **fields: Any) -> Any:
        headers = fields.pop("headers", {})
        body = {"model": "auto", "messages": [{"role": "user", "content": text}]} | fields
        data = io.BytesIO(json.dumps(body).encode())
        async with client.post(gate.chat, data=data, headers=headers) as response:
            return Reply(response, await response.read())

    return send


@pytest.fixture
def eventually() -> Callable[[Callable[[], bool]], Awaitable[None]]:
    """Wait, bounded, until a claim is true."""

    async def wait(claim: Callable[[], bool]) -> None:
        async with asyncio.timeout(20):
            while not claim():  # noqa: ASYNC110 - a claim about a server has no event
                await asyncio.sleep(0.005)

    return wait


class Played:
    """One request that a played server got, and its connection, to be answered byte by byte.

    `connection` and `turn` count the server's connections and a connection's requests from 0.
    """

    def __init__(
        self, connection: int, turn: int, body: bytes, writer: asyncio.StreamWriter
    ) -> None:
        self.connection = connection
        self.turn = turn
        self.body = body
        self._writer = writer

    async def send(self, *pieces: bytes) -> None:
        for piece in pieces:
            self._writer.write(piece)
            await self._writer.drain()

    async def send_json(self, body: bytes) -> None:
        head = f"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {len(body)}"
        await self.send(head.encode() + b"\r\n\r\n" + body)

    async def send_events(self, *pieces: bytes) -> None:
        """Begin a stream that ends when the connection closes, with these bytes."""
        await self.send(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n", *pieces)

    def close(self) -> None:
        self._writer.close()

    def reset(self) -> None:
        """Close with a RST instead of a FIN."""
        linger_not = struct.pack("ii", 1, 0)
        raw = self._writer.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger_not)
        self._writer.close()


@pytest.fixture
async def played() -> AsyncIterator[Callable[..., Awaitable[str]]]:
    """Start servers that answer each request as a given coroutine does; returns the base URL."""
    async with AsyncExitStack() as exits:

        async def start(answer: Callable[[Played], Awaitable[None]]) -> str:
            connections = itertools.count()
            writers: list[asyncio.StreamWriter] = []

            async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
                number = next(connections)
                writers.append(writer)
                try:
                    for turn in itertools.count():
                        head = (await reader.readuntil(b"\r\n\r\n")).lower()
                        _, _, length = head.partition(b"content-length: ")
                        body = await reader.readexactly(int(length.split()[0]) if length else 0)
                        await answer(Played(number, turn, body, writer))
                except (ConnectionError, asyncio.IncompleteReadError):
                    pass
                finally:
                    writer.close()

            server = await asyncio.start_server(talk, "127.0.0.1", 0)
            await exits.enter_async_context(server)

            def hang_up() -> None:  # from 3.12 on a server waits for its connections to end
                for writer in writers:
                    writer.close()

            exits.callback(hang_up)
            host, port = server.sockets[0].getsockname()
            return f"http://{host}:{port}/v1"

        yield start


class Plug:
    """A bare connection to a gateway."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self.writer = writer

    def send(self, data: bytes) -> None:
        self.writer.write(data)

    async def head(self) -> bytes:
        """Read up to the next blank line."""
        return await asyncio.wait_for(self._reader.readuntil(b"\r\n\r\n"), 20)

    async def rest(self) -> bytes:
        """Read until the gateway closes."""
        return await asyncio.wait_for(self._reader.read(), 20)


@pytest.fixture
async def plug() -> AsyncIterator[Callable[[Gate], Awaitable[Plug]]]:
    """Open bare connections to a gateway."""
    plugs: list[Plug] = []

    async def connect(gate: Gate) -> Plug:
        address = urlsplit(gate.server.url)
        plugs.append(Plug(*await asyncio.open_connection(address.hostname, address.port)))
        return plugs[-1]

    yield connect
    for one in plugs:
        one.writer.close()
