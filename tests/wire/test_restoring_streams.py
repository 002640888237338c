"""Restoring streams: values come back wherever the stream is cut, and little is held."""

import json
from typing import Any

import pytest

from pointsman.wire.restoring import RestoringStream
from pointsman.wire.sse import DONE, ChatStream

VALUES = {"<PERSON_1>": 'René "R" \\\n🚂', "<PERSON_12>": "Bo", "<EMAIL_1>": "a@x.org"}
VALUE = VALUES["<PERSON_1>"]
ESCAPED = json.dumps(VALUE, ensure_ascii=False)[1:-1]

ENVELOPE = {"id": "c", "object": "chat.completion.chunk", "created": 5, "model": "m"}


def event(*choices: dict[str, Any], **fields: Any) -> bytes:
    return f"data: {json.dumps(ENVELOPE | {'choices': choices} | fields)}\n\n".encode()


def piece(finish: str | None = None, index: int = 0, **delta: Any) -> bytes:
    return event({"index": index, "delta": delta, "finish_reason": finish})


def argument(text: str, index: int = 0) -> bytes:
    return piece(tool_calls=[{"index": index, "function": {"arguments": text}}])


class Client:
    """What a client joins from the events that it gets."""

    def __init__(self) -> None:
        self.texts: dict[tuple[Any, ...], str] = {}
        self.order: list[tuple[Any, ...]] = []

    def take(self, events: bytes) -> None:
        for block in events.split(b"\n\n"):
            if block.startswith(b"data: {"):
                for choice in json.loads(block[6:])["choices"]:
                    self._join((choice["index"],), choice["delta"])

    def _join(self, way: tuple[Any, ...], value: Any) -> None:
        if isinstance(value, str):
            self.texts[way] = self.texts.get(way, "") + value
            self.order += [way] if value else []
        elif isinstance(value, dict):
            for key, inner in value.items():
                self._join((*way, key), inner)
        elif isinstance(value, list):
            for number, inner in enumerate(value):
                self._join((*way, inner.pop("index", number)), inner)


def stream(*events: bytes, structured: bool = False) -> tuple[dict[tuple[Any, ...], str], bytes]:
    restoring = RestoringStream(VALUES, structured=structured)
    out = b"".join([*map(restoring.feed, events), restoring.finish()])
    client = Client()
    client.take(out)
    assert restoring.finish() == b""
    return client.texts, out


@pytest.mark.parametrize(
    "fragments",
    [
        ["Hi <PERSON_1>!"],
        list("Hi <PERSON_1>!"),
        ["Hi <", "PERSON_1", ">!"],
        ["Hi ", "<PERSON_", "", "1>", "!"],
    ],
)
def test_a_placeholder_comes_back_wherever_the_stream_cuts_it(fragments: list[str]) -> None:
    for field in ("content", "reasoning_content", "reasoning", "refusal"):
        events = [event({"index": 0, "delta": {field: fragment}}) for fragment in fragments]
        texts, _ = stream(*events, piece("stop"), DONE)
        assert texts == {(0, field): f"Hi {VALUE}!"}
        ascii_escaped = [
            each.replace(b"<", b"\\u003c").replace(b">", b"\\u003e") for each in events
        ]
        assert stream(*ascii_escaped, piece("stop"), DONE)[0] == texts


@pytest.mark.parametrize(
    "text", ['{"a": "<PERSON_1>", "b": "\\n"}', '{"a": "\\u003cPERSON_1\\u003e", "b": "\\n"}']
)
def test_arguments_cut_anywhere_stay_json(text: str) -> None:
    for cut in range(len(text) + 1):
        texts, _ = stream(argument(text[:cut]), argument(text[cut:]), piece("tool_calls"), DONE)
        (arguments,) = texts.values()
        assert json.loads(arguments) == {"a": VALUE, "b": "\n"}


def test_calls_that_stream_in_turns_are_restored_each() -> None:
    texts, _ = stream(
        argument('{"a": "<PER', 0),
        argument('{"b": "<EM', 1),
        argument('SON_1>"', 0),
        argument('AIL_1>"', 1),
        argument("}", 0),
        argument("}", 1),
        piece("tool_calls"),
    )
    assert texts == {
        (0, "tool_calls", 0, "function", "arguments"): f'{{"a": "{ESCAPED}"}}',
        (0, "tool_calls", 1, "function", "arguments"): '{"b": "a@x.org"}',
    }


def test_the_old_form_of_a_call_and_a_custom_tool_are_restored() -> None:
    texts, _ = stream(
        piece(function_call={"arguments": '"<PERSON'}),
        piece(function_call={"arguments": '_1>"'}),
        piece(index=1, tool_calls=[{"index": 4, "custom": {"input": "<PERSON"}}]),
        piece(index=1, tool_calls=[{"index": 4, "custom": {"input": "_1>"}}]),
    )
    assert texts == {
        (0, "function_call", "arguments"): f'"{ESCAPED}"',
        (1, "tool_calls", 4, "custom", "input"): VALUE,
    }


def test_structured_content_is_json_in_a_stream_too() -> None:
    events = [piece(content='{"a": "\\u003'), piece(content='cPERSON_1>"}'), piece("stop")]
    assert stream(*events, structured=True)[0] == {(0, "content"): f'{{"a": "{ESCAPED}"}}'}
    assert stream(*events)[0] == {(0, "content"): '{"a": "\\u003cPERSON_1>"}'}


def test_choices_are_restored_apart() -> None:
    texts, _ = stream(
        piece(index=0, content="a <PER"),
        piece(index=1, content="b <EMAIL"),
        event(
            {"index": 1, "delta": {"content": "_1>"}, "finish_reason": None},
            {"index": 0, "delta": {"content": "SON_12>"}, "finish_reason": None},
        ),
        piece(index=1, content="<", finish="stop"),
        piece(index=0, content="<PER"),
        piece(index=0, finish="stop"),
    )
    assert texts == {(0, "content"): "a Bo<PER", (1, "content"): "b a@x.org<"}


def test_a_choice_without_an_index_goes_by_its_place() -> None:
    events = [event({"delta": {"content": text}}) for text in ("<EMAIL", "_1>")]
    out = b"".join(map(RestoringStream(VALUES, structured=False).feed, events))
    assert b'"content": "a@x.org"' in out


def test_only_what_may_become_a_placeholder_is_held() -> None:
    restoring = RestoringStream(VALUES, structured=False)
    client = Client()
    shown = []
    for text in ("a", "b <", "PERS", "ON_2", "> <EMA", "IL_1", ">", " <", "b>"):
        client.take(restoring.feed(piece(content=text)))
        shown.append(client.texts[0, "content"])
    assert shown == [
        "a", "ab ", "ab ", "ab <PERSON_2", "ab <PERSON_2> ", "ab <PERSON_2> ",
        "ab <PERSON_2> a@x.org", "ab <PERSON_2> a@x.org ", "ab <PERSON_2> a@x.org <b>",
    ]  # fmt: skip


def test_what_is_held_goes_out_before_its_choice_goes_on_in_another_text() -> None:
    client = Client()
    client.take(
        stream(
            piece(reasoning_content="x <EMA"),
            piece(content=""),
            piece(content="y", reasoning_content=""),
            piece("stop"),
        )[1]
    )
    assert client.texts == {(0, "reasoning_content"): "x <EMA", (0, "content"): "y"}
    assert client.order == [(0, "reasoning_content"), (0, "reasoning_content"), (0, "content")]


@pytest.mark.parametrize(
    "last",
    [
        piece("stop"),
        piece("stop", content=""),
        DONE,
        b"data: {broken\n\n",
        b'data: {"error": {"message": "x"}}\n\n',
        b"",
    ],
)
def test_what_is_held_goes_out_at_the_end_in_an_event_of_its_own(last: bytes) -> None:
    restoring = RestoringStream(VALUES, structured=False)
    restoring.feed(piece(content="a <EMA"))
    out = restoring.feed(last) + restoring.finish()
    own = json.loads(out[6 : out.index(b"\n\n")])
    assert own == ENVELOPE | {
        "choices": [{"index": 0, "delta": {"content": "<EMA"}, "finish_reason": None}]
    }
    assert out.endswith(last)
    assert out.count(b"EMA") == 1


@pytest.mark.parametrize(
    ("delta", "own"),
    [
        (
            {"tool_calls": [{"index": 3, "function": {"arguments": "\\"}}]},
            {"tool_calls": [{"index": 3, "function": {"arguments": "\\"}}]},
        ),
        (
            {"content": [{"type": "text", "text": "a <"}]},
            {"content": [{"type": "text", "text": "<"}]},
        ),
    ],
)
def test_an_event_of_its_own_has_the_form_of_the_text(
    delta: dict[str, Any], own: dict[str, Any]
) -> None:
    restoring = RestoringStream(VALUES, structured=False)
    restoring.feed(piece(**delta))
    assert json.loads(restoring.finish()[6:])["choices"][0]["delta"] == own


def test_a_whole_message_in_one_event_is_restored_and_nothing_held() -> None:
    message = {"role": "assistant", "content": "<EMAIL_1> <EMA"}
    restoring = RestoringStream(VALUES, structured=False)
    out = restoring.feed(event({"index": 0, "message": message}))
    assert json.loads(out[6:])["choices"][0]["message"]["content"] == "a@x.org <EMA"
    assert restoring.finish() == b""


@pytest.mark.parametrize(
    "untouched",
    [
        piece(content='no bracket, \n " é'),
        piece(role="assistant", content="<b>"),
        event(choices=None, usage={"prompt_tokens": 5}),
        event({"index": 0, "delta": None, "logprobs": {"content": [{"token": "<EM"}]}}),
        event({"index": 0, "delta": {"tool_calls": [{"id": "<", "type": "<"}], "role": "<"}}),
        b'data: {"choices": [{"index": 0, "delta": {"content": "\\ud83d"}}]}\n\n',
        b'data: {"choices": [{"index": 0, "delta": {"content": "\\ude00 \\\\"}}]}\n\n',
        b'data: {"choices": [{"index": 0, "delta": {"content": "<b \xff"}}]}\r\n\r\n',
        b'data: {"choices": ["<", {"delta": "<b"}, {"delta": {"tool_calls": "<b"}}]}\n\n',
        b'data: "<"\n\ndata: <\n\n',
        b'event: <\nid: "<\n\n',
        b": <EMAIL_1>\n\n",
        b"\n\n",
        DONE,
        b"data: [DONE]",
    ],
)
def test_an_event_without_a_placeholder_stays_byte_for_byte(untouched: bytes) -> None:
    assert stream_bytes(untouched) == untouched
    assert stream_bytes(untouched, untouched) == untouched * 2


def stream_bytes(*events: bytes) -> bytes:
    restoring = RestoringStream(VALUES, structured=False)
    return b"".join([*map(restoring.feed, events), restoring.finish()])


def test_a_comment_leaves_what_is_held_alone() -> None:
    comment = b': "keep alive\n\n'
    texts, out = stream(piece(content="<EMAIL"), comment, event(), piece(content="_1>"))
    assert texts == {(0, "content"): "a@x.org"}
    assert comment in out


def test_a_changed_event_keeps_its_other_bytes() -> None:
    first = (
        b': "c\r\nevent: x\r\ndata: {"choices" :[{"delta":\r\n'
        b'data:{"content" : "\\u00e9 <EMA"},\r\ndata: "index":0,"x":1.0}]}\r\nid: "7\r\n\r\n'
    )
    second = first.replace(b"\\u00e9 <EMA", b"IL_1> \\/")
    out = stream_bytes(first, second)
    assert out == first.replace(b"<EMA", b"") + second.replace(b"IL_1>", b"a@x.org")


def test_half_a_character_beside_a_placeholder_passes() -> None:
    halves = [b'{"content":"<EMAIL_1>\\ud83d"}', b'{"content":"\\ude00<EMAIL_1>"}']
    events = [b'data: {"choices":[{"index":0,"delta":%s}]}\n\n' % half for half in halves]
    assert stream_bytes(*events) == b"".join(events).replace(b"<EMAIL_1>", b"a@x.org")


def test_without_values_everything_passes() -> None:
    restoring = RestoringStream({}, structured=True)
    assert restoring.feed(piece(content="<")) == piece(content="<")
    assert restoring.finish() == b""


def test_several_events_at_once_and_the_end_of_a_chat_stream_are_taken() -> None:
    whole = piece(content="<EMAIL") + piece(content="_1>") + piece("stop") + DONE
    chat, restoring = ChatStream(), RestoringStream(VALUES, structured=False)
    client = Client()
    for at in range(0, len(whole), 7):
        client.take(restoring.feed(chat.feed(whole[at : at + 7])))
    client.take(restoring.feed(chat.finish()) + restoring.finish())
    assert client.texts == {(0, "content"): "a@x.org"}


def test_events_that_came_together_are_restored_one_by_one() -> None:
    first, last = piece(content="word"), piece(content="<EMAIL_1>")
    assert stream_bytes(first + last) == first + last.replace(b"<EMAIL_1>", b"a@x.org")
