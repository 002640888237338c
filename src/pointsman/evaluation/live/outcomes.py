"""The file of a live run: one line per question, arm and cap, written as soon as it is known.

The lines are what `pointsman learn` reads, with more keys. They hold the texts of the questions.
"""

from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

import msgspec

from pointsman.errors import ConfigError
from pointsman.evaluation.live.answer import letter_of
from pointsman.evaluation.live.call import Reply
from pointsman.evaluation.live.probe import went_against
from pointsman.evaluation.live.questions import Question

Key = tuple[str, str, int]
"""A question's id, an arm, a cap."""

_BEGINS = b'{"id":'
"""Every line; a file that ends otherwise is none of ours, and nothing is cut off from it."""


class Outcome(msgspec.Struct, frozen=True):
    """What one arm made of one question under one cap.

    Attributes:
        text: What a client would send.
        mode: The arm.
        correct: 1 or 0; 0 also where no letter was read.
        tokens: Output tokens, with those of reasoning.
        tokens_from: `usage`, as the server counted; or `pieces`, the chunks of its stream, where it
            did not.
        parsed: The letter that the answer states; null where it states none, and where the cap
            ended it: what it would have come to say is not guessed.
        finish_reason: As the server said; `length` where the cap ended the answer.
        reasoned: Whether reasoning was counted or seen.
        asked_to_reason: What the model was told; null where it was told nothing.
        ttft_ms: Until the first text or thought; null where neither came.
        total_ms: Until the end of the answer.
        routed_model: Where the router sent it, in the arm `auto`; and what it said of reasoning.
    """

    id: str
    text: str
    model: str
    mode: str
    correct: int
    tokens: int
    category: str
    cap: int
    finish_reason: str
    parsed: str | None
    answer: str
    reasoned: bool
    asked_to_reason: bool | None
    reasoning_tokens: int | None
    prompt_tokens: int | None
    tokens_from: Literal["usage", "pieces"]
    ttft_ms: float | None
    total_ms: float
    routed_model: str | None = None
    routed_reasoning: str | None = None
    routed_rule: str | None = None

    @property
    def key(self) -> Key:
        """What it is the outcome of."""
        return self.id, self.mode, self.cap

    @property
    def truncated(self) -> bool:
        """Whether the cap ended the answer."""
        return self.finish_reason == "length"

    @property
    def unparsed(self) -> bool:
        """Whether a whole answer states no letter."""
        return self.parsed is None and not self.truncated

    @property
    def violates(self) -> bool:
        """Whether the answer went against what its model was told of reasoning."""
        return went_against(wanted=self.asked_to_reason, reasoned=self.reasoned, cut=self.truncated)


def outcome_of(
    question: Question, reply: Reply, *, model: str, arm: str, cap: int, reasons: bool | None
) -> Outcome:
    """Judge an answer.

    Args:
        question: What was asked.
        reply: What came.
        model: The model's name in the file.
        arm: The arm's name.
        cap: The cap on output tokens.
        reasons: Whether the arm told the model to reason; None where the reply's router did.
    """
    written, routed, usage = reply.written, reply.routed, reply.written.usage
    parsed = None if written.truncated else letter_of(written.answer, question.letters)
    return Outcome(
        id=question.id,
        text=question.text,
        model=model,
        mode=arm,
        correct=int(parsed == question.answer),
        tokens=written.pieces if usage is None else usage.completion_tokens,
        category=question.category,
        cap=cap,
        finish_reason=written.finish,
        parsed=parsed,
        answer=question.answer,
        reasoned=written.reasoned,
        asked_to_reason=routed.reasons if reasons is None and routed is not None else reasons,
        reasoning_tokens=written.reasoning_tokens,
        prompt_tokens=None if usage is None else usage.prompt_tokens,
        tokens_from="pieces" if usage is None else "usage",
        ttft_ms=None if reply.first_s is None else 1000 * reply.first_s,
        total_ms=1000 * reply.total_s,
        routed_model=None if routed is None else routed.model,
        routed_reasoning=None if routed is None else routed.reasoning,
        routed_rule=None if routed is None else routed.rule,
    )


class OutcomesFile:
    """A file that grows by whole lines.

    Args:
        path: Made if it is not there.
        resume: Go on with a file that holds lines; a line that a crash has cut is taken off.

    Raises:
        ConfigError: It holds lines and is not to be gone on with, or cannot be written.
    """

    def __init__(self, path: Path, *, resume: bool) -> None:
        self.path = path
        try:
            content = path.read_bytes() if path.exists() else b""
            if content and not resume:
                raise ConfigError(
                    f"--outcomes {path} holds lines already: go on with --resume, or name another"
                )
            whole = content.rfind(b"\n") + 1
            if content[whole:][: len(_BEGINS)] != _BEGINS[: len(content) - whole]:
                raise ConfigError(
                    f"--outcomes {path} ends with no line of a live run: name another"
                )
            self._file = path.open("ab", buffering=0)  # a line is in the system's hands at once
            self._file.truncate(whole)
        except OSError as error:
            raise ConfigError(f"--outcomes {path}: {error.strerror or error}") from error

    def read(self, model: str, questions: Iterable[Question]) -> dict[Key, Outcome]:
        """Return what is there of these questions.

        Raises:
            ConfigError: A line is none of a live run's, or of another model or question.
        """
        texts = {question.id: question.text for question in questions}
        decoder, found = msgspec.json.Decoder(Outcome), dict[Key, Outcome]()
        for number, line in enumerate(self.path.read_bytes().splitlines(), start=1):
            where = f"{self.path}:{number}"
            try:
                outcome = decoder.decode(line)
            except (msgspec.DecodeError, UnicodeDecodeError) as error:
                raise ConfigError(f"{where}: expected a line of a live run: {error}") from error
            if outcome.model != model:
                raise ConfigError(
                    f"{where}: of the model {outcome.model}, expected {model}: name another file "
                    "with --outcomes"
                )
            text = texts.get(outcome.id)
            if text is not None and text != outcome.text:
                raise ConfigError(
                    f"{where}: the id {outcome.id} has another text there: give the same "
                    "--questions, or name another file with --outcomes"
                )
            if text is not None:
                found[outcome.key] = outcome
        return found

    def add(self, outcome: Outcome) -> None:
        """Append a line.

        Raises:
            ConfigError: The disk takes no more.
        """
        try:
            self._file.write(msgspec.json.encode(outcome) + b"\n")
        except OSError as error:
            raise ConfigError(f"--outcomes {self.path}: {error.strerror or error}") from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()
