"""The answer to a request that was refused: an ordinary one, as a model's own filter would end it.

OpenAI's API reference, "The chat completion object": `finish_reason` is `content_filter` where
content was omitted by a filter. Clients show it like any other answer.
"""

from collections.abc import Iterator
from typing import Any

import msgspec

from pointsman.wire.chat import ChatRequest
from pointsman.wire.sse import DONE

FINISH = "content_filter"
_MOST_CHOICES = 128
"""OpenAI's own bound on `n`; a larger one must not make a large answer of a small request."""
_NO_USAGE = {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0}


def refusal_body(request: ChatRequest, message: str, *, id_: str, created: int) -> bytes:
    """Return the whole answer.

    Args:
        request: What was refused.
        message: What the client is told.
        id_: The decision's id.
        created: Seconds since 1970.
    """
    choices = [
        {
            "index": index,
            "message": {"role": "assistant", "content": message, "refusal": None},
            "logprobs": None,
            "finish_reason": FINISH,
        }
        for index in _indexes(request)
    ]
    head = _head(request, "chat.completion", id_, created)
    return msgspec.json.encode({**head, "choices": choices, "usage": _NO_USAGE})


def refusal_events(
    request: ChatRequest, message: str, *, id_: str, created: int
) -> Iterator[bytes]:
    """Yield the same answer as the events of a stream."""
    head = _head(request, "chat.completion.chunk", id_, created)
    head |= {"usage": None} if request.wants_usage else {}
    for index in _indexes(request):
        for delta, finish in (({"role": "assistant", "content": message}, None), ({}, FINISH)):
            choice = {"index": index, "delta": delta, "logprobs": None, "finish_reason": finish}
            yield _event({**head, "choices": [choice]})
    if request.wants_usage:
        yield _event({**head, "choices": [], "usage": _NO_USAGE})
    yield DONE


def _indexes(request: ChatRequest) -> range:
    return range(min(request.answers, _MOST_CHOICES))


def _head(request: ChatRequest, kind: str, id_: str, created: int) -> dict[str, Any]:
    return {"id": f"chatcmpl-{id_}", "object": kind, "created": created, "model": request.model}


def _event(chunk: dict[str, Any]) -> bytes:
    return b"data: " + msgspec.json.encode(chunk) + b"\n\n"
