"""Public tables of recorded answers: what two models, and others beside them, made of questions.

The tables are those that `pointsman train` learns from, in the folder that its README describes.
A question lies on the same side of the split as there, so that what is reported of a head was seen
by nothing that it is made of.
"""

import string
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated

import msgspec
import numpy as np

from pointsman.errors import ConfigError
from pointsman.learning.fitting import Floats, Indices
from pointsman.learning.outcomes import Answer, Arms, Question
from pointsman.observe.rows import read_rows
from pointsman.statistics.halves import HELD_OUT_FILES, Side, parted, recorded_side, stem_of

LIGHT, HEAVY = "mixtral_8x7b", "gpt4_1106"
"""The two models of the tables that RouteLLM has published."""
FOLDER = "outcomes"

Mark = Annotated[int, msgspec.Meta(ge=0, le=1)]
Marks = Mapping[str, Mapping[str, Answer]]
"""What was recorded, by model and question id."""


class Asked(msgspec.Struct, frozen=True):
    """A question as a client would send it, and what a server never sees of it.

    Attributes:
        stem: Of the question alone, see `halves.stem_of`.
        category: The table's own.
    """

    key: str
    text: str
    stem: str
    category: str


class RecordedPair(msgspec.Struct, frozen=True, eq=False):
    """All that is recorded of a pair of models.

    Attributes:
        questions: That both have answered.
        stems: Of each.
        told: What else is known of each where it was recorded: its category, and which other
            models answered it rightly; (questions, columns), perhaps no columns.
        sides: The side of the split of each.
    """

    arms: Arms
    questions: tuple[Question, ...]
    stems: tuple[str, ...]
    told: Floats
    sides: tuple[Side, ...]

    def on(self, *sides: Side) -> Indices:
        """The questions on some sides."""
        return np.flatnonzero([side in sides for side in self.sides])


class MmluProRow(msgspec.Struct, frozen=True):
    """A row of `mmlu_pro_questions`."""

    question_id: str
    category: str
    question: str
    options_json: str


class MarkRow(msgspec.Struct, frozen=True):
    """A row of `mmlu_pro_outcomes`."""

    question_id: str
    model: str
    correct: Mark
    wp_tokens: float


class MmluRow(msgspec.Struct, frozen=True):
    """A row of `routellm_mmlu`."""

    question_id: str
    category: str
    prompt: str
    mixtral_8x7b_correct: Mark
    gpt4_1106_correct: Mark


class Gsm8kRow(msgspec.Struct, frozen=True):
    """A row of `routellm_gsm8k`."""

    question_id: str
    prompt: str
    mixtral_8x7b_correct: Mark
    mixtral_8x7b_wp_tokens: float
    gpt4_1106_correct: Mark
    gpt4_1106_wp_tokens: float


class TextRow(msgspec.Struct, frozen=True):
    """A row of a file whose texts are held out of all training."""

    text: str


class Tables:
    """Reads the folder once, and gives pair after pair.

    Raises:
        ConfigError: A file is missing or wrong; says which.
    """

    def __init__(self, data: Path) -> None:
        self._data = data
        files = (data / f"{name}.jsonl.gz" for name in HELD_OUT_FILES)
        self._held_out = frozenset(
            stem_of(row.text) for file in files for _, row in read_rows(file, TextRow)
        )
        self._asked = tuple(
            Asked(row.question_id, _written(row), stem_of(row.question), row.category)
            for _, row in read_rows(self._table("mmlu_pro_questions"), MmluProRow)
        )
        marks: dict[str, dict[str, Answer]] = {}
        for _, row in read_rows(self._table("mmlu_pro_outcomes"), MarkRow):
            of_model = marks.setdefault(row.model, {})
            of_model[row.question_id] = Answer(float(row.correct), row.wp_tokens)
        self._marks = marks

    def mmlu_pro(self, arms: Arms) -> RecordedPair:
        """Two of the models of MMLU-Pro; the others are told."""
        others = {
            name: marks
            for name, marks in sorted(self._marks.items())
            if name not in {arms.light, arms.heavy}
        }
        by_key = {asked.key: _row_of(asked.key, others) for asked in self._asked}
        light, heavy = self._model(arms.light), self._model(arms.heavy)
        asked = [a for a in self._asked if a.key in light and a.key in heavy]
        told = _told(np.array([by_key[each.key] for each in asked]))
        return self._pair(arms, asked, (light, heavy), told)

    def mmlu(self, arms: Arms) -> RecordedPair:
        """The two models of RouteLLM on MMLU; the models of MMLU-Pro are told where it shares."""
        rows = [row for _, row in read_rows(self._table("routellm_mmlu"), MmluRow)]
        asked = [
            Asked(row.question_id, row.prompt, stem_of(parted(row.prompt)[0]), row.category)
            for row in rows
        ]
        light = {r.question_id: Answer(float(r.mixtral_8x7b_correct), None) for r in rows}
        heavy = {r.question_id: Answer(float(r.gpt4_1106_correct), None) for r in rows}
        key_of = {each.stem: each.key for each in self._asked}
        marks = dict(sorted(self._marks.items()))
        told = _told(np.array([_row_of(key_of.get(each.stem), marks) for each in asked]))
        return self._pair(arms, asked, (light, heavy), told)

    def gsm8k(self, arms: Arms) -> RecordedPair:
        """The two models of RouteLLM on GSM8K; nothing else is told."""
        rows = [row for _, row in read_rows(self._table("routellm_gsm8k"), Gsm8kRow)]
        asked = [Asked(r.question_id, r.prompt, stem_of(r.prompt), "") for r in rows]
        light = {
            r.question_id: Answer(float(r.mixtral_8x7b_correct), r.mixtral_8x7b_wp_tokens)
            for r in rows
        }
        heavy = {
            r.question_id: Answer(float(r.gpt4_1106_correct), r.gpt4_1106_wp_tokens) for r in rows
        }
        return self._pair(arms, asked, (light, heavy), np.zeros((len(rows), 0)))

    def _model(self, name: str) -> Mapping[str, Answer]:
        if name not in self._marks:
            table = self._table("mmlu_pro_outcomes")
            raise ConfigError(
                f"{table} holds no answers of {name}; it has {', '.join(self._marks)}"
            )
        return self._marks[name]

    def _pair(
        self,
        arms: Arms,
        asked: Sequence[Asked],
        answers: tuple[Mapping[str, Answer], Mapping[str, Answer]],
        told: Floats,
    ) -> RecordedPair:
        light, heavy = answers
        return RecordedPair(
            arms=arms,
            questions=tuple(Question(a.text, light[a.key], heavy[a.key]) for a in asked),
            stems=tuple(each.stem for each in asked),
            told=np.hstack([_categories([each.category for each in asked]), told]),
            sides=tuple(recorded_side(a.stem, held_out=a.stem in self._held_out) for a in asked),
        )

    def _table(self, name: str) -> Path:
        return self._data / FOLDER / f"{name}.csv.gz"


def _written(row: MmluProRow) -> str:
    """The question with its options as lines `A. ...` below."""
    options = msgspec.json.decode(row.options_json, type=tuple[str, ...])
    lines = zip(string.ascii_uppercase, options, strict=False)
    return "\n".join([row.question, *(f"{letter}. {option}" for letter, option in lines)])


def _row_of(key: str | None, marks: Marks) -> list[float]:
    """Whether each model was right; NaN where it was not asked."""
    answers = (of_model.get(key) if key is not None else None for of_model in marks.values())
    return [np.nan if answer is None else answer.score for answer in answers]


def _told(marks: Floats) -> Floats:
    """Half a point for or against, 0 where nothing is known, and a column that says where."""
    known = np.isfinite(marks)
    return np.column_stack([np.where(known, marks - 0.5, 0.0), known.any(axis=1)])


def _categories(names: Iterable[str]) -> Floats:
    """A column for each category, 1 where it is the question's; none where all have the same."""
    listed = list(names)
    each = sorted(set(listed))
    columns = list(_columns(listed, each)) if len(each) > 1 else []
    return np.column_stack(columns) if columns else np.zeros((len(listed), 0))


def _columns(names: Sequence[str], each: Sequence[str]) -> Iterator[Floats]:
    for category in each:
        yield np.array([float(name == category) for name in names])
