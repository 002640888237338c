"""What a model answered, as far as its quality can be seen: bytes in, one typed view out. No IO.

Shapes follow OpenAI's API reference, "The chat completion object" and "The chat completion chunk
object". A field of a shape that nobody documents makes the whole unreadable; what no one here
reads may have any shape.
"""

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from pointsman.wire.usage import Usage

_Arguments = str | dict[str, Any] | None
"""JSON in a string; some servers give the object itself."""


class Choice(msgspec.Struct, frozen=True):
    """One answer of those asked for.

    Attributes:
        content: Its text; of content parts, their texts together.
        refusal: The text in which the model declined, or "".
        calls: The arguments of each function that it calls, as JSON in a string; None where they
            are no string, as those of a custom tool.
        media: Whether it holds sound or pictures.
        finish: Why it ended, or None where that is not said.
        logprobs: The log-probability of each token of the text; empty where it is not told.
    """

    content: str = ""
    refusal: str = ""
    calls: tuple[str | None, ...] = ()
    media: bool = False
    finish: str | None = None
    logprobs: tuple[float, ...] = ()


class ChatAnswer(msgspec.Struct, frozen=True):
    """A whole answer, or what came of it.

    Attributes:
        complete: Whether its end was reached, without an error in between.
    """

    choices: tuple[Choice, ...] = ()
    usage: Usage | None = None
    complete: bool = True


class _Part(msgspec.Struct):
    text: str | None = None


class _Function(msgspec.Struct):
    arguments: _Arguments = None


class _Call(msgspec.Struct):
    index: int | None = None
    function: _Function | None = None


class _Message(msgspec.Struct):
    content: str | tuple[_Part, ...] | None = None
    refusal: str | None = None
    tool_calls: tuple[_Call, ...] | None = None
    function_call: _Function | None = None  # the form before `tool_calls`
    audio: Any = None
    images: Any = None


class _Token(msgspec.Struct):
    logprob: float | None = None


class _Logprobs(msgspec.Struct):
    content: tuple[_Token, ...] | None = None


class _Choice(msgspec.Struct):
    index: int = 0
    message: _Message | None = None
    delta: _Message | None = None
    finish_reason: str | None = None
    logprobs: _Logprobs | None = None


class _Body(msgspec.Struct):
    choices: tuple[_Choice, ...] | None = None
    usage: Usage | None = None
    error: Any = None


_BODY = msgspec.json.Decoder(_Body)
_NOTHING = _Message()


def read_answer(body: bytes) -> ChatAnswer:
    """Read a whole (not streamed) answer; one that cannot be read has no choices."""
    read = _decoded(body)
    if read is None:
        return ChatAnswer(complete=False)
    return ChatAnswer(_joined([read]), read.usage, complete=read.error is None)


def read_stream(events: bytes) -> ChatAnswer:
    """Join the chunks of a stream that was kept whole; a chunk that cannot be read is left out."""
    done = False
    chunks: list[_Body] = []
    for payload in _payloads(events):
        if payload.strip() == b"[DONE]":
            done = True
        elif (chunk := _decoded(payload)) is not None:
            chunks.append(chunk)
    choices = _joined(chunks)
    # As `ChatStream` judges it: not every server sends [DONE].
    done = done or any(choice.finish for choice in choices)
    failed = any(chunk.error is not None for chunk in chunks)
    usage = next((chunk.usage for chunk in reversed(chunks) if chunk.usage), None)
    return ChatAnswer(choices, usage, complete=done and not failed)


def _decoded(payload: bytes) -> _Body | None:
    try:
        return _BODY.decode(payload)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def _payloads(events: bytes) -> Iterator[bytes]:
    """Yield what each event says: its `data:` lines, joined, up to a blank line."""
    lines: list[bytes] = []
    for line in (*events.splitlines(), b""):  # the last event may lack its blank line
        if line.startswith(b"data:"):
            lines.append(line[5:].lstrip(b" "))
        elif not line and lines:
            yield b"\n".join(lines)
            lines = []


class _Pieces:
    """One choice while it is put together."""

    def __init__(self) -> None:
        self.content: list[str] = []
        self.refusal: list[str] = []
        self.calls: dict[object, list[_Arguments]] = {}
        self.media = False
        self.finish: str | None = None
        self.logprobs: list[float] = []

    def add(self, choice: _Choice) -> None:
        message = choice.message or choice.delta or _NOTHING
        self.content.extend(_texts(message))
        self.refusal.append(message.refusal or "")
        self.media = self.media or bool(message.audio or message.images)
        self.finish = choice.finish_reason or self.finish
        for place, call in enumerate(message.tool_calls or ()):
            self._call(place if call.index is None else call.index, call.function)
        if message.function_call is not None:
            self._call("function_call", message.function_call)
        tokens = (choice.logprobs.content if choice.logprobs else None) or ()
        self.logprobs.extend(token.logprob for token in tokens if token.logprob is not None)

    def _call(self, key: object, function: _Function | None) -> None:
        fragments = self.calls.setdefault(key, [])
        if function is not None:
            fragments.append(function.arguments)

    def whole(self) -> Choice:
        return Choice(
            content="".join(self.content),
            refusal="".join(self.refusal),
            calls=tuple(_arguments(fragments) for fragments in self.calls.values()),
            media=self.media,
            finish=self.finish,
            logprobs=tuple(self.logprobs),
        )


def _joined(bodies: Iterable[_Body]) -> tuple[Choice, ...]:
    """Put choices together, chunk by chunk; a whole answer is one chunk."""
    pieces: dict[int, _Pieces] = {}
    for body in bodies:
        for choice in body.choices or ():
            pieces.setdefault(choice.index, _Pieces()).add(choice)
    return tuple(pieces[index].whole() for index in sorted(pieces))


def _texts(message: _Message) -> Iterator[str]:
    if isinstance(message.content, str):
        yield message.content
    else:
        yield from (part.text or "" for part in message.content or ())


def _arguments(fragments: list[_Arguments]) -> str | None:
    if not fragments or any(isinstance(fragment, dict) for fragment in fragments):
        return None
    return "".join(fragment for fragment in fragments if isinstance(fragment, str))
