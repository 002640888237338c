"""How an answer is read from the bytes of its stream."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pointsman.evaluation.live.stream import AnswerReader, BrokenAnswerError, Written

END = {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}
USAGE = {
    "choices": [],
    "usage": {
        "prompt_tokens": 9,
        "completion_tokens": 5,
        "completion_tokens_details": {"reasoning_tokens": 2},
    },
}


def says(**delta: Any) -> dict[str, Any]:
    return {"choices": [{"index": 0, "delta": delta, "finish_reason": None}]}


def stream(*chunks: Any) -> bytes:
    events = [b"data: " + json.dumps(chunk).encode() + b"\n\n" for chunk in chunks]
    return b"".join([*events, b"data: [DONE]\n\n"])


def read(*chunks: Any) -> Written:
    reader = AnswerReader()
    reader.feed(stream(*chunks))
    return reader.finish()


@pytest.mark.parametrize(
    ("deltas", "thoughts"),
    [
        ([{"reasoning_content": "hm"}], {"reasoning_content": 2}),
        ([{"reasoning": "hm"}], {"reasoning": 2}),
        ([{"reasoning": "hm", "reasoning_content": "hm"}], {"reasoning": 2}),  # one of both names
        ([{"content": "<think>"}, {"content": "hm</think>"}], {"<think>": 2}),
        ([{"content": "hm</think>"}], {"<think>": 2}),
        ([{"content": [{"type": "thinking", "thinking": [{"text": "hm"}]}]}], {"thinking": 2}),
        ([{"content": "<think>\n\n</think>"}], {}),
        ([{"reasoning_content": ""}], {}),
        ([{"reasoning_content": "\n"}], {}),
        ([{"reasoning_content": None}], {}),
        ([{"role": "assistant", "content": None}], {}),
        ([{"content": [{"type": "text", "text": "The "}]}, {"content": [{"type": "image"}]}], {}),
    ],
)
def test_a_thought_is_seen_in_whatever_form_it_is_shown(
    deltas: list[dict[str, Any]], thoughts: dict[str, int]
) -> None:
    written = read(*(says(**delta) for delta in deltas), says(content="The answer is (A)."), END)
    assert written.thoughts == thoughts
    assert written.reasoned == bool(thoughts)
    assert written.answer.endswith("The answer is (A).")
    assert not written.truncated


def test_reasoning_that_is_only_counted_is_reasoning() -> None:
    written = read(says(content="B"), END, USAGE)
    assert (written.thoughts, written.reasoning_tokens, written.reasoned) == ({}, 2, True)
    assert written.usage is not None
    assert written.usage.completion_tokens == 5


@given(st.data())
def test_the_same_is_read_however_the_bytes_come(data: st.DataObject) -> None:
    whole = stream(says(reasoning="hm"), says(content="B é"), says(content=" C"), END, USAGE)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(whole)), max_size=6)))
    reader = AnswerReader()
    for start, end in zip([0, *cuts], [*cuts, len(whole)], strict=True):
        reader.feed(whole[start:end])
    assert reader.finish() == read(
        says(reasoning="hm"), says(content="B é"), says(content=" C"), END, USAGE
    )
    assert reader.finish().pieces == 3


def test_an_answer_has_begun_with_its_first_text_or_thought() -> None:
    reader = AnswerReader()
    assert not reader.feed(stream(says(role="assistant", content="")))
    assert reader.feed(stream(says(reasoning_content="h")))


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", "without a finish_reason"),
        (stream(says(content="A")), "without a finish_reason"),
        (stream(says(content="A"), {"error": {"message": "SWORDFISH"}}), "an error amid"),
        (stream(says(content="A"), END, {"error": {"message": "SWORDFISH"}}), "an error amid"),
        (b'{"choices": []}', "without a finish_reason"),
        (b"data: {\n\n", "none of a chat's"),
        (stream({"choices": 7}), "none of a chat's"),
    ],
)
def test_half_an_answer_is_none(raw: bytes, said: str) -> None:
    reader = AnswerReader()
    with pytest.raises(BrokenAnswerError) as caught:  # noqa: PT012 - either may say so
        reader.feed(raw)
        reader.finish()
    assert said in str(caught.value)
    assert "SWORDFISH" not in str(caught.value)
