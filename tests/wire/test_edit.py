"""Edits: RFC 7396 in meaning, and every byte that is not edited stays."""

import copy
import json
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pointsman.errors import MalformedJSONError
from pointsman.wire.edit import apply_patch, read_members


# RFC 7396, appendix A, the cases whose target and patch are objects.
@pytest.mark.parametrize(
    ("target", "patch", "result"),
    [
        ('{"a":"b"}', {"a": "c"}, '{"a":"c"}'),
        ('{"a":"b"}', {"b": "c"}, '{"a":"b","b":"c"}'),
        ('{"a":"b"}', {"a": None}, "{}"),
        ('{"a":"b","b":"c"}', {"a": None}, '{"b":"c"}'),
        ('{"a":["b"]}', {"a": "c"}, '{"a":"c"}'),
        ('{"a":"c"}', {"a": ["b"]}, '{"a":["b"]}'),
        ('{"a":{"b":"c"}}', {"a": {"b": "d", "c": None}}, '{"a":{"b":"d"}}'),
        ('{"a":[{"b":"c"}]}', {"a": [1]}, '{"a":[1]}'),
        ('{"e":null}', {"a": 1}, '{"e":null,"a":1}'),
        ("{}", {"a": {"bb": {"ccc": None}}}, '{"a":{"bb":{}}}'),
        ('{"a":"foo"}', {"a": {"b": None, "c": 1}}, '{"a":{"c":1}}'),
        ('{"a":[]}', {"a": {"b": 1}}, '{"a":{"b":1}}'),
        # Section 2: nulls inside arrays are values.
        ('{"a":1}', {"a": [None, {"b": None}]}, '{"a":[null,{"b":null}]}'),
        # Section 1's example.
        (
            '{"a":"b","c":{"d":"e","f":"g"}}',
            {"a": "z", "c": {"f": None}},
            '{"a":"z","c":{"d":"e"}}',
        ),
    ],
)
def test_a_patch_means_what_rfc_7396_says(target: str, patch: dict[str, Any], result: str) -> None:
    assert apply_patch(target.encode(), patch) == result.encode()


@pytest.mark.parametrize(
    ("body", "patch", "result"),
    [
        # Number forms, escapes, white space and the order of keys.
        (
            b' {\r\n "model" :\t"auto" , "temperature": 1.0, "\\u0041\\/": "\\u00e9\\u0000" } \n',
            {"model": "large"},
            b' {\r\n "model" :\t"large" , "temperature": 1.0, "\\u0041\\/": "\\u00e9\\u0000" } \n',
        ),
        (
            b'{"a":-0,"b":1E+5,"c":123456789012345678901234567890,"d":0.10}',
            {"e": 1},
            b'{"a":-0,"b":1E+5,"c":123456789012345678901234567890,"d":0.10,"e":1}',
        ),
        # A caller's own nested keys stay beside ours.
        (
            b'{"chat_template_kwargs": {"x": 1.50}}',
            {"chat_template_kwargs": {"enable_thinking": True}},
            b'{"chat_template_kwargs": {"x": 1.50,"enable_thinking":true}}',
        ),
        # Keys are compared by what they mean, and keep how they are written.
        (b'{"\\u006dodel":"auto"}', {"model": "large"}, b'{"\\u006dodel":"large"}'),
        (b'{"a\\"b": {"}": 1}, "{": 2}', {'a"b': {"}": 3}}, b'{"a\\"b": {"}": 3}, "{": 2}'),
        (b'{"\\\\": 1, ",\\"": [","]}', {"\\": 2}, b'{"\\\\": 2, ",\\"": [","]}'),
        (b'{"": 1}', {"": 2}, b'{"": 2}'),
        # Removal at the front, in the middle, at the end, of all, of none.
        (b'{ "a": 1, "b": 2, "c": 3 }', {"a": None}, b'{ "b": 2, "c": 3 }'),
        (b'{ "a": 1, "b": 2, "c": 3 }', {"b": None}, b'{ "a": 1, "c": 3 }'),
        (b'{ "a": 1, "b": 2, "c": 3 }', {"c": None}, b'{ "a": 1, "b": 2 }'),
        (b'{ "a": 1, "b": 2, "c": 3 }', {"a": None, "b": None}, b'{ "c": 3 }'),
        (b'{ "a": 1, "b": 2, "c": 3 }', {"a": None, "c": None}, b'{ "b": 2 }'),
        (b'{ "a": 1, "b": 2, "c": 3 }', {"b": None, "c": None}, b'{ "a": 1 }'),
        (b'{ "a": 1, "b": 2 }', {"a": None, "b": None}, b"{ }"),
        (b'{ "a": 1 }', {"z": None}, b'{ "a": 1 }'),
        # Removal and addition together.
        (b'{"a":1}', {"a": None, "b": 2}, b'{"b":2}'),
        (b'{"a":1,"b":2}', {"b": None, "c": 3}, b'{"a":1,"c":3}'),
        (b'{"a":1,"b":2}', {"a": None, "c": 3}, b'{"b":2,"c":3}'),
        # Objects without members.
        (b"{}", {}, b"{}"),
        (b" { } ", {"a": 1, "b": {}}, b' {"a":1,"b":{} } '),
        (b'{"a":{ }}', {"a": {"b": 1}}, b'{"a":{"b":1 }}'),
        (b'{"a":5}', {"a": {}}, b'{"a":{}}'),
        (b'{"a":{"b":1}}', {"a": {}}, b'{"a":{"b":1}}'),
    ],
)
def test_an_edit_leaves_every_other_byte(body: bytes, patch: dict[str, Any], result: bytes) -> None:
    assert apply_patch(body, patch) == result


@pytest.mark.parametrize(
    ("body", "patch"),
    [
        (b'{"model": "a", "model": "b"}', {"model": "c"}),
        (b'{"model": "a", "x": 1, "model": "b"}', {"y": 1}),
        (b'{"model": "a", "\\u006dodel": "b"}', {"model": "c"}),
        (b'{"messages": [], "model": "a", "messages": [1]}', {}),
        (b'{"messages": [], "messages": {}}', {"messages": None}),
        (b'{"k": {"a": 1, "a": 2}}', {"k": {"b": 1}}),
        (b'{"k": {"a": {"b": 1}, "a": {"b": 2}}}', {"k": {"a": {"b": 3}}}),
    ],
)
def test_an_edited_object_with_a_key_twice_is_refused(body: bytes, patch: dict[str, Any]) -> None:
    with pytest.raises(MalformedJSONError, match="the same key twice"):
        apply_patch(body, patch)


def test_doubles_in_an_object_that_is_not_edited_are_left_to_the_model() -> None:
    body = b'{"k": {"a": 1, "a": 2}}'
    assert apply_patch(body, {"k": 5}) == b'{"k": 5}'
    assert apply_patch(body, {"j": 5}) == b'{"k": {"a": 1, "a": 2},"j":5}'


@pytest.mark.parametrize("body", [b"", b"[]", b"5", b"{", b'{"a":1}x', b'{"a":1,}', b'{"a" 1}'])
def test_what_is_no_object_cannot_be_edited(body: bytes) -> None:
    with pytest.raises(MalformedJSONError, match="expected a JSON object"):
        apply_patch(body, {"a": 1})


def test_an_object_that_nests_too_deeply_cannot_be_edited() -> None:
    with pytest.raises(MalformedJSONError, match="expected a JSON object"):
        apply_patch(b'{"a":' * 100_000 + b"1" + b"}" * 100_000, {"b": 1})


def test_members_are_located_in_their_order_by_what_their_keys_mean() -> None:
    body = b'x {"\\u0061": 1 , "b":[2]} y'
    members = read_members(body, 2, 25)
    assert list(members) == ["a", "b"]
    assert [body[m.value : m.end] for m in members.values()] == [b"1", b"[2]"]
    assert [body[m.begin : m.value] for m in members.values()] == [b' {"\\u0061": '[1:], b' , "b":']


def test_removal_from_an_object_of_as_many_members_as_there_may_be() -> None:
    # As many as an object may hold: beyond that a body is refused.
    many = 999
    body = b'{"thinking": {"first": 1, %s}}' % b", ".join(b'"%d": 0' % i for i in range(many))
    patch = {"thinking": {"first": None, str(many - 1): None}}
    assert len(json.loads(apply_patch(body, patch))["thinking"]) == many - 1


# --- The laws, on generated bodies ---------------------------------------------------------------


@dataclass
class Written:
    """A JSON value as text; of an object, also its members: key, key as written, value."""

    text: str
    members: list[tuple[str, str, "Written"]] | None = field(default=None)


_SPACE = st.sampled_from(["", "", "", " ", "\n", "\t ", "\r\n  "])
_NUMBERS = st.sampled_from(
    ["0", "-0", "1.0", "1e5", "1E-05", "-2.50", "9007199254740993", "1" * 40, "0.1e+1", "1e400"]
)
_WORDS = st.sampled_from(
    ["a", "b", "model", "kwargs", 'qu"ote', "back\\slash", "{", "}:,", "é🚂", ""]
)


@st.composite
def _strings(draw: st.DrawFn, values: st.SearchStrategy[str]) -> tuple[str, str]:
    """Draw a string and one of the ways to write it."""
    value = draw(values)
    if draw(st.booleans()):
        units = value.encode("utf-16-be")
        pairs = [units[i : i + 2].hex() for i in range(0, len(units), 2)]
        return value, '"' + "".join(f"\\u{pair}" for pair in pairs) + '"'
    return value, json.dumps(value, ensure_ascii=draw(st.booleans()))


def _leaves() -> st.SearchStrategy[Written]:
    strings = _strings(st.text(max_size=5) | _WORDS).map(lambda drawn: drawn[1])
    return (_NUMBERS | st.sampled_from(["true", "false", "null"]) | strings).map(Written)


@st.composite
def _arrays(draw: st.DrawFn, inner: st.SearchStrategy[Written]) -> Written:
    items = draw(st.lists(inner, max_size=3))
    space = draw(_SPACE)
    return Written(f"[{space}" + f"{space},".join(item.text for item in items) + f"{space}]")


@st.composite
def _objects(draw: st.DrawFn, inner: st.SearchStrategy[Written]) -> Written:
    keys = draw(st.lists(_strings(_WORDS), max_size=5, unique_by=lambda drawn: drawn[0]))
    members, pieces = [], []
    for key, raw in keys:
        value = draw(inner)
        written_key = f"{raw}{draw(_SPACE)}:{draw(_SPACE)}"
        members.append((key, written_key, value))
        pieces.append(f"{draw(_SPACE)}{written_key}{value.text}{draw(_SPACE)}")
    return Written("{" + ",".join(pieces) + draw(_SPACE) + "}", members)


_values = st.recursive(_leaves(), lambda inner: _arrays(inner) | _objects(inner), max_leaves=10)
bodies = _objects(_values)

_new_values = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(_WORDS, inner, max_size=3),
    max_leaves=6,
)
patches = st.dictionaries(_WORDS, _new_values, max_size=4)


def textbook_merge(target: Any, patch: Any) -> Any:
    """RFC 7396 section 2, word for word."""
    if not isinstance(patch, dict):
        return patch
    result = copy.deepcopy(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            result.pop(name, None)
        else:
            result[name] = textbook_merge(result.get(name), value)
    return result


def untouched(body: Written, patch: dict[str, Any]) -> list[str]:
    """The pieces of the text that a patch must leave, in their order."""
    pieces: list[str] = []
    for key, written_key, value in body.members or ():
        if key not in patch:
            pieces.append(written_key + value.text)
        elif isinstance(patch[key], dict) and value.members is not None:
            pieces += [written_key, *untouched(value, patch[key])]
        elif patch[key] is not None:
            pieces.append(written_key)
    return pieces


@given(bodies, patches)
@example(Written('{"a":1}', [("a", '"a":', Written("1"))]), {"a": None, "": 1})
def test_the_result_means_what_the_textbook_merge_gives(
    body: Written, patch: dict[str, Any]
) -> None:
    edited = apply_patch(body.text.encode(), patch)
    assert json.loads(edited) == textbook_merge(json.loads(body.text), patch)


@given(bodies, patches)
def test_what_is_not_edited_keeps_its_bytes_and_its_order(
    body: Written, patch: dict[str, Any]
) -> None:
    edited = apply_patch(body.text.encode(), patch).decode()
    at = 0
    for piece in untouched(body, patch):
        found = edited.find(piece, at)
        assert found >= 0, piece
        at = found + len(piece)


@given(bodies, patches)
def test_a_patch_applied_twice_changes_nothing_more(body: Written, patch: dict[str, Any]) -> None:
    once = apply_patch(body.text.encode(), patch)
    assert apply_patch(once, patch) == once


@given(bodies)
def test_an_empty_patch_changes_no_byte(body: Written) -> None:
    assert apply_patch(body.text.encode(), {}) == body.text.encode()


@given(st.text(max_size=80).map(str.encode), patches)
def test_whatever_text_comes_is_edited_or_refused(body: bytes, patch: dict[str, Any]) -> None:
    try:
        edited = apply_patch(body, patch)
    except MalformedJSONError:
        return
    assert isinstance(json.loads(edited), dict)


def test_an_object_with_more_keys_than_anyone_needs_is_refused() -> None:
    fields = ",".join(f'"k{number}":{number}' for number in range(1001))
    with pytest.raises(MalformedJSONError, match="holds 1001 keys; at most 1000"):
        read_members(b"{" + fields.encode() + b"}", 0, len(fields) + 2)
