"""`bench routing` and `bench reasoning` as they are run, on invented tables."""

import argparse
import importlib.util
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pointsman.config.build import DEFAULT_CONFIG
from pointsman.evaluation.replay import reader
from pointsman.evaluation.replay.pairs import CHOICE_PAIRS, MODE_PAIRS
from pointsman.evaluation.replay.run import _prices
from pointsman.signals.head_file import GainHead, written_head

Bench = Callable[..., Any]
MODE, MATH = (pair.name for pair in MODE_PAIRS)


def test_reasoning_is_reported_and_a_line_is_written_for_each_question_and_pair(
    run: Bench,
) -> None:
    done = run("reasoning", "--json")
    assert (done.status, done.err) == (0, "")
    report = done.report
    assert (report["benchmark"], report["half"], report["limit"]) == ("reasoning", None, None)
    assert [(pair["pair"], pair["questions"]) for pair in report["pairs"]] == [
        (MODE, 36),
        (MATH, 30),
    ]
    assert [file["rows"] for file in report["data"]] == [36, 108, 30, 60]
    assert [(line["pair"], line["question_id"]) for line in done.lines[:1] + done.lines[-1:]] == [
        (MODE, "math-2"),
        (MATH, "29"),
    ]
    assert len(done.lines) == 66
    for line in done.lines:
        assert list(line) == ["pair", "question_id", "score", "extra_tokens", "heavy"]
        assert -1 < line["score"] < 1
        assert line["extra_tokens"] >= 0


def test_a_line_says_heavy_where_ours_at_the_middle_lambda_sends_it(run: Bench) -> None:
    done = run("reasoning", "--json", "--pair", MODE)
    policies = done.report["pairs"][0]["measured"]["policies"]
    (middle,) = (row for row in policies if row["name"] == "ours, lambda 0.15")
    assert sum(line["heavy"] for line in done.lines) / 36 == pytest.approx(middle["heavy_share"])


def test_the_two_benchmarks_say_the_same_again(run: Bench) -> None:
    first, second = (run("routing", "--pair", CHOICE_PAIRS[-1].name) for _ in range(2))
    assert first.lines == second.lines


def test_routing_leaves_out_what_is_not_recorded_and_says_so(run: Bench) -> None:
    report = run("routing", "--json").report
    assert [pair["pair"] for pair in report["pairs"]] == [
        pair.name for pair in (CHOICE_PAIRS[0], *CHOICE_PAIRS[3:])
    ]
    assert len(report["notes"]) == 2
    mmlu = report["pairs"][1]
    assert (mmlu["categories"], len(mmlu["measured"]["categories"])) == (2, 2)


def test_the_tables_say_what_they_are(run: Bench) -> None:
    shown = run("reasoning").out
    assert "…" not in shown
    for said in (
        "# Reasoning mode, replayed",
        f"## {MODE}",
        "two models, not one with a switch",
        "Gate: ",
        "published, not reproduced",
        "reference's hand table",
        "These three are assumptions",
        "There is one category",
        "flatters ours",
        "for each of 10 folds from the others",
    ):
        assert said in shown
    assert max(len(line) for line in shown.splitlines() if line.startswith("|")) <= 180
    routing = run("routing").out
    assert "published" not in routing
    assert "hand table" not in routing


def test_a_half_scores_what_training_never_saw(run: Bench) -> None:
    done = run("reasoning", "--half", "report", "--pair", MATH)
    assert 0 < len(done.lines) < 30
    assert "neither training nor calibration saw" in done.out
    assert f"learned from {30 - len(done.lines)} questions" not in done.out  # one category
    assert "domain/dev" in done.out


def test_a_limit_is_a_quick_look(run: Bench) -> None:
    done = run("reasoning", "--limit", "5")
    assert len(done.lines) == 10
    assert "at most 5 of each pair" in done.out


def test_pictures_are_drawn_where_asked(run: Bench, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    done = run("routing", "--limit", "8", "--plots", str(tmp_path / "p"), "--usd", "1,2,3,4")
    assert done.status == 0
    assert (
        len(list((tmp_path / "p").glob("*.svg"))) == len(list((tmp_path / "p").glob("*.png"))) == 3
    )


def test_pictures_without_matplotlib_are_told_first(
    run: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    done = run("reasoning", "--plots", "p")
    assert done.status == 2
    assert "pip install 'pointsman[bench]'" in done.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--pair", "a->b"), "no pair `a->b`"),
        (("--split", "dev"), "take --split out"),
        (("--data", "/no/such/folder"), "no data folder"),
    ],
)
def test_wrong_use_is_told(words: tuple[str, ...], said: str, run: Bench) -> None:
    done = run("routing", *words)
    assert (done.status, done.lines) == (2, [])
    assert said in done.err


@pytest.mark.parametrize("text", ["1,2,3", "1,2,3,4,5", "a,b,c,d", "1,2,3,-4", "1,2,3,nan"])
def test_prices_that_are_none_are_wrong_use(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError):
        _prices(text)


@pytest.mark.parametrize("count", ["0", "few"])
def test_a_limit_that_is_none_is_wrong_use(count: str, run: Bench) -> None:
    with pytest.raises(SystemExit) as ended:
        run("routing", "--limit", count)
    assert ended.value.code == 2


def test_a_pairs_own_head_is_used_and_the_generic_one_stands_beside_it(
    run: Bench, make_head: Callable[..., GainHead], monkeypatch: pytest.MonkeyPatch
) -> None:
    head = make_head(*MODE.split("->"), 5.0)
    monkeypatch.setattr(reader, "pair_head", lambda _bundle, name: head if name == MODE else None)
    done = run("reasoning", "--limit", "8", "--json")
    own, without = done.report["pairs"]
    assert own["head"] == "the head that is shipped for this pair, learned from 9 other questions"
    assert without["head"].startswith("the generic head")
    scores = [[row["name"] for row in pair["measured"]["rankings"]] for pair in (own, without)]
    assert ["ours, generic head" in names for names in scores] == [True, False]
    assert all(line["score"] > 0.9 for line in done.lines if line["pair"] == MODE)


def test_the_configs_own_head_is_named(
    run: Bench, make_head: Callable[..., GainHead], config_file: Callable[[str], Path]
) -> None:
    # This head brings no sample to solve a goal on.
    stated = DEFAULT_CONFIG.read_text().replace("{quality_loss_max: 0.02}\n", "{lambda: 0.1}\n")
    config = config_file(stated + "heads: {gain: own.json}\n")
    (config.parent / "own.json").write_bytes(written_head(make_head("a", "b")))
    report = run("reasoning", "--limit", "5", "--json", "-c", str(config)).report
    assert {pair["head"] for pair in report["pairs"]} == {"the config's own gain head"}
