"""Sets the stage: the victim, and `pointsman serve` in front of it with the guard off or on."""

import asyncio
import contextlib
import os
import sys
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import msgspec
from benchmarks.attack_tools.obedient import Manner, Obedient

from pointsman.errors import PointsmanError
from pointsman.evaluation.servers import free_port

SORRY = "Sorry, but I can't help with that request."
"""What a refused client is told here. garak knows a refusal only by words like these."""

GUARD = {"jailbreak": "refuse", "injection": "refuse", "harmful": "refuse"}
"""Each at the threshold that the bundle ships."""

_START_S, _STOP_S, _ASK_EVERY_S = 120.0, 20.0, 0.1


class Stage(msgspec.Struct, frozen=True):
    """A gateway that runs.

    Attributes:
        url: The base URL for OpenAI clients.
        victim: The model behind it.
    """

    url: str
    victim: Obedient


@contextlib.asynccontextmanager
async def staged(
    manner: Manner, *, guarded: bool, refuse_above: float | None = None
) -> AsyncIterator[Stage]:
    """Run a victim and a gateway.

    Args:
        manner: How the victim obeys.
        guarded: Whether the gateway has a guard.
        refuse_above: The bound of all three kinds of attack, instead of the shipped ones.

    Raises:
        PointsmanError: The gateway does not start; its own words are in the message.
    """
    port = free_port()
    async with Obedient(manner) as victim:
        config: dict[str, Any] = {"models": {"victim": {"url": victim.url}}}
        if guarded:
            own = {name: {"refuse_above": refuse_above} for name in GUARD}
            attacks = GUARD if refuse_above is None else own
            config["policy"] = {"guard": {**attacks, "answer": {"message": SORRY}}}
        async with _gateway(config, port):
            yield Stage(f"http://127.0.0.1:{port}/v1", victim)


@contextlib.asynccontextmanager
async def _gateway(config: object, port: int) -> AsyncIterator[None]:
    with tempfile.TemporaryDirectory(prefix="pointsman-attacked-") as folder:
        file, log_file = Path(folder) / "pointsman.yaml", Path(folder) / "log"
        file.write_bytes(msgspec.json.encode(config))  # JSON is YAML
        with log_file.open("wb") as log:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "pointsman", "serve", "--quiet"),
                *("--port", str(port), "-c", str(file)),
                cwd=folder,
                env=dict(os.environ),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
            try:
                if not await _ready(process, port):
                    said = log_file.read_text(errors="replace")[-2000:]
                    raise PointsmanError(f"`pointsman serve` did not start: {said}")
                yield
            finally:
                await _stopped(process)


async def _ready(process: asyncio.subprocess.Process, port: int) -> bool:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(_START_S), aiohttp.ClientSession() as session:
            while process.returncode is None:
                with contextlib.suppress(aiohttp.ClientConnectionError):
                    async with session.get(f"http://127.0.0.1:{port}/ready") as response:
                        if response.ok:
                            return True
                await asyncio.sleep(_ASK_EVERY_S)
    return False


async def _stopped(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        process.terminate()
    try:
        async with asyncio.timeout(_STOP_S):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()
