"""Edits of a JSON body that leave every other byte as it was.

A patch follows JSON Merge Patch (RFC 7396): objects merge, everything else replaces, null
removes. Unlike a decode-and-encode round trip, number forms, escapes, key order, white space and
unknown fields keep their bytes, because the new values are spliced in at their byte offsets.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import msgspec
import numpy as np

from pointsman.errors import MalformedJSONError

Patch = Mapping[str, Any]
"""A merge patch: JSON values by key, nested mappings for nested objects."""

_FIRST_KEY = re.compile(rb'\s*\{\s*"(?:[^"\\]|\\.)*"\s*:\s*')
_NEXT_KEY = re.compile(rb'\s*,\s*"(?:[^"\\]|\\.)*"\s*:\s*')
MOST_MEMBERS = 1000
"""Of one object; a request of OpenAI's has some forty fields, and each takes 10 microseconds to
look at. A judgement."""

_FIELDS = msgspec.json.Decoder(dict[str, msgspec.Raw])


class Member(NamedTuple):
    """One member of an object: where its key begins and its value lies, as byte offsets."""

    begin: int
    value: int
    end: int


class _Splice(NamedTuple):
    start: int
    end: int
    new: bytes


def apply_patch(body: bytes, patch: Patch) -> bytes:
    """Return the body with the patch merged in.

    Raises:
        MalformedJSONError: The body is not one JSON object, or an object that is edited holds a
            key twice (readers differ in which one counts, so neither may be trusted).
    """
    splices: list[_Splice] = []
    _edit_object(body, 0, len(body), patch, splices)
    splices.sort()
    pieces: list[bytes] = []
    at = 0
    for start, end, new in splices:
        pieces += (body[at:start], new)
        at = end
    pieces.append(body[at:])
    return b"".join(pieces)


def read_members(body: bytes, start: int, end: int) -> dict[str, Member]:
    """Locate the members of the JSON object that fills body[start:end], in their order.

    Raises:
        MalformedJSONError: It is not an object, holds a key twice, or too many keys.
    """
    view = memoryview(body)[start:end]
    try:
        fields = _FIELDS.decode(view)
    except (msgspec.DecodeError, RecursionError) as error:
        raise MalformedJSONError(f"expected a JSON object: {error}") from error
    if len(fields) > MOST_MEMBERS:
        raise MalformedJSONError(
            f"an object of the body holds {len(fields)} keys; at most {MOST_MEMBERS} are allowed"
        )
    base = _address(view) - start
    members: dict[str, Member] = {}
    at = start
    for key, raw in sorted(fields.items(), key=lambda field: _address(field[1])):
        value = _address(raw) - base
        gap = (_NEXT_KEY if members else _FIRST_KEY).fullmatch(body, at, value)
        if gap is None:
            raise MalformedJSONError("an object of the body holds the same key twice")
        members[key] = Member(at, value, value + len(memoryview(raw)))
        at = members[key].end
    return members


def _address(buffer: Any) -> int:  # noqa: ANN401  # anything with the buffer protocol
    # msgspec.Raw is a view into the decoded message; its address is the only way to its offset.
    return int(np.frombuffer(buffer, np.uint8).__array_interface__["data"][0])


def _edit_object(body: bytes, start: int, end: int, patch: Patch, out: list[_Splice]) -> None:
    members = read_members(body, start, end)
    added: list[bytes] = []
    for key, new in patch.items():
        member = members.get(key)
        if new is None:
            continue
        if member is None:
            added.append(_encode(key) + b":" + _encode(_without_nulls(new)))
        elif isinstance(new, Mapping) and body[member.value : member.value + 1] == b"{":
            _edit_object(body, member.value, member.end, new, out)
        else:
            out.append(_Splice(member.value, member.end, _encode(_without_nulls(new))))
    opened = body.index(b"{", start, end) + 1
    kept = [member for key, member in members.items() if patch.get(key, 0) is not None]
    if len(kept) < len(members):
        out.extend(_removals(body, opened, list(members.values()), kept))
    if added:
        at = max((member.end for member in members.values()), default=opened)
        out.append(_Splice(at, at, (b"," if kept else b"") + b",".join(added)))


def _removals(
    body: bytes, opened: int, members: list[Member], kept: list[Member]
) -> Iterator[_Splice]:
    """Cut members with the comma before them; those at the front, with the comma after them."""
    if not kept:
        yield _Splice(opened, members[-1].end, b"")
        return
    if kept[0] is not members[0]:
        yield _Splice(opened, body.index(b",", kept[0].begin) + 1, b"")
    keep = set(kept)
    for member in members[members.index(kept[0]) :]:
        if member not in keep:
            yield _Splice(member.begin, member.end, b"")


def _without_nulls(value: Any) -> Any:  # noqa: ANN401  # a JSON value
    """Drop nulls inside a new object: in a merge patch they remove, and there is nothing yet."""
    if isinstance(value, Mapping):
        return {k: _without_nulls(v) for k, v in value.items() if v is not None}
    return value


def _encode(value: Any) -> bytes:  # noqa: ANN401  # a JSON value
    return msgspec.json.encode(value)
