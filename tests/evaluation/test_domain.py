"""`bench domain`: its counts from made-up answers, and a run on a handful of rows."""

from collections.abc import Callable
from typing import Any

import pytest

from pointsman.encoder.bundle import load_bundle
from pointsman.evaluation.domain import written
from pointsman.evaluation.domain_scores import (
    Answer,
    majority_of,
    scores_by_label,
    scores_by_source,
)

RunBench = Callable[..., Any]
MakeBundle = Callable[[Callable[[Any], None]], str]


def _answer(
    label: str,
    pred: str,
    source: str = "exams",
    *,
    p: float = 0.5,
    alone: bool = False,
    unaided: str | None = None,
    tier: str | None = None,
) -> Answer:
    return Answer(label, source, pred, p, alone, unaided or pred, tier)


ANSWERS = [
    _answer("math", "math", alone=True, tier="math"),
    _answer("math", "law", alone=True, unaided="math", tier="law"),
    _answer("law", "law", "chats", tier="math"),
    _answer("math", "math", "chats", tier="math"),
]


def test_all_rows_come_first_and_then_each_source() -> None:
    every, chats, exams = scores_by_source(ANSWERS)
    assert [part.source for part in (every, chats, exams)] == ["all", "chats", "exams"]
    assert [part.rows for part in (every, chats, exams)] == [4, 2, 2]
    assert [part.accuracy.share for part in (every, chats, exams)] == [0.75, 1.0, 0.5]


def test_one_source_is_not_shown_twice() -> None:
    assert [part.source for part in scores_by_source(ANSWERS[:2])] == ["all"]


def test_the_numbers_of_a_part() -> None:
    every = scores_by_source(ANSWERS)[0]
    assert every.macro_f1 == pytest.approx((0.8 + 2 / 3) / 2)
    assert every.calibration_error == pytest.approx((0.5 * 4) / 4)
    assert every.majority == 0.75
    assert every.first_tier is not None
    assert every.first_tier.share == 0.5
    assert every.answered_alone == 0.5
    assert every.right_alone is not None
    assert (every.right_alone.hits, every.right_alone.rows) == (1, 2)
    assert (every.unaided, every.points_lost) == (1.0, 25.0)


def test_what_no_row_says_is_none() -> None:
    (part,) = scores_by_source([_answer("math", "math")])
    assert part.first_tier is part.right_alone is None


def test_of_equally_frequent_labels_the_first_by_name_is_the_majority() -> None:
    assert majority_of([_answer("math", "x"), _answer("law", "x")]) == "law"


def test_each_label_of_either_set_is_scored_in_both() -> None:
    law, math, other = scores_by_label(ANSWERS, [_answer("other", "other")])
    assert (law.label, math.label, other.label) == ("law", "math", "other")
    assert math.file is not None
    assert math.file.share == pytest.approx(2 / 3)
    assert math.unseen is other.file is None


def test_options_stand_below_the_question_as_lines() -> None:
    assert written("Which?", ("this", "that")) == "Which?\nA. this\nB. that"
    assert written("Which?", ()) == "Which?"


ROWS: list[dict[str, Any]] = [
    {"id": "q2", "text": "Which one?", "options": ["a neutron", "a quark"], "label": "physics"},
    {"id": "q1", "text": "Prove that 2 is prime.", "options": [], "label": "math", "source": "s"},
    {"id": 3, "text": "What is a tort?", "label": "no such label", "source": "s", "sub": "x"},
]


def test_a_line_for_each_row_in_order(bench: RunBench) -> None:
    done = bench("domain", ROWS)
    assert (done.status, done.err) == (0, "")
    assert [line["id"] for line in done.lines] == ["q2", "q1", 3]
    assert [line["label"] for line in done.lines] == ["physics", "math", "no such label"]
    for line in done.lines:
        assert list(line) == ["id", "label", "pred", "p"]
        assert line["pred"] in load_bundle().labels()["domain"]
        assert 0 < line["p"] <= 1


def test_both_forms_are_reported_and_one_is_written(bench: RunBench) -> None:
    with_options, without = (bench("domain", ROWS, "--options", o) for o in ("with", "without"))
    first, *others = with_options.lines
    assert first["p"] != without.lines[0]["p"]  # its options are read or not
    assert others == without.lines[1:]  # they have none
    report = bench("domain", ROWS, "--json").report
    assert set(report["forms"]) == {"with", "without"}
    assert report["options"] == "with"
    assert [part["rows"] for part in report["forms"]["with"]] == [3, 1, 2]
    assert report["unseen"]["rows"] == report["unseen_data"]["rows"] == 2
    assert report["data"]["rows"] == 3


def test_a_first_tier_that_is_always_sure_is_held_against_the_encoder(
    bench: RunBench, a_sure_bundle: str
) -> None:
    report = bench("domain", ROWS, "--json", "--bundle", a_sure_bundle).report
    every = report["forms"]["with"][0]
    assert every["answered_alone"] == 1.0
    assert every["first_tier"] == every["accuracy"] == every["right_alone"]


def test_a_bundle_without_a_first_tier_has_no_numbers_of_it(
    bench: RunBench, a_bundle: MakeBundle
) -> None:
    bundle = a_bundle(lambda manifest: manifest.pop("first_tier"))
    report = bench("domain", ROWS, "--json", "--bundle", bundle).report
    assert report["forms"]["with"][0]["first_tier"] is None
    assert report["forms"]["with"][0]["answered_alone"] == 0.0


def test_the_tables_fit(bench: RunBench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pointsman.cli.bench._PLAIN_WIDTH", 120)
    shown = bench("domain", [{**row, "source": "a-source-of-twenty-4-let"} for row in ROWS]).out
    assert "…" not in shown
    assert "| a-source" not in shown  # one source is `all`
    for title in ("with their options", "without their options", "Everyday", "by label"):
        assert title in shown
    assert max(len(line) for line in shown.splitlines() if line.startswith("|")) <= 120
