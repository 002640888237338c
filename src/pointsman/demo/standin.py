"""An honest stand-in for an OpenAI-compatible model server, on loopback.

It answers no question. It says so in every answer, and shows what a router in front of
it needs to see: tokens at a settable speed, thinking that the model family's switch turns
on and off (`thinking.py`), usage that adds up, tool calls, and faults (`faults.py`).

```python
async with StandIn(StandInModel(name="small", family="qwen3")) as small:
    print(small.url)
```
"""

import asyncio
import itertools
import time
from collections import deque
from collections.abc import Iterable, Mapping
from types import TracebackType
from typing import Any, Self

import msgspec
from aiohttp import web

from pointsman.demo.asking import Asked, Refusal, parse
from pointsman.demo.faults import parse_fault, spoils
from pointsman.demo.frames import FINGERPRINT, error_body
from pointsman.demo.performing import StandInModel, json_response, perform, rehearse

__all__ = ["Received", "StandIn", "StandInModel"]

MAX_BODY_BYTES = 64 * 1024 * 1024
"""Long documents and images pass; a runaway client does not."""

GRACE_S = 0.05
"""How long `stop` lets exchanges finish. aiohttp takes 0 for no bound at all."""


class Received(msgspec.Struct, frozen=True):
    """A request as it reached the stand-in."""

    method: str
    path: str
    headers: Mapping[str, str]
    raw: bytes

    def json(self) -> Any:  # noqa: ANN401 - bytes enter here
        """The body, decoded."""
        return msgspec.json.decode(self.raw)


class StandIn:
    """A stand-in server: start it, send requests to `url`, and see what reached it.

    Args:
        models: what it serves; one model of family `none` if left out.
        faults: what befalls the first chat requests, in order; "" is no fault.

    Attributes:
        fault: what befalls every chat request from now on; "" is no fault.
        healthy: whether `GET /health` answers 200, else 503.
        received: all requests, in order of arrival.
        active: chat requests under way.
        answered: chat requests answered in full.
        cancelled: chat requests whose client left before the end.
        generated: completion tokens written so far.
    """

    def __init__(self, *models: StandInModel, faults: Iterable[str] = ()) -> None:
        self.models = {model.name: model for model in models or (StandInModel(),)}
        self.fault = ""
        self.healthy = True
        self.received: list[Received] = []
        self.active = self.answered = self.cancelled = self.generated = 0
        self._faults = deque(faults)
        self._ids = itertools.count(1)
        self._runner: web.AppRunner | None = None
        self._stopping = False
        self._port = 0

    @property
    def origin(self) -> str:
        """The server's scheme and address, where `/health` is."""
        if not self._port:
            raise RuntimeError("The stand-in has no address yet; await `start()` first.")
        return f"http://127.0.0.1:{self._port}"

    @property
    def url(self) -> str:
        """The base URL for OpenAI clients, ending in `/v1`."""
        return f"{self.origin}/v1"

    async def start(self, port: int = 0) -> None:
        """Listen on loopback; port 0 lets the system choose a free one."""
        app = web.Application(client_max_size=MAX_BODY_BYTES)
        app.router.add_post("/v1/chat/completions", self._chat)
        app.router.add_get("/v1/models", self._models)
        app.router.add_get("/health", self._health)
        self._stopping = False
        self._runner = web.AppRunner(
            app, access_log=None, handler_cancellation=True, shutdown_timeout=GRACE_S
        )
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", port).start()
        self._port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        """Close the server and every connection; exchanges under way end."""
        self._stopping = True
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

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

    async def _receive(self, request: web.Request) -> bytes:
        raw = await request.read()
        headers = request.headers.copy()
        self.received.append(Received(request.method, request.path_qs, headers, raw))
        return raw

    async def _health(self, request: web.Request) -> web.Response:
        await self._receive(request)
        return web.Response(status=200 if self.healthy else 503)

    async def _models(self, request: web.Request) -> web.Response:
        await self._receive(request)
        created = int(time.time())
        cards = [
            {"id": name, "object": "model", "created": created, "owned_by": FINGERPRINT}
            for name in self.models
        ]
        return json_response(msgspec.json.encode({"object": "list", "data": cards}))

    async def _chat(self, request: web.Request) -> web.StreamResponse:
        raw = await self._receive(request)
        self.active += 1
        try:
            return await self._answer(request, raw)
        except Refusal as refusal:
            return json_response(error_body(refusal), refusal.status)
        except (asyncio.CancelledError, ConnectionError):
            self.cancelled += not self._stopping
            raise
        finally:
            self.active -= 1

    async def _answer(self, request: web.Request, raw: bytes) -> web.StreamResponse:
        planned = self._faults.popleft() if self._faults else self.fault
        asked = parse(raw)
        model = self._model(asked, raw)
        fault = parse_fault(planned or asked.standin.fail)
        part = rehearse(asked, model, fault, f"chatcmpl-standin-{next(self._ids)}")
        response = await perform(request, part, self._count)
        self.answered += not spoils(fault)
        return response

    def _count(self, tokens: int) -> None:
        self.generated += tokens

    def _model(self, asked: Asked, raw: bytes) -> StandInModel:
        model = self.models.get(asked.model)
        if model is None:
            message = (
                f"The model `{asked.model}` does not exist; here are {', '.join(self.models)}."
            )
            raise Refusal(404, message, "model_not_found")
        for name in model.refuses:
            if name in msgspec.json.decode(raw):
                raise Refusal(400, f"Unrecognized request argument supplied: {name}")
        return model
