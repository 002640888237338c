"""Restoring whole answers: values come back byte for byte, and nothing else moves."""

import json
from typing import Any

import pytest

from pointsman.wire.restoring import restore

VALUES = {"<PERSON_1>": 'René "R" \\\n🚂', "<PERSON_12>": "Bo", "<EMAIL_1>": "a@x.org"}
VALUE = VALUES["<PERSON_1>"]
ESCAPED = json.dumps(VALUE, ensure_ascii=False)[1:-1]


def answer(**message: Any) -> dict[str, Any]:
    return {"id": "c", "choices": [{"index": 0, "message": message, "finish_reason": "stop"}]}


def calls(*arguments: Any) -> list[dict[str, Any]]:
    return [{"id": "1", "function": {"name": "f", "arguments": each}} for each in arguments]


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"content": "Hi <PERSON_1>!"}, {"content": f"Hi {VALUE}!"}),
        (
            {"content": [{"type": "text", "text": "<EMAIL_1>"}]},
            {"content": [{"type": "text", "text": "a@x.org"}]},
        ),
        (
            {"reasoning_content": "<PERSON_12>", "refusal": "<EMAIL_1>"},
            {"reasoning_content": "Bo", "refusal": "a@x.org"},
        ),
        (
            {"content": "<PERSON_2> <person_1> PERSON_1 < PERSON_1>"},
            {"content": "<PERSON_2> <person_1> PERSON_1 < PERSON_1>"},
        ),
        ({"<EMAIL_1>": "<EMAIL_1>"}, {"<EMAIL_1>": "a@x.org"}),
        (
            {"tool_calls": calls('{"a": "<PERSON_1>"}')},
            {"tool_calls": calls(f'{{"a": "{ESCAPED}"}}')},
        ),
        (
            {"tool_calls": calls('{"a": "\\u003cPERSON_1\\u003E"}')},
            {"tool_calls": calls(f'{{"a": "{ESCAPED}"}}')},
        ),
        (
            {"function_call": {"arguments": '["<PERSON_1>"]'}},
            {"function_call": {"arguments": f'["{ESCAPED}"]'}},
        ),
        (
            {"tool_calls": calls({"a": "<PERSON_1>", "arguments": "<PERSON_1>"})},
            {"tool_calls": calls({"a": VALUE, "arguments": VALUE})},
        ),
        (
            {"tool_calls": [{"custom": {"input": "x <PERSON_1>"}}]},
            {"tool_calls": [{"custom": {"input": f"x {VALUE}"}}]},
        ),
    ],
)
@pytest.mark.parametrize("ascii_only", [False, True])
def test_a_whole_answer_gets_its_values_back(
    said: dict[str, Any], expected: dict[str, Any], *, ascii_only: bool
) -> None:
    body = json.dumps(answer(**said), ensure_ascii=ascii_only).encode()
    for spelled in (body, body.replace(b"<", b"\\u003c").replace(b">", b"\\u003E")):
        assert json.loads(restore(spelled, VALUES, structured=False)) == answer(**expected)


@pytest.mark.parametrize(
    ("structured", "expected"),
    [(True, f'{{"n": "{ESCAPED}"}}'), (False, f'{{"n": "{VALUE}"}}')],
)
def test_content_that_is_json_gets_escaped_values(expected: str, *, structured: bool) -> None:
    for content in ('{"n": "<PERSON_1>"}', [{"type": "text", "text": '{"n": "<PERSON_1>"}'}]):
        body = json.dumps(answer(content=content, refusal="<PERSON_1>")).encode()
        message = json.loads(restore(body, VALUES, structured=structured))["choices"][0]["message"]
        said = message["content"]
        assert (said if isinstance(said, str) else said[0]["text"]) == expected
        assert message["refusal"] == VALUE


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<EMAIL_1>",
        b'<a href="<EMAIL_1>">',
        b'{"a": "<EMAIL_2>", "b" :1.0}',
        b'{"a": "no bracket"}',
        b'{"a": "\\\\u003cEMAIL_1\\\\u003e"}',
        b'{"<EMAIL_1>": 1}',
    ],
)
def test_what_holds_no_known_placeholder_stays_byte_for_byte(body: bytes) -> None:
    assert restore(body, VALUES, structured=False) == body


def test_every_other_byte_of_a_whole_answer_stays() -> None:
    body = b' {"error" :{"message": "\xff \\u00e9\\/ <EMAIL_1> \\ud83d", "code":1.0}}\r\n'
    assert restore(body, VALUES, structured=False) == body.replace(b"<EMAIL_1>", b"a@x.org")
    assert restore(body, {}, structured=False) == body
