"""`bench cache`: its counts from made-up verdicts, and a run on a handful of rows."""

from collections.abc import Callable
from typing import Any

import pytest

from pointsman.cache.verify import FEATURES, Step, Verdict, Verifier
from pointsman.evaluation.cache_scores import (
    Judged,
    calibration,
    made_scores,
    part_scores,
    reasons,
    rule_scores,
    threshold_of,
)

RunBench = Callable[..., Any]


def _judged(
    label: int | None, similarity: float, why: str, *, kind: str = "k", english: bool = True
) -> Judged:
    served = why in {"alike", "exact"}
    verdict = Verdict(served=served, p=1.0 if served else 0.25, why=why)
    return Judged(kind, "s", english, label, similarity, verdict)


JUDGED = [
    _judged(1, 0.96, "alike"),
    _judged(1, 1.0, "exact"),
    _judged(1, 0.85, "words"),
    _judged(0, 0.92, "alike"),
    _judged(0, 0.5, "words", kind="other"),
    _judged(1, 0.99, "language", english=False),
    _judged(None, 0.99, "exact"),
]


def test_rules_are_scored_on_english_and_on_all_with_a_label() -> None:
    found = {(one.languages, one.rule): one for one in rule_scores(JUDGED)}
    ours = found["English", "guards and verifier"]
    assert ours.wrong is not None
    assert ours.hits is not None
    assert (ours.wrong.hits, ours.wrong.rows) == (1, 3)
    assert (ours.hits.hits, ours.hits.rows) == (2, 3)
    assert ours.wrong_max == pytest.approx(0.8647, abs=1e-4)
    exact = found["all", "exact alone"]
    assert exact.wrong is not None
    assert (exact.wrong.hits, exact.wrong.rows) == (0, 1)
    plain = found["all", "cosine 0.90"]
    assert plain.wrong is not None
    assert (plain.wrong.hits, plain.wrong.rows) == (1, 4)


def test_a_rule_that_serves_nothing_has_no_share_of_errors() -> None:
    (ours, *_) = rule_scores([_judged(0, 0.1, "words")])
    assert (ours.wrong, ours.wrong_max, ours.hits) == (None, None, None)


def test_kinds_are_scored_by_their_label() -> None:
    first, second = part_scores(JUDGED)
    assert (first.kind, second.kind) == ("k", "other")
    assert first.served_right is not None
    assert first.served_wrong is not None
    assert (first.served_right.hits, first.served_right.rows) == (2, 4)
    assert (first.served_wrong.hits, first.served_wrong.rows) == (1, 1)
    assert second.served_right is None
    assert first.by_cosine["0.95"].hits == 3


def test_changes_are_scored_in_their_order() -> None:
    first, second = made_scores([_judged(None, 0.9, "words", kind="z"), *JUDGED[:2]])
    assert (first.kind, first.served.hits, second.served.hits) == ("z", 0, 2)
    assert second.similarity == pytest.approx(0.98)


def test_reasons_and_calibration() -> None:
    assert reasons(JUDGED) == {"alike": 2, "exact": 2, "words": 2, "language": 1}
    assert calibration(JUDGED) == pytest.approx((0 + 0 + 0.75 + 1 + 0.25) / 5)
    assert calibration([JUDGED[-1]]) is None


def test_the_threshold_is_told_with_its_rows() -> None:
    verifier = Verifier(FEATURES, (0.0,) * len(FEATURES), 0.0, (Step(0.9, 400, 1),))
    solved = threshold_of(verifier, 0.9)
    assert solved is not None
    assert (solved.rows, solved.errors, solved.above) == (400, 1, 0.9)
    assert threshold_of(verifier, None) is None


ROWS: list[dict[str, Any]] = [
    {"id": "r1", "a": "What is osmosis?", "b": "Define osmosis.", "label": 1, "kind": "pair"},
    {"id": "r2", "a": "Is Anna near Bob in May?", "b": "Is Bob near Anna in May?", "label": 0},
    {"id": 3, "a": "What is DNA?", "b": "what is dna", "label": None, "source": "s"},
    {"id": "r4", "a": "Das ist ein Hund.", "b": "Das ist der Hund.", "label": 1, "lang": "de"},
    {"id": "r5", "a": "A man has 5 dollars.", "b": "A man has 6 dollars.", "label": 0},
]


def test_a_line_for_each_row_in_order(bench: RunBench) -> None:
    done = bench("cache", ROWS)
    assert (done.status, done.err) == (0, "")
    assert [line["id"] for line in done.lines] == ["r1", "r2", 3, "r4", "r5"]
    assert [line["label"] for line in done.lines] == [1, 0, None, 1, 0]
    assert [line["served"] for line in done.lines] == [True, False, True, False, False]
    for line in done.lines:
        assert list(line) == ["id", "label", "similarity", "p_same", "served"]
        assert 0 <= line["p_same"] <= 1
        assert -1 <= line["similarity"] <= 1.001


def test_an_error_that_no_data_can_show_serves_exact_hits_alone(bench: RunBench) -> None:
    done = bench("cache", ROWS, "--error-max", "0.0001")
    assert [line["served"] for line in done.lines] == [False, False, True, False, False]
    assert "only exact hits are served" in done.out


@pytest.mark.parametrize("share", ["0", "1", "many"])
def test_an_error_must_be_a_share(
    bench: RunBench, share: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        bench("cache", ROWS, "--error-max", share)
    assert "expected a share between 0 and 1" in capsys.readouterr().err


def test_the_report_has_edits_and_variants_of_the_texts(bench: RunBench) -> None:
    report = bench("cache", ROWS, "--json").report
    assert report["error_max"] == 0.01
    assert report["threshold"]["error_bound"] <= 0.01
    assert {"number changed", "two exchanged"} <= {one["kind"] for one in report["edits"]}
    assert all(one["served"]["hits"] == 0 for one in report["edits"])
    assert all(one["served"]["share"] == 1 for one in report["variants"])


def test_the_tables_fit(bench: RunBench) -> None:
    shown = bench("cache", ROWS).out
    assert "…" not in shown
    for title in ("What is served", "By source and kind", "Edits", "Variants", "Why"):
        assert title in shown
