"""String literals: where they stand, and edits inside them that move no other byte."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pointsman.wire.literals import (
    Edit,
    Escaped,
    Part,
    Place,
    escape,
    literals,
    parts,
    read_json,
    splice,
    unescape,
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('"a"', {(): "a"}),
        ("5", {}),
        ('{"a": "x", "b": ["y", 1, "z"]}', {("a",): "x", ("b", 0): "y", ("b", 2): "z"}),
        ('[[], {}, "a", {"k" : "b"}]', {(2,): "a", (3, "k"): "b"}),
        ('{"a\\"b": "c\\"d"}', {('a"b',): 'c\\"d'}),
        ('{"\\u0061": "\\\\"}', {("a",): "\\\\"}),
        ('{"a": "},[\\"{:"}', {("a",): '},[\\"{:'}),
        ('["a:", "b"]', {(0,): "a:", (1,): "b"}),
        ('["",""]', {(0,): "", (1,): ""}),
    ],
)
def test_string_values_are_found_with_their_places(text: str, found: dict[Place, str]) -> None:
    assert {place: text[start:end] for place, start, end in literals(text)} == found


def test_a_text_may_stand_at_a_place_of_its_own() -> None:
    assert [literal.place for literal in literals('["x"]', ("messages",))] == [("messages", 0)]


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=12,
)


@given(_JSON, st.booleans())
def test_a_literals_place_leads_to_its_value(
    value: object,
    ascii_only: bool,  # noqa: FBT001  # drawn
) -> None:
    text = json.dumps(value, ensure_ascii=ascii_only)
    for place, start, end in literals(text):
        at = value
        for step in place:
            at = at[step]  # type: ignore[index]  # a place of the value itself
        assert unescape(text[start:end]) == at


@pytest.mark.parametrize(
    ("text", "quoted", "found"),
    [
        ('{"a": "b"}', False, [Part(0, 10)]),
        ('{"a": "b', True, [Part(0, 8)]),  # cut off
        ("", True, [Part(0, 0)]),
        (
            '{"a": ["b", -1.5e3]}',
            True,
            [Part(2, 3, escaped=True), Part(8, 9, escaped=True), Part(12, 18, bare=True)],
        ),
        ('"a\\"b"', True, [Part(1, 5, escaped=True)]),
        (" true ", True, [Part(1, 5, bare=True)]),
    ],
)
def test_a_text_is_read_as_a_whole_or_as_the_json_it_is(
    text: str, found: list[Part], *, quoted: bool
) -> None:
    assert parts(text, quoted=quoted) == found


@pytest.mark.parametrize("text", ["", "{", '{"a":1} x', "[" * 100_000, "9" * 5000])
def test_what_cannot_be_read_is_none(text: str) -> None:
    assert read_json(text) is None


def test_half_a_surrogate_pair_can_be_read() -> None:
    assert read_json('"\\ud83d"') == "\ud83d"


def test_a_splice_puts_each_edit_in_its_place() -> None:
    assert splice("abcdef", [Edit(0, 1, "XY"), Edit(1, 1, "-"), Edit(4, 6, "")]) == "XY-bcd"


@st.composite
def _spellings(draw: st.DrawFn) -> str:
    """Draw a text as JSON may spell it: each character in any of its forms."""
    spelled = []
    for character in draw(st.text(st.sampled_from('ab"\\/\n\u00e9中🚂'), max_size=8)):
        units = character.encode("utf-16-be")
        escaped = "".join(f"\\u{units[i : i + 2].hex()}" for i in range(0, len(units), 2))
        spelled.append(draw(st.sampled_from([escape(character), escaped])))
    return "".join(spelled)


@given(_spellings(), st.integers(0, 8), st.integers(0, 8), st.sampled_from(["", "x", '"\n']))
def test_an_edit_of_the_text_is_one_of_its_raw_form(raw: str, a: int, b: int, new: str) -> None:
    inner = Escaped(raw)
    start, end = sorted((min(a, len(inner.text)), min(b, len(inner.text))))
    edited = inner.edited([Edit(start, end, new)])
    assert unescape(edited) == inner.text[:start] + new + inner.text[end:]
    assert edited.startswith(raw[: inner.written(start)])
    assert edited.endswith(raw[inner.written(end) :])


@given(_spellings(), st.integers(0, 60), st.integers(1, 60))
def test_a_range_is_widened_to_whole_characters(raw: str, a: int, b: int) -> None:
    inner = Escaped(raw)
    start, end = min(a, len(raw) - 1), min(a + b, len(raw))
    if not raw or end <= start:
        return
    wide = inner.widen(start, end)
    borders = [inner.written(position) for position in range(len(inner.text) + 1)]
    assert wide[0] == max(border for border in borders if border <= start)
    assert wide[1] == min(border for border in borders if border >= end)
