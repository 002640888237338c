"""A stand-in's answers as OpenAI writes them: one JSON body, or a stream's chunks.

Shapes after OpenAI's API reference, "The chat completion object" and "The chat
completion chunk object"; `reasoning_content` after vLLM, "Reasoning Outputs".
"""

import itertools
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from pointsman.demo.answering import Answer
from pointsman.demo.asking import Refusal

__all__ = ["FINGERPRINT", "Frame", "Heading", "body", "error_body", "event", "frames", "usage"]

FINGERPRINT = "pointsman-standin"

DONE = b"data: [DONE]\n\n"


class Heading(msgspec.Struct, frozen=True, kw_only=True):
    """What all chunks of one exchange share."""

    id: str
    model: str
    created: int
    prompt_tokens: int
    reasoning_field: str
    wants_usage: bool


class Frame(msgspec.Struct, frozen=True):
    """One stream event: its bytes, the tokens in it, and whether the stream waits for them.

    Choices are written side by side, so only the first choice's tokens take time. The
    bytes of a hidden thought are empty: its tokens take time, and nothing is sent.
    """

    event: bytes
    tokens: int = 0
    waits: bool = False


def usage(heading: Heading, answers: Sequence[Answer]) -> dict[str, Any]:
    """OpenAI's usage: thinking counts as completion, and is told apart in the details."""
    completion = sum(answer.tokens for answer in answers)
    thought = sum(len(answer.thought) for answer in answers)
    return {
        "prompt_tokens": heading.prompt_tokens,
        "completion_tokens": completion,
        "total_tokens": heading.prompt_tokens + completion,
        "prompt_tokens_details": {"cached_tokens": 0},
        "completion_tokens_details": {"reasoning_tokens": thought},
    }


def error_body(refusal: Refusal) -> bytes:
    """OpenAI's error body."""
    kind = "server_error" if refusal.status >= 500 else "invalid_request_error"  # noqa: PLR2004 - RFC 9110, 15.6
    error = {"message": refusal.message, "type": kind, "param": None, "code": refusal.code}
    return msgspec.json.encode({"error": error})


def event(payload: bytes) -> bytes:
    """One server-sent event."""
    return b"data: " + payload + b"\n\n"


def body(heading: Heading, answers: Sequence[Answer]) -> bytes:
    """The whole answer as one JSON body."""
    choices = [
        {
            "index": index,
            "message": _message(heading, index, answer),
            "logprobs": None,
            "finish_reason": answer.finish,
        }
        for index, answer in enumerate(answers)
    ]
    shape = _shape(heading, "chat.completion", choices)
    return msgspec.json.encode(shape | {"usage": usage(heading, answers)})


def frames(heading: Heading, answers: Sequence[Answer]) -> Iterator[Frame]:
    """The answer as a stream, a token in each chunk, choices side by side, `[DONE]` last."""
    streams = [_deltas(heading, index, answer) for index, answer in enumerate(answers)]
    for together in itertools.zip_longest(*streams):
        for index, step in enumerate(together):
            if step is not None:
                delta, tokens, finish = step
                sent = b"" if delta is None else _chunk(heading, index, delta, finish)
                yield Frame(sent, tokens, waits=index == 0 and tokens > 0)
    if heading.wants_usage:
        shape = _shape(heading, "chat.completion.chunk", [])
        yield Frame(event(msgspec.json.encode(shape | {"usage": usage(heading, answers)})))
    yield Frame(DONE)


def _shape(heading: Heading, kind: str, choices: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "id": heading.id,
        "object": kind,
        "created": heading.created,
        "model": heading.model,
        "system_fingerprint": FINGERPRINT,
        "choices": choices,
    }


def _message(heading: Heading, index: int, answer: Answer) -> dict[str, Any]:
    message: dict[str, Any] = {"role": "assistant", "content": None, "refusal": None}
    if answer.thought and heading.reasoning_field:
        message[heading.reasoning_field] = "".join(answer.thought)
    text = "".join(answer.text)
    if answer.tool is None:
        message["content"] = text
    else:
        call = {"name": answer.tool, "arguments": text}
        message["tool_calls"] = [
            {"id": _call_id(heading, index), "type": "function", "function": call}
        ]
    return message


def _call_id(heading: Heading, index: int) -> str:
    return f"call_{heading.id}_{index}"


def _deltas(
    heading: Heading, index: int, answer: Answer
) -> Iterator[tuple[dict[str, Any] | None, int, str | None]]:
    """A choice's deltas in order, each with its tokens and, in the last, the finish reason.

    The delta of a hidden thought is None.
    """
    opening = {"role": "assistant", "content": None if answer.tool else ""}
    yield opening, 0, None
    for token in answer.thought:
        yield ({heading.reasoning_field: token} if heading.reasoning_field else None), 1, None
    if answer.tool is not None:
        call = {"name": answer.tool, "arguments": ""}
        start = {"index": 0, "id": _call_id(heading, index), "type": "function", "function": call}
        yield {"tool_calls": [start]}, 0, None
    for token in answer.text:
        if answer.tool is None:
            yield {"content": token}, 1, None
        else:
            yield {"tool_calls": [{"index": 0, "function": {"arguments": token}}]}, 1, None
    yield {}, 0, answer.finish


def _chunk(heading: Heading, index: int, delta: dict[str, Any], finish: str | None) -> bytes:
    choice = {"index": index, "delta": delta, "logprobs": None, "finish_reason": finish}
    shape = _shape(heading, "chat.completion.chunk", [choice])
    if heading.wants_usage:
        shape["usage"] = None
    return event(msgspec.json.encode(shape))
