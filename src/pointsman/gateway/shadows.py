"""Sends copies of requests to models that nobody waits for; their answers are only measured."""

import asyncio
import logging
import time
from collections.abc import Callable, Mapping

import aiohttp

from pointsman.errors import LedgerError, LimitError, NoCandidateError, PointsmanError
from pointsman.exchange.drive import drive_accounts
from pointsman.exchange.plan import Forward
from pointsman.exchange.route import admit_alone
from pointsman.exchange.shadowing import shadow
from pointsman.gateway.accounts import Accounts
from pointsman.gateway.course import Course
from pointsman.gateway.delivery import Answer, Delivery
from pointsman.gateway.running import Running
from pointsman.gateway.upstream import Upstreams, for_another_body
from pointsman.observe.record import DecisionRecord
from pointsman.policy.world import World
from pointsman.router import new_id
from pointsman.wire.sse import ChatStream
from pointsman.wire.usage import read_usage

log = logging.getLogger("pointsman")

MOST_SHADOWS = 32
"""Copies that run at a time: a slow shadow must not gather connections without end. A judgement."""

_SAY_EVERY_S = 60.0


class Shadows:
    """The copies that are under way.

    Args:
        upstreams: Where they go.
        accounts: Where limits are counted; a copy that they have no room for is dropped.
        keep_record: Gets a record of each, `shadow_of` the request's.
        running: Counts each while it runs, so that a drain waits for it.
        report_bug: Gets what ends one by a mistake of ours.
        most: How many may run at a time; beyond it a copy is dropped.
    """

    def __init__(
        self,
        upstreams: Upstreams,
        accounts: Accounts,
        keep_record: Callable[[DecisionRecord], None],
        running: Running,
        report_bug: Callable[[Exception], None],
        most: int = MOST_SHADOWS,
    ) -> None:
        self._upstreams = upstreams
        self._accounts = accounts
        self._keep_record = keep_record
        self._running = running
        self._report_bug = report_bug
        self._most = most
        self._tasks: set[asyncio.Task[None]] = set()
        self._dropped = 0
        self._said_at = -_SAY_EVERY_S

    def copy(self, plan: Forward, world: World, client_headers: Mapping[str, str]) -> None:
        """Begin to send a copy of a request where its decision asks for one; returns at once."""
        if plan.decision.shadow is None:
            return
        if len(self._tasks) >= self._most:
            self._drop()
            return
        headers = for_another_body(client_headers)  # the request itself is gone meanwhile
        self._running.begin()
        sent = self._send(plan, plan.decision.shadow, world, headers)
        task = asyncio.get_running_loop().create_task(sent)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    async def close(self) -> None:
        """Cancel what is under way; each copy that was sent leaves its record."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._dropped:
            self._say_dropped()

    async def _send(
        self, plan: Forward, model: str, world: World, headers: Mapping[str, str]
    ) -> None:
        began = time.perf_counter()
        try:
            copy = shadow(plan, model, world, decision_id=new_id())
            copy = await drive_accounts(admit_alone(copy), self._accounts)
        except (NoCandidateError, LimitError, LedgerError) as error:
            log.debug("%s: %s", plan.record.id, error.message)
            return
        delivery = Delivery(copy, world, self._accounts, alone=True)
        course = Course(delivery, began, decide_ms=0.0)
        try:
            await self._read_through(delivery, course, headers)
        except PointsmanError as error:
            course.status = error.status
        except asyncio.CancelledError:
            course.outcome = "cancelled"
            raise
        finally:
            self._keep_record(await delivery.booked(course.record()))

    async def _read_through(
        self, delivery: Delivery, course: Course, headers: Mapping[str, str]
    ) -> None:
        answer = await self._upstreams.send(delivery, headers)
        course.first_byte_ms = course.elapsed_ms()
        course.status = answer.status
        course.outcome = "broken"
        try:
            await self._read(answer, course)
        except (TimeoutError, aiohttp.ClientError, OSError):
            return  # the outcome says it
        finally:
            answer.close()
        if course.outcome == "answered":
            self._upstreams.observe(answer, course.usage)

    async def _read(self, answer: Answer, course: Course) -> None:
        pieces = answer.pieces(self._upstreams.config.idle_s)
        if not answer.streamed:
            course.usage = read_usage(b"".join([piece async for piece in pieces]))
            course.outcome = "answered"
            return
        events = ChatStream()
        try:
            async for piece in pieces:
                events.feed(piece)
            events.finish()
        finally:
            course.usage = events.usage
        if (events.done or events.finished) and not events.failed:
            course.outcome = "answered"

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self._running.end()
        error = None if task.cancelled() else task.exception()
        if isinstance(error, Exception):
            self._report_bug(error)

    def _drop(self) -> None:
        self._dropped += 1
        if time.monotonic() - self._said_at >= _SAY_EVERY_S:
            self._say_dropped()

    def _say_dropped(self) -> None:
        log.warning("%d shadows were dropped: %d run already", self._dropped, self._most)
        self._dropped = 0
        self._said_at = time.monotonic()
