"""Another program's spans beside ours, and what is made of Presidio's."""

import importlib.util
import json
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from pointsman.encoder.bundle import load_bundle
from pointsman.errors import ConfigError
from pointsman.evaluation.pii_beside import KNOWN, Line, beside_of, line_of, read_lines
from pointsman.evaluation.pii_report import Compared, Counts
from pointsman.evaluation.pii_scores import Tagged, Typed
from pointsman.evaluation.rows import RowsFile
from pointsman.signals import default_detectors

RunBench = Callable[..., Any]

FILE = RowsFile("theirs.jsonl", "", 0)
NAME: Typed = (0, 5, "PERSON")
MAIL: Typed = (9, 20, "EMAIL_ADDRESS")

TAGGED = [
    Tagged("s", frozenset({NAME, MAIL}), {NAME: 0.9, MAIL: 1.0}, frozenset({MAIL})),
    Tagged("s", frozenset({MAIL}), {}, frozenset()),
    Tagged("t", frozenset(), {}, frozenset()),
]
LINES = [
    Line("a", (NAME, MAIL), ((9, 20, "EMAIL_ADDRESS", 1.0),)),
    Line("b", (MAIL,), ((9, 20, "EMAIL_ADDRESS", 0.5),)),
    Line("c", (), ((3, 4, "EMAIL_ADDRESS", 0.5),)),
]


def _named(parts: tuple[Compared, ...]) -> dict[str, Compared]:
    return {part.name: part for part in parts}


def test_both_are_counted_on_the_same_rows_by_groups_types_and_sources() -> None:
    found = beside_of(FILE, TAGGED, LINES)
    groups, types = _named(found.groups), _named(found.types)
    assert groups["all types"].counts == Counts(3, 2, 2)
    assert groups["all types"].theirs == Counts(3, 3, 2)
    assert groups[KNOWN].counts == Counts(2, 1, 1)  # they never find a person
    assert groups[KNOWN].theirs == Counts(2, 3, 2)
    assert types["PERSON"].theirs == Counts(1, 0, 0)
    sources = _named(found.sources)
    assert (sources["s"].theirs, sources["t"].theirs) == (Counts(3, 2, 2), Counts(0, 1, 0))


def test_false_alarms_are_theirs() -> None:
    every, _ = beside_of(FILE, TAGGED, LINES).false_alarms
    assert (every.any_span.hits, every.any_span.rows) == (1, 1)


def test_ahead_is_our_f1_less_theirs_and_may_be_below_nothing() -> None:
    mail = _named(beside_of(FILE, TAGGED, LINES).types)["EMAIL_ADDRESS"]
    assert mail.ahead.value == pytest.approx(2 / 3 - 4 / 5)
    assert mail.ahead.low <= mail.ahead.value <= mail.ahead.high
    same = [Line("", (), tuple((*span, p) for span, p in row.found.items())) for row in TAGGED]
    ahead = beside_of(FILE, TAGGED, same).groups[0].ahead
    assert (ahead.value, ahead.low, ahead.high) == (0.0, 0.0, 0.0)


@pytest.mark.parametrize(
    ("row", "gold", "said"),
    [
        ("x", (), "no line for the row with id `x`"),
        (1, (), "no line for the row with id `1`"),
        ("c", (NAME,), "other spans in `gold` for the row with id `c`"),
    ],
)
def test_a_file_of_other_data_is_refused(
    row: str | int, gold: tuple[Typed, ...], said: str
) -> None:
    lines = {line.id: line for line in [*LINES, Line("1", (), ())]}
    with pytest.raises(ConfigError, match=said):
        line_of(lines, row, gold, "theirs.jsonl")
    assert line_of(lines, "a", (MAIL, NAME), "") is LINES[0]  # in any order


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "No such file"),
        ('{"id": "a", "gold": []}\n', "missing required field `pred`"),
        ('{"id": "a", "gold": [], "pred": []}\n' * 2, "an id stands there twice"),
    ],
)
def test_a_file_of_another_form_is_told(content: str | None, said: str, tmp_path: Path) -> None:
    path = tmp_path / "theirs.jsonl"
    if content is not None:
        path.write_text(content)
    with pytest.raises(ConfigError, match=said) as caught:
        read_lines(path)
    assert "--beside" in caught.value.message


ROWS: list[dict[str, Any]] = [
    {"id": "m", "text": "Mail me: ada@example.org", "spans": [[9, 24, "EMAIL_ADDRESS"]]},
    {"id": 1, "text": "What is seven times six?", "spans": [], "source": "s"},
]


def test_our_own_lines_beside_ours_are_level(
    tmp_path: Path, bench: RunBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours, none = tmp_path / "ours.jsonl", tmp_path / "none.jsonl"
    ours.write_text("".join(json.dumps(line) + "\n" for line in bench("pii", ROWS).lines))
    empty = [{"id": row["id"], "gold": row["spans"], "pred": []} for row in ROWS]
    none.write_text("".join(json.dumps(line) + "\n" for line in empty))
    words = ("--beside", str(ours), "--beside", str(none))
    level, ahead = bench("pii", ROWS, *words, "--json").report["beside"]
    assert level["file"]["rows"] == 2
    assert level["groups"][0]["ahead"]["value"] == 0.0
    assert ahead["groups"][0]["theirs"]["found"] == 0
    monkeypatch.setattr("pointsman.cli.bench._PLAIN_WIDTH", 120)
    shown = bench("pii", ROWS, *words).out
    for title in ("Exact typed spans, beside ours", "beside none", "False alarms of none"):
        assert title in shown
    assert "…" not in shown


def test_a_file_of_other_rows_is_told_before_anything_is_read(
    tmp_path: Path, bench: RunBench
) -> None:
    (tmp_path / "theirs.jsonl").write_text('{"id": "m", "gold": [], "pred": []}\n')
    done = bench("pii", ROWS, "--beside", str(tmp_path / "theirs.jsonl"))
    assert (done.status, done.lines) == (2, [])
    assert "other spans in `gold`" in done.err


@pytest.fixture(scope="module")
def presidio() -> ModuleType:
    """Load the script, which asks for Presidio only when it runs."""
    path = Path(__file__).parents[2] / "benchmarks" / "presidio" / "run.py"
    spec = importlib.util.spec_from_file_location("presidio_run", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_presidios_types_become_types_that_we_have(presidio: ModuleType) -> None:
    (ours,) = (d.names for d in default_detectors(load_bundle().labels()) if d.name == "pii")
    assert set(presidio.TYPES.values()) <= set(ours)


@pytest.mark.parametrize(
    ("found", "at_least", "expected"),
    [
        ([(0, 4, "LOCATION", 0.85)], 0.0, [(0, 4, "GPE", 0.85)]),
        ([(0, 4, "CRYPTO", 1.0)], 0.0, []),  # none of ours
        ([(0, 4, "URL", 0.5)], 0.5, [(0, 4, "DOMAIN_NAME", 0.5)]),
        ([(0, 4, "URL", 0.5)], 0.6, []),
        (
            [(4, 9, "URL", 0.5), (0, 9, "EMAIL_ADDRESS", 1.0), (9, 12, "PERSON", 0.85)],
            0.0,
            [(0, 9, "EMAIL_ADDRESS", 1.0), (9, 12, "PERSON", 0.85)],
        ),
        (
            [(0, 9, "US_SSN", 0.4), (0, 12, "PHONE_NUMBER", 0.4)],
            0.0,
            [(0, 12, "PHONE_NUMBER", 0.4)],  # as sure, and longer
        ),
        ([(0, 9, "CRYPTO", 1.0), (0, 9, "US_SSN", 0.4)], 0.0, [(0, 9, "US_SSN", 0.4)]),
    ],
)
def test_of_presidios_spans_the_surest_stay(
    found: list[Any], at_least: float, expected: list[Any], presidio: ModuleType
) -> None:
    assert presidio.kept(found, at_least) == expected
    assert presidio.kept(found[::-1], at_least) == expected
