"""The OpenAI-compatible HTTP front end: translates between HTTP and the exchange."""

import asyncio
import logging
import time
import traceback
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import msgspec
from aiohttp import web

from pointsman.errors import NotFoundError, PointsmanError
from pointsman.exchange.drive import drive_async
from pointsman.exchange.plan import Forward, Refuse, decision_headers
from pointsman.exchange.route import route
from pointsman.exchange.standing import Standing
from pointsman.gateway.accounts import Accounts
from pointsman.gateway.cascading import good_answer
from pointsman.gateway.classification import Classification
from pointsman.gateway.course import Course
from pointsman.gateway.delivering import deliver
from pointsman.gateway.delivery import Delivery
from pointsman.gateway.models import model_list, model_object
from pointsman.gateway.pacing import Pacer
from pointsman.gateway.reading import read_body
from pointsman.gateway.refusing import refusal_response
from pointsman.gateway.replies import error_response, json_reply, wrong_method
from pointsman.gateway.running import Running
from pointsman.gateway.shadows import Shadows
from pointsman.gateway.upstream import Upstreams
from pointsman.observe.record import DecisionRecord, with_prompt
from pointsman.router import Router, new_id
from pointsman.wire.chat import parse_chat

log = logging.getLogger("pointsman")

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
        accounts: Accounts,
        keep_record: Callable[[DecisionRecord], None],
    ) -> None:
        self.router = router
        self.upstreams = upstreams
        self.accounts = accounts
        self.pacer: Pacer | None = None
        self.draining = False
        self._running = Running()
        self.idle = self._running.idle
        self._keep_record = keep_record
        self._shadows = Shadows(upstreams, accounts, keep_record, self._running, log_bug)
        self._endings: set[asyncio.Task[None]] = set()
        self._started = int(time.time())
        self._served: dict[str, _Served] = {
            "/v1/chat/completions": (_POST, self._chat),
            "/chat/completions": (_POST, self._chat),
            "/v1/models": (_GET, self._models),
            "/health": (_GET, self._health),
            "/ready": (_GET, self._ready),
        }
        api = Classification(lambda: self.router, self._standing)
        self._served |= {path: (_POST, answer) for path, answer in api.routes.items()}

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer one request; every error leaves in OpenAI's form."""
        self._running.begin()
        try:
            response = await self._answered(request)
        finally:
            self._running.end()
        if self.draining:
            response.force_close()
        return response

    async def close(self) -> None:
        """End the copies that still run; whatever answers clients has ended before."""
        await self._shadows.close()

    async def _answered(self, request: web.BaseRequest) -> web.StreamResponse:
        try:
            return await self._dispatch(request)
        except PointsmanError as error:
            return error_response(error)
        except (asyncio.CancelledError, ConnectionResetError):
            raise
        # The outermost loop: whatever is left is a bug here, and must not take the server down.
        except Exception as error:  # noqa: BLE001
            log_bug(error)
            return error_response(PointsmanError("internal error in pointsman"))

    async def _dispatch(self, request: web.BaseRequest) -> web.StreamResponse:
        path = request.path.rstrip("/")
        served = self._served.get(path)
        if served is None and path.startswith(_MODEL_PATH):
            served = (_GET, self._model)
        if served is None:
            raise NotFoundError(
                f"{path[:200] or '/'} is not served; served are POST /v1/chat/completions, "
                "POST /api/v1/classify/*, GET /v1/models, GET /health, GET /ready"
            )
        methods, answer = served
        if request.method not in methods:
            return wrong_method(request, methods)
        return await answer(request)

    async def _models(self, request: web.BaseRequest) -> web.StreamResponse:
        await self.accounts.holder(request.headers.get("authorization", ""))
        return json_reply(model_list(self.router.setup.world.catalog, self._started))

    async def _model(self, request: web.BaseRequest) -> web.StreamResponse:
        await self.accounts.holder(request.headers.get("authorization", ""))
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
        standing = await self._standing(request)
        limits = router.setup.config.server
        body = await read_body(request, limits.max_body_bytes, limits.read_s)
        chat = parse_chat(body, max_bytes=limits.max_body_bytes)
        world = router.setup.world
        exchange = route(
            chat,
            world,
            decision_id=new_id(),
            standing=standing,
            conversation=_conversation(request),
        )
        plan = await drive_async(exchange, router.pool(), router.sessions, self.accounts)
        decide_ms = 1000 * (time.perf_counter() - began)
        if isinstance(plan, Refuse):
            return self._refused(plan, decide_ms)
        delivery = Delivery(plan, world, self.accounts)
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
            await self._end(delivery, course, prompts=router.setup.config.records.prompts)

    def _refused(self, plan: Refuse, decide_ms: float) -> web.StreamResponse:
        config = self.router.setup.config
        response = refusal_response(plan, config.policy.guard.answer)
        record = msgspec.structs.replace(
            plan.record,
            time=datetime.now(UTC).isoformat(timespec="milliseconds"),
            decide_ms=round(decide_ms, 3),
            total_ms=round(decide_ms, 3),
            status=response.status,
        )
        if config.records.prompts:
            record = with_prompt(record, plan.request.body)
        self._keep_record(record)
        return response

    async def _end(self, delivery: Delivery, course: Course, *, prompts: bool) -> None:
        """Book what a request took and keep its record, also when the client goes away here."""

        async def end() -> None:
            try:
                record = await delivery.booked(course.record())
                if prompts:
                    record = with_prompt(record, delivery.plan.request.body)
                self._keep_record(record)
            finally:
                self._running.end()

        self._running.begin()  # a drain waits for it
        ending = asyncio.get_running_loop().create_task(end())
        self._endings.add(ending)
        ending.add_done_callback(self._endings.discard)
        await asyncio.shield(ending)

    async def _standing(self, request: web.BaseRequest) -> Standing:
        """Say who asks, and how the models are.

        Raises:
            AuthError: Its key does not work.
        """
        authorization = request.headers.get("authorization", "")
        holder = await self.accounts.holder(authorization)
        return msgspec.structs.replace(
            self.upstreams.standing(self.router.setup.world.catalog),
            caller=holder.id if holder else authorization,
            key=holder.id if holder else "",
            tenant=holder.tenant if holder else "",
            trade=self.pacer.trade if self.pacer else None,
            pressure=self.accounts.pressure(holder),
            limited=self.accounts.limited,
        )

    async def _deliver(
        self, request: web.BaseRequest, delivery: Delivery, course: Course
    ) -> web.StreamResponse:
        first_choice = delivery.plan
        answer = await good_answer(self.upstreams, delivery, request.headers)
        course.first_byte_ms = course.elapsed_ms()
        course.status = answer.status
        if answer.plan is not first_choice:
            self._remember(answer.plan)
        try:
            response = await deliver(
                request,
                answer,
                course,
                idle_s=self.upstreams.config.idle_s,
                closing=self.draining,
                begun=lambda: self._shadows.copy(first_choice, delivery.world, request.headers),
            )
        finally:
            answer.close()
        if course.outcome == "answered":
            self.upstreams.observe(answer, course.usage)
        return response

    def _remember(self, plan: Forward) -> None:
        """Keep the conversation on the model that really answered."""
        conversation = plan.record.conversation
        if conversation is not None:
            target = plan.decision.target
            self.router.sessions.remember(conversation, target, time.monotonic())


def log_bug(error: Exception) -> None:
    """Log where a bug of ours struck, without the error's text: a library's may quote a prompt."""
    places = "".join(traceback.format_tb(error.__traceback__))
    log.error("a request failed inside pointsman: %s\n%s", type(error).__name__, places)


def _conversation(request: web.BaseRequest) -> str | None:
    return next((request.headers[n] for n in _CONVERSATION_HEADERS if n in request.headers), None)
