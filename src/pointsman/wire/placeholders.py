"""Names that stand for values: `<EMAIL_ADDRESS_1>` for the first e-mail address of a request."""

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import NamedTuple

from pointsman.wire.literals import Edit, escape

Tag = Callable[[str, str], str]
"""Gives the number of a (type, value) in decimal digits: a keyed one, the same in every request."""

_ESCAPED_ASCII = re.compile(rb"\\+u00([2-7][0-9a-fA-F])")
_NAME = r"(?P<name>[^<>\s\"\\]*+)"
_PLAIN = re.compile(rf"<{_NAME}(?:>|(?P<tail>\Z))")
# An escape is stepped over whole, so that of two backslashes the second begins none.
_BEGUN = r"\\(?:u(?:0(?:03?)?)?)?\Z"
_QUOTED = re.compile(
    rf"(?:<|\\u003[cC]){_NAME}(?:>|\\u003[eE]|(?P<tail>\Z|{_BEGUN}))|(?P<begun>{_BEGUN})|\\.",
    re.DOTALL,
)
_BRACKETED = re.compile(rb'<[^<>\s"\\]+>')


def typed_names(body: bytes) -> frozenset[str]:
    """Return all that looks like a placeholder anywhere in a body, however it is escaped.

    A user or a document wrote it, so it must come back as it is and may stand for no value.
    """
    if b"\\u00" in body:
        body = _ESCAPED_ASCII.sub(lambda found: bytes.fromhex(found[1].decode()), body)
    return frozenset(name.decode(errors="replace") for name in _BRACKETED.findall(body))


def name_values(
    values: Iterable[tuple[str, str]], taken: Collection[str], tag: Tag | None = None
) -> dict[tuple[str, str], str]:
    """Give each (type, value) a placeholder of its own, in the order of first appearance.

    A request carries its whole conversation, so the order alone gives a value the same name in
    every turn and on every replica, and nothing has to be kept.

    Args:
        values: In the order in which they stand in the request, with repetitions.
        taken: Names that may not be given.
        tag: Gives the number instead of the order; of two values with the same, the later takes the
            next free one.
    """
    names: dict[tuple[str, str], str] = {}
    used = set(taken)
    counted: dict[str, int] = {}
    for kind, value in values:
        if (kind, value) in names:
            continue
        digits = str(counted.get(kind, 0) + 1) if tag is None else tag(kind, value)
        while (name := f"<{kind}_{digits}>") in used:
            digits = str(int(digits) + 1)
        counted[kind] = int(digits)
        names[kind, value] = name
        used.add(name)
    return names


class Scan(NamedTuple):
    """What a text holds of placeholders.

    Attributes:
        edits: Each one that stands for a value, and the value.
        open_at: Where the longest end begins that could still become one; the length if none could.
    """

    edits: list[Edit]
    open_at: int


def scan(text: str, values: Mapping[str, str], *, quoted: bool) -> Scan:
    r"""Look for placeholders.

    Args:
        text: A text, or its beginning.
        values: Placeholder to value.
        quoted: Whether the text is JSON. There values are escaped, and brackets may be written as
            `\u003c` and `\u003e`, as Go's encoder does.
    """
    edits: list[Edit] = []
    pattern = _QUOTED if quoted else _PLAIN
    at = 0
    while found := pattern.search(text, at):
        at = found.end()
        name, begun = found["name"], found["tail"]
        if name is None:
            if values and found["begun"]:
                return Scan(edits, found.start())
        elif begun is None:
            if (value := values.get(f"<{name}>")) is not None:
                edits.append(Edit(found.start(), at, escape(value) if quoted else value))
        elif _may_become(name, begun, values):
            return Scan(edits, found.start())
        else:
            at = found.end("name")  # its last backslash may begin another
    return Scan(edits, len(text))


def _may_become(name: str, begun: str, values: Mapping[str, str]) -> bool:
    """Say whether `<` and a name, and what may begin its closing bracket, are a given one's."""
    if begun:
        return f"<{name}>" in values
    return any(known.startswith(f"<{name}") for known in values)
