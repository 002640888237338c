"""Chat-completion bodies: what is understood, what is refused, and with which `param`."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pointsman.errors import MalformedJSONError, PointsmanError, RequestError, TooLargeError
from pointsman.wire.chat import AUTO, LENIENT, ChatRequest, chat_from_object, parse_chat

USER = {"role": "user", "content": "Why is the sky blue?"}


def parse(**fields: Any) -> ChatRequest:
    return parse_chat(json.dumps({"messages": [USER]} | fields).encode())


# https://platform.openai.com/docs/api-reference/chat/create
DOCUMENTED: list[tuple[str, dict[str, Any]]] = [
    ("a text", {}),
    ("every role", {"messages": [{"role": r, "content": "x"} for r in ("developer", "system")]}),
    (
        "text parts",
        {"messages": [{"role": "user", "content": [{"type": "text", "text": "a"}]}]},
    ),
    (
        "an image",
        {
            "messages": [
                {
                    "role": "user",
                    "content": [
                        {"type": "text", "text": "What is this?"},
                        {"type": "image_url", "image_url": {"url": "https://x/y", "detail": "low"}},
                    ],
                }
            ]
        },
    ),
    (
        "audio",
        {
            "messages": [
                {
                    "role": "user",
                    "content": [
                        {"type": "input_audio", "input_audio": {"data": "AAA=", "format": "wav"}}
                    ],
                }
            ],
            "modalities": ["text", "audio"],
            "audio": {"voice": "alloy", "format": "mp3"},
        },
    ),
    (
        "a file",
        {"messages": [{"role": "user", "content": [{"type": "file", "file": {"file_id": "f"}}]}]},
    ),
    (
        "a refusal part and a refusal",
        {
            "messages": [
                USER,
                {"role": "assistant", "content": [{"type": "refusal", "refusal": "No."}]},
                {"role": "assistant", "content": None, "refusal": "No."},
                USER,
            ]
        },
    ),
    (
        "tools, their calls and results",
        {
            "messages": [
                USER,
                {
                    "role": "assistant",
                    "content": None,
                    "tool_calls": [
                        {
                            "id": "call_1",
                            "type": "function",
                            "function": {"name": "look", "arguments": '{"where": "up"}'},
                        },
                        {"id": "c", "type": "custom", "custom": {"name": "sh", "input": "ls"}},
                    ],
                },
                {"role": "tool", "tool_call_id": "call_1", "content": "blue"},
                {"role": "tool", "tool_call_id": "c", "content": [{"type": "text", "text": "a"}]},
            ],
            "tools": [
                {
                    "type": "function",
                    "function": {"name": "look", "parameters": {}, "strict": True},
                },
                {"type": "custom", "custom": {"name": "sh"}},
            ],
            "tool_choice": {"type": "function", "function": {"name": "look"}},
            "parallel_tool_calls": False,
        },
    ),
    (
        "the older function calls",
        {
            "messages": [
                USER,
                {"role": "assistant", "function_call": {"name": "look", "arguments": "{}"}},
                {"role": "function", "name": "look", "content": "blue"},
            ],
            "functions": [{"name": "look", "parameters": {}}],
            "function_call": "auto",
        },
    ),
    ("a call without arguments", {"messages": [{"role": "assistant", "tool_calls": [{"id": 1}]}]}),
    (
        "null arguments and a null id",
        {
            "messages": [
                {
                    "role": "assistant",
                    "tool_calls": [{"id": None, "function": {"name": None, "arguments": None}}],
                }
            ]
        },
    ),
    ("several answers", {"n": 3, "stop": ["a", "b"], "seed": -1, "logit_bias": {"50256": -100}}),
    ("a JSON schema", {"response_format": {"type": "json_schema", "json_schema": {"name": "x"}}}),
    ("a stream", {"stream": True, "stream_options": {"include_usage": True}}),
    ("a stream and nulls", {"stream": None, "stream_options": None, "tools": None, "user": None}),
    ("prediction", {"prediction": {"type": "content", "content": "x"}, "store": True}),
    ("metadata", {"metadata": {"a": "b"}, "user": "u", "service_tier": "flex", "verbosity": "low"}),
    ("reasoning", {"reasoning_effort": "xhigh", "max_completion_tokens": 5}),
    ("vLLM's fields", {"chat_template_kwargs": {"enable_thinking": False}, "top_k": 5}),
    ("Anthropic's thinking", {"thinking": {"type": "enabled", "budget_tokens": 2048}}),
    ("OpenRouter's reasoning", {"reasoning": {"effort": "low", "exclude": True}}),
    ("DashScope's thinking", {"enable_thinking": True, "thinking_budget": 500}),
    ("vLLM's cap", {"thinking_token_budget": -1}),
    ("Gemini's thinking", {"extra_body": {"google": {"thinking_config": {"thinking_budget": 5}}}}),
    ("a field named like one of ours", {"body": 5}),
    ("another field named like one of ours", {"body": "not base64!"}),
    ("fields nobody knows yet", {"": 0, "🚂": [None, {"Messages": []}], "Tool": []}),
]


@pytest.mark.parametrize("fields", [f for _, f in DOCUMENTED], ids=[n for n, _ in DOCUMENTED])
def test_a_documented_shape_is_understood_and_keeps_its_bytes(fields: dict[str, Any]) -> None:
    body = json.dumps({"messages": [USER]} | fields, ensure_ascii=False).encode()
    assert parse_chat(body).body == body


def test_what_routing_reads_is_read() -> None:
    request = parse(
        model="large",
        stream=True,
        stream_options={"include_usage": True, "include_obfuscation": False},
        n=2,
        max_tokens=100,
        max_completion_tokens=50,
        user="u",
        reasoning_effort="low",
        chat_template_kwargs={"enable_thinking": True},
        thinking={"type": "disabled"},
        tools=[{"type": "function"}],
    )
    assert (request.model, request.stream, request.wants_usage) == ("large", True, True)
    assert (request.answers, request.output_cap, request.user) == (2, 50, "u")
    assert (request.reasoning_effort, request.chat_template_kwargs) == (
        "low",
        {"enable_thinking": True},
    )
    assert request.thinking is not None
    assert request.thinking.type == "disabled"
    assert len(request.tools or ()) == 1


def test_a_request_without_a_model_leaves_the_choice_to_us() -> None:
    assert parse().model == AUTO


@pytest.mark.parametrize(
    ("fields", "cap"),
    [
        ({}, None),
        ({"max_tokens": 7}, 7),
        ({"max_completion_tokens": 7}, 7),
        ({"max_tokens": 9, "max_completion_tokens": 7}, 7),
        ({"max_tokens": None, "max_completion_tokens": None}, None),
        # llama.cpp's server and LM Studio: -1 is no limit. 0 is the model's to refuse.
        ({"max_tokens": -1}, None),
        ({"max_tokens": 0}, None),
        ({"max_tokens": -1, "max_completion_tokens": 7}, 7),
    ],
)
def test_the_output_cap_is_the_least_that_the_client_allows(
    fields: dict[str, Any], cap: int | None
) -> None:
    assert parse(**fields).output_cap == cap


@pytest.mark.parametrize(
    ("n", "answers"), [(None, 1), (1, 1), (4, 4), (0, 1), (-1, 1), (-(2**62), 1)]
)
def test_a_number_of_answers_below_one_never_makes_a_request_cheaper(
    n: int | None, answers: int
) -> None:
    assert parse(n=n).answers == answers


@pytest.mark.parametrize(
    ("options", "wanted"),
    [
        (None, False),
        ({}, False),
        ({"include_usage": None}, False),
        ({"include_usage": False}, False),
        ({"include_usage": True}, True),
    ],
)
def test_usage_is_wanted_only_where_the_client_says_so(
    options: dict[str, Any] | None, *, wanted: bool
) -> None:
    assert parse(stream_options=options).wants_usage is wanted


WRONG_TYPES: list[tuple[dict[str, Any], str]] = [
    ({"messages": None}, "messages"),
    ({"messages": "Hello"}, "messages"),
    ({"messages": USER}, "messages"),
    ({"messages": []}, "messages"),
    ({"messages": ["Hello"]}, "messages[0]"),
    ({"messages": [USER, None]}, "messages[1]"),
    ({"messages": [{"content": "x"}]}, "messages[0].role"),
    ({"messages": [{"role": 1, "content": "x"}]}, "messages[0].role"),
    ({"messages": [{"role": None}]}, "messages[0].role"),
    ({"messages": [{"role": "user", "content": 5}]}, "messages[0].content"),
    ({"messages": [{"role": "user", "content": {"type": "text"}}]}, "messages[0].content"),
    ({"messages": [USER, {"role": "user", "content": ["x"]}]}, "messages[1].content[0]"),
    ({"messages": [{"role": "user", "content": [{}]}]}, "messages[0].content[0].type"),
    (
        {"messages": [{"role": "user", "content": [{"type": "text", "text": 5}]}]},
        "messages[0].content[0].text",
    ),
    ({"messages": [{"role": "assistant", "tool_calls": {}}]}, "messages[0].tool_calls"),
    (
        {"messages": [{"role": "assistant", "tool_calls": [{"function": {"arguments": {}}}]}]},
        "messages[0].tool_calls[0].function.arguments",
    ),
    ({"model": None}, "model"),
    ({"model": 5}, "model"),
    ({"model": ["large"]}, "model"),
    ({"stream": "yes"}, "stream"),
    ({"stream": 1}, "stream"),
    ({"stream_options": True}, "stream_options"),
    ({"stream_options": {"include_usage": 1}}, "stream_options.include_usage"),
    ({"n": "2"}, "n"),
    ({"n": 1.5}, "n"),
    ({"n": True}, "n"),
    ({"n": 10**30}, "n"),
    ({"n": 10**400}, "n"),
    ({"max_tokens": "5"}, "max_tokens"),
    ({"max_tokens": 10**400}, "max_tokens"),
    ({"max_tokens": -(10**400)}, "max_tokens"),
    ({"max_completion_tokens": []}, "max_completion_tokens"),
    ({"tools": {}}, "tools"),
    ({"user": 7}, "user"),
    ({"reasoning_effort": 3}, "reasoning_effort"),
    ({"chat_template_kwargs": []}, "chat_template_kwargs"),
    ({"thinking": True}, "thinking"),
    ({"thinking": {"budget_tokens": "1"}}, "thinking.budget_tokens"),
    ({"thinking": {"budget_tokens": 10**400}}, "thinking.budget_tokens"),
]


@pytest.mark.parametrize(("fields", "param"), WRONG_TYPES, ids=[f"{p}" for _, p in WRONG_TYPES])
def test_a_wrong_type_is_refused_and_its_place_is_named(fields: dict[str, Any], param: str) -> None:
    with pytest.raises(RequestError) as caught:
        parse(**fields)
    assert (caught.value.status, caught.value.code) == (400, "invalid_request")
    assert caught.value.param == param


@pytest.mark.parametrize("name", LENIENT)
@pytest.mark.parametrize(
    ("value", "read"),
    [
        (b"true", True),
        (b'"high"', "high"),
        (b"[1, -2]", [1, -2]),
        (b'{"effort": "l\\u006fw"}', {"effort": "low"}),
        (b"0", 0),
        (b"1e999", float("inf")),
        # Nothing is set, or readers would differ in what is.
        (b"null", None),
        (b'{"effort": "low", "effort": "high"}', None),
        (b'{"a": [{"b": 1, "b": 1}]}', None),
        (b"9" * 5000, None),
    ],
)
def test_a_lenient_field_never_makes_a_request_wrong(name: str, value: bytes, read: object) -> None:
    body = b'{"messages": [{"role": "user", "content": "x"}], "%s": %s}' % (name.encode(), value)
    request = parse_chat(body)
    assert request.body == body
    assert request.lenient == ({} if read is None else {name: read})


def test_a_lenient_field_may_nest_as_deeply_as_an_unread_one() -> None:
    deep = b"[" * 900 + b"]" * 900
    request = parse_chat(
        b'{"messages": [{"role": "user", "content": "x"}], "reasoning": %s}' % deep
    )
    assert request.lenient.keys() <= {"reasoning"}


@pytest.mark.parametrize("key", ["Reasoning", "Enable_Thinking", "THINKING_BUDGET", "extra_Body"])
def test_a_lenient_field_in_another_case_is_a_field_nobody_knows(key: str) -> None:
    assert parse(**{key: True}).lenient == {}


def test_without_lenient_fields_there_are_none() -> None:
    assert parse().lenient == {}


def test_missing_messages_are_named() -> None:
    with pytest.raises(RequestError, match="messages") as caught:
        parse_chat(b'{"model": "auto"}')
    assert caught.value.param == "messages"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" ",
        b"{",
        b'{"messages"',
        b"nonsense",
        b"null",
        b"[]",
        b'"a text"',
        b"5",
        b'{"messages": [{"role": "user", "content": "x"}],}',
        b'{"messages": [{"role": "user", "content": "x"}]} x',
        b'{"messages": [{"role": "user", "content": "x"}]}{}',
        b'{"messages": [{"role": "user", "content": "x"}] /* why not */}',
        b"{'messages': [{'role': 'user', 'content': 'x'}]}",
        b'{"messages": [{"role": "user", "content": "x"}], "a": NaN}',
        b'{"messages": [{"role": "user", "content": "x"}], "a": -Infinity}',
        b'{"messages": [{"role": "user", "content": "x"}], "a": 01}',
        b'{"messages": [{"role": "user", "content": "x"}], "a": "tab\tinside"}',
        b'{"messages": [{"role": "user", "content": "x"}], "a": "\\x41"}',
        b'\xef\xbb\xbf{"messages": [{"role": "user", "content": "x"}]}',
        '{"messages": [{"role": "user", "content": "x"}]}'.encode("utf-16"),
    ],
)
def test_what_is_no_json_object_is_refused(body: bytes) -> None:
    with pytest.raises(MalformedJSONError) as caught:
        parse_chat(body)
    assert caught.value.status == 400


@pytest.mark.parametrize(
    "body",
    [
        b'{"messages": [{"role": "user", "content": "\xff"}]}',
        b'{"messages": [{"role": "user", "content": "x"}], "user": "\xc3"}',
        b'{"messages": [{"role": "user", "content": "x"}], "unread": "\xc0\xaf"}',
        b'{"messages": [{"role": "user", "content": "x"}], "\xfe": 1}',
        b'{"messages": [{"role": "user", "content": "x"}], "tools": ["\xed\xa0\xbd"]}',
        b'{"messages": [{"role": "user", "content": [{"type": "file", "file": "\x80"}]}]}',
    ],
)
def test_bytes_that_are_no_utf_8_are_refused_wherever_they_stand(body: bytes) -> None:
    with pytest.raises(MalformedJSONError, match=r"not valid UTF-8: byte \d+"):
        parse_chat(body)


@pytest.mark.parametrize("lone", [b"\\ud83d", b"\\uDE00", b"\\ude00\\ud83d", b"a\\uD800b"])
@pytest.mark.parametrize(
    "body",
    [
        b'{"messages": [{"role": "user", "content": "%s"}]}',
        b'{"messages": [{"role": "user", "content": "x"}], "unread": ["%s"]}',
        b'{"messages": [{"role": "user", "content": "x"}], "%s": 1}',
    ],
)
def test_half_a_surrogate_pair_is_refused_in_plain_words(body: bytes, lone: bytes) -> None:
    with pytest.raises(MalformedJSONError, match="stands alone"):
        parse_chat(body % lone)


@pytest.mark.parametrize("fault", [b"NaN", b"5,", b'"\\ud83d"}'])
def test_a_whole_pair_is_not_blamed_for_another_fault(fault: bytes) -> None:
    body = b'{"messages": [{"role": "user", "content": "\\ud83d\\ude00"}], "a": ' + fault + b"}"
    with pytest.raises(MalformedJSONError) as caught:
        parse_chat(body)
    assert "stands alone" not in caught.value.message


def test_a_whole_pair_is_one_character() -> None:
    request = parse_chat(b'{"messages": [{"role": "user", "content": "\\ud83d\\ude00\\u0000"}]}')
    assert request.messages[0].content == "😀\0"


@pytest.mark.parametrize("field", ["unread", "tools", "chat_template_kwargs", "messages"])
@pytest.mark.parametrize(("opening", "closing"), [(b"[", b"]"), (b'{"a":', b"}")])
def test_a_body_that_nests_too_deeply_is_refused(
    field: str, opening: bytes, closing: bytes
) -> None:
    deep = opening * 100_000 + b"1" + closing * 100_000
    value = {"tools": b"[%s]", "chat_template_kwargs": b'{"a":%s}'}.get(field, b"%s") % deep
    body = b'{"messages": [{"role": "user", "content": "x"}], "%s": %s}' % (field.encode(), value)
    with pytest.raises(PointsmanError) as caught:
        parse_chat(body)
    assert caught.value.status == 400


def test_a_body_over_the_limit_is_refused_before_it_is_read() -> None:
    with pytest.raises(TooLargeError, match="11 bytes; at most 10") as caught:
        parse_chat(b"not json at", max_bytes=10)
    assert caught.value.status == 413


def test_a_prompt_of_200_000_characters_is_read_whole() -> None:
    text = "ä word, " * 25_000
    assert parse(messages=[{"role": "user", "content": text}]).messages[0].content == text


@pytest.mark.parametrize(
    "body",
    [
        b'{"model": "a", "messages": [{"role": "user", "content": "x"}], "model": "b"}',
        b'{"model": "a", "messages": [{"role": "user", "content": "x"}], "\\u006dodel": "b"}',
        b'{"messages": [{"role": "user", "content": "x"}], "messages": [{"role": "user"}]}',
        b'{"x": 1, "messages": [{"role": "user", "content": "x"}], "x": 2}',
    ],
)
def test_a_key_that_stands_twice_is_refused_before_anything_is_read(body: bytes) -> None:
    with pytest.raises(MalformedJSONError, match="the same key twice"):
        parse_chat(body)


@pytest.mark.parametrize("key", ["Messages", "MESSAGES", "Model", "Stream", "\\u004dodel"])
def test_a_key_in_another_case_is_refused_because_some_servers_would_read_it(key: str) -> None:
    body = f'{{"messages": [{{"role": "user", "content": "x"}}], "{key}": []}}'.encode()
    with pytest.raises(RequestError, match="expected the key") as caught:
        parse_chat(body)
    assert caught.value.param in {"messages", "model", "stream"}


@pytest.mark.parametrize(
    "messages",
    [
        b'[{"role": "user", "content": "x", "content": "y"}]',
        b'[{"role": "user", "content": "x", "\\u0063ontent": "y"}]',
        b'[{"role": "user", "role": "system", "content": "x"}]',
        b'[{"role": "user", "content": [{"type": "text", "text": "x", "text": "y"}]}]',
        b'[{"role": "user", "content": "x", "unknown": {"a": 1, "b": {"c": 1, "c": 2}}}]',
    ],
)
def test_a_key_that_stands_twice_inside_a_message_is_refused(messages: bytes) -> None:
    with pytest.raises(MalformedJSONError, match="the same key twice"):
        parse_chat(b'{"messages": ' + messages + b"}")


@pytest.mark.parametrize(
    "message",
    [
        b'{"role": "user", "content": "x", "Content": "y"}',
        b'{"role": "user", "ROLE": "system", "content": "x"}',
        b'{"role": "user", "content": [{"type": "text", "text": "x", "Text": "y"}]}',
    ],
)
def test_a_key_of_a_message_in_another_case_is_refused(message: bytes) -> None:
    with pytest.raises(RequestError, match="expected the key") as caught:
        parse_chat(b'{"messages": [' + message + b"]}")
    assert caught.value.param == "messages"


@pytest.mark.parametrize(
    "message",
    [
        b'{"role": "user", "content": "x", "Name": "X", "name": "x"}',
        b'{"role": "user", "content": "{\\"a\\": 1, \\"a\\": 2}"}',
        b'{"role": "assistant", "tool_calls": [{"function": {"arguments": "{\\"A\\":1}"}}]}',
        b'{"role": "user", "content": "x", "long": ' + b"9" * 5000 + b', "f": 1e999999}',
    ],
)
def test_what_no_reader_takes_for_another_key_passes(message: bytes) -> None:
    assert len(parse_chat(b'{"messages": [' + message + b"]}").messages) == 1


@pytest.mark.parametrize(
    "value",
    [
        {"messages": [USER], "a": object()},
        {"messages": [USER], "a": "\ud83d"},
        {"messages": [USER], ("a", "b"): 1},
        {"messages": [USER], "a": 2**70, "b": {1j}},
    ],
)
def test_an_object_without_a_json_form_is_refused(value: dict[str, Any]) -> None:
    with pytest.raises(MalformedJSONError, match="no JSON form"):
        chat_from_object(value)


def test_an_object_that_holds_itself_is_refused() -> None:
    value: dict[str, Any] = {"messages": [USER]}
    value["a"] = value
    with pytest.raises(MalformedJSONError, match="no JSON form"):
        chat_from_object(value)


def test_objects_have_no_size_limit_but_memory() -> None:
    text = "x" * (33 * 1024 * 1024)
    assert chat_from_object({"messages": [{"role": "user", "content": text}]}).body


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
field_names = st.sampled_from(
    [
        *ChatRequest.__struct_fields__,
        "role",
        "content",
        "type",
        "text",
        "tool_calls",
        "function",
        "arguments",
    ]
)
requests_of_any_kind = st.recursive(
    json_values,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(field_names, inner, max_size=5),
    max_leaves=20,
)


@given(requests_of_any_kind)
def test_whatever_comes_is_understood_or_refused_with_a_4xx(value: Any) -> None:
    body = json.dumps(value).encode()
    match _outcome(body):
        case ChatRequest() as request:
            assert request.body == body
            assert request.messages
        case error:
            assert 400 <= error.status < 500


def _outcome(body: bytes) -> ChatRequest | PointsmanError:
    try:
        return parse_chat(body)
    except PointsmanError as error:
        return error


@given(st.binary(max_size=200))
def test_whatever_bytes_come_are_understood_or_refused_with_a_4xx(body: bytes) -> None:
    with pytest.raises(PointsmanError) as caught:
        parse_chat(body)
    assert caught.value.status == 400


@pytest.mark.parametrize("depth", range(900, 1020, 1))
def test_a_depth_near_the_readers_limits_is_read_or_refused_but_never_a_bug(depth: int) -> None:
    nested = b"[" * depth + b"]" * depth
    try:
        parse_chat(b'{"messages": [{"role": "user", "content": "x", "n": ' + nested + b"}]}")
    except MalformedJSONError as error:
        assert error.status == 400  # noqa: PT017  # shallower ones are read
