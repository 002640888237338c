"""What a stand-in writes, token by token."""

import json
from typing import Any

import msgspec
import pytest

from pointsman.demo.answering import PREAMBLE, TOKENS_PER_IMAGE, compose, prompt_length, split
from pointsman.demo.asking import Asked, parse


def asked(text: str = "Tell me about rivers.", **fields: Any) -> Asked:
    body = {"model": "m", "messages": [{"role": "user", "content": text}]} | fields
    return parse(msgspec.json.encode(body))


def written(schema: Any) -> Any:
    shape = {"type": "json_schema", "json_schema": {"name": "x", "schema": schema}}
    return json.loads("".join(compose(asked(response_format=shape), 0, 0, 10).text))


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("", ()),
        ("What is 2+2?", ("What", " is", " 2", "+", "2", "?")),
        ("你好吗", ("你", "好", "吗")),
        ("snake_case\n  x", ("snake_case", "\n  x")),
        ("مرحبا بك", ("مرحبا", " بك")),
    ],
)
def test_a_token_is_a_word_or_a_mark(text: str, tokens: tuple[str, ...]) -> None:
    assert split(text) == tokens
    assert "".join(tokens) == text


def test_a_text_has_the_length_that_the_model_says() -> None:
    for length in (40, 200):
        answer = compose(asked(), 0, 0, length)
        assert len(answer.text) == length
        assert "".join(answer.text).startswith(PREAMBLE)


def test_a_text_is_never_too_short_to_say_who_wrote_it() -> None:
    assert "".join(compose(asked(), 0, 0, 1).text).startswith(PREAMBLE)


def test_a_test_can_choose_the_words_but_not_the_preamble() -> None:
    answer = compose(asked(standin={"say": "Mail bob@example.org."}), 0, 0, 50)
    assert "".join(answer.text) == f"{PREAMBLE} Mail bob@example.org."


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({"type": "object", "properties": {"a": {"type": "integer", "minimum": 3}}}, {}),
        (
            {
                "type": "object",
                "properties": {"a": {"type": "integer", "minimum": 3}, "b": {"type": "boolean"}},
                "required": ["a", "b"],
            },
            {"a": 3, "b": False},
        ),
        ({"type": "array", "items": {"enum": ["x", "y"]}, "minItems": 2}, ["x", "x"]),
        ({"anyOf": [{"type": "number"}, {"type": "null"}]}, 0),
        ({"type": ["null", "string"]}, None),
        ({"const": 7}, 7),
        ({"type": "string", "maxLength": 8}, "stand-in"),
        ({"$ref": "#/$defs/size", "$defs": {"size": {"enum": [9]}}}, 9),
    ],
)
def test_json_fits_its_schema(schema: Any, value: Any) -> None:
    assert written(schema) == value


def test_a_schema_that_holds_itself_ends() -> None:
    schema = {
        "type": "object",
        "properties": {"next": {"$ref": "#"}},
        "required": ["next"],
    }
    assert "next" in written(schema)


def test_a_json_object_says_that_a_stand_in_wrote_it() -> None:
    answer = compose(asked(response_format={"type": "json_object"}), 0, 0, 10)
    assert json.loads("".join(answer.text)) == {"stand_in": True, "answer": PREAMBLE}


def test_a_tool_without_parameters_gets_an_empty_object() -> None:
    tools = [{"type": "function", "function": {"name": "now"}}]
    answer = compose(asked(tools=tools), 0, 0, 10)
    assert (answer.tool, "".join(answer.text)) == ("now", "{}")


@pytest.mark.parametrize(
    ("choice", "tool"),
    [
        (None, "a"),
        ("auto", "a"),
        ("required", "a"),
        ("none", None),
        ({"type": "function", "function": {"name": "b"}}, "b"),
    ],
)
def test_the_tool_choice_is_obeyed(choice: Any, tool: str | None) -> None:
    tools = [{"type": "function", "function": {"name": name}} for name in "ab"]
    assert compose(asked(tools=tools, tool_choice=choice), 0, 0, 10).tool == tool


def test_a_prompt_counts_texts_images_and_tools() -> None:
    plain = prompt_length(asked("one two three"))
    image = {"type": "image_url", "image_url": {"url": "data:,"}}
    parts = [{"type": "text", "text": "one two three"}, image]
    messages = [{"role": "user", "content": parts}]
    assert plain == 7
    assert prompt_length(asked(messages=messages)) == plain + TOKENS_PER_IMAGE
    tools = [{"type": "function", "function": {"name": "a"}}]
    assert prompt_length(asked("one two three", tools=tools)) > plain
