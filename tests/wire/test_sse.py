"""Event streams: bytes go through as they came, wherever the network cuts them."""

import itertools
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pointsman.wire.sse import DONE, ChatStream, error_event

USAGE = {"prompt_tokens": 5, "completion_tokens": 7, "total_tokens": 12}


def chunk(end: bytes = b"\n\n", **fields: Any) -> bytes:
    return b"data: " + json.dumps({"id": "c"} | fields).encode() + end


def words(text: str = "Hello", finish: str | None = None) -> bytes:
    choice = {"index": 0, "delta": {"content": text}, "finish_reason": finish}
    return chunk(choices=[choice], usage=None)


USAGE_ONLY = chunk(choices=[], usage=USAGE)
WHOLE = words() + words(" you", "stop") + USAGE_ONLY + DONE


def through(stream: ChatStream, *pieces: bytes) -> bytes:
    return b"".join(stream.feed(piece) for piece in pieces) + stream.finish()


def test_a_stream_goes_through_byte_for_byte_and_its_usage_is_read() -> None:
    stream = ChatStream()
    assert through(stream, WHOLE) == WHOLE
    assert stream.usage is not None
    assert (stream.usage.prompt_tokens, stream.usage.completion_tokens) == (5, 7)
    assert (stream.done, stream.finished, stream.failed) == (True, True, False)


def test_the_usage_we_asked_for_is_hidden_and_still_read() -> None:
    stream = ChatStream(hide_usage=True)
    assert through(stream, WHOLE) == words() + words(" you", "stop") + DONE
    assert stream.usage is not None


@pytest.mark.parametrize(
    "event",
    [
        # Usage beside an answer (vLLM's continuous_usage_stats) or without `choices` is no chunk
        # that our asking added.
        chunk(choices=[{"index": 0, "delta": {"content": "x"}}], usage=USAGE),
        chunk(usage=USAGE),
        chunk(choices=None, usage=USAGE),
        # Azure's first chunk has no choice either, and no usage.
        chunk(choices=[], prompt_filter_results=[]),
        chunk(choices=[], usage=None),
        b": ping\n\n",
        b"\n\n",
        b"event: ping\ndata: {}\n\n",
        b"event: error\nid: 3\nretry: 10\ndata: x\n\n",
        b'data: "usage"\n\n',
        b'data: {"usage": \n\n',
        b'data: {"usage": 5, "choices": []}\n\n',
        b'data: {"usage": {"prompt_tokens": "many"}, "choices": []}\n\n',
        b'data: {"usage": "\xff", "choices": []}\n\n',
        b'data: {"a": ' + b"[" * 100_000 + b"]" * 100_000 + b', "usage": null}\n\n',
        b'ndata: {"usage": {}, "choices": []}\n\n',
    ],
)
def test_every_other_event_goes_through_even_when_usage_is_hidden(event: bytes) -> None:
    stream = ChatStream(hide_usage=True)
    assert through(stream, words() + event + DONE) == words() + event + DONE
    assert stream.done


@pytest.mark.parametrize("line", [b"\n", b"\r\n", b"\r"])
def test_events_may_end_in_any_of_the_three_line_ends(line: bytes) -> None:
    whole = WHOLE.replace(b"\n", line)
    stream = ChatStream(hide_usage=True)
    expected = (words() + words(" you", "stop") + DONE).replace(b"\n", line)
    assert through(stream, whole) == expected
    assert stream.done


def test_an_event_may_end_in_mixed_line_ends() -> None:
    stream = ChatStream(hide_usage=True)
    mixed = USAGE_ONLY.replace(b"\n\n", b"\n\r\n") + USAGE_ONLY.replace(b"\n\n", b"\r\n\n") + DONE
    assert through(stream, mixed) == DONE


def test_an_event_of_several_data_lines_is_read_as_one() -> None:
    event = b'data: {"choices": [],\ndata:"usage": {"prompt_tokens": 3}}\n\n'
    stream = ChatStream(hide_usage=True)
    assert through(stream, event) == b""
    assert stream.usage is not None
    assert stream.usage.prompt_tokens == 3


def test_nothing_of_an_event_leaves_before_its_end_is_there() -> None:
    stream = ChatStream()
    event = words()
    assert stream.feed(event[:-1]) == b""
    assert stream.feed(event[-1:]) == event


@pytest.mark.parametrize(
    ("event", "done"),
    [
        (b"data: [DONE]\n\n", True),
        (b"data:[DONE]\n\n", True),
        (b"data: [DONE] \r\n\r\n", True),
        (b": the end of a rather long story\nid: 1234567890\ndata: [DONE]\n\n", True),
        (b'data: {"content": "[DONE]"}\n\n', False),
        (b'data: {"x":"[DONE]","error":null}\n\n', False),
        (b": [DONE]\n\n", False),
        (b"event: [DONE]\n\n", False),
    ],
)
def test_only_the_marker_itself_says_that_all_is_there(event: bytes, *, done: bool) -> None:
    stream = ChatStream()
    assert through(stream, event) == event
    assert stream.done is done


@pytest.mark.parametrize(
    ("event", "finished"),
    [
        (words(finish="stop"), True),
        (chunk(choices=[{"finish_reason": "length"}], usage=USAGE), True),
        (b'data: {"choices":[{"finish_reason":"stop"}]}\n\n', True),
        (words(), False),
        # An answer that talks about the field has it escaped.
        (words('{"finish_reason": "stop"}'), False),
    ],
)
def test_a_choice_that_says_why_it_ended_finishes_the_answer(
    event: bytes, *, finished: bool
) -> None:
    stream = ChatStream()
    stream.feed(event)
    assert stream.finished is finished


@pytest.mark.parametrize(
    ("event", "failed"),
    [
        (chunk(error={"message": "out of memory"}), True),
        (b'event: error\ndata: {"error": "out of memory"}\n\n', True),
        (chunk(error=None), False),
        (words('"error"'), False),
    ],
)
def test_an_error_inside_the_stream_is_noticed_and_goes_through(
    event: bytes, *, failed: bool
) -> None:
    stream = ChatStream(hide_usage=True)
    assert through(stream, event) == event
    assert stream.failed is failed


@pytest.mark.parametrize(
    ("rest", "given"),
    [
        (b"", b""),
        (b"\n", b""),
        (b"data: [DONE]", b"data: [DONE]"),
        (b"data: [DONE]\n", b"data: [DONE]\n"),
        (b'data: {"id": "cut of', b'data: {"id": "cut of'),
        (USAGE_ONLY[:-1], b""),
    ],
)
def test_what_is_left_at_the_end_goes_to_the_client(rest: bytes, given: bytes) -> None:
    stream = ChatStream(hide_usage=True)
    assert stream.feed(rest) == b""
    assert stream.finish() == given
    assert stream.finish() == b""
    assert stream.done is (b"[DONE]" in rest)
    assert (stream.usage is not None) is (b"usage" in rest)


@pytest.mark.parametrize("size", [10_000, 1_000_000])
def test_an_event_that_never_ends_does_not_fill_the_memory(size: int) -> None:
    stream = ChatStream()
    piece = b"x" * size
    pieces = [piece] * (6_000_000 // size)
    fed = [stream.feed(piece) for piece in pieces]
    assert max(map(len, fed)) <= 4 * 1024 * 1024 + size
    assert b"".join(fed) + stream.finish() == b"".join(pieces)
    assert any(fed)


events = st.lists(
    st.sampled_from(
        [
            words(),
            words("\r\n\r\n \u2028 ü"),
            words(" you", "stop"),
            USAGE_ONLY,
            USAGE_ONLY.replace(b"\n", b"\r\n"),
            USAGE_ONLY.replace(b"\n", b"\r"),
            b": ping\n\n",
            b"\n",
            b"\r",
            b"\r\n",
            b"event: x\n",
            b"data: [DONE]",
            DONE,
            chunk(error={"message": "x"}),
        ]
    ),
    max_size=6,
).map(b"".join)


@given(events, st.lists(st.integers(0, 400), max_size=12), st.booleans())
def test_wherever_the_stream_is_cut_the_same_comes_out(
    whole: bytes,
    cuts: list[int],
    hide: bool,  # noqa: FBT001  # drawn
) -> None:
    at_once, cut = ChatStream(hide_usage=hide), ChatStream(hide_usage=hide)
    borders = [0, *sorted(min(c, len(whole)) for c in cuts), len(whole)]
    pieces = [whole[a:b] for a, b in itertools.pairwise(borders)]
    assert through(cut, *pieces) == through(at_once, whole)
    assert vars(cut) == vars(at_once)


@given(events)
def test_without_hiding_no_byte_but_white_space_at_the_end_is_lost(whole: bytes) -> None:
    out = through(ChatStream(), whole)
    assert whole.startswith(out)
    assert not whole[len(out) :].strip()


def test_an_error_event_is_one_that_clients_understand() -> None:
    event = error_event({"error": {"message": "line\nbreak", "type": "server_error"}})
    assert event.startswith(b"data: {")
    assert event.endswith(b"}\n\n")
    assert event.count(b"\n") == 2
    stream = ChatStream()
    stream.feed(event)
    assert stream.failed
