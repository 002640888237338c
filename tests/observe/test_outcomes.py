"""Recorded outcomes, joined into questions."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pointsman.errors import ConfigError
from pointsman.observe.outcomes import read_outcomes


@pytest.fixture
def file_of(tmp_path: Path) -> Callable[[list[dict[str, Any]]], Path]:
    """Write rows as JSON Lines."""

    def write(rows: list[dict[str, Any]]) -> Path:
        path = tmp_path / "rows.jsonl"
        path.write_text("".join(json.dumps(row) + "\n" for row in rows))
        return path

    return write


def row(model: str, text: str | None = "q", **fields: Any) -> dict[str, Any]:
    given = {"model": model, "correct": 1} | fields
    return given if text is None else given | {"text": text}


def test_rows_are_joined_by_id_and_else_by_text(file_of: Any) -> None:
    path = file_of(
        [
            row("small", "one", id=7),
            row("large", None, id=7, correct=0),
            row("small", "two"),
            row("large", None, messages=[{"role": "user", "content": "two"}], mode="on"),
            row("small", "one", id="8"),
        ]
    )
    found = read_outcomes(path)
    assert [(q.text, list(q.answers)) for q in found] == [
        ("one", ["small", "large"]),
        ("two", ["small", "large:on"]),
        ("one", ["small"]),
    ]
    assert found[0].answers["large"].score == 0


def test_several_tries_of_one_arm_are_averaged(file_of: Any) -> None:
    path = file_of(
        [
            row("small", correct=True, tokens=10),
            row("small", correct=False, tokens=30),
            {"model": "large", "text": "q", "score": 0.7, "tokens": 5},
            {"model": "large", "text": "q", "score": 0.5},
        ]
    )
    (question,) = read_outcomes(path)
    assert (question.answers["small"].score, question.answers["small"].tokens) == (0.5, 20)
    assert question.answers["large"].score == pytest.approx(0.6)
    assert question.answers["large"].tokens is None


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([{"model": "a", "text": "q"}], ":1: expected `correct` (0 or 1) or `score`"),
        ([row("a", score=0.5)], ":1: expected `correct` (0 or 1) or `score`"),
        ([row("a", correct=2)], ":1: Expected `int` <= 1"),
        ([row(" ")], ":1: expected the model's name"),
        ([row("a", None)], ":1: expected `text` or `messages`"),
        ([row("a", "x", id=1), row("b", "y", id=1)], ":2: its text differs from line 1"),
        ([row("a", None, id=1)], ": no row gives the text of 1 ids: id 1"),
        ([row("a", tokens=-1)], ":1: Expected `float` >= 0"),
    ],
)
def test_a_wrong_row_is_named_by_its_line(
    file_of: Any, rows: list[dict[str, Any]], said: str
) -> None:
    path = file_of(rows)
    with pytest.raises(ConfigError) as refused:
        read_outcomes(path)
    assert refused.value.message.startswith(f"{path}{said}")
