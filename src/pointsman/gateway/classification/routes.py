"""The routes of the classification API: reads a request as the gateway would, and answers."""

import time
from collections.abc import Awaitable, Callable, Mapping
from typing import assert_never

import msgspec
from aiohttp import web

from pointsman.errors import NoCandidateError, UncheckedError
from pointsman.exchange.drive import drive_async
from pointsman.exchange.measuring import encoded
from pointsman.exchange.plan import Plan, Refuse
from pointsman.exchange.route import route
from pointsman.exchange.sessions import Sessions
from pointsman.exchange.standing import Standing
from pointsman.gateway.classification.batch import (
    Answer,
    CombinedAnswer,
    Result,
    TextError,
    batch_of,
    flat,
)
from pointsman.gateway.classification.bodies import Options, Task, chat_of, parse_batch, parse_one
from pointsman.gateway.classification.found import Found
from pointsman.gateway.classification.intent import INTENT, intent_of
from pointsman.gateway.classification.pii import PERSONAL, pii_of
from pointsman.gateway.classification.security import SECURITY, security_of
from pointsman.gateway.reading import read_body
from pointsman.gateway.replies import json_reply
from pointsman.router import Router, new_id
from pointsman.signals import Signals, asked_of, measure, read, vocabulary
from pointsman.wire.chat import ChatRequest
from pointsman.wire.prompt import read_prompt

PREFIX = "/api/v1/classify/"
TASKS: Mapping[Task, frozenset[str]] = {
    "intent": INTENT,
    "pii": PERSONAL,
    "security": SECURITY,
    "all": INTENT | PERSONAL | SECURITY,
}
"""The signals that each task needs, beside those that the policy asks for."""

Handler = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]


class Classification:
    """Answers what texts are. It sends nothing on, keeps no record and counts against no limit.

    Args:
        router: Gives the router of this moment.
        standing: Says who asks; a client needs a key here wherever it needs one to chat.
    """

    def __init__(
        self,
        router: Callable[[], Router],
        standing: Callable[[web.BaseRequest], Awaitable[Standing]],
    ) -> None:
        self._router = router
        self._standing = standing
        self.routes: Mapping[str, Handler] = {
            f"{PREFIX}intent": self._task("intent"),
            f"{PREFIX}pii": self._task("pii"),
            f"{PREFIX}security": self._task("security"),
            f"{PREFIX}combined": self._task("all"),
            f"{PREFIX}batch": self._batch,
        }

    def _task(self, task: Task) -> Handler:
        async def answer(request: web.BaseRequest) -> web.StreamResponse:
            router, standing = self._router(), await self._asking(request)
            chat, options, bare = parse_one(await _body(request, router))
            reader = _Reader(router, standing, options)
            return json_reply(await reader.answer(chat, task, bare=bare))

        return answer

    async def _batch(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer for many texts, one after another: a batch takes one place before the encoder."""
        router, standing = self._router(), await self._asking(request)
        body = parse_batch(await _body(request, router))
        chats = [chat_of(text, f"texts[{at}]") for at, text in enumerate(body.texts)]
        reader = _Reader(router, standing, body.options)
        began = time.perf_counter()
        results: list[Result] = []
        for chat in chats:
            try:
                results.append(flat(await reader.answer(chat, body.task_type, bare=True)))
            except NoCandidateError as error:
                results.append(TextError(error.body()["error"]))
        return json_reply(batch_of(results, _ms(began)))

    async def _asking(self, request: web.BaseRequest) -> Standing:
        """Say who asks; nothing is reserved for what is not sent.

        Raises:
            AuthError: Its key does not work.
        """
        return msgspec.structs.replace(await self._standing(request), limited=False)


class _Reader(msgspec.Struct, frozen=True):
    """Reads requests of one client, with its options."""

    router: Router
    standing: Standing
    options: Options

    async def answer(self, chat: ChatRequest, task: Task, *, bare: bool) -> Answer:
        """Answer for one request.

        Raises:
            RequestError: The gateway would not take it as a chat request either, or an option
                names what is not there.
            ServiceError: It could not be read, or the bundle does not measure what was asked for.
        """
        began = time.perf_counter()
        found = await self._found(chat, TASKS[task])
        options, ms = self.options, _ms(began)
        match task:
            case "intent":
                return intent_of(found, options, ms)
            case "pii":
                return pii_of(found, options, ms, bare=bare)
            case "security":
                return security_of(found, options, ms)
            case "all":
                return CombinedAnswer(
                    intent=intent_of(found, options, ms),
                    pii=pii_of(found, options, ms, bare=bare),
                    security=security_of(found, options, ms),
                    processing_time_ms=ms,
                )
            case _:
                assert_never(task)

    async def _found(self, chat: ChatRequest, wanted: frozenset[str]) -> Found:
        setup = self.router.setup
        plan = await self._plan(chat)
        return Found(
            request=chat,
            plan=plan,
            signals=await self._signals(chat, wanted, plan.question.signals),
            words=vocabulary(setup.shelf),
            bundle=setup.bundle,
            model=next(iter(setup.world.catalog.models.values())),
            key=setup.world.placeholder_key,
            scope=self.standing.tenant or self.standing.caller,
        )

    async def _plan(self, chat: ChatRequest) -> Plan:
        """Return what the gateway would do; the conversation is not moved by asking.

        Raises:
            UncheckedError: It could not be read. What the operator says of that is for requests
                that go on: here, no measurement is made up.
        """
        exchange = route(
            chat, self.router.setup.world, decision_id=new_id(), standing=self.standing
        )
        plan = await drive_async(exchange, self.router.pool(), Sessions(capacity=1))
        if isinstance(plan, Refuse) and isinstance(plan.error, UncheckedError):
            raise plan.error
        if plan.question.failed:
            raise UncheckedError("this could not be read; try again later", retry_after_s=1)
        return plan

    async def _signals(self, chat: ChatRequest, wanted: frozenset[str], known: Signals) -> Signals:
        """Return what the plan looked at, and the rest of what is wanted.

        What the policy looks at is not measured again: asked for together with more, the first tier
        might not answer alone, and the API's numbers would not be the gateway's.
        """
        setup = self.router.setup
        missing = [d for d in setup.shelf if d.name in wanted and d.name not in known]
        if not missing:
            return known
        prompt = read_prompt(chat)
        asked = asked_of(missing, setup.config.encoder.max_windows)
        reading = await drive_async(
            encoded(read(prompt, asked), setup.world.read_s),
            self.router.pool(),
            self.router.sessions,
        )
        return {**measure(missing, prompt, reading), **known}


async def _body(request: web.BaseRequest, router: Router) -> bytes:
    limits = router.setup.config.server
    return await read_body(request, limits.max_body_bytes, limits.read_s)


def _ms(began: float) -> float:
    return round(1000 * (time.perf_counter() - began), 3)
