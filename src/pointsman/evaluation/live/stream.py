"""Reads one streamed answer: its text, whether it was thought about, what was counted. No clock."""

from collections.abc import Sequence
from typing import Any

import msgspec

from pointsman.evaluation.live.answer import parted_thought
from pointsman.wire.sse import ChatStream
from pointsman.wire.usage import Usage


class Written(msgspec.Struct, frozen=True):
    """A whole answer.

    Attributes:
        answer: The text after any thought.
        thoughts: Characters of thought that were shown, by the field or mark that showed them.
        pieces: Chunks that held text or thought; about one per token where the server sends each
            token as it comes.
        finish: Why it ended, as the server says: `stop`, `length` ...
        usage: As the server counts; None where it does not.
    """

    answer: str
    thoughts: dict[str, int]
    pieces: int
    finish: str
    usage: Usage | None

    @property
    def reasoned(self) -> bool:
        """Whether the model reasoned: its server counted it, or a thought was seen."""
        return bool(self.thoughts) or bool(self.reasoning_tokens)

    @property
    def reasoning_tokens(self) -> int | None:
        """Tokens spent on reasoning, or None where the server does not say."""
        return None if self.usage is None else self.usage.reasoning_tokens

    @property
    def truncated(self) -> bool:
        """Whether the cap on output tokens ended it."""
        return self.finish == "length"


class BrokenAnswerError(Exception):
    """The stream ended before the answer did, or with an error."""


class _Delta(msgspec.Struct, frozen=True):
    content: str | list[dict[str, Any]] | None = None
    reasoning: str | None = None
    reasoning_content: str | None = None


class _Choice(msgspec.Struct, frozen=True):
    delta: _Delta = _Delta()
    finish_reason: str | None = None


class _Chunk(msgspec.Struct, frozen=True):
    choices: Sequence[_Choice] = ()


_CHUNK = msgspec.json.Decoder(_Chunk)


class AnswerReader:
    """Follows one answer as its bytes come."""

    def __init__(self) -> None:
        self._stream = ChatStream()
        self._text: list[str] = []
        self._thoughts: dict[str, int] = {}
        self._pieces = 0
        self._finish = ""

    def feed(self, received: bytes) -> bool:
        """Take bytes; says whether the answer has begun, with text or thought.

        Raises:
            BrokenAnswerError: A chunk is none of a chat's.
        """
        self._read(self._stream.feed(received))
        return self._pieces > 0

    def finish(self) -> Written:
        """The stream has ended: return the answer.

        Raises:
            BrokenAnswerError: The answer has no end, or an error came amid it.
        """
        self._read(self._stream.finish())
        if self._stream.failed:
            raise BrokenAnswerError("an error amid the stream")
        if not self._finish:
            raise BrokenAnswerError("the stream ended without a finish_reason")
        thought, answer = parted_thought("".join(self._text))
        thoughts = dict(self._thoughts)
        if thought:
            thoughts["<think>"] = len(thought)
        return Written(answer, thoughts, self._pieces, self._finish, self._stream.usage)

    def _read(self, events: bytes) -> None:
        for line in events.splitlines():
            if not line.startswith(b"data:") or line[5:].strip() == b"[DONE]":
                continue
            try:
                chunk = _CHUNK.decode(line[5:])
            except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
                raise BrokenAnswerError("a chunk that is none of a chat's") from error
            for choice in chunk.choices:
                self._take(choice)

    def _take(self, choice: _Choice) -> None:
        self._finish = choice.finish_reason or self._finish
        text, thought = _parts(choice.delta.content)
        # vLLM calls the field `reasoning` since 0.11, `reasoning_content` before that and for a
        # while both (docs.vllm.ai, "Reasoning Outputs"); DeepSeek has the longer name.
        shown = {
            "reasoning": choice.delta.reasoning or "",
            "reasoning_content": ""
            if choice.delta.reasoning
            else choice.delta.reasoning_content or "",
            "thinking": thought,
        }
        self._text.append(text)
        self._pieces += bool(text) or any(shown.values())
        for field, said in shown.items():
            if said.strip():
                self._thoughts[field] = self._thoughts.get(field, 0) + len(said)


def _parts(content: str | list[dict[str, Any]] | None) -> tuple[str, str]:
    """The text and the thought of a delta's content.

    Mistral's thinking models send a list of `text` and `thinking` chunks (Mistral API
    reference, "Reasoning").
    """
    if content is None or isinstance(content, str):
        return content or "", ""
    text = "".join(str(part.get("text", "")) for part in content if part.get("type") == "text")
    thoughts = [part.get("thinking") for part in content if part.get("type") == "thinking"]
    inner = [piece for thought in thoughts if isinstance(thought, list) for piece in thought]
    return text, "".join(str(piece.get("text", "")) for piece in inner if isinstance(piece, dict))
