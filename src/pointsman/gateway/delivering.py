"""Brings a model's answer to the client: whole, or as a stream, with the decision's headers."""

from collections.abc import Callable

import aiohttp
from aiohttp import web
from aiohttp.typedefs import LooseHeaders

from pointsman.errors import PointsmanError, UpstreamError, UpstreamTimeoutError
from pointsman.exchange.asked import asks_json
from pointsman.exchange.plan import Forward, decision_headers
from pointsman.gateway.course import Course
from pointsman.gateway.delivery import Answer
from pointsman.wire.restoring import RestoringStream, restore
from pointsman.wire.sse import ChatStream, error_event
from pointsman.wire.usage import read_usage

ESCALATED_HEADER = "x-pointsman-escalated"

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


async def deliver(
    request: web.BaseRequest,
    answer: Answer,
    course: Course,
    *,
    idle_s: float,
    closing: bool,
    begun: Callable[[], None],
) -> web.StreamResponse:
    """Give the client an answer.

    Args:
        request: The client's.
        answer: The upstream's; whoever got it closes it.
        course: Is told how it went.
        idle_s: Most seconds between two pieces of the answer.
        closing: Whether the client's connection must end with this answer.
        begun: Called once, when nothing can stand before the client's answer any more.

    Raises:
        UpstreamError: The answer broke off before its first byte went out.
    """
    headers = _response_headers(answer)
    if not answer.streamed:
        response = await _whole(answer, headers, course, idle_s)
        begun()
        return response
    stream = web.StreamResponse(status=answer.status, headers=headers)
    if closing:
        stream.force_close()
    await stream.prepare(request)
    begun()
    await _stream(stream, answer, course, idle_s)
    return stream


async def _whole(
    answer: Answer, headers: LooseHeaders, course: Course, idle_s: float
) -> web.Response:
    try:
        body = b"".join([piece async for piece in answer.pieces(idle_s)])
    except (TimeoutError, aiohttp.ClientError, OSError) as error:
        course.outcome = "broken"
        raise _broken(answer.plan, error) from error
    course.usage = read_usage(body)
    course.outcome = "answered"
    if restores := answer.plan.hidden.restores:
        body = restore(body, restores, structured=asks_json(answer.plan.request.body))
    return web.Response(body=body, status=answer.status, headers=headers)


async def _stream(
    response: web.StreamResponse, answer: Answer, course: Course, idle_s: float
) -> None:
    events = ChatStream(hide_usage=answer.plan.hide_usage)
    restoring = _restoring(answer.plan)
    error: PointsmanError | None = None
    try:
        async for piece in answer.pieces(idle_s):
            if out := restoring.feed(events.feed(piece)):
                await response.write(out)
    except ConnectionResetError:
        raise  # the client's side: nobody is left to tell
    except (TimeoutError, aiohttp.ClientError, OSError) as failure:
        error = _broken(answer.plan, failure)
    rest = events.finish()
    course.usage = events.usage
    if error is None and not (events.done or events.finished or events.failed):
        error = _broken(answer.plan, None)
    held = restoring.feed(rest if error is None else b"") + restoring.finish()
    rest = held if error is None else held + error_event(error.body())
    course.outcome = "broken" if error or events.failed else "answered"
    if rest:
        await response.write(rest)
    await response.write_eof()


def _restoring(plan: Forward) -> RestoringStream:
    structured = bool(plan.hidden.restores) and asks_json(plan.request.body)
    return RestoringStream(plan.hidden.restores, structured=structured)


def _response_headers(answer: Answer) -> LooseHeaders:
    headers = answer.headers.copy()  # keeps those that come several times
    nominated = ",".join(headers.getall("connection", [])).split(",")
    for name in _NOT_COPIED.union(word.strip() for word in nominated):
        headers.popall(name, None)
    headers.update(decision_headers(answer.plan.record))
    if answer.escalated:
        headers[ESCALATED_HEADER] = "; ".join(answer.escalated)
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
