"""One request on its way: what was tried, and the answer whose first bytes are there."""

import asyncio
import re
import time
from collections.abc import AsyncIterator, Generator
from typing import Any

import aiohttp
import msgspec

from pointsman.catalog.models import Endpoint
from pointsman.errors import LimitError, NoCandidateError, UpstreamError
from pointsman.exchange.claims import spent_of
from pointsman.exchange.drive import drive_accounts
from pointsman.exchange.effects import Effect
from pointsman.exchange.plan import Forward
from pointsman.exchange.route import escalate, replan, reroute
from pointsman.gateway.accounts import Accounts
from pointsman.gateway.speeds import Timed
from pointsman.observe.record import Attempt, DecisionRecord
from pointsman.policy.world import World
from pointsman.wire.usage import Usage

_DELTA = b'"delta"'  # inside a text its quotation marks are escaped: this counts chunks alone
_THOUGHT = re.compile(rb'"reasoning(?:_content)?"\s*:\s*"[^"]')
OK = 200
"""The status of an answer; all others are errors."""
HELD_UP = 0.2
"""Share of a stream's time that it may wait for its reader, and still tell its model's speed."""


class Answer:
    """An upstream's answer whose first bytes are there; close it when done.

    Attributes:
        plan: The plan that was answered: the first one, or that of a fallback.
        streamed: Whether the body is an event stream.
        failure: Why the body ended early, once it has.
        escalated: Why each answer before this one was not good enough.
    """

    def __init__(
        self, plan: Forward, response: aiohttp.ClientResponse, first: bytes, began: float
    ) -> None:
        self.plan = plan
        self.status = response.status
        self.headers = response.headers
        self.streamed = response.content_type == "text/event-stream"
        self.failure: Exception | None = None
        self.escalated: tuple[str, ...] = ()
        self._response = response
        self._ready = first  # read, but not given out yet
        self._whole = not first
        self._began = began
        self._first_at = self._last_at = time.perf_counter()
        self._held_up_s = 0.0
        self._deltas = 0
        self._thought = False
        self._count(first)

    async def pieces(self, idle_s: float) -> AsyncIterator[bytes]:
        """Yield the body as it comes.

        Raises:
            TimeoutError: Nothing came for `idle_s` seconds.
            aiohttp.ClientError: The connection broke.
        """
        piece, self._ready = self._ready, b""
        while piece:
            given = time.perf_counter()
            yield piece
            if not self._whole:
                self._held_up_s += time.perf_counter() - given
            piece = await self._next(idle_s)

    async def hold(self, idle_s: float, most_bytes: int) -> bytes | None:
        """Read the body to its end and keep it; `pieces` gives it out afterwards.

        Returns:
            The body, up to its `failure` where it has one; None where it is larger than
            `most_bytes`: then `pieces` gives out what was read and goes on.
        """
        kept, size = [self._ready], len(self._ready)
        try:
            while size <= most_bytes and (piece := await self._next(idle_s)):
                kept.append(piece)
                size += len(piece)
        except (TimeoutError, aiohttp.ClientError, OSError):
            pass  # `failure` holds it, for whoever reads on
        self._ready = b"".join(kept)
        return self._ready if size <= most_bytes else None

    def timed(self, usage: Usage | None) -> Timed | None:
        """Return how long it took, or None where that says nothing of its model's speed."""
        rest_s = self._last_at - self._first_at
        held_up = self.streamed and self._held_up_s > HELD_UP * rest_s
        if self.status != OK or not self._whole or held_up:
            return None
        tokens = self._deltas if usage is None else usage.completion_tokens
        hidden = 0 if usage is None or self._thought else usage.reasoning_tokens or 0
        choices = self.plan.question.choices
        return Timed(
            streamed=self.streamed,
            first_s=self._first_at - self._began,
            rest_s=rest_s,
            tokens=tokens / choices,
            hidden_tokens=hidden / choices,
        )

    def close(self) -> None:
        """Let the connection go: back to the pool after a whole answer, else closed at once."""
        self._response.release()

    async def _next(self, idle_s: float) -> bytes:
        if self.failure is not None:
            raise self.failure
        if self._whole:
            return b""
        try:
            async with asyncio.timeout(idle_s):
                piece = await self._response.content.readany()
        except (TimeoutError, aiohttp.ClientError, OSError) as failure:
            self.failure = failure
            raise
        if piece:
            self._last_at = time.perf_counter()
            self._count(piece)
        else:
            self._whole = True
        return piece

    def _count(self, piece: bytes) -> None:
        # A word that two pieces share is missed: this is the measure where no usage is told.
        self._deltas += piece.count(_DELTA)
        self._thought = self._thought or _THOUGHT.search(piece) is not None


class Delivery:
    """One request on its way: what was tried so far.

    Args:
        plan: What to send.
        world: The configuration that decided.
        accounts: Where limits are counted.
        alone: Whether no other model may answer, as a copy's answer tells of one model.
    """

    def __init__(
        self, plan: Forward, world: World, accounts: Accounts, *, alone: bool = False
    ) -> None:
        self.plan = plan
        self.world = world
        self.alone = alone
        self._accounts = accounts
        self._reservation = plan.reservation
        self._estimated_usd: float | None = None
        self.tried: list[str] = []
        self.attempts: list[Attempt] = []
        self.last_error: UpstreamError | None = None

    def note(self, endpoint: Endpoint, outcome: str) -> None:
        """Write an attempt down."""
        self.attempts.append(Attempt(self.plan.model, endpoint.url, outcome))

    def amend(
        self, place: int, outcome: str, usage: Usage | None = None, usd: float | None = None
    ) -> None:
        """Say of an attempt that was answered what became of it.

        Args:
            place: Where it stands among the attempts.
            outcome: Why its answer was not good enough.
            usage: What it took, where the client does not get it.
            usd: What that cost.
        """
        self.attempts[place] = msgspec.structs.replace(
            self.attempts[place], outcome=outcome, usage=usage, usd=usd
        )

    def has_other_model(self) -> bool:
        """Say whether the rule's pool allows another model."""
        try:
            return not self.alone and replan(self.plan, self.world) is not None
        except NoCandidateError:
            return False

    async def next_model(self) -> bool:
        """Go on to the next model that the rule's pool and the limits allow, if there is one.

        What was reserved for the model that failed is given back.
        """
        if self.alone:
            return False
        self._reservation, plan = None, self.plan
        return await self._went_on(reroute(plan, self.world))

    async def next_answer(self, usage: Usage | None) -> bool:
        """Go on to a model whose answer may be good enough, if there is one.

        Args:
            usage: What the answer that was not good enough took; it is booked.
        """
        await self.book(usage)
        return await self._went_on(escalate(self.plan, self.world))

    async def book(self, usage: Usage | None) -> None:
        """Book what an answer took, once; what is unknown is charged as reserved."""
        reservation, self._reservation = self._reservation, None
        if reservation is None:
            return
        spent = spent_of(self.plan, usage)
        if usage is None:
            self._estimated_usd = (self._estimated_usd or 0.0) + spent.usd
        await self._accounts.settle(reservation, spent)

    async def give_back(self) -> None:
        """Give back what was reserved, where no model has answered."""
        reservation, self._reservation = self._reservation, None
        if reservation is not None:
            await self._accounts.release(reservation)

    async def booked(self, record: DecisionRecord) -> DecisionRecord:
        """Book what the request took in the end; returns the record with money that was estimated.

        A request that was refused by its model, or that none answered, has used nothing. Of one
        whose client went away, that broke off, or whose server reported no tokens, the unknown is
        charged.
        """
        # Of an answer that broke before its first byte went out, the status is ours.
        refused = record.outcome != "broken" and record.status not in {None, OK}
        if record.outcome == "failed" or refused:
            await self.give_back()
        else:
            await self.book(record.usage)
        if self._estimated_usd is None:
            return record
        usd = (record.usd or 0.0) + self._estimated_usd
        return msgspec.structs.replace(record, usd=usd, usd_estimated=True)

    async def _went_on(self, exchange: Generator[Effect, Any, Forward]) -> bool:
        try:
            plan = await drive_accounts(exchange, self._accounts)
        except (NoCandidateError, LimitError):
            return False
        self.plan = plan
        self._reservation = plan.reservation
        self.tried = []
        return True
