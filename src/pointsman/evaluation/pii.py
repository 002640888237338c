"""The benchmark `pii`: is personal data found, and only that?"""

import argparse
from collections.abc import Sequence
from pathlib import Path

import msgspec
from rich.console import Console

from pointsman.evaluation import pii_table
from pointsman.evaluation.pii_beside import Line, beside_of, line_of, read_lines
from pointsman.evaluation.pii_report import PiiReport
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
from pointsman.evaluation.reader import Reader
from pointsman.evaluation.rows import RowsFile, Say, Scored, read_rows, told
from pointsman.signals.findings import Spans
from pointsman.signals.patterns import matches

FOLDER = "pii"
SIGNAL = "pii"


class Row(msgspec.Struct, frozen=True):
    """A row of the data; spans in code points, end exclusive."""

    id: str | int
    text: str
    spans: tuple[Typed, ...]
    source: str = ""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add this benchmark's arguments."""
    group = parser.add_argument_group("pii")
    group.add_argument(
        "--beside",
        type=Path,
        action="append",
        default=[],
        metavar="FILE",
        help="also compare with another program's spans of the same rows, in the form that --out "
        "writes, such as benchmarks/presidio/run.py makes them; may be given again",
    )


def measure(args: argparse.Namespace, say: Say) -> Scored:
    """Run the benchmark.

    Raises:
        ConfigError: The data or the config is wrong.
        BundleError: The bundle cannot be used.
    """
    file, rows = read_rows(args, FOLDER, Row)
    others = [_others(path, rows) for path in args.beside]  # before long reading
    reader = Reader(args.config, args.bundle, (SIGNAL,))
    tagged = [_tagged(reader, row) for row in told(rows, say, "pii")]
    error, spans = span_calibration(tagged)
    report = PiiReport(
        benchmark="pii",
        bundle=reader.bundle,
        data=file,
        groups=group_scores(tagged),
        types=type_scores(tagged),
        sources=source_scores(tagged),
        false_alarms=false_alarms(tagged),
        calibration_error=error,
        spans=spans,
        source_types=source_type_scores(tagged),
        beside=tuple(beside_of(theirs, tagged, lines) for theirs, lines in others),
    )
    pairs = zip(rows, tagged, strict=True)
    return Scored(report, tuple(_line(row, one) for row, one in pairs))


def show(report: PiiReport, console: Console) -> None:
    """Print the report as tables."""
    pii_table.show_report(report, console)


def _others(path: Path, rows: Sequence[Row]) -> tuple[RowsFile, list[Line]]:
    file, lines = read_lines(path)
    return file, [line_of(lines, row.id, row.spans, file.file) for row in rows]


def _tagged(reader: Reader, row: Row) -> Tagged:
    finding = reader.read(row.text).signals[SIGNAL]
    spans = finding.spans if isinstance(finding, Spans) else ()
    return Tagged(
        source=row.source,
        gold=frozenset(row.spans),
        found={(span.start, span.end, span.type): span.p for span in spans},
        patterns=frozenset((m.start, m.end, m.type) for m in matches(row.text)),
    )


def _line(row: Row, tagged: Tagged) -> Line:
    return Line(row.id, row.spans, tuple((*span, p) for span, p in tagged.found.items()))
