"""Invented answers that speak of placeholders, their streams, and what a client must get of them.

What is right is reckoned from how an answer was put together, and after each piece of the stream
from all that the upstream has said so far, by plain search and replacement.
"""

import json
from collections.abc import Iterator, Mapping
from random import Random
from typing import Any

import msgspec

from pointsman.wire.restoring import RestoringStream
from pointsman.wire.sse import ChatStream

Way = tuple[str | int, ...]

_SOME = 0.4
"""How often the less common happens."""
_COMMENTS = 0.05
_DONE = 0.8
# What may stand beside a value, and yet does not make it a part of a longer word.
_BESIDE = (" ", ". ", "\n", '"', "\\", "\\n", "<", "> ", "**", "_", "请联系", "🚂", "{", "/")
_ENVELOPE = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m"}


class Text(msgspec.Struct, frozen=True):
    """One text of an answer.

    Attributes:
        choice: The choice's index.
        way: Where it stands in the choice's message.
        said: As the model says it.
        meant: What the client must get: a text, or the value that it reads from JSON.
        quoted: Whether it is JSON.
    """

    choice: int
    way: Way
    said: str
    meant: Any
    quoted: bool

    def given(self, chance: Random) -> str:
        """Return it as a client gives it back."""
        if self.quoted:
            return json.dumps(self.meant, ensure_ascii=chance.random() < _SOME)
        return str(self.meant)


class Answer(msgspec.Struct, frozen=True):
    """An answer of one or more choices, and what stands behind its placeholders."""

    texts: tuple[Text, ...]
    values: Mapping[str, str]
    structured: bool

    @property
    def placeholders(self) -> int:
        """How many it holds, if brackets are not escaped."""
        return sum(text.said.count(name) for text in self.texts for name in self.values)


def answer(
    chance: Random, values: Mapping[str, str], words: tuple[str, ...], strange: tuple[str, ...]
) -> Answer:
    """Invent an answer over the placeholders that a model was given; `strange` are like them."""
    structured = chance.random() < _SOME
    texts: list[Text] = []
    for choice in range(chance.choice((1, 1, 1, 2, 3))):
        ways: list[tuple[Way, bool]] = [(("content",), structured)]
        if chance.random() < _SOME:
            ways.insert(0, ((chance.choice(("reasoning_content", "reasoning")),), False))
        calls = range(chance.choice((0, 0, 1, 2, 3)))
        ways += [(("tool_calls", call, "function", "arguments"), True) for call in calls]
        for way, quoted in ways:
            said, meant = (_json if quoted else _plain)(chance, values, (*words, *words, *strange))
            texts.append(Text(choice, way, said, meant, quoted))
    return Answer(tuple(texts), values, structured)


def _plain(chance: Random, values: Mapping[str, str], words: tuple[str, ...]) -> tuple[str, str]:
    """Return a text, and the same with values."""
    said: list[str] = []
    meant: list[str] = []
    for _ in range(chance.randint(0, 9)):
        if values and chance.random() < _SOME:
            name = chance.choice(tuple(values))
            before, after = chance.choices(_BESIDE, k=2)
            said += (before, name, after)
            meant += (before, values[name], after)
        else:
            word = chance.choice(words)  # never beside another: two could make up a placeholder
            said += (" ", word, "\n")
            meant += (" ", word, "\n")
    if values and chance.random() < _SOME:  # what ends an answer that is cut off
        name = chance.choice(tuple(values))
        begun = name[: chance.randrange(1, len(name))]
        said.append(begun)
        meant.append(begun)
    return "".join(said), "".join(meant)


def _json(chance: Random, values: Mapping[str, str], words: tuple[str, ...]) -> tuple[str, Any]:
    """Return a JSON text, and the value that it must be read as."""
    pairs = [_plain(chance, values, words) for _ in range(chance.randint(1, 4))]
    said, meant = (
        {"n": 1, "list": [pair[side] for pair in pairs], pairs[0][side]: True} for side in (0, 1)
    )
    text = json.dumps(said, ensure_ascii=chance.random() < _SOME)
    if chance.random() < _SOME:
        text = text.replace("<", chance.choice(("\\u003c", "\\u003C"))).replace(">", "\\u003e")
    return text, meant


def play(chance: Random, said: Answer) -> Iterator[str]:
    """Stream an answer, cut anywhere, and say what is not as it should be."""
    upstream, client = Joined(), Joined()
    chat = ChatStream()
    restoring = RestoringStream(said.values, structured=said.structured)
    due = {quoted: _Due(said.values, quoted=quoted) for quoted in (False, True)}
    quoted = {(text.choice, text.way): text.quoted for text in said.texts}
    stream = _stream(chance, said)
    at = 0
    while at < len(stream):
        size = chance.choice((1, 50, 500, 5000))
        events = chat.feed(stream[at : at + size])
        at += size
        client.take(restoring.feed(events))
        for field in upstream.take(events):
            out = due[quoted[field]](upstream.texts[field], over=upstream.over(field))
            if client.texts.get(field, "") != out:
                yield f"{field} has another part out than it should"
    client.take(restoring.feed(chat.finish()) + restoring.finish())
    for text in said.texts:
        got = _whole(client.texts.get((text.choice, text.way), ""))
        if text.quoted and (not got or json.loads(got) != text.meant):
            yield f"{text.way} is other JSON"
        if not text.quoted and got != text.meant:
            yield f"{text.way} is another text"


def _whole(text: str) -> str:
    return text.encode("utf-16", "surrogatepass").decode("utf-16")


class Joined:
    """All that has come of an answer, text by text."""

    def __init__(self) -> None:
        self.texts: dict[tuple[int, Way], str] = {}
        self._latest: dict[int, Way] = {}
        self._ended: set[int] = set()

    def take(self, events: bytes) -> list[tuple[int, Way]]:
        """Join whole events; return the texts that may have changed, or ended."""
        changed: set[tuple[int, Way]] = set()
        for event in events.replace(b"\r", b"").split(b"\n\n"):
            if event.startswith(b"data: {"):
                for choice in json.loads(event[6:])["choices"]:
                    changed |= self._choice(choice)
        return sorted(changed, key=str)

    def over(self, field: tuple[int, Way]) -> bool:
        """Say whether nothing more can come of a text."""
        choice, way = field
        on = way[0] == "tool_calls" or self._latest.get(choice, way) == way
        return choice in self._ended or not on

    def _choice(self, choice: dict[str, Any]) -> set[tuple[int, Way]]:
        index: int = choice["index"]
        for way, text in _fragments(choice["delta"]):
            self.texts[index, way] = self.texts.get((index, way), "") + text
            if text:
                self._latest[index] = way
        if choice["finish_reason"]:
            self._ended.add(index)
        return {field for field in self.texts if field[0] == index}


def _fragments(delta: dict[str, Any]) -> Iterator[tuple[Way, str]]:
    for key, value in delta.items():
        if key == "tool_calls":
            for call in value:
                yield (key, call["index"], "function", "arguments"), call["function"]["arguments"]
        else:
            yield (key,), value


class _Due:
    """What must be out of texts that have come so far: all but what may still become a name."""

    def __init__(self, values: Mapping[str, str], *, quoted: bool) -> None:
        self._quoted = quoted
        opened = ("<", "\\u003c", "\\u003C") if quoted else ("<",)
        closed = (">", "\\u003e", "\\u003E") if quoted else (">",)
        self._known = {
            a + name[1:-1] + b: json.dumps(value, ensure_ascii=False)[1:-1] if quoted else value
            for name, value in values.items()
            for a in opened
            for b in closed
        }
        self._begun = {name[:size] for name in self._known for size in range(1, len(name))}
        self._longest = max(map(len, self._begun), default=0)

    def __call__(self, text: str, *, over: bool) -> str:
        for size in () if over else range(min(len(text), self._longest), 0, -1):
            start, end = text[:-size], text[-size:]
            # Of two backslashes, the second begins no escape.
            escaped = end[0] == "\\" and (len(start) - len(start.rstrip("\\"))) % 2 == 1
            if end in self._begun and not escaped:
                text = start
                break
        for name, value in self._known.items() if "<" in text or "\\u003" in text else ():
            text = text.replace(name, value)
        return text


def _stream(chance: Random, said: Answer) -> bytes:
    """Return the events of an answer, its choices in turns."""
    spelled = chance.random() < _SOME
    line = chance.choice(("\n", "\n", "\r\n"))
    waiting = {
        text.choice: list(_deltas(chance, said, text.choice, halves=spelled)) for text in said.texts
    }
    events: list[str] = []
    while waiting:
        turn = chance.sample(sorted(waiting), chance.randint(1, len(waiting)))
        choices = [{"index": choice, **waiting[choice].pop(0)} for choice in turn]
        waiting = {choice: deltas for choice, deltas in waiting.items() if deltas}
        chunk = json.dumps(_ENVELOPE | {"choices": choices}, ensure_ascii=spelled)
        if spelled:
            chunk = chunk.replace("<", "\\u003c").replace(">", "\\u003e")
        events.append(f"data: {chunk}{line}{line}")
        if chance.random() < _COMMENTS:
            events.append(f": keep alive{line}{line}")
    if chance.random() < _DONE:
        events.append(f"data: [DONE]{line}{line}")
    return "".join(events).encode()


def _deltas(chance: Random, said: Answer, choice: int, *, halves: bool) -> Iterator[dict[str, Any]]:
    """Yield one choice piece by piece: thoughts, content, then calls in turns, then its end."""
    texts = [text for text in said.texts if text.choice == choice]
    calls = [text for text in texts if text.way[0] == "tool_calls"]
    for text in texts:
        if text not in calls:
            for fragment in _cut(chance, text.said, halves=halves):
                yield {"delta": {str(text.way[0]): fragment}, "finish_reason": None}
    left = {text.way[1]: _cut(chance, text.said, halves=halves) for text in calls}
    while left:
        index = chance.choice(list(left))
        call = {"index": index, "function": {"arguments": left[index].pop(0)}}
        left = {number: fragments for number, fragments in left.items() if fragments}
        yield {"delta": {"tool_calls": [call]}, "finish_reason": None}
    if chance.random() < _SOME:
        yield {"delta": {"content": ""}, "finish_reason": "stop"}
    else:
        yield {"delta": {}, "finish_reason": "stop"}


def _cut(chance: Random, text: str, *, halves: bool) -> list[str]:
    """Cut a text anywhere; with `halves`, also between the two halves of a surrogate pair."""
    if halves:
        units = text.encode("utf-16-be")
        text = "".join(chr(units[i] << 8 | units[i + 1]) for i in range(0, len(units), 2))
    cuts = sorted(chance.choices(range(len(text) + 1), k=chance.randint(0, 1 + len(text) // 6)))
    return [text[a:b] for a, b in zip((0, *cuts), (*cuts, len(text)), strict=True)]
