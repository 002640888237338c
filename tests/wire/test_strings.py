"""Everything that a client can put in a request is read, or counted where it is no text."""

import json
import random
from base64 import b64encode
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from pointsman.errors import RequestError
from pointsman.wire.chat import chat_from_object, parse_chat
from pointsman.wire.prompt import Prompt, TextPart, read_prompt
from pointsman.wire.strings import NAMES, REQUEST, UNSEEN

CANARY = "The canary sings at noon."
HIDDEN = b64encode(CANARY.encode()).decode()
PICTURE = b64encode(random.Random(2).randbytes(900)).decode()  # noqa: S311  # noise
PICTURE_URL = f"data:image/png;base64,{PICTURE}"
USER = {"role": "user", "content": "Why is the sky blue?"}


def read(*messages: dict[str, Any], **fields: Any) -> Prompt:
    return read_prompt(chat_from_object({"messages": list(messages) or [USER], **fields}))


def of_part(part: dict[str, Any]) -> dict[str, Any]:
    return {"role": "user", "content": [{"type": "text", "text": "Look:"}, part]}


def called(**call: Any) -> dict[str, Any]:
    return {"role": "assistant", "content": None, "tool_calls": [{"id": "c", **call}]}


IN_MESSAGES: list[dict[str, Any]] = [
    {**USER, "name": CANARY},
    {"role": "function", "name": CANARY, "content": "blue"},
    {"role": CANARY, "content": "x"},
    {"role": f"user\n{CANARY}", "content": "x"},
    {**USER, "text": CANARY},
    {**USER, "parts": [{"text": CANARY}]},
    {**USER, "cache_control": {"type": CANARY}},
    {**USER, CANARY: 1},
    {**USER, "": CANARY},
    {**USER, "unknown": {"deep": [{CANARY: None}]}},
    {**USER, "name": "x", "participant": CANARY},
    {"role": "assistant", "content": "x", "reasoning": CANARY},
    {"role": "assistant", "content": "x", "thinking": CANARY},
    {"role": "assistant", "content": "x", "reasoning_details": [{"text": CANARY}]},
    {"role": "assistant", "content": "x", "annotations": [{"url_citation": {"title": CANARY}}]},
    {"role": "assistant", "content": "x", "audio": {"id": "a", "transcript": CANARY}},
    {"role": "assistant", "content": "x", "prefix": True, "tool_plan": CANARY},
    {"role": "assistant", "function_call": {"name": CANARY, "arguments": "{}"}},
    {"role": "tool", "tool_call_id": CANARY, "content": "blue"},
    called(function={"name": CANARY, "arguments": "{}"}),
    called(function={"name": "f", "arguments": "{}", "description": CANARY}),
    called(function={"name": "f", "input": CANARY}),
    called(custom={"name": CANARY, "input": "ls"}),
    called(mcp={"server_label": "x", "arguments": {"q": CANARY}}),
    called(type=CANARY),
    {"role": "assistant", "tool_calls": [{"id": CANARY}]},
    of_part({"type": "document", "source": {"type": "text", "data": CANARY}}),
    of_part({"type": "document", "source": {"type": "base64", "data": HIDDEN}}),
    of_part({"type": "document", "title": CANARY, "source": {"type": "url", "url": "http://x"}}),
    of_part({"type": "tool_result", "content": [{"type": "text", "text": CANARY}]}),
    of_part({"type": "tool_use", "input": {"q": CANARY}}),
    of_part({"type": "input_text", "input_text": CANARY}),
    of_part({"type": "thinking", "thinking": CANARY, "signature": PICTURE}),
    of_part({"type": "text", "text": "x", "annotations": [CANARY]}),
    of_part({"type": CANARY}),
    of_part({"type": "text", "text": "x", "value": {"text": CANARY}}),
    of_part({"type": "file", "file": {"file_data": f"data:text/plain;base64,{HIDDEN}"}}),
    of_part({"type": "file", "file": {"file_data": f"data:application/json;base64,{HIDDEN}"}}),
    of_part({"type": "file", "file": {"file_data": HIDDEN, "filename": "a.txt"}}),
    of_part({"type": "file", "file": {"file_data": PICTURE_URL, "filename": CANARY}}),
    of_part({"type": "image_url", "image_url": {"url": f"data:image/svg+xml;utf8,{CANARY}"}}),
    of_part({"type": "image_url", "image_url": {"url": PICTURE_URL, "detail": CANARY}}),
    of_part({"type": "image_url", "image_url": {"url": PICTURE_URL}, "uuid": CANARY}),
    of_part({"type": "input_audio", "input_audio": {"data": PICTURE, "format": CANARY}}),
]

FUNCTION = {"name": "look", "description": CANARY, "parameters": {"type": "object"}}
IN_FIELDS: list[dict[str, Any]] = [
    {"tools": [{"type": "function", "function": FUNCTION}]},
    {"tools": [{"type": "function", "function": {"name": CANARY}}]},
    {"tools": [{"type": CANARY}]},
    {"tools": [{"function": {"parameters": {"properties": {CANARY: {"type": "string"}}}}}]},
    {"tools": [{"function": {"parameters": {"properties": {"a": {"enum": ["b", CANARY]}}}}}]},
    {"tools": [{"function": {"parameters": {"required": ["a", CANARY]}}}]},
    {"tools": [{"function": {"parameters": {"required": [["a"], {"type": ["b", CANARY]}]}}}]},
    {"tools": [{"custom": {"format": {"grammar": {"syntax": "lark", "definition": CANARY}}}}]},
    {"tools": [{"function": {"description": PICTURE_URL, "strict": CANARY}}]},
    {"tools": [CANARY]},
    {"functions": [FUNCTION]},
    {"functions": {"look": FUNCTION}},
    {"function_call": {"name": CANARY}},
    {"tool_choice": {"type": "function", "function": {"name": CANARY}}},
    {"response_format": {"type": "json_schema", "json_schema": {"schema": {"title": CANARY}}}},
    {"prediction": {"type": "content", "content": CANARY}},
    {"prediction": {"type": "content", "content": [{"type": "text", "text": CANARY}]}},
    {"documents": [{"title": "x", "text": CANARY}]},
    {"documents": [{"data": HIDDEN}]},
    {"chat_template": "{{ messages }}" + CANARY},
    {"chat_template_kwargs": {"date_string": CANARY}},
    {"guided_json": {"description": CANARY}},
    {"guided_choice": ["a", CANARY]},
    {"guided_grammar": CANARY},
    {"structured_outputs": {"regex": CANARY}},
    {"extra_body": {"google": {"cached_content": CANARY}}},
    {"reasoning": {"effort": CANARY}},
    {"thinking": {"type": "enabled", "note": CANARY}},
    {"reasoning_effort": CANARY},
    {"user": CANARY},
    {"metadata": {"note": CANARY}},
    {"metadata": {CANARY: "x"}},
    {"stop": [CANARY]},
    {"stop": CANARY},
    {"system": CANARY},
    {"instructions": CANARY},
    {"prompt": CANARY},
    {"input": [{"role": "user", "content": CANARY}]},
    {"stream_options": {"include_usage": True, "note": CANARY}},
    {"web_search_options": {"user_location": {"city": CANARY}}},
    {"logit_bias": {CANARY: 1}},
    {CANARY: 1},
    {CANARY: None},
    {"": CANARY},
    {"Functions": [FUNCTION]},
]


@pytest.mark.parametrize("message", IN_MESSAGES, ids=[json.dumps(m)[:90] for m in IN_MESSAGES])
def test_whatever_stands_in_a_message_is_read(message: dict[str, Any]) -> None:
    prompt = read(USER, message, USER)
    found = [part for part in prompt.parts if CANARY in part.text]
    assert [(part.role, part.message) for part in found] == [(message["role"], 1)]
    # The others have nothing but their text.
    assert [part.message for part in prompt.parts if part.message != 1] == [0, 2]


@pytest.mark.parametrize("fields", IN_FIELDS, ids=[json.dumps(f)[:90] for f in IN_FIELDS])
def test_whatever_stands_in_a_field_of_the_request_is_read_and_stands_first(
    fields: dict[str, Any],
) -> None:
    prompt = read(USER, **fields)
    assert CANARY in prompt.parts[0].text
    assert (prompt.parts[0].role, prompt.parts[0].message) == ("request", REQUEST)
    assert prompt.parts[-1] == TextPart("user", 0, None, USER["content"])
    assert len(prompt.parts) == 2
    assert prompt.judged == USER["content"]


@pytest.mark.parametrize(
    "body",
    [
        '{"messages": [%s], "tools": [{"description": "%s", "description": "x"}]}',
        '{"messages": [%s], "tools": [{"description": "x", "description": "%s"}]}',
        '{"messages": [%s], "x": {"a": {"b": "%s"}, "a": 1}}',
    ],
)
def test_both_values_of_a_key_that_stands_twice_are_read(body: str) -> None:
    request = parse_chat((body % (json.dumps(USER), CANARY)).encode())
    assert CANARY in read_prompt(request).parts[0].text


def test_an_escaped_text_is_read_as_what_it_says() -> None:
    hidden = "".join(f"\\u{ord(letter):04x}" for letter in CANARY)
    body = f'{{"messages": [{json.dumps(USER)}], "x": "{hidden}", "y": "a \\"b\\" \\\\"}}'
    texts = [part.text for part in read_prompt(parse_chat(body.encode())).parts]
    assert texts == [CANARY, 'a "b" \\', USER["content"]]


ORDINARY: list[tuple[str, list[dict[str, Any]], dict[str, Any], int]] = [
    ("a text", [USER], {}, 1),
    ("no text", [{"role": "user"}], {}, 0),
    ("an empty text", [{"role": "user", "content": ""}], {}, 1),
    ("a line's end to stop at", [USER], {"stop": ["\n", "\n\n"]}, 1),
    ("text parts", [of_part({"type": "text", "text": "a"})], {}, 2),
    ("a picture", [of_part({"type": "image_url", "image_url": {"url": PICTURE_URL}})], {}, 1),
    ("a file by its id", [of_part({"type": "file", "file": {"file_id": "file-9"}})], {}, 1),
    (
        "sound",
        [of_part({"type": "input_audio", "input_audio": {"data": PICTURE, "format": "wav"}})],
        {},
        1,
    ),
    (
        "a cached part",
        [
            of_part(
                {
                    "type": "text",
                    "text": "a",
                    "cache_control": {"type": "ephemeral", "ttl": "5m"},
                }
            )
        ],
        {},
        2,
    ),
    (
        "a tool loop",
        [
            USER,
            called(type="function", function={"name": "look", "arguments": "{}"}),
            {"role": "tool", "tool_call_id": "call_1", "content": "blue"},
            called(type="custom", custom={"name": "sh", "input": "ls"}),
            {"role": "function", "name": "look", "content": "blue"},
        ],
        {"tool_choice": {"type": "function", "function": {"name": "look"}}},
        5,
    ),
    (
        "an answer as the client got it",
        [
            {
                "role": "assistant",
                "content": "x",
                "refusal": None,
                "annotations": [],
                "audio": None,
                "function_call": None,
                "tool_calls": None,
            }
        ],
        {},
        1,
    ),
    (
        "settings",
        [USER],
        {
            "model": "Qwen/Qwen3-8B",
            "stream": True,
            "stream_options": {"include_usage": True},
            "user": "user-1234",
            "reasoning_effort": "low",
            "service_tier": "flex",
            "verbosity": "low",
            "modalities": ["text", "audio"],
            "audio": {"voice": "alloy", "format": "mp3"},
            "stop": ["###", "END"],
            "logit_bias": {"50256": -100},
            "seed": 7,
            "response_format": {"type": "json_object"},
            "chat_template_kwargs": {"enable_thinking": False},
            "thinking": {"type": "enabled", "budget_tokens": 2048},
            "extra_body": {"google": {"thinking_config": {"thinking_level": "low"}}},
            "metadata": {},
            "tools": [{"type": "function", "function": {"name": "look", "parameters": {}}}],
        },
        1,
    ),
]


@pytest.mark.parametrize(
    ("messages", "fields", "parts"), [o[1:] for o in ORDINARY], ids=[o[0] for o in ORDINARY]
)
def test_an_ordinary_request_has_only_its_typed_texts(
    messages: list[dict[str, Any]], fields: dict[str, Any], parts: int
) -> None:
    assert len(read(*messages, **fields).parts) == parts


def test_strings_of_one_place_are_one_part_and_each_tool_is_its_own() -> None:
    tools = [
        {"function": {"name": "a", "description": "Says a.", "parameters": {"title": "All of a"}}},
        {"function": {"name": "b"}},
        {"function": {"name": "c", "description": "Says c."}},
    ]
    prompt = read({**USER, "name": "Käthe", "note": "Be kind."}, tools=tools, seed=1, note="So.")
    assert prompt.parts == (
        TextPart("request", REQUEST, None, "Says a.\nAll of a"),
        TextPart("request", REQUEST, None, "Says c."),
        TextPart("request", REQUEST, None, "So."),
        TextPart("user", 0, None, USER["content"]),
        TextPart("user", 0, None, "Käthe\nBe kind."),
    )


def test_a_part_says_whether_its_text_stands_there_in_other_letters() -> None:
    url = f"data:text/plain;base64,{HIDDEN}"
    file = of_part({"type": "file", "file": {"file_data": url, "filename": "a.txt"}})
    parts = read(file, {**USER, "name": "Ada"}, attached=url, note=CANARY).parts
    assert [(part.text, part.encoded) for part in parts] == [
        (CANARY, True),
        (CANARY, False),
        ("Look:", False),
        (f"{CANARY}\na.txt", True),
        (USER["content"], False),
        ("Ada", False),
    ]


MEDIA: list[tuple[dict[str, Any], int]] = [
    ({"type": "text", "text": "x"}, 0),
    ({"type": "refusal", "refusal": "x"}, 0),
    ({"type": "input_text", "value": "x"}, 0),
    ({"type": "output_text", "text": "x", "annotations": [{"url": "https://x"}]}, 0),
    ({"type": "tool_result", "content": [{"type": "text", "text": "x"}]}, 0),
    ({"type": "tool_result", "content": [{"type": "image", "source": {"data": PICTURE}}]}, 1),
    ({"type": "thinking", "thinking": "x", "signature": PICTURE}, 0),
    ({"type": "redacted_thinking", "data": PICTURE}, 1),
    ({"type": "image_url"}, 1),
    ({"type": "image_url", "image_url": {"url": "x"}}, 1),
    ({"type": "image_url", "image_url": {"url": PICTURE_URL}}, 1),
    ({"type": "input_image", "file_id": "f"}, 1),
    ({"type": "input_audio", "input_audio": {"data": PICTURE, "format": "wav"}}, 1),
    ({"type": "video_url", "video_url": {"url": "https://x/y.mp4"}}, 1),
    ({"type": "file", "file": {"file_id": "f"}}, 1),
    ({"type": "file", "file": {"file_data": f"data:application/pdf;base64,{PICTURE}"}}, 1),
    ({"type": "file", "file": {"file_data": f"data:text/plain;base64,{HIDDEN}"}}, 0),
    ({"type": "file", "file": {"file_data": HIDDEN, "file_id": "f"}}, 1),
    ({"type": "document", "source": {"type": "text", "data": "x"}}, 0),
    ({"type": "document", "source": {"type": "url", "url": "https://x/y.pdf"}}, 1),
    ({"type": "document", "source": {"type": "file", "file_id": "f"}}, 1),
    ({"type": "document", "source": {"type": "base64", "data": PICTURE}}, 1),
    ({"type": "document", "source": {"url": f"data:text/plain;base64,{HIDDEN}"}}, 0),
    ({"type": "hologram", "hologram": PICTURE}, 1),
]


@pytest.mark.parametrize(("part", "media"), MEDIA, ids=[json.dumps(p)[:90] for p, _ in MEDIA])
def test_what_cannot_be_read_is_counted(part: dict[str, Any], media: int) -> None:
    assert read(of_part(part)).media == media
    assert read(of_part(part), of_part(part)).media == 2 * media


def test_media_beside_the_content_are_counted_too() -> None:
    assert read({"role": "assistant", "audio": {"id": "audio_1"}}).media == 1
    assert read({**USER, "images": [PICTURE, PICTURE]}).media == 2
    assert read(USER, prompt_embeds=PICTURE).media == 1
    assert read(USER, prompt_embeds=PICTURE).parts == read(USER).parts


def test_a_price_grows_by_what_a_model_sees_and_once() -> None:
    before = read(USER).size_bytes
    tools = [{"type": "function", "function": FUNCTION}]
    size = len(json.dumps(FUNCTION, separators=(",", ":")))
    as_tools = read(USER, tools=tools).size_bytes - before
    assert as_tools == len(json.dumps(tools[0], separators=(",", ":")))
    assert read(USER, functions=[FUNCTION]).size_bytes - before == size
    assert read(USER, documents=[FUNCTION]).size_bytes - before == size + 2
    assert read({**USER, "name": "Käthe"}).size_bytes - before == 6
    for field in UNSEEN:
        value: Any = {"a": CANARY} if field == "metadata" else CANARY
        assert CANARY in read(USER, **{field: value}).parts[0].text
        assert read(USER, **{field: value}).size_bytes == before


def test_what_a_conversation_carries_knows_nothing_of_tools() -> None:
    turns = [USER, {"role": "assistant", "content": "Because."}, USER]
    tools = [{"type": "function", "function": FUNCTION}]
    assert read(*turns, tools=tools).carried_share == read(*turns).carried_share
    assert read(*turns, tools=tools).characters == read(*turns).characters
    assert read(USER, tools=tools).carried_share == 0.0


def test_what_is_judged_is_what_was_said() -> None:
    nothing = {"role": "user", "name": "Käthe", "content": None}
    assert read(nothing, documents=[CANARY]).judged == ""
    assert read({"role": "system", "content": "Be brief.", "name": "Käthe"}).judged == "Be brief."


# A body with every kind of place, to hide a sentence anywhere in.
_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(sorted(NAMES)) | st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=6,
)
_part = st.fixed_dictionaries(
    {"type": st.sampled_from(["text", "image_url", "file", "document", "thinking", "refusal"])},
    optional={"text": st.text(max_size=5), "source": _values, "file": _values, "x": _values},
)
_call = st.fixed_dictionaries(
    {"id": st.just("c")},
    optional={
        "type": st.just("function"),
        "function": st.just({"name": "f", "arguments": "{}"}),
        "custom": st.just({"name": "f", "input": "ls"}),
        "x": _values,
    },
)
_message = st.fixed_dictionaries(
    {"role": st.sampled_from(["user", "assistant", "tool", "function", "system"])},
    optional={
        "content": st.text(max_size=5) | st.lists(_part, max_size=2),
        "name": st.just("x"),
        "tool_call_id": st.just("c"),
        "reasoning_content": st.text(max_size=5),
        "refusal": st.text(max_size=5),
        "function_call": st.just({"name": "f", "arguments": "{}"}),
        "tool_calls": st.lists(_call, max_size=2),
        "audio": _values,
        "x": _values,
    },
)
_body = st.fixed_dictionaries(
    {"messages": st.lists(_message, min_size=1, max_size=3)},
    optional={
        "tools": st.lists(_values, max_size=3),
        "functions": _values,
        "response_format": _values,
        "metadata": _values,
        "user": st.just("u"),
        "stop": _values,
        "thinking": st.just({"type": "enabled"}),
        "stream_options": st.just({"include_usage": True}),
        "reasoning": _values,
        "x": _values,
    },
)


def _places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    if isinstance(value, dict | list):
        for key in value if isinstance(value, dict) else range(len(value)):
            yield from _places(value[key], (*path, key))


def _hide(body: dict[str, Any], path: tuple[Any, ...], *, as_key: bool) -> None:
    value: Any = body
    for key in path[:-1]:
        value = value[key]
    if as_key:
        inner = value[path[-1]] if path else value
        assume(isinstance(inner, dict))
        inner[CANARY] = 1
    else:
        assume(path)
        value[path[-1]] = CANARY


@given(st.data(), _body, st.booleans())
def test_a_sentence_is_read_wherever_it_stands(
    draws: st.DataObject,
    drawn: dict[str, Any],
    as_key: bool,  # noqa: FBT001  # a drawn value
) -> None:
    body = deepcopy(drawn)
    _hide(body, draws.draw(st.sampled_from(list(_places(body)))), as_key=as_key)
    try:
        request = chat_from_object(body)
    except RequestError:  # a typed field that has not its type any more: nobody is sent this
        return
    assert any(CANARY in part.text for part in read_prompt(request).parts)
