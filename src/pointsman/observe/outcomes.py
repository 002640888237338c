"""An operator's recorded outcomes: one row per question and arm, joined by question.

An arm is a model, or a model in one of its reasoning modes, written `model:mode`.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import msgspec
import numpy as np

from pointsman.errors import ConfigError
from pointsman.observe.rows import judged_text, read_rows

Share = Annotated[float, msgspec.Meta(ge=0, le=1)]


class OutcomeRow(msgspec.Struct, frozen=True):
    """One answer; other keys may stand beside these.

    Attributes:
        model: The model's name.
        mode: Its reasoning mode, such as `on` or `high`.
        correct: Whether the answer was right.
        score: How good it was, or in which share of tries it was right.
        tokens: Output tokens it took.
        id: The question's; rows without one are joined by their text.
    """

    model: str
    mode: str | None = None
    text: str | None = None
    messages: list[dict[str, Any]] | None = None
    correct: bool | Annotated[int, msgspec.Meta(ge=0, le=1)] | None = None
    score: Share | None = None
    tokens: Annotated[float, msgspec.Meta(ge=0, le=1e9)] | None = None
    id: str | int | None = None

    @property
    def arm(self) -> str:
        """The model, with its mode if it has one."""
        return self.model if self.mode is None else f"{self.model}:{self.mode}"


class Answer(msgspec.Struct, frozen=True):
    """An arm's answers to one question: the mean score, and tokens where all of them tell."""

    score: float
    tokens: float | None


class Recorded(msgspec.Struct, frozen=True):
    """A question and the answer of each arm that was asked it."""

    text: str
    answers: Mapping[str, Answer]


def read_outcomes(path: Path) -> list[Recorded]:
    """Read a file and join the rows of each question: the same id, else the same text.

    Raises:
        ConfigError: A row is wrong, or the rows of one id have different texts.
    """
    texts: dict[str, tuple[str, int]] = {}
    answers: dict[str, dict[str, list[OutcomeRow]]] = {}
    for line, row in read_rows(path, OutcomeRow):
        where = f"{path}:{line}"
        if (row.correct is None) == (row.score is None):
            raise ConfigError(f"{where}: expected `correct` (0 or 1) or `score` (0 to 1)")
        if not row.model.strip():
            raise ConfigError(f"{where}: expected the model's name, got an empty one")
        text = judged_text(row.text, row.messages, where)
        if text is None and row.id is None:
            raise ConfigError(f"{where}: expected `text` or `messages`")
        key = f"text {text}" if row.id is None else f"id {row.id}"
        if text is not None:
            known, first = texts.setdefault(key, (text, line))
            if known != text:
                raise ConfigError(
                    f"{where}: its text differs from line {first}, which has the same id"
                )
        answers.setdefault(key, {}).setdefault(row.arm, []).append(row)
    if missing := [key for key in answers if key not in texts]:
        raise ConfigError(f"{path}: no row gives the text of {len(missing)} ids: {missing[0]} ...")
    return [
        Recorded(texts[key][0], {arm: _answer(rows) for arm, rows in arms.items()})
        for key, arms in answers.items()
    ]


def _answer(rows: Sequence[OutcomeRow]) -> Answer:
    scores = [float(row.correct or 0) if row.score is None else row.score for row in rows]
    tokens = [row.tokens for row in rows if row.tokens is not None]
    return Answer(
        score=float(np.mean(scores)),
        tokens=float(np.mean(tokens)) if len(tokens) == len(rows) else None,
    )
