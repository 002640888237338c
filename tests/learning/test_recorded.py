"""Public tables of recorded answers."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from pointsman.errors import ConfigError
from pointsman.learning.outcomes import Arms
from pointsman.learning.recorded import Tables
from pointsman.statistics.halves import recorded_side, stem_of

ARMS = Arms("light", "heavy")


def mark(key: int, model: str, correct: int, tokens: int = 10) -> dict[str, object]:
    return {"question_id": key, "model": model, "correct": correct, "wp_tokens": tokens}


def routellm(key: int, prompt: str, light: int, heavy: int) -> dict[str, object]:
    both = {"mixtral_8x7b_correct": light, "gpt4_1106_correct": heavy}
    tokens = {"mixtral_8x7b_wp_tokens": 7, "gpt4_1106_wp_tokens": 9}
    return {"question_id": key, "category": f"c{key % 2}", "prompt": prompt} | both | tokens


QUESTIONS = [f"How far is star {key}?" for key in range(40)]
MARKS = [
    *(mark(key, "light", key % 2, 5) for key in range(40)),
    *(mark(key, "heavy", 1, 50) for key in range(39)),
    *(mark(key, "third", int(key < 20)) for key in range(30)),
]


@pytest.fixture
def folder(data_folder: Callable[..., Path]) -> Path:
    """A data folder in which the first question is held out of all training."""
    asked = [
        {
            "question_id": key,
            "category": ("law", "math")[key % 2],
            "question": question,
            "options_json": '["near", "far"]',
        }
        for key, question in enumerate(QUESTIONS)
    ]
    mmlu = [routellm(k, f"{q}\nA. near\nB. far", 0, 1) for k, q in enumerate(QUESTIONS[38:])]
    return data_folder(
        QUESTIONS[0].upper(),
        mmlu_pro_questions=asked,
        mmlu_pro_outcomes=MARKS,
        routellm_mmlu=[*mmlu, routellm(2, "New?\nA. a\nB. b", 1, 1)],
        routellm_gsm8k=[routellm(0, "Count 2 hats.", 0, 1)],
    )


def test_a_question_is_read_as_a_client_sends_it_and_only_if_both_have_answered(
    folder: Path,
) -> None:
    found = Tables(folder).mmlu_pro(ARMS)
    assert len(found.questions) == 39
    first = found.questions[1]
    assert first.text == "How far is star 1?\nA. near\nB. far"
    assert (first.light.score, first.light.tokens) == (1, 5)
    assert (first.heavy.score, first.heavy.tokens) == (1, 50)
    assert first.extra_tokens == 45


def test_the_teacher_is_told_the_category_and_the_other_models_but_neither_of_the_pair(
    folder: Path,
) -> None:
    told = Tables(folder).mmlu_pro(ARMS).told
    # law, math, the third model's mark, and whether that is known
    assert told[0].tolist() == [1, 0, 0.5, 1]
    assert told[21].tolist() == [0, 1, -0.5, 1]
    assert told[35].tolist() == [0, 1, 0, 0]


def test_questions_lie_on_the_sides_of_the_training(folder: Path) -> None:
    found = Tables(folder).mmlu_pro(ARMS)
    assert found.sides[0] == recorded_side(stem_of(QUESTIONS[0]), held_out=True)
    assert found.sides[0] != "train"
    expected = [recorded_side(stem, held_out=False) for stem in found.stems[1:]]
    assert list(found.sides[1:]) == expected
    both = found.on("train", "choose")
    assert sorted([*both, *found.on("report")]) == list(range(39))


def test_what_is_told_of_mmlu_is_taken_from_mmlu_pro_where_they_share_a_question(
    folder: Path,
) -> None:
    found = Tables(folder).mmlu(ARMS)
    assert [question.heavy.score for question in found.questions] == [1, 1, 1]
    assert found.questions[0].extra_tokens is None
    # two categories, then heavy, light and third, and whether any of them is known
    assert found.told[0].tolist() == [1, 0, 0.5, -0.5, 0, 1]
    assert found.told[1].tolist() == [0, 1, 0, 0.5, 0, 1]
    assert found.told[2].tolist() == [1, 0, 0, 0, 0, 0]


def test_nothing_is_told_of_gsm8k(folder: Path) -> None:
    found = Tables(folder).gsm8k(ARMS)
    assert found.told.shape == (1, 0)
    assert found.questions[0].extra_tokens == 2
    assert np.isfinite(found.told).all()


def test_a_file_that_is_missing_is_named(folder: Path) -> None:
    (folder / "domain/dev.jsonl.gz").unlink()
    with pytest.raises(ConfigError, match=r"domain/dev\.jsonl\.gz: cannot be read"):
        Tables(folder)


def test_a_mark_that_is_none_is_named_with_its_line(data_folder: Callable[..., Path]) -> None:
    asked = {"question_id": 1, "category": "law", "question": "Why?", "options_json": "[]"}
    rows = [mark(1, "light", 1), mark(1, "heavy", 7)]
    folder = data_folder("", mmlu_pro_questions=[asked], mmlu_pro_outcomes=rows)
    with pytest.raises(ConfigError, match=r"mmlu_pro_outcomes\.csv\.gz:3: .*correct"):
        Tables(folder)


def test_a_model_that_is_not_there_is_named(folder: Path) -> None:
    with pytest.raises(ConfigError, match="holds no answers of other; it has"):
        Tables(folder).mmlu_pro(Arms("other", "heavy"))
