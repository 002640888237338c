"""String literals of a JSON text: where each stands, under which keys, and how to edit inside one.

Positions count characters of the text, and a literal's lie inside its quotes. Escapes are those of
RFC 8259 section 7. Reading is lexical, so that no byte of the rest has to be written anew: the text
must be valid JSON (`read_json`).
"""

import json
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

Place = tuple[str | int, ...]
"""The way to a value: keys of objects and numbers of elements, from the outermost."""

_TOKEN = re.compile(r'"([^"\\]*+(?:\\.[^"\\]*+)*+)"(\s*+:)?|[{}\[\],]', re.DOTALL)
_ESCAPE = re.compile(
    r"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|.)", re.DOTALL
)
_SCALAR = re.compile(r'"([^"\\]*+(?:\\.[^"\\]*+)*+)"|[^\s"{}\[\],:]+', re.DOTALL)


class Literal(NamedTuple):
    """One string value: where it belongs, and where it lies between its quotes."""

    place: Place
    start: int
    end: int


class Edit(NamedTuple):
    """What is put in the place of text[start:end]."""

    start: int
    end: int
    new: str


class Part(NamedTuple):
    """A piece of a text that is read by itself.

    Attributes:
        escaped: Whether it is written as between the quotes of a JSON string.
        bare: Whether it is a bare word of JSON: a number, true, false or null.
    """

    start: int
    end: int
    escaped: bool = False
    bare: bool = False


def read_json(text: str) -> Any:  # noqa: ANN401  # a JSON value
    """Return the value of a JSON text, or None where it is none or nests too deeply.

    Half a surrogate pair passes: a stream may cut a character in two.
    """
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def literals(text: str, place: Place = ()) -> Iterator[Literal]:
    """Yield every string value of a JSON text that stands at `place`, in order; keys are none."""
    way: list[str | int] = [*place]
    for token in _TOKEN.finditer(text):
        sign = text[token.start()]
        if sign == '"':
            if token[2]:
                way[-1] = unescape(token[1])
            else:
                yield Literal(tuple(way), token.start(1), token.end(1))
        elif sign == ",":
            if isinstance(number := way[-1], int):
                way[-1] = number + 1
        elif sign in "{[":
            way.append("" if sign == "{" else 0)
        else:
            way.pop()


def parts(text: str, *, quoted: bool) -> list[Part]:
    """Return what is read of a text: all of it, or of JSON each key, string and bare word.

    Args:
        text: Plain, or `quoted`: JSON that stands in a string. If it is cut off, it is plain.
        quoted: Whether the text is meant to be JSON.
    """
    if not quoted or read_json(text) is None:
        return [Part(0, len(text))]
    return [
        Part(*found.span(), bare=True) if found[1] is None else Part(*found.span(1), escaped=True)
        for found in _SCALAR.finditer(text)
    ]


def unescape(raw: str) -> str:
    """Return what is written between the quotes of a JSON string."""
    return str(json.loads(f'"{raw}"', strict=False)) if "\\" in raw else raw


def escape(text: str) -> str:
    """Return how a text is written between the quotes of a JSON string, in its own script."""
    return json.dumps(text, ensure_ascii=False)[1:-1]


def splice(text: str, edits: Iterable[Edit]) -> str:
    """Return the text with edits made; they are in order and do not overlap."""
    pieces: list[str] = []
    at = 0
    for start, end, new in edits:
        pieces += (text[at:start], new)
        at = end
    pieces.append(text[at:])
    return "".join(pieces)


class Escaped:
    """What is written between the quotes of a JSON string, and where each character is written."""

    def __init__(self, raw: str) -> None:
        self.raw = raw
        self.text = unescape(raw)
        # Behind each escape: the position in the text, and the one in the raw form.
        self._said: list[int] = [0]
        self._written: list[int] = [0]
        for found in _ESCAPE.finditer(raw) if len(self.text) < len(raw) else ():
            between = found.start() - self._written[-1]
            self._said.append(self._said[-1] + between + 1)
            self._written.append(found.end())

    def written(self, position: int) -> int:
        """Say where the raw form of the character at `position` of the text begins."""
        index = bisect_right(self._said, position) - 1
        return self._written[index] + position - self._said[index]

    def widen(self, start: int, end: int) -> tuple[int, int]:
        """Return the least range of the raw form that holds raw[start:end] and cuts no escape."""
        return self.written(self._floor(start)), self.written(self._floor(end - 1) + 1)

    def edited(self, edits: Iterable[Edit]) -> str:
        """Return the raw form after edits of the text."""
        moved = (Edit(self.written(e.start), self.written(e.end), escape(e.new)) for e in edits)
        return splice(self.raw, moved)

    def _floor(self, written: int) -> int:
        """Return the position in the text of the character that is written there."""
        index = bisect_right(self._written, written) - 1
        position = self._said[index] + written - self._written[index]
        return min([position, *(said - 1 for said in self._said[index + 1 : index + 2])])
