"""`bench pii`: its counts from made-up spans, and a run on a handful of rows."""

from collections.abc import Callable
from typing import Any

import pytest

from pointsman.evaluation.pii_report import Counts
from pointsman.evaluation.pii_scores import (
    Tagged,
    Typed,
    false_alarms,
    group_scores,
    source_scores,
    source_type_scores,
    span_calibration,
    type_scores,
)

RunBench = Callable[..., Any]

NAME: Typed = (0, 5, "PERSON")
PLACE: Typed = (0, 5, "GPE")
MAIL: Typed = (9, 20, "EMAIL_ADDRESS")


def _tagged(
    gold: set[Typed], found: dict[Typed, float], patterns: set[Typed], source: str = "s"
) -> Tagged:
    return Tagged(source, frozenset(gold), found, frozenset(patterns))


TAGGED = [
    _tagged({NAME, MAIL}, {NAME: 0.9, MAIL: 1.0}, {MAIL}),
    _tagged({NAME}, {(0, 4, "PERSON"): 0.7}, set(), "t"),  # one letter short
    _tagged({NAME}, {PLACE: 0.6}, set(), "t"),  # of another type
    _tagged(set(), {PLACE: 0.6}, set()),
    _tagged(set(), {}, set(), "t"),
]


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        (Counts(4, 5, 2), (0.4, 0.5, pytest.approx(4 / 9))),
        (Counts(4, 0, 0), (None, 0.0, 0.0)),
        (Counts(0, 3, 0), (0.0, None, 0.0)),
        (Counts(0, 0, 0), (None, None, None)),
    ],
)
def test_precision_recall_and_f1(counts: Counts, expected: tuple[Any, ...]) -> None:
    assert (counts.precision, counts.recall, counts.f1) == expected


def test_a_span_is_right_when_its_ends_and_its_type_are() -> None:
    groups = {group.name: group for group in group_scores(TAGGED)}
    assert groups["all types"].counts == Counts(4, 5, 2)
    assert groups["all types"].patterns == Counts(4, 1, 1)
    assert groups["personal by themselves"].counts == Counts(4, 3, 2)
    assert groups["with a form"].counts == groups["with a form"].patterns == Counts(1, 1, 1)
    assert groups["PHONE_NUMBER"].f1 is None
    assert groups["without a form"].counts == Counts(3, 4, 1)
    f1 = groups["all types"].f1
    assert f1 is not None
    assert f1.value == pytest.approx(4 / 9)
    assert f1.low <= f1.value <= f1.high


def test_types_come_by_their_number_in_the_data() -> None:
    assert [part.name for part in type_scores(TAGGED)] == ["PERSON", "EMAIL_ADDRESS", "GPE"]
    assert [part.counts.both for part in type_scores(TAGGED)] == [1, 1, 0]


def test_sources_count_all_types() -> None:
    assert {part.name: part.counts for part in source_scores(TAGGED)} == {
        "s": Counts(2, 3, 2),
        "t": Counts(2, 2, 0),
    }


def test_each_source_counts_its_own_types() -> None:
    first, second = source_type_scores(TAGGED)
    assert (first.source, second.source) == ("s", "t")
    assert {part.name: part.counts for part in first.types} == {
        "EMAIL_ADDRESS": Counts(1, 1, 1),
        "PERSON": Counts(1, 1, 1),
        "GPE": Counts(0, 1, 0),
    }
    assert {part.name: part.counts for part in second.types} == {
        "PERSON": Counts(2, 1, 0),
        "GPE": Counts(0, 1, 0),
    }


def test_false_alarms_are_texts_without_anything_in_which_something_is_found() -> None:
    every, first, second = false_alarms(TAGGED)
    assert (every.source, first.source, second.source) == ("all", "s", "t")
    assert (every.any_span.hits, every.any_span.rows) == (1, 2)
    assert every.personal.hits == every.patterns.hits == 0  # a place is not personal by itself
    assert first.any_span.share == 1.0


def test_where_every_text_has_something_there_are_no_false_alarms() -> None:
    assert false_alarms(TAGGED[:2]) == ()


def test_a_spans_probability_is_that_it_is_right() -> None:
    error, spans = span_calibration(TAGGED)
    assert spans == 5
    assert error == pytest.approx((0.1 + 0.0 + 0.7 + 0.6 + 0.6) / 5)
    assert span_calibration(TAGGED[-1:]) == (None, 0)


ROWS: list[dict[str, Any]] = [
    {"id": "m", "text": "Mail me: ada@example.org", "spans": [[9, 24, "EMAIL_ADDRESS"]]},
    {"id": 1, "text": "What is seven times six?", "spans": [], "source": "s", "sub": "x"},
    {"id": "u", "text": "😀 4111 1111 1111 1111", "spans": [[2, 21, "CREDIT_CARD"]]},
]


def test_a_line_for_each_row_in_order_with_places_in_code_points(bench: RunBench) -> None:
    done = bench("pii", ROWS)
    assert (done.status, done.err) == (0, "")
    assert [(line["id"], line["gold"]) for line in done.lines] == [
        (row["id"], row["spans"]) for row in ROWS
    ]
    for line in done.lines:
        assert list(line) == ["id", "gold", "pred"]
        assert all(0 < p <= 1 and start < end for start, end, _, p in line["pred"])
    assert [9, 24, "EMAIL_ADDRESS"] in [span[:3] for span in done.lines[0]["pred"]]
    assert [2, 21, "CREDIT_CARD"] in [span[:3] for span in done.lines[2]["pred"]]


def test_the_report_has_the_patterns_beside(bench: RunBench) -> None:
    report = bench("pii", ROWS, "--json").report
    groups = {group["name"]: group for group in report["groups"]}
    assert groups["with a form"]["patterns"] == {"gold": 2, "found": 2, "both": 2}
    assert report["false_alarms"][0]["any_span"]["rows"] == 1
    assert [part["name"] for part in report["sources"]] == ["", "s"]
    assert [part["source"] for part in report["source_types"]] == ["", "s"]
    assert report["beside"] == []


def test_the_tables_fit(bench: RunBench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pointsman.cli.bench._PLAIN_WIDTH", 120)
    shown = bench("pii", [{**row, "source": "a-source-of-twenty-4-let"} for row in ROWS]).out
    assert "…" not in shown
    assert "a-source-of-twenty-4-let |" in shown
    for title in (
        "Exact typed spans",
        "By type",
        "By source",
        "False alarms",
        "By source and type",
    ):
        assert title in shown
    assert max(len(line) for line in shown.splitlines() if line.startswith("|")) <= 120
