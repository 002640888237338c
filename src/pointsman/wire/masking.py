"""Replaces personal data of a chat request by placeholders; every other byte stays as it was.

Where a detector found a value, it is replaced by its offsets; where it stands as a whole word in
any other string of the request, too (`lexicon.py`). Keys stay, so do numbers outside of a call's
`arguments` (a placeholder is no number), and the strings that `fixed.py` lists.
"""

from bisect import bisect
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

import msgspec

from pointsman.wire.edit import read_members
from pointsman.wire.fixed import is_fixed, keys_of
from pointsman.wire.lexicon import Lexicon, cuts_word, spreads
from pointsman.wire.literals import (
    Edit,
    Escaped,
    Part,
    Place,
    literals,
    parts,
    splice,
    unescape,
)
from pointsman.wire.placeholders import Tag, name_values, typed_names


class Seen(msgspec.Struct, frozen=True):
    """One text that a detector has read, with what it found in it.

    Attributes:
        text: As the request holds it; of a call, its `arguments`.
        spans: (type, start, end) in code points, end exclusive, in order, without overlaps.
    """

    text: str
    spans: tuple[tuple[str, int, int], ...]


class Masked(msgspec.Struct, frozen=True):
    """A request without the values, and what gives them back.

    Attributes:
        body: The request with placeholders.
        values: Placeholder to value, of everything replaced.
        counts: Type to the number of its distinct values that were replaced.
        missed: Type to the number of its values that were found and yet replaced nowhere: they
            stand in a key, in base64, in what the API reads, or across two strings.
    """

    body: bytes
    values: Mapping[str, str]
    counts: Mapping[str, int]
    missed: Mapping[str, int] = {}


class _Find(msgspec.Struct, frozen=True):
    """A value in a text: its range there, and what it says once JSON escapes are undone."""

    kind: str
    start: int
    end: int
    value: str


_MESSAGES = "messages"
_NAME = (_MESSAGES, "name")
_ROLE = (_MESSAGES, "role")
_ARGUMENTS = frozenset(
    {(_MESSAGES, "tool_calls", "function", "arguments"), (_MESSAGES, "function_call", "arguments")}
)
"""Where JSON stands inside a string."""


def mask(
    body: bytes, seen: Sequence[Seen], types: Collection[str], *, tag: Tag | None = None
) -> Masked:
    """Replace every value of some types.

    Args:
        body: A request that `parse_chat` has read.
        seen: Its texts in their order, with all that was found, so that a name does not depend on
            `types`: those are what this model may not see.
        types: What is replaced.
        tag: Gives the number in a placeholder instead of the order of first appearance.

    Raises:
        MalformedJSONError: The body is not a JSON object, or holds a key twice.
    """
    wanted = frozenset(types)
    if not any(kind in wanted for text in seen for kind, _, _ in text.spans):
        return Masked(body, {}, {})
    members = read_members(body, 0, len(body))
    texts = {key: body[member.value : member.end].decode() for key, member in members.items()}
    reading = _Reading(texts[_MESSAGES], seen)
    names = name_values(reading.values, typed_names(body), tag)
    names = {find: name for find, name in names.items() if find[0] in wanted}
    spread = [find for find in names if spreads(find[1])]
    masking = _Masking(reading, names, spread)
    new = masking.all_of(texts)
    if missed := masking.missed():  # seen in a text that is no string of the body: look everywhere
        masking = _Masking(reading, names, [*spread, *(f for f in names if f in missed)])
        new = masking.all_of(texts)
    pieces: list[bytes] = []
    at = 0
    for key, text in new.items():
        pieces += (body[at : members[key].value], text.encode())
        at = members[key].end
    pieces.append(body[at:])
    return masking.result(b"".join(pieces))


class _Reading:
    """What is known of a request before anything is replaced.

    Attributes:
        roles: Of each message, by its index.
        values: (type, value) of every find, in order.
        finds: Of each text.
    """

    def __init__(self, messages: str, seen: Sequence[Seen]) -> None:
        self.roles: dict[str | int, str] = {}
        quoted: set[str] = set()
        for place, start, end in literals(messages, (_MESSAGES,)):
            keys = keys_of(place)
            if keys == _ROLE:
                self.roles[place[1]] = unescape(messages[start:end])
            elif keys in _ARGUMENTS:
                quoted.add(unescape(messages[start:end]))
        self.values: list[tuple[str, str]] = []
        self.finds: dict[str, list[_Find]] = {}
        for one in dict.fromkeys(seen):
            finds = _finds(one, quoted=one.text in quoted)
            self.values += [(find.kind, find.value) for find in finds]
            self.finds[one.text] = self.finds.get(one.text, []) + finds


def _finds(seen: Seen, *, quoted: bool) -> list[_Find]:
    """Return the finds of a text without white space around them; in JSON, one per string."""
    all_parts = parts(seen.text, quoted=quoted)
    ends = [part.end for part in all_parts]
    inner: dict[Part, Escaped] = {}
    finds: list[_Find] = []
    for kind, start, end in seen.spans:
        for index in range(bisect(ends, start), len(all_parts)):
            part = all_parts[index]
            if part.start >= end:
                break
            if part.escaped and part not in inner:
                inner[part] = Escaped(seen.text[part.start : part.end])
            at = _range(part, inner.get(part), max(start, part.start), min(end, part.end))
            find = _find(seen.text, kind, at, escaped=part.escaped)
            if find.value:
                finds.append(find)
    return finds


def _range(part: Part, inner: Escaped | None, start: int, end: int) -> tuple[int, int]:
    if inner is None:
        return (part.start, part.end) if part.bare else (start, end)
    start, end = inner.widen(start - part.start, end - part.start)
    return part.start + start, part.start + end


def _find(text: str, kind: str, at: tuple[int, int], *, escaped: bool) -> _Find:
    raw = text[slice(*at)]
    start = at[0] + len(raw) - len(raw.lstrip())
    raw = raw.strip()
    return _Find(kind, start, start + len(raw), unescape(raw) if escaped else raw)


class _Masking:
    """Replaces in one text after another, and remembers by what.

    Args:
        reading: Of the request.
        names: (type, value) to placeholder, of all that is replaced.
        spread: Those that are replaced wherever they stand as a word.
    """

    def __init__(
        self,
        reading: _Reading,
        names: Mapping[tuple[str, str], str],
        spread: Iterable[tuple[str, str]],
    ) -> None:
        self._reading = reading
        self._names = names
        values: dict[str, str] = {}
        for find in spread:
            values.setdefault(find[1], names[find])
        self._lexicon = Lexicon(values)
        self._used: set[str] = set()

    def all_of(self, texts: Mapping[str, str]) -> dict[str, str]:
        """Return the fields of a request that may hold something, with placeholders."""
        return {
            key: self.masked(text, (key,))
            for key, text in texts.items()
            if key == _MESSAGES or self._lexicon.touches(text)
        }

    def missed(self) -> set[tuple[str, str]]:
        """Return what was replaced nowhere, not even as a part of another value."""
        unused = [find for find, name in self._names.items() if name not in self._used]
        if not unused:
            return set()
        used = "\0".join(find[1] for find, name in self._names.items() if name in self._used)
        return {find for find in unused if find[1] not in used}

    def result(self, body: bytes) -> Masked:
        values = {n: value for (_, value), n in self._names.items() if n in self._used}
        counts = Counter(kind for (kind, _), name in self._names.items() if name in self._used)
        return Masked(body, values, counts, Counter(kind for kind, _ in self.missed()))

    def masked(self, text: str, place: Place) -> str:
        """Return a JSON text that stands at `place`, with placeholders."""
        edits: list[Edit] = []
        for where, start, end in literals(text, place):
            raw = text[start:end]
            said = unescape(raw)
            if not (said in self._reading.finds or self._lexicon.touches(said)):
                continue
            if not is_fixed(where, said) and (inner := self._edits(where, said)):
                edits.append(Edit(start, end, Escaped(raw).edited(inner)))
        return splice(text, edits)

    def _edits(self, place: Place, text: str) -> list[Edit]:
        """Return the replacements in one string; of two that overlap, the first stays whole."""
        keys = keys_of(place)
        if keys == _NAME and self._reading.roles.get(place[1]) in {"tool", "function"}:
            return []  # it is the tool's
        finds = self._reading.finds.get(text, ())
        known = [(find, self._names.get((find.kind, find.value))) for find in finds]
        found = [Edit(find.start, find.end, name) for find, name in known if name is not None]
        all_parts = parts(text, quoted=keys in _ARGUMENTS)
        edits = sorted((*found, *self._spread(text, all_parts, found)), key=_longest_first)
        edits = list(_apart(edits))
        self._used.update(edit.new for edit in edits)
        if keys == _NAME:  # its pattern, ^[^\s<|\\/>]+$ in OpenAI's reference, allows no bracket
            return [edit._replace(new=edit.new[1:-1]) for edit in edits]
        bare = {part.start for part in all_parts if part.bare}
        return [e._replace(new=f'"{e.new}"') if e.start in bare else e for e in edits]

    def _spread(self, text: str, all_parts: list[Part], found: list[Edit]) -> Iterator[Edit]:
        """Yield what the lexicon finds; what is left of a word that a find cuts is a word, too."""
        edges = sorted(at for edit in found for at in (edit.start, edit.end))
        cuts = [at for at in edges if cuts_word(text, at)]
        for part in all_parts:
            within = cuts[bisect(cuts, part.start) : bisect(cuts, part.end)]
            for start, end in zip((part.start, *within), (*within, part.end), strict=True):
                raw = text[start:end]
                if self._lexicon.touches(raw):
                    yield from self._found(raw, part, start)

    def _found(self, raw: str, part: Part, at: int) -> Iterator[Edit]:
        if part.bare:
            names = [name for _, _, name in self._lexicon.find(raw)]
            yield from (Edit(part.start, part.end, name) for name in names[:1])
        elif part.escaped:
            inner = Escaped(raw)
            for start, end, name in self._lexicon.find(inner.text):
                yield Edit(at + inner.written(start), at + inner.written(end), name)
        else:
            for start, end, name in self._lexicon.find(raw):
                yield Edit(at + start, at + end, name)


def _longest_first(edit: Edit) -> tuple[int, int]:
    return edit.start, -edit.end


def _apart(edits: Iterable[Edit]) -> Iterator[Edit]:
    """Yield edits without overlaps: one inside another is left out, one that sticks out is cut."""
    done = 0
    for edit in edits:
        if edit.end > done:
            yield edit._replace(start=max(edit.start, done))
            done = edit.end
