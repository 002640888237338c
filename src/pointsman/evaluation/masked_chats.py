"""Invented conversations whose personal data is masked, and what comes of them.

One chat of up to ten turns: each turn is a request that holds all turns before it, with the values
that the client got back. It is masked, a stand-in model answers with the placeholders that it was
given (`masked_answers.py`), its stream is cut anywhere and restored, and everything is checked
against what was put in, by means that share no code with what is checked.
"""

import json
from collections.abc import Iterator
from random import Random
from typing import Any

import msgspec

from pointsman.evaluation.masked_answers import Answer, answer, play
from pointsman.wire.masking import Masked, Seen, mask

# Values of every kind that could break: scripts without spaces, right to left, combining marks,
# emoji, quotes, backslashes, line breaks, one inside another, and some too short to spread.
VALUES: tuple[tuple[str, str], ...] = (
    ("PERSON", "Jane Doe"),
    ("PERSON", "Jane"),
    ("PERSON", "Jane Doe-Smith"),
    ("PERSON", "Zoe\u0308 O'Neil"),
    ("PERSON", 'Bob "The Rock" Ray'),
    ("PERSON", "王小明"),
    ("PERSON", "김철수"),
    ("PERSON", "أحمد بن علي"),
    ("PERSON", "राम शर्मा"),
    ("PERSON", "สมชาย ใจดี"),
    ("PERSON", "Qx"),
    ("PERSON", "👩\u200d🚀 Mae"),
    ("EMAIL_ADDRESS", "jane.doe@example.org"),
    ("EMAIL_ADDRESS", "Jane.Doe@example.org"),
    ("EMAIL_ADDRESS", "e@x.io"),
    ("EMAIL_ADDRESS", "用户@例子.中国"),
    ("PHONE_NUMBER", "+49 (170) 555-0101"),
    ("PHONE_NUMBER", "5550199"),
    ("PHONE_NUMBER", "97"),
    ("PASSWORD", 'p"\\w\\\\d\n\t§'),
    ("PASSWORD", "\\u003cPERSON\\u003e"),
    ("PASSWORD", "</tag> & {x}"),
    ("STREET_ADDRESS", "Łódź\n12/3 Main\r\nEnd"),
    ("STREET_ADDRESS", "Straße 7\u2028Berlin 🏙️"),
)
Value = tuple[str, str]
Message = dict[str, Any]

_SOME = 0.4
"""How often the less common happens."""
_SHORT = 2
"""Characters of a value that is replaced only where it was found, so that none may be missed."""

TYPES = tuple(sorted({kind for kind, _ in VALUES}))
_WORDS = (
    *(
        "please",
        "write",
        "to",
        "and",
        "ответьте",
        "请联系",
        "مرحبا",
        "नमस्ते",
        "l'été",
        "e\u0301",
        "🚂",
    ),
    *(
        "\n",
        "\t",
        "**",
        "_",
        "``",
        "a<b",
        "<br>",
        "x>y",
        "<",
        '"',
        "\\",
        "\\n",
        "C:\\dir",
        "{}",
        "1.5",
    ),
)
# Typed by a user, or made up by a model: no value may ever stand in their place.
TYPED = ("<PERSON_1>", "<EMAIL_ADDRESS_2>", "<PASSWORD_1>")
MANGLED = ("<PERSON_999>", "<person_1>", "<PERSON 1>", "<PERSON_1", "PERSON_1>", "<EMAIL_ADDRESS_>")


class Tally(msgspec.Struct):
    """What was seen in a number of chats.

    Attributes:
        streams: Answers that were streamed, restored and checked.
        restored: Placeholders that those answers held.
        leaks: Values that stood in a masked request.
        failures: What else went wrong: a text, a name or what was held is not as it should be.
    """

    streams: int = 0
    restored: int = 0
    leaks: int = 0
    failures: list[str] = msgspec.field(default_factory=list)


def chat(seed: int, tally: Tally) -> None:
    """Play one chat and count what is seen in it."""
    chance = Random(seed)  # noqa: S311  # a test, not a secret
    detector = _Detector(chance, tuple(chance.sample(VALUES, chance.randint(1, 8))))
    types = frozenset(chance.sample(TYPES, chance.randint(2, len(TYPES))))
    typed = TYPED if chance.random() < _SOME else ()
    messages: list[Message] = []
    if chance.random() < _SOME:
        messages.append({"role": "system", "content": _text(chance, detector.known)})
    names: dict[str, str] = {}
    for turn in range(chance.choice((1, 2, 3, 10))):
        messages.append(_user(chance, detector.known, typed if turn == 0 else ()))
        body = json.dumps({"messages": messages}, ensure_ascii=chance.random() < _SOME).encode()
        seen = [detector.read(text, quoted=quoted) for text, quoted in _texts(messages)]
        masked = mask(body, seen, types)
        met = [value for kind, value in detector.known if kind in types and value in detector.met]
        tally.leaks += _leaks(masked, met)
        failures = [f"{n} is new" for n, v in masked.values.items() if names.setdefault(v, n) != n]
        said = answer(chance, masked.values, _WORDS, (*MANGLED, *typed))
        tally.streams += 1
        tally.restored += said.placeholders
        failures += play(chance, said)
        tally.failures += [f"seed {seed}, turn {turn}: {failure}" for failure in failures]
        messages += _history(chance, said, detector.known)


class _Detector:
    """Finds values as a model does: surely where they come first, elsewhere now and then."""

    def __init__(self, chance: Random, known: tuple[Value, ...]) -> None:
        self.known = known
        self._chance = chance
        self._read: dict[tuple[str, bool], Seen] = {}
        self.met: set[str] = set()

    def read(self, text: str, *, quoted: bool) -> Seen:
        """Return what it finds in a text; the same each time it reads it."""
        if (text, quoted) not in self._read:
            spans: list[tuple[str, int, int]] = []
            for kind, value in sorted(self.known, key=lambda each: -len(each[1])):
                if value not in self.met or len(value) <= _SHORT or self._chance.random() < _SOME:
                    spans += _spans(text, kind, value, spans, quoted=quoted)
            spans.sort(key=lambda span: span[1])
            self.met |= {_value(text[start:end], quoted=quoted) for _, start, end in spans}
            self._read[text, quoted] = Seen(text, tuple(spans))
        return self._read[text, quoted]


def _spans(
    text: str, kind: str, value: str, taken: list[tuple[str, int, int]], *, quoted: bool
) -> list[tuple[str, int, int]]:
    """Return where a value stands in a text, beside what is taken."""
    forms = {json.dumps(value)[1:-1], json.dumps(value, ensure_ascii=False)[1:-1]}
    found: list[tuple[str, int, int]] = []
    for form in forms if quoted else (value,):
        start = text.find(form)
        while start >= 0:
            end = start + len(form)
            if all(end <= a or b <= start for _, a, b in (*taken, *found)):
                found.append((kind, start, end))
            start = text.find(form, end)
    return found


def _value(written: str, *, quoted: bool) -> str:
    return str(json.loads(f'"{written}"')) if quoted else written


def _text(chance: Random, known: tuple[Value, ...]) -> str:
    pieces: list[str] = []
    for _ in range(chance.randint(1, 8)):
        value = chance.choice(known)[1]
        pieces.append(chance.choice((value, f"_{value}_", f'"{value}"', f"({value}),")))
        pieces += chance.choices(_WORDS, k=chance.randint(0, 3))
    return "".join(piece + chance.choice(" \n") for piece in pieces)


def _user(chance: Random, known: tuple[Value, ...], typed: tuple[str, ...]) -> Message:
    text = " ".join((_text(chance, known), *typed))
    parts = chance.random() < _SOME
    return {"role": "user", "content": [{"type": "text", "text": text}] if parts else text}


def _history(chance: Random, said: Answer, known: tuple[Value, ...]) -> Iterator[Message]:
    """Yield what the next request says of the first choice, and of the tools that it called."""
    message: Message = {"role": "assistant", "content": None}
    calls: list[Message] = []
    for text in said.texts:
        if text.choice == 0 and text.way[0] == "tool_calls":
            function = {"name": "send", "arguments": text.given(chance)}
            calls.append({"id": f"call_{len(calls)}", "type": "function", "function": function})
        elif text.choice == 0:
            message[str(text.way[0])] = text.given(chance)
    yield message | ({"tool_calls": calls} if calls else {})
    for call in calls:
        result = json.dumps({"to": _text(chance, known)}, ensure_ascii=chance.random() < _SOME)
        yield {"role": "tool", "tool_call_id": call["id"], "content": result}


def _texts(messages: list[Message]) -> Iterator[tuple[str, bool]]:
    """Yield what a detector reads of a request, and whether that is the JSON of a call."""
    for message in messages:
        content = message["content"]
        yield from ((part["text"], False) for part in content) if isinstance(content, list) else ()
        plain = (content, message.get("reasoning_content"))
        yield from ((text, False) for text in plain if isinstance(text, str))
        for call in message.get("tool_calls", ()):
            yield call["function"]["arguments"], True


def _leaks(masked: Masked, values: list[str]) -> int:
    """Count the values that still stand in a masked request, or in JSON inside its texts."""
    messages: list[Message] = json.loads(masked.body)["messages"]
    texts = [piece for text, _ in _texts(messages) for piece in (text, *_inside(text))]
    return sum(any(value in text for text in texts) for value in values)


def _inside(text: str) -> Iterator[str]:
    """Yield all that a text says if it is JSON."""
    try:
        left: list[Any] = [json.loads(text)]
    except ValueError:
        return
    while left:
        value = left.pop()
        if isinstance(value, dict):
            left += [*value, *value.values()]
        elif isinstance(value, list):
            left += value
        else:
            yield str(value)
