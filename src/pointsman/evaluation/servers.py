"""Starts the servers that are compared, each in its own process, and stops them."""

import asyncio
import contextlib
import os
import secrets
import socket
import sys
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path

import aiohttp
import msgspec

from pointsman.errors import PointsmanError

MODEL = "mock"
_HERE = "127.0.0.1"
_MOCK = Path(__file__).with_name("mock_upstream.py")
_STOP_S = 10.0
_START_S = 180.0  # LiteLLM takes most of a minute to import on two busy cores


class Server(msgspec.Struct, frozen=True):
    """A server that runs: where it takes chat requests, the key it asks for, its process."""

    name: str
    url: str
    key: str
    pid: int


@contextlib.asynccontextmanager
async def mock_server() -> AsyncIterator[Server]:
    """Run the mock model server."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-P",
        str(_MOCK),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        assert process.stdout is not None  # noqa: S101  # a pipe, see above
        async with asyncio.timeout(_START_S):
            line = await process.stdout.readline()
        port = int(line.split()[-1])
        yield Server("direct", f"http://{_HERE}:{port}/v1/chat/completions", "none", process.pid)
    finally:
        await _stop(process)


@contextlib.asynccontextmanager
async def pointsman_server(upstream: Server) -> AsyncIterator[Server]:
    """Run `pointsman serve` in front of an upstream."""
    port = free_port()
    config = {"models": {MODEL: {"url": _base(upstream)}}}
    argv = (sys.executable, "-m", "pointsman", "serve", "--quiet", "--port", str(port), "-c")
    async with _running(argv, config, {}, f"http://{_HERE}:{port}/ready") as pid:
        yield Server("pointsman", f"http://{_HERE}:{port}/v1/chat/completions", "none", pid)


@contextlib.asynccontextmanager
async def litellm_server(python: str, upstream: Server) -> AsyncIterator[Server]:
    """Run LiteLLM's proxy, one worker, in front of an upstream.

    Args:
        python: The interpreter of an environment in which `litellm[proxy]` is installed.
        upstream: Where it sends requests.
    """
    port, key = free_port(), f"sk-{secrets.token_urlsafe(32)}"
    parameters = {"model": f"openai/{MODEL}", "api_base": _base(upstream), "api_key": "none"}
    config = {
        "model_list": [{"model_name": MODEL, "litellm_params": parameters}],
        "litellm_settings": {"telemetry": False},
    }
    environment = {
        "LITELLM_MASTER_KEY": key,
        "LITELLM_MODE": "PRODUCTION",
        "LITELLM_LOG": "ERROR",
        "LITELLM_LOCAL_MODEL_COST_MAP": "True",  # else it asks the internet for prices
    }
    start = "import sys; from litellm import run_server; sys.exit(run_server())"
    where = ("--host", _HERE, "--port", str(port))
    argv = (python, "-c", start, *where, "--num_workers", "1", "--telemetry", "False", "--config")
    ready = f"http://{_HERE}:{port}/health/liveliness"
    async with _running(argv, config, environment, ready) as pid:
        yield Server("litellm", f"http://{_HERE}:{port}/v1/chat/completions", key, pid)


async def version_of(python: str, package: str) -> str:
    """Return the version of a package in another environment.

    Raises:
        PointsmanError: The interpreter does not run, or the package is not there.
    """
    ask = f"import importlib.metadata as m; print(m.version({package!r}))"
    try:
        process = await asyncio.create_subprocess_exec(
            python,
            "-c",
            ask,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
    except OSError as error:
        raise PointsmanError(f"{python} does not run: {error.strerror or error}") from error
    said, _ = await process.communicate()
    if process.returncode:
        raise PointsmanError(f"{python} knows no {package}: give an environment that has it")
    return said.decode().strip()


def free_port() -> int:
    """Return a port of loopback that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind((_HERE, 0))
        return int(probe.getsockname()[1])


def _base(upstream: Server) -> str:
    return upstream.url.removesuffix("/chat/completions")


@contextlib.asynccontextmanager
async def _running(
    argv: Sequence[str], config: object, environment: Mapping[str, str], ready: str
) -> AsyncIterator[int]:
    """Run a server with a config file, given as its last argument, once it answers `ready`."""
    with tempfile.TemporaryDirectory(prefix="pointsman-bench-") as folder:
        file = Path(folder) / "config.yaml"
        file.write_bytes(msgspec.json.encode(config))  # JSON is YAML
        with (Path(folder) / "log").open("w+b") as log:
            process = await asyncio.create_subprocess_exec(
                *argv,
                str(file),
                cwd=folder,
                env={**os.environ, **environment},
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
            try:
                try:
                    await _answers(process, ready)
                except (TimeoutError, ChildProcessError) as error:
                    log.seek(0)
                    said = log.read().decode(errors="replace")[-2000:]
                    raise PointsmanError(f"{argv[0]} did not start: {said}") from error
                yield process.pid
            finally:
                await _stop(process)


async def _answers(process: asyncio.subprocess.Process, url: str) -> None:
    async with asyncio.timeout(_START_S), aiohttp.ClientSession() as session:
        while True:
            if process.returncode is not None:
                raise ChildProcessError(f"it ended with status {process.returncode}")
            with contextlib.suppress(aiohttp.ClientConnectionError):
                async with session.get(url) as response:
                    if response.ok:
                        return
            await asyncio.sleep(0.05)


async def _stop(process: asyncio.subprocess.Process) -> None:
    if process.stdin is not None:
        process.stdin.close()
    elif process.returncode is None:
        process.terminate()
    try:
        async with asyncio.timeout(_STOP_S):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()
