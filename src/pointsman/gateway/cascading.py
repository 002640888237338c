"""Holds an answer back until it is judged, and asks further while it is not good enough."""

import asyncio
import contextlib
from collections.abc import Mapping
from typing import NamedTuple

import msgspec

from pointsman.errors import LedgerError, UpstreamError
from pointsman.exchange.escalation import cascade_of, shortcoming
from pointsman.gateway.delivery import OK, Answer, Delivery
from pointsman.gateway.upstream import Upstreams, for_another_body
from pointsman.wire.answer import ChatAnswer, read_answer, read_stream
from pointsman.wire.usage import Usage

MOST_HELD_BYTES = 8 * 1024 * 1024
"""An answer is held back up to this size, some 30,000 tokens of a stream; a larger one goes out
unjudged."""


_QUICK_BYTES = 256 * 1024
"""About 3 ms of reading; more is read beside the event loop, which others wait for."""


class _Held(NamedTuple):
    """An answer that was read to its end.

    Attributes:
        judged: What is in it; None where it is too large to be held.
        place: Where it stands among the attempts.
    """

    answer: Answer
    judged: ChatAnswer | None
    place: int


async def good_answer(
    upstreams: Upstreams, delivery: Delivery, client_headers: Mapping[str, str]
) -> Answer:
    """Get an answer; in a cascade the first one that is good enough, or else the last one.

    `upstream.attempts` bounds all that is tried. A server's error is no answer to be judged: that
    of the first model is passed on, and after that of a later one the answer before it counts.

    Raises:
        UpstreamError: No endpoint of any allowed model answered.
    """
    answer = await upstreams.send(delivery, client_headers)
    if answer.plan.decision.then is None or answer.status != OK:
        return answer
    headers = for_another_body(client_headers)
    held = await _hold(upstreams, delivery, answer)
    while (why := _shortcoming(held, delivery)) is not None:
        try:
            better = await _better(upstreams, delivery, headers, held, why)
        except BaseException:
            held.answer.close()
            raise
        if better is None:
            break
        held.answer.close()
        held = better
    return held.answer


async def _better(
    upstreams: Upstreams, delivery: Delivery, headers: Mapping[str, str], held: _Held, why: str
) -> _Held | None:
    """Ask the next model instead of an answer; None leaves it at that answer."""
    rejected, usage = held.answer, held.judged.usage if held.judged else None
    delivery.amend(held.place, why, usage, _cost(rejected, usage))
    better = None
    with contextlib.suppress(LedgerError):  # the answer at hand is better than none
        if len(delivery.attempts) < upstreams.config.attempts and await delivery.next_answer(usage):
            better = await _whole(upstreams, delivery, headers)
    if better is None:
        delivery.plan = rejected.plan
        delivery.amend(held.place, f"{why}; delivered all the same")
        return None
    better.answer.escalated = (*rejected.escalated, why)
    upstreams.observe(rejected, usage)
    return better


async def _whole(
    upstreams: Upstreams, delivery: Delivery, headers: Mapping[str, str]
) -> _Held | None:
    """Get a whole answer from the model that the delivery has come to, or None where it fails."""
    try:
        answer = await upstreams.send(delivery, headers)
    except UpstreamError:
        await delivery.give_back()
        return None
    if answer.status != OK:
        answer.close()
        await delivery.give_back()
        return None
    held = await _hold(upstreams, delivery, answer)
    if held.judged is None or held.judged.complete:
        return held
    why, usage = _shortcoming(held, delivery) or "broken off", held.judged.usage
    delivery.amend(held.place, why, usage, _cost(answer, usage))
    await delivery.book(usage)  # what it wrote before it broke off was not for nothing
    answer.close()
    return None


def _cost(answer: Answer, usage: Usage | None) -> float | None:
    return None if usage is None else answer.plan.card.prices.bill(usage)


async def _hold(upstreams: Upstreams, delivery: Delivery, answer: Answer) -> _Held:
    place = len(delivery.attempts) - 1
    try:
        body = await answer.hold(upstreams.config.idle_s, MOST_HELD_BYTES)
        judged = None if body is None else await _read(body, streamed=answer.streamed)
    except BaseException:
        answer.close()
        raise
    if judged is not None and answer.failure is not None:
        judged = msgspec.structs.replace(judged, complete=False)
    return _Held(answer, judged, place)


async def _read(body: bytes, *, streamed: bool) -> ChatAnswer:
    read = read_stream if streamed else read_answer
    return read(body) if len(body) <= _QUICK_BYTES else await asyncio.to_thread(read, body)


def _shortcoming(held: _Held, delivery: Delivery) -> str | None:
    if held.judged is None:
        return None
    plan = held.answer.plan
    return shortcoming(held.judged, plan, cascade_of(plan, delivery.world))
