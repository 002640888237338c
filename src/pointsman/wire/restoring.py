"""Gives an answer its values back where a model wrote placeholders; every other byte stays.

Where JSON stands inside a string (a call's `arguments`; `content` if the request asked for JSON), a
value is escaped once more. A placeholder that was not given, or that the model changed, stays.
"""

import json
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from pointsman.wire.fixed import keys_of
from pointsman.wire.literals import Edit, Escaped, Place, escape, literals, read_json, splice
from pointsman.wire.placeholders import scan

# A bracket, escaped or not; or a backslash in the string itself, which may begin one in JSON there.
_MAY_HOLD = re.compile(rb"<|\\u00(?:3[cC]|5[cC])|\\\\")
_EVENT = re.compile(rb".+?(?:\r\n\r\n|\n\n|\r\r|\n\r\n|\Z)", re.DOTALL)
_NO_PAYLOAD = re.compile(r"(?:\A|(?<=[\r\n]))(?:data:|(?!data:)[^\r\n]*)")
_ENVELOPE = ("id", "object", "created", "model")
_CONTENT = frozenset({("content",), ("content", "text")})
_CALLS = ("delta", "tool_calls")
# Words of a delta that are no text: they neither hold placeholders nor end another text.
_WORDS = frozenset({"role", "id", "type", "name"})


def restore(body: bytes, values: Mapping[str, str], *, structured: bool) -> bytes:
    """Give a whole answer its values back; a body that is not JSON stays.

    Args:
        body: Of the answer, or of an error.
        values: Placeholder to value, as `Masked` has them.
        structured: Whether the request asked for JSON, so that `content` is a JSON text.
    """
    if not values or not _MAY_HOLD.search(body):
        return body
    text = _decode(body)
    if read_json(text) is None:
        return body
    edits: list[Edit] = []
    for place, start, end in literals(text):
        inner = Escaped(text[start:end])
        found = scan(inner.text, values, quoted=_is_json(place, structured=structured)).edits
        if found:
            edits.append(Edit(start, end, inner.edited(found)))
    return _encode(splice(text, edits))


def _is_json(place: Place, *, structured: bool) -> bool:
    """Say whether the string at a place of an answer or of a chunk is itself JSON."""
    keys = keys_of(place)
    if keys[-1:] == ("arguments",):
        return "arguments" not in keys[:-1]
    return structured and keys[:1] == ("choices",) and keys[2:] in _CONTENT


def _decode(body: bytes) -> str:
    return body.decode("utf-8", "surrogateescape")  # keeps what is no UTF-8


def _encode(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


class _Field(NamedTuple):
    """A text that comes in pieces: the choice's index, and the way to it from there."""

    choice: int
    way: Place


class _Held(NamedTuple):
    """The end of a text that may become a placeholder, and the answer that it belongs to."""

    text: str
    envelope: Mapping[str, Any]


class _String(NamedTuple):
    """One string of a chunk; `field` is None where it does not go on in another chunk."""

    place: Place
    start: int
    end: int
    field: _Field | None


class RestoringStream:
    """Gives one streamed answer its values back, event by event.

    Of each text, only what may still become a placeholder is held. It goes out when it cannot any
    more, when its choice ends or goes on in another text, and when the stream ends. Only tool
    calls are streamed in turns, so theirs waits for more of the same call.

    Args:
        values: Placeholder to value, as `Masked` has them.
        structured: Whether the request asked for JSON, so that `content` is a JSON text.
    """

    def __init__(self, values: Mapping[str, str], *, structured: bool) -> None:
        self._values = values
        self._structured = structured
        self._held: dict[_Field, _Held] = {}

    def feed(self, events: bytes) -> bytes:
        """Take whole events, as `ChatStream.feed` returns them; return those to send now."""
        if not self._touches(events):
            return events
        return b"".join(map(self._restored, _EVENT.findall(events)))

    def finish(self) -> bytes:
        """Return what is held, as events: nothing follows that it could become a part of."""
        return self._released(list(self._held))

    def _touches(self, events: bytes) -> bool:
        return bool(self._held) or (bool(self._values) and _MAY_HOLD.search(events) is not None)

    def _restored(self, event: bytes) -> bytes:
        if not self._touches(event):
            return event
        text = _decode(event)
        payload = _NO_PAYLOAD.sub(lambda line: " " * len(line[0]), text)
        if not payload.strip():
            return event  # a comment, which keeps the connection alive
        chunk = read_json(payload)
        if not isinstance(chunk, dict):
            return self.finish() + event  # [DONE], or what nobody can read
        strings = [_String(*string, _field(chunk, string.place)) for string in literals(payload)]
        ended = _ended(chunk)
        error = "choices" not in chunk
        before = self._released(list(self._held) if error else self._left(strings, ended))
        envelope = {key: chunk[key] for key in _ENVELOPE if key in chunk}
        edits = [
            Edit(string.start, string.end, self._said(payload, string, ended, envelope))
            for string in strings
        ]
        return before + _encode(splice(text, edits))

    def _left(self, strings: list[_String], ended: set[int]) -> list[_Field]:
        """Return what is held of texts that do not go on in a chunk, and need not be waited for."""
        on = {string.field for string in strings if string.start < string.end} - {None}
        choices = {field.choice for field in on if field is not None}
        return [
            field
            for field in self._held
            if field not in on
            and (field.choice in ended or (field.choice in choices and not _in_turns(field)))
        ]

    def _released(self, fields: list[_Field]) -> bytes:
        return b"".join(_event(field, self._held.pop(field)) for field in fields)

    def _said(
        self, payload: str, string: _String, ended: set[int], envelope: Mapping[str, Any]
    ) -> str:
        """Return what stands between the quotes of a string from now on."""
        raw = payload[string.start : string.end]
        field = string.field
        if field is not None and raw and field in self._held:
            raw = escape(self._held.pop(field).text) + raw
        if "<" not in raw and "\\" not in raw:
            return raw
        inner = Escaped(raw)
        quoted = _is_json(string.place, structured=self._structured)
        edits, open_at = scan(inner.text, self._values, quoted=quoted)
        if field is not None and field.choice not in ended and open_at < len(inner.text):
            self._held[field] = _Held(inner.text[open_at:], envelope)
            edits.append(Edit(open_at, len(inner.text), ""))
        return inner.edited(edits)


def _field(chunk: Any, place: Place) -> _Field | None:  # noqa: ANN401  # a JSON value
    """Return the text that the string at a place of a chunk is a piece of."""
    match place:
        case ("choices", int() as number, "delta", "tool_calls", int() as call, *rest):
            way: Place = (*_CALLS, _index(chunk, place[:5], call), *rest)
        case ("choices", int() as number, "delta", _, *_):
            way = place[2:]
        case _:
            return None
    return None if way[-1] in _WORDS else _Field(_index(chunk, place[:2], number), way)


def _index(chunk: Any, place: Place, number: int) -> int:  # noqa: ANN401  # a JSON value
    """Return the `index` of the element at a place, or its number where it has none."""
    try:
        for step in place:
            chunk = chunk[step]
        index = chunk["index"]
    except (KeyError, IndexError, TypeError):
        return number
    return index if isinstance(index, int) else number


def _ended(chunk: Mapping[str, Any]) -> set[int]:
    """Return the indexes of the choices that say in a chunk why they end."""
    choices = chunk.get("choices")
    return {
        _index(chunk, ("choices", number), number)
        for number, choice in enumerate(choices if isinstance(choices, list) else ())
        if isinstance(choice, dict) and choice.get("finish_reason")
    }


def _in_turns(field: _Field) -> bool:
    return field.way[:2] == _CALLS


def _event(field: _Field, held: _Held) -> bytes:
    """Return the event that says what was held, in the form of a piece of its text."""
    said: Any = held.text
    for step in reversed(field.way):
        if isinstance(step, str):
            said = {step: said}
        else:  # a tool call goes by its index, a content part by its type
            said = [({"index": step} if _in_turns(field) else {"type": "text"}) | said]
    choice = {"index": field.choice, **said, "finish_reason": None}
    return b"data: " + json.dumps({**held.envelope, "choices": [choice]}).encode() + b"\n\n"
