"""Answers read for what can be seen of their quality: whole bodies, and streams kept whole."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pointsman.wire.answer import ChatAnswer, Choice, read_answer, read_stream
from pointsman.wire.usage import Usage

USAGE = {"prompt_tokens": 3, "completion_tokens": 5}


def body(*choices: dict[str, Any], **fields: Any) -> bytes:
    return json.dumps(
        {"id": "x", "object": "chat.completion", "choices": choices} | fields
    ).encode()


def message(**fields: Any) -> dict[str, Any]:
    return {"index": 0, "message": {"role": "assistant", "content": None} | fields}


def call(arguments: Any, index: int | None = None) -> dict[str, Any]:
    at = {} if index is None else {"index": index}
    return at | {"id": "c", "type": "function", "function": {"name": "f", "arguments": arguments}}


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        (message(content="Four."), Choice("Four.")),
        (message(content="Four.") | {"finish_reason": "stop"}, Choice("Four.", finish="stop")),
        (message(), Choice()),
        (message(refusal="I cannot."), Choice(refusal="I cannot.")),
        # Mistral's content parts: the text counts, the thought beside it does not.
        (
            message(content=[{"type": "thinking", "thinking": []}, {"type": "text", "text": "4"}]),
            Choice("4"),
        ),
        (message(tool_calls=[call("{}"), call("[")]), Choice(calls=("{}", "["))),
        (message(tool_calls=[call({"a": 1})]), Choice(calls=(None,))),
        (message(tool_calls=[{"type": "custom", "custom": {"input": "x"}}]), Choice(calls=(None,))),
        (message(function_call={"name": "f", "arguments": "{}"}), Choice(calls=("{}",))),
        (message(audio={"id": "a", "data": "UklG"}), Choice(media=True)),
        (message(images=[{"type": "image_url"}]), Choice(media=True)),
        (
            message(content="a b")
            | {"logprobs": {"content": [{"logprob": -1.5}, {"logprob": -1}]}},
            Choice("a b", logprobs=(-1.5, -1.0)),
        ),
        (message(content="a") | {"logprobs": None}, Choice("a")),
        (message(content="a") | {"logprobs": {"content": None}}, Choice("a")),
        (message(content="a") | {"logprobs": {"content": [{"token": "a"}]}}, Choice("a")),
        ({"index": 0}, Choice()),
    ],
)
def test_a_choice_is_read_for_what_tells_its_quality(
    choice: dict[str, Any], expected: Choice
) -> None:
    assert read_answer(body(choice, usage=USAGE)) == ChatAnswer((expected,), Usage(3, 5))


@pytest.mark.parametrize(
    "unreadable", [b"", b"{", b"[]", b"null", b'{"choices": "a"}', b"\xff", b"[" * 5000]
)
def test_what_cannot_be_read_has_no_choices_and_is_not_complete(unreadable: bytes) -> None:
    assert read_answer(unreadable) == ChatAnswer(complete=False)


@pytest.mark.parametrize("empty", [b"{}", b'{"choices": []}', b'{"choices": null}'])
def test_an_answer_may_have_no_choices(empty: bytes) -> None:
    assert read_answer(empty) == ChatAnswer()


def test_an_error_with_status_200_is_not_complete() -> None:
    assert not read_answer(body(error={"message": "overloaded"})).complete


# --- Streams --------------------------------------------------------------------------------------


def chunk(delta: dict[str, Any], index: int = 0, **fields: Any) -> dict[str, Any]:
    return {"choices": [{"index": index, "delta": delta} | fields]}


def events(*chunks: dict[str, Any], done: bool = True, end: bytes = b"\n\n") -> bytes:
    payloads = [json.dumps(chunk).encode() for chunk in chunks] + [b"[DONE]"] * done
    return b"".join(b"data: " + payload + end for payload in payloads)


def test_chunks_are_joined_by_choice() -> None:
    stream = events(
        chunk({"role": "assistant", "content": ""}),
        chunk({"content": "Fou"}, logprobs={"content": [{"logprob": -1}]}),
        chunk({"content": "Vier"}, index=1),
        chunk({"content": "r."}, logprobs={"content": [{"logprob": -3}]}),
        chunk({}, finish_reason="stop"),
        chunk({}, index=1, finish_reason="length"),
        {"choices": [], "usage": USAGE},
    )
    assert read_stream(stream) == ChatAnswer(
        (Choice("Four.", finish="stop", logprobs=(-1, -3)), Choice("Vier", finish="length")),
        Usage(3, 5),
    )


def test_the_arguments_of_each_call_are_joined_by_its_index() -> None:
    stream = events(
        chunk({"tool_calls": [call("", 0)]}),
        chunk({"tool_calls": [{"index": 1, "function": {"arguments": "["}}]}),
        chunk({"tool_calls": [{"index": 0, "function": {"arguments": '{"a"'}}]}),
        chunk({"tool_calls": [{"index": 0, "function": {"arguments": ":1}"}}]}),
        chunk({}, finish_reason="tool_calls"),
    )
    (choice,) = read_stream(stream).choices
    assert choice.calls == ('{"a":1}', "[")


@pytest.mark.parametrize(
    ("stream", "complete"),
    [
        (events(chunk({"content": "a"})), True),
        (events(chunk({"content": "a"}), done=False), False),
        (events(chunk({"content": "a"}, finish_reason="stop"), done=False), True),
        (events(chunk({"content": "a"}), {"error": {"message": "no"}}), False),
        (b"", False),
        (b"data: [DONE]\n\n", True),
        (b"data: [DONE]", True),
        (b"data:[DONE]\r\n\r\n", True),
    ],
)
def test_a_stream_is_complete_when_it_says_that_it_is(stream: bytes, *, complete: bool) -> None:
    assert read_stream(stream).complete == complete


def test_what_is_no_chunk_is_left_out() -> None:
    noise = b": ping\n\nevent: x\nid: 7\n\ndata: {oops\n\ndata: [1]\n\n\n\n"
    stream = noise + events(chunk({"content": "a"})) + noise
    assert read_stream(stream) == ChatAnswer((Choice("a"),))


def test_one_event_may_take_several_lines() -> None:
    stream = b'data: {"choices": [{"delta":\ndata: {"content": "a"}}]}\n\ndata: [DONE]\n\n'
    assert read_stream(stream).choices == (Choice("a"),)


@given(
    st.lists(st.lists(st.text(max_size=5), max_size=5), min_size=1, max_size=3),
    st.sampled_from([b"\n\n", b"\r\n\r\n", b"\r\r"]),
)
def test_a_stream_says_what_the_same_answer_says_whole(
    choices: list[list[str]], end: bytes
) -> None:
    chunks = [
        chunk({"content": piece}, index) for index, pieces in enumerate(choices) for piece in pieces
    ]
    ends = [chunk({}, index, finish_reason="stop") for index in range(len(choices))]
    whole = [
        {"index": index, "message": {"content": "".join(pieces)}, "finish_reason": "stop"}
        for index, pieces in enumerate(choices)
    ]
    assert read_stream(events(*chunks, *ends, end=end)) == read_answer(body(*whole))
