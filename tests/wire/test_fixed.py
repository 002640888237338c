"""Strings that stay: by their key and its place, never by the key alone."""

import pytest

from pointsman.wire.fixed import is_fixed, keys_of
from pointsman.wire.literals import Place

PICTURE = "data:image/png;base64,SmFuZQ=="


@pytest.mark.parametrize(
    ("place", "text", "fixed"),
    [
        (("model",), "x", True),
        (("messages", 0, "role"), "user", True),
        (("messages", 0, "content"), "x", False),
        (("messages", 0, "content", 1, "type"), "text", True),
        (("messages", 0, "content", 1, "text"), "x", False),
        (("messages", 2, "tool_calls", 0, "function", "name"), "f", True),
        (("messages", 2, "tool_calls", 0, "function", "arguments"), "{}", False),
        (("messages", 2, "tool_calls", 0, "function", "arguments", "name"), "x", False),
        (("messages", 2, "tool_calls", 0, "function", "arguments", "id"), "x", False),
        (("messages", 2, "tool_calls", 0, "function", "arguments", "type"), "x", False),
        (("messages", 1, "name"), "x", False),
        (("user",), "x", False),
        (("metadata", "id"), "x", False),
        (("metadata", "messages.role"), "x", False),
        (("tools", 0, "function", "name"), "f", True),
        (("tools", 0, "function", "description"), "x", False),
        (("tools", 0, "function", "parameters", "properties", "a", "type"), "string", True),
        (("tools", 0, "function", "parameters", "properties", "a", "enum", 1), "x", False),
        (("tools", 0, "function", "parameters", "required", 1), "x", True),
        (("response_format", "json_schema", "name"), "x", True),
        (("tool_choice", "function", "name"), "f", True),
        # Blobs, and what only looks like one.
        (("messages", 0, "content", 1, "image_url", "url"), PICTURE, True),
        (("messages", 0, "content", 1, "file", "file_data"), PICTURE, True),
        (("messages", 0, "content", 1, "image_url", "url"), "https://x.org/jane", False),
        (("messages", 0, "content", 1, "image_url", "url"), "data:text/plain,Jane", False),
        (("messages", 0, "content", 1, "text"), PICTURE, False),
        (("messages", 0, "content"), PICTURE, False),
    ],
)
def test_a_string_stays_where_the_api_reads_it(place: Place, text: str, *, fixed: bool) -> None:
    assert is_fixed(place, text) is fixed


def test_the_keys_of_a_place_leave_numbers_out() -> None:
    assert keys_of(("messages", 3, "content", 0, "text")) == ("messages", "content", "text")
