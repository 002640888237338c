"""One exchange of a stand-in: the answer is written first, then performed at its speed."""

import asyncio
import math
import time
from collections.abc import Callable, Mapping, Sequence

import msgspec
from aiohttp import web

from pointsman.demo.answering import Answer, compose, prompt_length
from pointsman.demo.asking import Asked, Family, Refusal
from pointsman.demo.faults import (
    DieAfter,
    ErrorAfter,
    Fault,
    Garbage,
    Hang,
    Slow,
    StallAfter,
    Status,
)
from pointsman.demo.frames import Heading, body, error_body, event, frames
from pointsman.demo.thinking import thought_length

__all__ = ["Part", "StandInModel", "json_response", "perform", "rehearse"]

_ON_DEMAND = "This stand-in server was asked to fail."


class StandInModel(msgspec.Struct, frozen=True, kw_only=True):
    """One model that a stand-in pretends to serve.

    Args:
        name: the model's name in requests.
        family: whose thinking switch it reads, see `thinking.py`.
        tokens_per_second: the speed of writing; infinite writes without waiting.
        first_token_s: the wait before the first token.
        answer_tokens: the length of a plain text answer.
        thinking_tokens: the length of a thought on a middling question at medium effort.
        reasoning_field: where thoughts are shown: `reasoning_content` (vLLM, DeepSeek),
            `reasoning` (newer vLLM, OpenRouter), or empty to hide them (OpenAI), which
            still counts them in the usage.
        refuses: top-level fields of the body that it answers with status 400, as strict
            servers do with fields they do not know.
    """

    name: str = "standin"
    family: Family = "none"
    tokens_per_second: float = math.inf
    first_token_s: float = 0.0
    answer_tokens: int = 48
    thinking_tokens: int = 120
    reasoning_field: str = "reasoning_content"
    refuses: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a speed at which no token would ever come."""
        if self.tokens_per_second <= 0:
            raise ValueError(f"Expected tokens_per_second above 0, got {self.tokens_per_second}.")


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """All that one exchange will say, how fast, and what goes wrong in it."""

    heading: Heading
    answers: Sequence[Answer]
    streams: bool
    first_token_s: float
    token_s: float
    fault: Fault | None


class _Pace:
    """Waits so that tokens come at their speed, without drift."""

    def __init__(self, first_s: float, token_s: float) -> None:
        self._due_s = asyncio.get_running_loop().time() + first_s
        self._token_s = token_s

    async def wait(self, tokens: int) -> None:
        """Wait until this many more tokens are due."""
        self._due_s += tokens * self._token_s
        await asyncio.sleep(max(0.0, self._due_s - asyncio.get_running_loop().time()))


def rehearse(asked: Asked, model: StandInModel, fault: Fault | None, name: str) -> Part:
    """Write the answers to a request.

    Args:
        asked: the request.
        model: the model that it names.
        fault: what will go wrong.
        name: the exchange's id.

    Raises:
        Refusal: status 400, if the request asks for what the model does not know.
    """
    thought = thought_length(model.family, asked, model.thinking_tokens)
    answers = [
        compose(asked, choice, thought, model.answer_tokens) for choice in range(asked.choices)
    ]
    heading = Heading(
        id=name,
        model=model.name,
        created=int(time.time()),
        prompt_tokens=prompt_length(asked),
        reasoning_field=model.reasoning_field,
        wants_usage=asked.wants_usage,
    )
    return Part(
        heading=heading,
        answers=answers,
        streams=asked.stream or False,
        first_token_s=model.first_token_s,
        token_s=fault.token_s if isinstance(fault, Slow) else 1 / model.tokens_per_second,
        fault=fault,
    )


async def perform(
    request: web.Request, part: Part, count: Callable[[int], None]
) -> web.StreamResponse:
    """Send what was rehearsed, and play its fault.

    Args:
        request: the request to answer.
        part: what to say.
        count: called with the number of tokens whenever some were written.

    Raises:
        Refusal: status 500, if the fault is an error amid a stream and there is no stream.
    """
    match part.fault:
        case Status(status, retry_after_s):
            after = {} if retry_after_s is None else {"Retry-After": str(retry_after_s)}
            return json_response(error_body(Refusal(status, _ON_DEMAND)), status, after)
        case Garbage():
            return json_response(b'{"choices": [')
        case Hang():
            await _forever()
        case _:
            pass
    pace = _Pace(part.first_token_s, part.token_s)
    send = _send_stream if part.streams else _send_body
    return await send(request, part, pace, count)


async def _send_body(
    request: web.Request, part: Part, pace: _Pace, count: Callable[[int], None]
) -> web.StreamResponse:
    match part.fault:
        case DieAfter():
            return _hang_up(request, web.Response())
        case StallAfter():
            await _forever()
        case ErrorAfter():
            raise Refusal(500, _ON_DEMAND)
        case _:
            pass
    await pace.wait(max(answer.tokens for answer in part.answers))
    count(sum(answer.tokens for answer in part.answers))
    return json_response(body(part.heading, part.answers))


async def _send_stream(
    request: web.Request, part: Part, pace: _Pace, count: Callable[[int], None]
) -> web.StreamResponse:
    headers = {"Content-Type": "text/event-stream", "Cache-Control": "no-cache"}
    response = web.StreamResponse(headers=headers)
    await response.prepare(request)
    for sent, frame in enumerate(frames(part.heading, part.answers)):
        match part.fault:
            case DieAfter(chunks) if sent == chunks:
                return _hang_up(request, response)
            case StallAfter(chunks) if sent == chunks:
                await _forever()
            case ErrorAfter(chunks) if sent == chunks:
                await response.write(event(error_body(Refusal(500, _ON_DEMAND))))
                return response
            case _:
                pass
        await pace.wait(int(frame.waits))
        if frame.event:
            await response.write(frame.event)
        count(frame.tokens)
    return response


def json_response(
    raw: bytes, status: int = 200, headers: Mapping[str, str] | None = None
) -> web.Response:
    """A response whose body is JSON already."""
    return web.Response(status=status, body=raw, content_type="application/json", headers=headers)


def _hang_up(request: web.Request, response: web.StreamResponse) -> web.StreamResponse:
    """Close the connection; aiohttp then finds it closed, and does not end the response."""
    if request.transport is not None:
        request.transport.close()
    return response


async def _forever() -> None:
    await asyncio.Event().wait()
