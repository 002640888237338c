"""An operator's recorded outcomes: one row per question and arm, joined into questions.

An arm is a model, or a model in one of its reasoning modes, written `model:mode`.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import msgspec
import numpy as np

from pointsman.errors import ConfigError, TooFewRowsError
from pointsman.learning.rows import judged_text, read_rows

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


class Question(msgspec.Struct, frozen=True):
    """A question that both arms have answered."""

    text: str
    light: Answer
    heavy: Answer

    @property
    def extra_tokens(self) -> float | None:
        """Output tokens that the heavy answer took more, at least 0; None where not recorded."""
        if self.light.tokens is None or self.heavy.tokens is None:
            return None
        return max(0.0, self.heavy.tokens - self.light.tokens)


class Arms(msgspec.Struct, frozen=True):
    """Which arm is the light one and which the heavy one, and why if the file has decided it."""

    light: str
    heavy: str
    why: str = ""


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


def arms_of(recorded: Sequence[Recorded], light: str | None, heavy: str | None) -> Arms:
    """Find the two arms: those that are named, or the only two that there are.

    Raises:
        ConfigError: Only one is named, a name is not in the file, or there are not two.
    """
    counts = Counter(arm for question in recorded for arm in question.answers)
    listed = ", ".join(f"{arm} ({rows} questions)" for arm, rows in sorted(counts.items()))
    if (light is None) != (heavy is None):
        raise ConfigError("give both --light and --heavy, or none of them")
    if light is not None and heavy is not None:
        found = Arms(_arm(light, counts, listed), _arm(heavy, counts, listed))
        if found.light == found.heavy:
            raise ConfigError(f"--light and --heavy are both {found.light}")
        return found
    if len(counts) < 2:  # noqa: PLR2004  # a light and a heavy one
        raise ConfigError(
            f"expected outcomes of two arms, the file holds {listed or 'none'}: record the same "
            "questions with a second model, or with the same model in another reasoning mode"
        )
    if len(counts) > 2:  # noqa: PLR2004
        raise ConfigError(f"name two arms with --light and --heavy; the file holds {listed}")
    return _ordered(sorted(counts), recorded)


def _arm(name: str, counts: Mapping[str, int], listed: str) -> str:
    """The arm of that name, or the only mode of the model of that name."""
    if name in counts:
        return name
    modes = [arm for arm in counts if arm.startswith(f"{name}:")]
    if len(modes) == 1:
        return modes[0]
    raise ConfigError(
        f"several arms are modes of {name}, name one; the file holds {listed}"
        if modes
        else f"no outcome of the arm {name}; the file holds {listed}"
    )


def _ordered(names: Sequence[str], recorded: Iterable[Recorded]) -> Arms:
    both = [question.answers for question in recorded if len(question.answers) == len(names)]
    tokens = {name: [answers[name].tokens for answers in both] for name in names}
    if both and all(each is not None for found in tokens.values() for each in found):
        means = {name: float(np.mean(np.array(tokens[name], dtype=float))) for name in names}
        what = "output tokens"
    else:
        means = {name: float(np.mean([a[name].score for a in both] or [0.0])) for name in names}
        what = "share of right answers"
    light, heavy = sorted(names, key=lambda name: means[name])
    why = f"it has the smaller mean of {what}: {means[light]:.4g} against {means[heavy]:.4g}"
    return Arms(light, heavy, why)


def paired(recorded: Sequence[Recorded], arms: Arms, minimum: int) -> list[Question]:
    """The questions that both arms have answered.

    Raises:
        TooFewRowsError: Fewer than `minimum` different texts.
    """
    questions = [
        Question(question.text, question.answers[arms.light], question.answers[arms.heavy])
        for question in recorded
        if arms.light in question.answers and arms.heavy in question.answers
    ]
    found = len({question.text for question in questions})
    if found < minimum:
        raise TooFewRowsError(
            f"{found} questions have an outcome of both {arms.light} and {arms.heavy}, at least "
            f"{minimum} are needed: record {minimum - found} more"
        )
    return questions
