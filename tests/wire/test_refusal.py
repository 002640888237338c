"""The answer to a refused request: what every client of OpenAI's API can read."""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from pointsman.wire.answer import read_answer, read_stream
from pointsman.wire.chat import ChatRequest
from pointsman.wire.refusal import refusal_body, refusal_events

MESSAGE = "this was refused \u2014 \u201csorry\u201d"

MakeRequest = Callable[..., ChatRequest]


def chunks(events: bytes) -> list[dict[str, Any]]:
    lines = events.decode().split("\n\n")
    assert lines[-2:] == ["data: [DONE]", ""]
    return [msgspec.json.decode(line.removeprefix("data: ")) for line in lines[:-2]]


@pytest.mark.parametrize("n", [1, 3])
def test_a_whole_answer_has_every_choice_ended_by_the_filter(
    n: int, a_request: MakeRequest
) -> None:
    body = refusal_body(a_request(n=n, model="auto"), MESSAGE, id_="dec_1", created=7)
    answer = read_answer(body)
    assert [(c.content, c.finish) for c in answer.choices] == [(MESSAGE, "content_filter")] * n
    whole = msgspec.json.decode(body)
    assert (whole["id"], whole["object"], whole["created"]) == (
        "chatcmpl-dec_1",
        "chat.completion",
        7,
    )
    assert whole["usage"] == {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0}


@pytest.mark.parametrize("n", [1, 2])
def test_a_stream_says_the_same_as_a_whole_answer(n: int, a_request: MakeRequest) -> None:
    request = a_request(n=n, stream=True)
    events = b"".join(refusal_events(request, MESSAGE, id_="d", created=7))
    body = refusal_body(request, MESSAGE, id_="d", created=7)
    assert read_stream(events).choices == read_answer(body).choices
    assert all(chunk["object"] == "chat.completion.chunk" for chunk in chunks(events))


def test_usage_comes_last_in_a_stream_that_asks_for_it(a_request: MakeRequest) -> None:
    plain = chunks(b"".join(refusal_events(a_request(stream=True), MESSAGE, id_="d", created=7)))
    assert not any("usage" in chunk for chunk in plain)
    asked = a_request(stream=True, stream_options={"include_usage": True})
    *before, last = chunks(b"".join(refusal_events(asked, MESSAGE, id_="d", created=7)))
    assert last["choices"] == []
    assert last["usage"]["total_tokens"] == 0
    assert all(chunk["usage"] is None for chunk in before)


def test_many_choices_of_a_small_request_make_no_large_answer(a_request: MakeRequest) -> None:
    body = refusal_body(a_request(n=10**9), MESSAGE, id_="d", created=7)
    assert len(read_answer(body).choices) == 128
