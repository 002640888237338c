"""What can be read off a request without understanding it."""

from typing import Any

import pytest

from pointsman.signals.reading import NOTHING_READ
from pointsman.signals.surface import BYTES_PER_TOKEN, SurfaceDetector
from pointsman.wire.chat import chat_from_object
from pointsman.wire.prompt import read_prompt

USER = {"role": "user", "content": "Hello you"}
IMAGE = {"role": "user", "content": [{"type": "image_url"}]}
FILE = {"role": "user", "content": [{"type": "file", "file": {"file_id": "f"}}]}
RESULT = {"role": "tool", "content": "ok"}


@pytest.mark.parametrize(
    ("request_fields", "expected"),
    [
        ({"messages": [USER]}, {"characters": 9, "turns": 1, "tools": 0, "images": 0, "media": 0}),
        ({"messages": [USER, USER, IMAGE]}, {"characters": 18, "turns": 3, "images": 1}),
        ({"messages": [USER, IMAGE, FILE]}, {"images": 1, "media": 2}),
        ({"messages": [USER], "tools": [{}, {}]}, {"tools": 2}),
        ({"messages": [USER]}, {"tool_loop": 0}),
        ({"messages": [USER, RESULT]}, {"tool_loop": 1}),
    ],
)
def test_counts_are_counted(request_fields: dict[str, Any], expected: dict[str, float]) -> None:
    values = SurfaceDetector()(read_prompt(chat_from_object(request_fields)), NOTHING_READ).values
    assert {name: values[name] for name in expected} == expected


@pytest.mark.parametrize(
    ("fields", "size"),
    [
        ({"messages": [USER]}, 9),
        ({"messages": [{"role": "user", "content": "請看這份合同"}]}, 18),
        ({"messages": [USER], "tools": [{"a": 1}, {}]}, 9 + 7 + 2),
    ],
)
def test_prompt_tokens_are_estimated_from_the_bytes_of_texts_and_tools(
    fields: dict[str, Any], size: int
) -> None:
    values = SurfaceDetector()(read_prompt(chat_from_object(fields)), NOTHING_READ).values
    assert values["prompt_tokens"] == size / BYTES_PER_TOKEN
