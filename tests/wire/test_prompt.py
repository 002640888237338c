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
        # A chain of short turns goes back over the others, to the turn that they all refer to.
        (
            [user(LONG), answer(), user("and for n=5?"), answer(), user("and for n=6?")],
            f"{LONG}\nand for n=6?",
        ),
        (
            [
                user("Hi"),
                answer(),
                user(LONG),
                *[answer(), user("and?")] * 3,
                answer(),
                user("why?"),
            ],
            f"{LONG}\nwhy?",
        ),
        # The first turn follows up on nothing, so that it can be short.
        (
            [user("2 + 2?"), answer(), user("and 3 + 3?"), answer(), user("and 4 + 4?")],
            "2 + 2?\nand 4 + 4?",
        ),
        # Thanks ask nothing, so that they need no more than themselves.
        ([user(LONG), answer(), user("thanks!")], "thanks!"),
        ([user(LONG), answer("Anything else?"), user("No, thank you.")], "No, thank you."),
        ([user(LONG), answer(), user("👍")], "👍"),
        # After a question, assent tells the model to go on.
        ([user(LONG), answer("Shall I prove it? "), user("ok")], f"{LONG}\nok"),
        ([user(LONG), answer("要我证明吗\uff1f"), user("👍")], f"{LONG}\n👍"),
        ([user(LONG), answer([{"type": "text", "text": "Really?"}]), user("ok")], f"{LONG}\nok"),
        ([user(LONG), answer("Shall I?"), user("go"), answer("Done."), user("ok")], "ok"),
        ([user(LONG), user("great")], "great"),
        # A long courtesy is not what a later turn refers to.
        (
            [
                *[user(LONG), answer(), user("Thank you so very much for all your help!")],
                *[answer(), user("and for n=5?")],
            ],
            f"{LONG}\nand for n=5?",
        ),
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


@pytest.mark.parametrize(
    ("messages", "share"),
    [
        # Nothing has been answered yet.
        ([user("12345678")], 0.0),
        ([SYSTEM, user("12345678")], 0.0),
        ([user(None)], 0.0),
        # Everything up to the last answer, and the answer itself.
        ([user("123456"), answer("12"), user("12")], 0.8),
        ([user("1"), answer("1"), user("1"), answer("1"), user("1")], 0.8),
        ([user("1"), answer(None, reasoning_content="1"), user("12")], 0.5),
        # In a tool loop, the call was an answer.
        (
            [
                user("123456"),
                answer(None, tool_calls=[TOOL_CALL]),
                {"role": "tool", "content": "12"},
            ],
            0.8,
        ),
        # An answer at the very end is the beginning of the next one: no call had it.
        ([user("1234"), answer("1234")], 0.0),
        ([user("1"), answer("1"), user("1"), answer("1")], 0.5),
        # An answer without words was one, too.
        ([user("1"), answer(None), user("1")], 0.5),
    ],
)
def test_an_earlier_call_had_everything_up_to_the_last_answer(
    messages: list[dict[str, Any]], share: float
) -> None:
    assert read(*messages).carried_share == pytest.approx(share)


def test_what_is_carried_needs_not_be_given() -> None:
    fields = {name: getattr(read(user("x")), name) for name in Prompt.__struct_fields__}
    del fields["carried_share"]
    assert Prompt(**fields).carried_share == 0.0


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


@given(st.lists(_messages, min_size=1, max_size=6))
def test_the_share_that_is_carried_is_a_share_and_only_grows_with_the_answers(
    messages: list[dict[str, Any]],
) -> None:
    share = read(*messages).carried_share
    assert 0.0 <= share <= 1.0
    if not any(message["role"] == "assistant" for message in messages[:-1]):
        assert share == 0.0
    # A further answer and an empty turn after it: all of the text has been seen.
    done = read(*messages, answer("x"), user(""))
    assert done.carried_share == 1.0
