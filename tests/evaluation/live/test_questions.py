"""Where questions come from, and which of them are drawn."""

import gzip
import json
import string
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pointsman.errors import ConfigError
from pointsman.evaluation.live.questions import (
    Question,
    default_questions,
    draw,
    on_side,
    read_questions,
)

CSV = (
    "question_id,category,src,question,options_json,answer\n"
    '7,law,x,"Who, then?","[""me"", ""you""]",B\n'
    '8,math,x,How many?,"[""1"", ""2""]",A\n'
)
ROW = {"id": 1, "question": "How many?", "options": ["1", "2"], "answer": "A"}


def written(folder: Path, *rows: Any) -> Path:
    path = folder / "questions.jsonl"
    path.write_text("".join(json.dumps(row) + "\n\n" for row in rows))
    return path


def some(count: int, categories: str = "abc") -> list[Question]:
    return [
        Question(f"{category}{number}", category, f"What is {number} of {category}?", "AB", "A")
        for category in categories
        for number in range(count)
    ]


def test_a_table_as_of_mmlu_pro_is_read_as_a_client_would_send_it(tmp_path: Path) -> None:
    path = tmp_path / "mmlu_pro_questions.csv.gz"
    path.write_bytes(gzip.compress(CSV.encode()))
    assert default_questions(tmp_path) == path
    file, found = read_questions(path)
    assert file.rows == 2
    assert found[0] == Question("7", "law", "Who, then?\nA. me\nB. you", "AB", "B")


def test_the_default_table_is_looked_for_below_the_root_of_the_data(tmp_path: Path) -> None:
    (tmp_path / "outcomes").mkdir()
    path = tmp_path / "outcomes" / "mmlu_pro_questions.csv"
    path.write_text(CSV)
    assert default_questions(tmp_path) == path
    with pytest.raises(ConfigError, match="--questions"):
        default_questions(tmp_path / "elsewhere")


def test_json_lines_hold_a_text_or_a_question_with_options(tmp_path: Path) -> None:
    whole = {"id": "x", "text": "How many?\nA. 1", "answer": "A", "category": "math", "src": 3}
    _, found = read_questions(written(tmp_path, ROW, whole))
    assert found == [
        Question("1", "all", "How many?\nA. 1\nB. 2", "AB", "A"),
        Question("x", "math", "How many?\nA. 1", string.ascii_uppercase, "A"),
    ]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"answer": "C"}, "one of the letters AB"),
        ({"answer": ""}, "one of the letters AB"),
        ({"answer": "AB"}, "one of the letters AB"),
        ({"options": None}, "`question` with `options`"),
        ({"options": []}, "`question` with `options`"),
        ({"text": "How?"}, "`question` with `options`"),
        ({"question": None, "options": None, "text": "  "}, "an empty one"),
        ({"options": ["x"] * 27}, "at most 26 options, got 27"),
        ({"options": "12"}, "array"),
        ({"id": None}, "id"),
    ],
)
def test_a_wrong_row_is_an_error_that_names_its_line_and_not_its_text(
    change: dict[str, Any], said: str, tmp_path: Path
) -> None:
    other = {**ROW, "id": 2, "question": "SWORDFISH", **change}
    with pytest.raises(ConfigError) as caught:
        read_questions(written(tmp_path, ROW, other))
    assert said in caught.value.message
    assert "questions.jsonl:3:" in caught.value.message
    assert "SWORDFISH" not in caught.value.message


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("q.jsonl", b"", "holds no questions"),
        ("q.jsonl", b"{", "not valid JSON"),
        ("q.jsonl", b"\xff", "cannot be read"),
        ("q.csv", b"question_id,category\n1,law\n", "there is no answer, options_json, question"),
        ("q.csv", CSV.replace('"[', '"').encode(), "options_json"),
        ("q.csv.gz", b"no gzip", "cannot be read"),
        ("q.csv", (CSV + CSV.splitlines()[1] + "\n").encode(), "has the id 7, too"),
    ],
)
def test_a_wrong_file_is_an_error(name: str, content: bytes, said: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(ConfigError, match=said):
        read_questions(path)


@given(st.integers(1, 12), st.integers(1, 15), st.integers(0, 9))
def test_a_draw_takes_so_many_of_each_category_and_a_larger_one_holds_it(
    size: int, wanted: int, seed: int
) -> None:
    drawn = draw(some(size), wanted, seed)
    assert Counter(one.category for one in drawn) == dict.fromkeys("abc", min(size, wanted))
    assert len({one.id for one in drawn}) == len(drawn)
    assert {one.id for one in drawn} <= {one.id for one in draw(some(size), wanted + 1, seed)}


def test_a_draw_depends_on_the_seed_and_not_on_the_order_of_the_file() -> None:
    questions = some(20)
    assert draw(questions, 5, 0) == draw(questions[::-1], 5, 0)
    assert draw(questions, 5, 0) != draw(questions, 5, 1)


def test_the_sides_are_parts_of_the_questions_that_do_not_meet() -> None:
    questions = some(400, "a")
    report, choose = on_side(questions, "report"), on_side(questions, "choose")
    assert on_side(questions, None) == questions
    assert 0 < len(report) < 80
    assert 0 < len(choose) < 80
    assert not {one.id for one in report} & {one.id for one in choose}
    # Options are no part of a question's identity: the same questions fall on a side with them.
    longer = [Question(q.id, q.category, f"{q.text}\nA. x\nB. y", "AB", "A") for q in questions]
    assert {one.id for one in on_side(longer, "report")} == {one.id for one in report}
