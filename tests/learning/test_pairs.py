"""The heads of recorded pairs."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pointsman.config.heads import groups_of, mark_of
from pointsman.encoder.bundle import Bundle
from pointsman.learning.heads import Reader
from pointsman.learning.outcomes import Arms
from pointsman.learning.pairs import PAIRS, ShippedPair, binned, learn_pairs, main
from pointsman.learning.recorded import Tables
from pointsman.signals.head_file import GainHead, parse_head
from pointsman.statistics.halves import recorded_side, stem_of
from pointsman.statistics.outcome_point import OutcomePoint

WON = ShippedPair("won", Arms("small", "large:on"), "invented exams", Tables.mmlu_pro)
LOST = ShippedPair("lost", Arms("tossed", "tossed again"), "invented exams", Tables.mmlu_pro)


@pytest.fixture(scope="module")
def written(
    invented: Any, data_folder: Callable[..., Path], reader: Reader, tmp_path_factory: Any
) -> tuple[Path, list[str]]:
    """The folder of the heads of both pairs, and the questions they were learned from."""
    rows, random = invented(700, noise=0.1), np.random.default_rng(0)
    asked = {row["id"]: row["text"] for row in rows}
    marks = [
        {
            "question_id": row["id"],
            "model": f"{row['model']}:{row['mode']}" if "mode" in row else row["model"],
            "correct": row["correct"],
            "wp_tokens": row["tokens"],
        }
        for row in rows
    ]
    marks += [
        {"question_id": key, "model": model, "correct": random.integers(2), "wp_tokens": 60}
        for key in asked
        for model in (LOST.arms.light, LOST.arms.heavy)
    ]
    questions = [
        {"question_id": key, "category": "math", "question": text, "options_json": "[]"}
        for key, text in asked.items()
    ]
    folder = data_folder("", mmlu_pro_questions=questions, mmlu_pro_outcomes=marks)
    out = tmp_path_factory.mktemp("pairs")
    learn_pairs(Tables(folder), reader, (WON, LOST), out)
    return out, list(asked.values())


def the_head(folder: Path) -> GainHead:
    head = parse_head((folder / "won.json").read_bytes())
    assert isinstance(head, GainHead)
    return head


def test_only_a_head_that_its_own_report_bears_out_is_written(
    written: tuple[Path, list[str]],
) -> None:
    assert [file.name for file in written[0].iterdir()] == ["won.json"]


def test_a_head_says_what_it_was_learned_on_and_belongs_to_the_bundle(
    written: tuple[Path, list[str]], bundle: Bundle
) -> None:
    head = the_head(written[0])
    assert (head.light, head.heavy) == ("small", "large:on")
    assert head.basis == "public answers of small and large:on to invented exams"
    assert head.bundle == mark_of(bundle)
    assert head.features == groups_of(bundle)["gain"]
    assert head.use
    assert head.tokens is not None


def test_what_is_reported_was_seen_by_no_part_of_the_head(
    written: tuple[Path, list[str]],
) -> None:
    folder, texts = written
    head = the_head(folder)
    sides = [recorded_side(stem_of(text), held_out=False) for text in texts]
    assert head.rows == sides.count("train") + sides.count("choose")
    assert head.report["questions"] == sides.count("report")
    assert sum(sum(point.outcomes) for point in head.sample) == sides.count("choose")
    assert head.report["apgr"]["learned head"]["value"] > 0.8


def test_a_sample_is_told_in_means_and_counts_and_never_by_question() -> None:
    points = [OutcomePoint(0.5, 0.5 + at / 100, 10.0 * at, (0, 1, 0, 0)) for at in range(20)]
    found = binned(points[::-1], bins=4)
    assert [sum(point.outcomes) for point in found] == [5, 5, 5, 5]
    assert [point.p_heavy for point in found] == pytest.approx([0.52, 0.57, 0.62, 0.67])
    assert [point.extra_tokens for point in found] == pytest.approx([20, 70, 120, 170])


def test_names_are_those_of_files_and_no_two_are_alike() -> None:
    names = [pair.name for pair in PAIRS]
    assert len({*names, *(f"{p.arms.light}->{p.arms.heavy}" for p in PAIRS)}) == 2 * len(names)
    assert all(name.replace("-", "").replace(".", "").isalnum() for name in names)


def test_the_command_wants_to_know_where_the_data_is(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("POINTSMAN_DATA", raising=False)
    monkeypatch.setattr(sys, "argv", ["pairs", "--out", str(tmp_path)])
    with pytest.raises(SystemExit):
        main()
    assert "--data or in POINTSMAN_DATA" in capsys.readouterr().err
