"""What a router reads in a request, and where each piece of it stands."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pointsman.wire.chat import chat_from_object
from pointsman.wire.prompt import FOLLOW_UP_CHARACTERS, Prompt, TextPart, read_prompt

LONG = "Explain in detail how a binary search works."


def read(*messages: dict[str, Any], **fields: Any) -> Prompt:
    return read_prompt(chat_from_object({"messages": list(messages), **fields}))


def user(content: Any) -> dict[str, Any]:
    return {"role": "user", "content": content}


def answer(content: Any = "Certainly.", **fields: Any) -> dict[str, Any]:
    return {"role": "assistant", "content": content, **fields}


SYSTEM = {"role": "system", "content": "Be brief."}
TOOL_CALL = {"id": "c", "type": "function", "function": {"name": "look", "arguments": "{}"}}
RESULT = {"role": "tool", "tool_call_id": "c", "content": "It is blue."}


@pytest.mark.parametrize(
    ("messages", "judged"),
    [
        ([user(LONG)], LONG),
        ([SYSTEM, user(LONG)], LONG),
        ([user("first"), answer(), user(LONG)], LONG),
        # A short turn is judged with the one it refers to.
        ([user(LONG), answer(), user("and for n=5?")], f"{LONG}\nand for n=5?"),
        ([user("Hi"), answer(), user(LONG), answer(), user("shorter")], f"{LONG}\nshorter"),
        (
            [user(LONG), answer(), user("x" * FOLLOW_UP_CHARACTERS)],
            f"{LONG}\n{'x' * FOLLOW_UP_CHARACTERS}",
        ),
        (
            [user(LONG), answer(), user("x" * (FOLLOW_UP_CHARACTERS + 1))],
            "x" * (FOLLOW_UP_CHARACTERS + 1),
        ),
        ([user("Hi")], "Hi"),
        # The task of a tool loop is still the user's.
        ([user(LONG), answer(None, tool_calls=[TOOL_CALL]), RESULT], LONG),
        # Parts are one turn; what is no text is left out.
        (
            [user([{"type": "text", "text": "a"}, {"type": "text", "text": LONG}])],
            f"a\n{LONG}",
        ),
        ([user([{"type": "image_url", "image_url": {"url": "x"}}])], ""),
        # Turns without words say nothing.
        ([user(LONG), answer(), user("  \n")], LONG),
        ([user(LONG), answer(), user(None)], LONG),
        # Without any, the last text there is.
        ([SYSTEM], "Be brief."),
        ([SYSTEM, answer("Once upon a time")], "Once upon a time"),
        ([{"role": "user"}], ""),
    ],
)
def test_the_judged_text_is_what_the_user_wants_now(
    messages: list[dict[str, Any]], judged: str
) -> None:
    assert read(*messages).judged == judged


def test_every_text_has_its_place() -> None:
    prompt = read(
        SYSTEM,
        user([{"type": "image_url"}, {"type": "text", "text": "What is this?"}]),
        answer([{"type": "refusal", "refusal": "No."}, {"type": "text", "text": ""}]),
        answer(None, tool_calls=[TOOL_CALL, {"type": "custom"}, {"function": {}}]),
        RESULT,
    )
    assert prompt.parts == (
        TextPart("system", 0, None, "Be brief."),
        TextPart("user", 1, 1, "What is this?"),
        TextPart("assistant", 2, 0, "No."),
        TextPart("assistant", 3, None, "{}"),
        TextPart("tool", 4, None, "It is blue."),
    )
    assert prompt.characters == sum(len(part.text) for part in prompt.parts)
    assert list(prompt.texts("system", "tool")) == ["Be brief.", "It is blue."]


def test_what_a_model_sees_beside_the_content_is_read_too() -> None:
    prompt = read(
        answer("Done.", reasoning_content="Let me see.", refusal="Not that."),
        answer(None, function_call={"name": "look", "arguments": '{"at": "it"}'}),
        answer(None, tool_calls=[{"type": "custom", "custom": {"name": "sh", "input": "ls -l"}}]),
        answer(None, reasoning_content=None, refusal=None, function_call=None, tool_calls=None),
    )
    assert [(part.message, part.text) for part in prompt.parts] == [
        (0, "Done."),
        (0, "Let me see."),
        (0, "Not that."),
        (1, '{"at": "it"}'),
        (2, "ls -l"),
    ]


@pytest.mark.parametrize(
    ("last", "in_loop"),
    [
        (RESULT, True),
        ({"role": "function", "name": "look", "content": "blue"}, True),
        (user("go on"), False),
        (answer(None, tool_calls=[TOOL_CALL]), False),
    ],
)
def test_a_tools_result_at_the_end_is_a_loop_in_progress(
    last: dict[str, Any], *, in_loop: bool
) -> None:
    assert read(user(LONG), answer(None, tool_calls=[TOOL_CALL]), last).in_tool_loop is in_loop


def test_turns_tools_and_images_are_counted() -> None:
    image = {"type": "image_url", "image_url": {"url": "x"}}
    prompt = read(
        user([image, image, {"type": "input_image"}]),
        answer([{"type": "image"}]),
        user([{"type": "input_audio"}, {"type": "text", "text": "and?"}]),
        tools=[{"type": "function"}, {"type": "custom"}],
    )
    assert (prompt.turns, prompt.images, prompt.tools) == (2, 4, 2)


def test_a_request_without_tools_offers_none() -> None:
    assert read(user(LONG)).tools == 0
    assert read(user(LONG), tools=None).tools == 0


def test_characters_are_code_points() -> None:
    assert read(user("é🚂")).characters == 2


_parts = st.fixed_dictionaries(
    {"type": st.sampled_from(["text", "image_url", "refusal", "file"])},
    optional={"text": st.none() | st.text(), "refusal": st.none() | st.text()},
)
_messages = st.fixed_dictionaries(
    {"role": st.sampled_from(["system", "developer", "user", "assistant", "tool", "else"])},
    optional={"content": st.none() | st.text() | st.lists(_parts, max_size=3)},
)


@given(st.lists(_messages, min_size=1, max_size=6))
def test_each_part_holds_exactly_the_text_at_its_place(messages: list[dict[str, Any]]) -> None:
    prompt = read(*messages)
    for part in prompt.parts:
        message = messages[part.message]
        assert part.role == message["role"]
        if part.part is None:
            assert part.text == message["content"]
        else:
            assert part.text in {
                message["content"][part.part].get("text"),
                message["content"][part.part].get("refusal"),
            }
    assert [(p.message, p.part or 0) for p in prompt.parts] == sorted(
        (p.message, p.part or 0) for p in prompt.parts
    )
    user_text = "\n".join(prompt.texts("user"))
    if user_text.strip():
        assert len(prompt.judged) <= len("\n".join(p.text for p in prompt.parts))
