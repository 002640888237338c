"""The OpenAI-compatible HTTP front end: translates between HTTP and the exchange."""

import asyncio
import logging
import time
import traceback
from collections.abc import Awaitable, Callable

import aiohttp
from aiohttp import web
from aiohttp.typedefs import LooseHeaders

from pointsman.errors import NotFoundError, PointsmanError, UpstreamError, UpstreamTimeoutError
from pointsman.exchange.drive import drive_async
from pointsman.exchange.plan import Forward, decision_headers
from pointsman.exchange.route import route
from pointsman.gateway.course import Course
from pointsman.gateway.models import model_list, model_object
from pointsman.gateway.reading import read_body
from pointsman.gateway.replies import error_response, json_reply, wrong_method
from pointsman.gateway.upstream import Answer, Delivery, Upstreams
from pointsman.observe.record import DecisionRecord
from pointsman.router import Router, new_id
from pointsman.wire.chat import parse_chat
from pointsman.wire.sse import ChatStream, error_event
from pointsman.wire.usage import read_usage

log = logging.getLogger("pointsman")

# RFC 9110 section 7.6.1, what the server writes anew, and cookies: a model's server has no business
# in a client's browser.
_NOT_COPIED = frozenset(
    {
        "connection",
        "content-length",
        "date",
        "keep-alive",
        "proxy-authenticate",
        "server",
        "set-cookie",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)
_GET, _POST = ("GET", "HEAD"), ("POST",)
_MODEL_PATH = "/v1/models/"
_Served = tuple[tuple[str, ...], Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]]
_CONVERSATION_HEADERS = ("x-session-id", "x-conversation-id")


class Gateway:
    """Answers HTTP requests with one router; `router` may be replaced between two requests."""

    def __init__(
        self,
        router: Router,
        upstreams: Upstreams,
        keep_record: Callable[[DecisionRecord], None],
    ) -> None:
        self.router = router
        self.upstreams = upstreams
        self.draining = False
        self.idle = asyncio.Event()
        self.idle.set()
        self._running = 0
        self._keep_record = keep_record
        self._started = int(time.time())
        self._served: dict[str, _Served] = {
            "/v1/chat/completions": (_POST, self._chat),
            "/chat/completions": (_POST, self._chat),
            "/v1/models": (_GET, self._models),
            "/health": (_GET, self._health),
            "/ready": (_GET, self._ready),
        }

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer one request; every error leaves in OpenAI's form."""
        self._running += 1
        self.idle.clear()
        try:
            response = await self._dispatch(request)
        except PointsmanError as error:
            response = error_response(error)
        except (asyncio.CancelledError, ConnectionResetError):
            raise
        # The outermost loop: whatever is left is a bug here, and must not take the server down.
        except Exception as error:  # noqa: BLE001
            log_bug(error)
            response = error_response(PointsmanError("internal error in pointsman"))
        finally:
            self._running -= 1
            if not self._running:
                self.idle.set()
        if self.draining:
            response.force_close()
        return response

    async def _dispatch(self, request: web.BaseRequest) -> web.StreamResponse:
        path = request.path.rstrip("/")
        served = self._served.get(path)
        if served is None and path.startswith(_MODEL_PATH):
            served = (_GET, self._model)
        if served is None:
            raise NotFoundError(
                f"{path[:200] or '/'} is not served; served are POST /v1/chat/completions, "
                "GET /v1/models, GET /health, GET /ready"
            )
        methods, answer = served
        if request.method not in methods:
            return wrong_method(request, methods)
        return await answer(request)

    async def _models(self, _request: web.BaseRequest) -> web.StreamResponse:
        return json_reply(model_list(self.router.setup.world.catalog, self._started))

    async def _model(self, request: web.BaseRequest) -> web.StreamResponse:
        name = request.path.rstrip("/").removeprefix(_MODEL_PATH)
        return json_reply(model_object(self.router.setup.world.catalog, name, self._started))

    async def _health(self, _request: web.BaseRequest) -> web.StreamResponse:
        return json_reply({"status": "healthy", "service": "pointsman"})

    async def _ready(self, _request: web.BaseRequest) -> web.StreamResponse:
        if self.draining:
            return json_reply({"status": "draining"}, status=503)
        return json_reply({"status": "ready", "bundle": self.router.setup.world.bundle})

    async def _chat(self, request: web.BaseRequest) -> web.StreamResponse:
        router = self.router
        began = time.perf_counter()
        limits = router.setup.config.server
        body = await read_body(request, limits.max_body_bytes, limits.read_s)
        chat = parse_chat(body, max_bytes=limits.max_body_bytes)
        exchange = route(
            chat,
            router.setup.world,
            decision_id=new_id(),
            caller=request.headers.get("authorization", ""),
            conversation=_conversation(request),
        )
        plan = await drive_async(exchange, router.pool(), router.sessions)
        decide_ms = 1000 * (time.perf_counter() - began)
        delivery = Delivery(plan, router.setup.world)
        course = Course(delivery, began, decide_ms)
        try:
            return await self._deliver(request, delivery, course)
        except PointsmanError as error:
            course.status = error.status
            response = error_response(error)
            response.headers.update(decision_headers(delivery.plan.record))
            return response
        except (asyncio.CancelledError, ConnectionResetError):
            course.outcome = "cancelled"
            raise
        finally:
            self._keep_record(course.record())

    async def _deliver(
        self, request: web.BaseRequest, delivery: Delivery, course: Course
    ) -> web.StreamResponse:
        first_choice = delivery.plan
        answer = await self.upstreams.send(delivery, request.headers)
        course.first_byte_ms = course.elapsed_ms()
        course.status = answer.status
        if answer.plan is not first_choice:
            self._remember(answer.plan)
        try:
            headers = _response_headers(answer)
            if answer.streamed:
                return await self._stream(request, answer, headers, course)
            return await self._whole(answer, headers, course)
        finally:
            answer.close()

    def _remember(self, plan: Forward) -> None:
        """Keep the conversation on the model that really answered."""
        conversation = plan.record.conversation
        if conversation is not None:
            target = plan.decision.target
            self.router.sessions.remember(conversation, target, time.monotonic())

    async def _whole(self, answer: Answer, headers: LooseHeaders, course: Course) -> web.Response:
        idle_s = self.upstreams.config.idle_s
        try:
            body = b"".join([piece async for piece in answer.pieces(idle_s)])
        except (TimeoutError, aiohttp.ClientError, OSError) as error:
            course.outcome = "broken"
            raise _broken(answer.plan, error) from error
        course.usage = read_usage(body)
        course.outcome = "answered"
        return web.Response(body=body, status=answer.status, headers=headers)

    async def _stream(
        self,
        request: web.BaseRequest,
        answer: Answer,
        headers: LooseHeaders,
        course: Course,
    ) -> web.StreamResponse:
        response = web.StreamResponse(status=answer.status, headers=headers)
        if self.draining:
            response.force_close()
        await response.prepare(request)
        events = ChatStream(hide_usage=answer.plan.hide_usage)
        error: PointsmanError | None = None
        try:
            async for piece in answer.pieces(self.upstreams.config.idle_s):
                if out := events.feed(piece):
                    await response.write(out)
        except ConnectionResetError:
            raise  # the client's side: nobody is left to tell
        except (TimeoutError, aiohttp.ClientError, OSError) as failure:
            error = _broken(answer.plan, failure)
        rest = events.finish()
        course.usage = events.usage
        if error is None and not (events.done or events.finished or events.failed):
            error = _broken(answer.plan, None)
        if error is not None:
            rest = error_event(error.body())
        course.outcome = "broken" if error or events.failed else "answered"
        if rest:
            await response.write(rest)
        await response.write_eof()
        return response


def log_bug(error: Exception) -> None:
    """Log where a bug of ours struck, without the error's text: a library's may quote a prompt."""
    places = "".join(traceback.format_tb(error.__traceback__))
    log.error("a request failed inside pointsman: %s\n%s", type(error).__name__, places)


def _conversation(request: web.BaseRequest) -> str | None:
    return next((request.headers[n] for n in _CONVERSATION_HEADERS if n in request.headers), None)


def _response_headers(answer: Answer) -> LooseHeaders:
    headers = answer.headers.copy()  # keeps those that come several times
    nominated = ",".join(headers.getall("connection", [])).split(",")
    for name in _NOT_COPIED.union(word.strip() for word in nominated):
        headers.popall(name, None)
    headers.update(decision_headers(answer.plan.record))
    return headers


def _broken(plan: Forward, failure: Exception | None) -> PointsmanError:
    if isinstance(failure, TimeoutError):
        kind: type[UpstreamError] = UpstreamTimeoutError
        why = "was too slow"
    else:
        kind, why = UpstreamError, "ended its answer early"
    error = kind(f"model '{plan.model}' {why}; what came before is incomplete")
    error.__cause__ = failure
    return error
