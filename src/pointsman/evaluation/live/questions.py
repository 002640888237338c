"""The questions of a live run: read from a file, and so many of each category drawn by a seed."""

import csv
import gzip
import hashlib
import io
import string
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from pointsman.errors import ConfigError
from pointsman.evaluation.domain import written
from pointsman.evaluation.rows import RowsFile
from pointsman.statistics.halves import Half, parted, recorded_side, stem_of

MMLU_PRO = "mmlu_pro_questions"
FOLDER = "outcomes"
_COLUMNS = ("question_id", "category", "question", "options_json", "answer")
_ENDINGS = (".csv.gz", ".csv")
_FORMS = "expected `text`, or `question` with `options`"


class Question(msgspec.Struct, frozen=True):
    """A question with one right letter.

    Attributes:
        text: What a client would send: the question, its options as lines `A. ...` below.
        letters: The letters that are options; every letter where the options are not told apart.
        answer: The right one.
    """

    id: str
    category: str
    text: str
    letters: str
    answer: str


class _Row(msgspec.Struct, frozen=True):
    """A line of a file; other keys are passed over."""

    id: str | int
    answer: str
    category: str = "all"
    text: str | None = None
    question: str | None = None
    options: tuple[str, ...] | None = None


def default_questions(data: Path) -> Path:
    """Where the questions of MMLU-Pro are below the root of the data, or in its own folder.

    Raises:
        ConfigError: They are not there.
    """
    for folder in (data / FOLDER, data):
        for ending in _ENDINGS:
            path = folder / f"{MMLU_PRO}{ending}"
            if path.is_file():
                return path
    raise ConfigError(
        f"{data} holds no {FOLDER}/{MMLU_PRO}.csv.gz: name a file with --questions, or the folder "
        "of the data with --data"
    )


def read_questions(path: Path) -> tuple[RowsFile, list[Question]]:
    """Read a file: a table with MMLU-Pro's columns (`.csv`), else JSON Lines; gzipped or not.

    Raises:
        ConfigError: It cannot be read, or a row is wrong; names the line, never its text.
    """
    try:
        raw = path.read_bytes()
        content = (gzip.decompress(raw) if path.suffix == ".gz" else raw).decode("utf-8-sig")
    except (OSError, EOFError, zlib.error, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: cannot be read: {error}") from error
    is_table = path.name.removesuffix(".gz").endswith(".csv")
    found: dict[str, Question] = {}
    for line, row in _table(path, content) if is_table else _lines(path, content):
        question = _question(row, f"{path}:{line}")
        if question.id in found:
            raise ConfigError(f"{path}:{line}: an earlier row has the id {question.id}, too")
        found[question.id] = question
    if not found:
        raise ConfigError(f"{path} holds no questions")
    file = RowsFile(str(path), hashlib.sha256(raw).hexdigest(), len(found))
    return file, list(found.values())


def on_side(questions: Sequence[Question], half: Half | None) -> list[Question]:
    """The questions that fall on a side of the split, as far as their text alone tells.

    On `report`, none of them is one that the shipped heads were trained on; see
    `halves.recorded_side`.
    """
    if half is None:
        return list(questions)
    stems = [stem_of(parted(question.text)[0]) for question in questions]
    sides = [recorded_side(stem, held_out=False) for stem in stems]
    return [one for one, side in zip(questions, sides, strict=True) if side == half]


def draw(questions: Sequence[Question], per_category: int, seed: int) -> list[Question]:
    """Draw so many questions of each category (all, where there are fewer), in mixed order.

    The draw depends on ids, categories and the seed alone, and a larger one holds a smaller one, so
    that a run can be made larger later.
    """
    chance = np.random.default_rng(seed)
    groups: dict[str, list[Question]] = {}
    for question in sorted(questions, key=lambda one: (one.category, one.id)):
        groups.setdefault(question.category, []).append(question)
    drawn = [
        group[at]
        for group in groups.values()
        for at in chance.permutation(len(group))[:per_category]
    ]
    return [drawn[at] for at in chance.permutation(len(drawn))]


def _table(path: Path, content: str) -> Iterator[tuple[int, dict[str, Any]]]:
    reader = csv.DictReader(io.StringIO(content, newline=""))
    try:
        if missing := sorted(set(_COLUMNS) - set(reader.fieldnames or ())):
            raise ConfigError(
                f"{path}: expected the columns {', '.join(_COLUMNS)}; there is no "
                f"{', '.join(missing)}"
            )
        for row in reader:
            options = msgspec.json.decode(row["options_json"] or "null")
            shared = {key: row[key] for key in ("category", "question", "answer")}
            yield reader.line_num, {"id": row["question_id"], "options": options, **shared}
    except csv.Error as error:
        raise ConfigError(f"{path}:{reader.line_num}: {error}") from error
    except msgspec.DecodeError as error:
        raise ConfigError(f"{path}:{reader.line_num}: options_json: {error}") from error


def _lines(path: Path, content: str) -> Iterator[tuple[int, Any]]:
    for number, line in enumerate(io.StringIO(content), start=1):
        if line.strip():
            try:
                yield number, msgspec.json.decode(line)
            except msgspec.DecodeError as error:
                raise ConfigError(f"{path}:{number}: not valid JSON: {error}") from error


def _question(value: Any, where: str) -> Question:  # noqa: ANN401  # a row enters here
    try:
        row = msgspec.convert(value, _Row)
    except msgspec.ValidationError as error:
        raise ConfigError(f"{where}: {error}") from error
    text, letters = _text(row, where)
    if len(row.answer) != 1 or row.answer not in letters:
        raise ConfigError(f"{where}: expected `answer` to be one of the letters {letters}")
    return Question(str(row.id), row.category, text, letters, row.answer)


def _text(row: _Row, where: str) -> tuple[str, str]:
    """The text to send and the letters that are options in it."""
    if row.text is not None and row.question is None and row.options is None:
        text, letters = row.text, string.ascii_uppercase
    elif row.text is None and row.question is not None and row.options:
        text = written(row.question, row.options)
        letters = string.ascii_uppercase[: len(row.options)]
        if len(row.options) > len(letters):
            raise ConfigError(f"{where}: expected at most 26 options, got {len(row.options)}")
    else:
        raise ConfigError(f"{where}: {_FORMS}")
    if not text.strip():
        raise ConfigError(f"{where}: {_FORMS}, got an empty one")
    return text, letters
