"""The real command in a process of its own, between real clients and stand-in model servers."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from pointsman.demo.standin import StandIn, StandInModel

RULES = [
    {"name": "sums", "when": {"keywords": "sums"}, "use": "large", "choose": "static",
     "reasoning": "on"},
    {"name": "law", "when": {"domain": "law", "above": 0.9999}, "use": "large", "choose": "static"},
    {"name": "rest", "use": ["small", "large"], "choose": "static"},
]  # fmt: skip


class Process:
    """A running `pointsman serve`: its URL, what it has said, and how it ended."""

    def __init__(self, process: asyncio.subprocess.Process, config: Path) -> None:
        self.config = config
        self.said = ""
        self.url = ""
        self._process = process
        self._listening = asyncio.Event()
        self._reader = asyncio.create_task(self._read())

    async def _read(self) -> None:
        assert self._process.stderr is not None
        async for line in self._process.stderr:
            text = line.decode()
            self.said += text
            if text.startswith("pointsman listens on "):
                self.url = text.split()[3].removesuffix("/v1")
                self._listening.set()
        self._listening.set()

    async def listening(self) -> None:
        await asyncio.wait_for(self._listening.wait(), 60)
        assert self.url, self.said

    def send(self, number: signal.Signals) -> None:
        self._process.send_signal(number)

    async def ended(self) -> int:
        """Wait for the end; return the exit status."""
        status = await asyncio.wait_for(self._process.wait(), 60)
        await self._reader
        return status

    async def kill(self) -> None:
        if self._process.returncode is None:
            self._process.kill()
        await self.ended()

    def records(self) -> list[Any]:
        lines = self.config.with_name("decisions.jsonl").read_text().splitlines()
        return [json.loads(line) for line in lines]


def config_for(standin: StandIn, folder: Path, **sections: Any) -> Path:
    """Write a config with the models `small` and `large` of a stand-in."""
    models = {
        "small": {"url": standin.url, "name": "tiny", "family": "qwen3"},
        "large": {"url": standin.url, "name": "huge", "family": "gpt-oss"},
    }
    server = {"port": 0, "drain_s": 20}
    records = {"file": str(folder / "decisions.jsonl")}
    config = {
        "models": sections.pop("models", models),
        "policy": {"rules": RULES},
        "keywords": {"sums": ["sum", "2+2"]},
        "server": server | sections.pop("server", {}),
        "records": records | sections.pop("records", {}),
        **sections,
    }
    path = folder / "pointsman.yaml"
    path.write_text(json.dumps(config))
    return path


async def spawn(config: Path, *words: str, **env: str) -> Process:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "pointsman", "serve", "-c", str(config), *words,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
        env={**os.environ, **env},
    )  # fmt: skip
    return Process(process, config)


@pytest.fixture
async def start() -> AsyncIterator[Callable[..., Awaitable[Process]]]:
    """Start `pointsman serve` on a config file; what is left is killed in the end."""
    async with AsyncExitStack() as exits:

        async def run(config: Path, *words: str, **env: str) -> Process:
            process = await spawn(config, *words, **env)
            exits.push_async_callback(process.kill)
            return process

        yield run


@pytest.fixture
def write_config(tmp_path: Path) -> Callable[..., Path]:
    return lambda standin, **sections: config_for(standin, tmp_path, **sections)


@pytest.fixture
def eventually() -> Callable[[Callable[[], bool]], Awaitable[None]]:
    """Wait, bounded, until a claim is true."""

    async def wait(claim: Callable[[], bool]) -> None:
        async with asyncio.timeout(30):
            while not claim():  # noqa: ASYNC110 - another process has no event to wait for
                await asyncio.sleep(0.01)

    return wait


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def models() -> AsyncIterator[StandIn]:
    """A stand-in with `tiny` and `huge` that a module's tests share."""
    tiny = StandInModel(name="tiny", family="qwen3", answer_tokens=40, thinking_tokens=4)
    huge = StandInModel(name="huge", family="gpt-oss", answer_tokens=40, thinking_tokens=4)
    async with StandIn(tiny, huge) as server:
        yield server


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared(
    models: StandIn, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Process]:
    """One `pointsman serve` that a module's tests share."""
    limits = {"max_body_bytes": 500_000}
    upstream = {"first_byte_s": 1.0, "idle_s": 0.5}
    config = config_for(models, tmp_path_factory.mktemp("serve"), server=limits, upstream=upstream)
    process = await spawn(config)
    await process.listening()
    yield process
    await process.kill()
