"""Prints what `bench pii` found."""

from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.table import Table

from pointsman.evaluation.pii_report import FalseAlarms, PiiReport, SpanScores
from pointsman.evaluation.pii_scores import FORMED, IMPERSONAL
from pointsman.evaluation.tables import (
    percent,
    print_heading,
    print_notes,
    print_table,
    table_of,
    with_bounds,
)


def show_report(report: PiiReport, console: Console) -> None:
    """Print all of it."""
    print_heading(console, "Personal data", report.bundle, report.data)
    print_table(console, "Exact typed spans, percent", _spans("types", report.groups))
    print_table(console, "By type, percent", _spans("type", report.types))
    print_table(console, "By source, all types, percent", _spans("source", report.sources))
    title = "False alarms: texts without personal data in which some is found, percent"
    print_table(console, title, _alarms(report.false_alarms))
    print_notes(console, _notes(report))


def _spans(first: str, scores: Sequence[SpanScores]) -> Table:
    table = table_of(
        (first,),
        ("in data", "found", "precision", "recall", "F1, 95 %", "patterns P", "R", "F1"),
    )
    for one in scores:
        table.add_row(
            one.name,
            str(one.counts.gold),
            str(one.counts.found),
            percent(one.precision),
            percent(one.recall),
            with_bounds(one.f1),
            percent(one.patterns.precision),
            percent(one.patterns.recall),
            percent(one.patterns_f1),
        )
    return table


def _alarms(alarms: Sequence[FalseAlarms]) -> Table:
    table = table_of(("source",), ("texts", "any span", "personal by itself", "patterns alone"))
    for one in alarms:
        table.add_row(
            one.source,
            str(one.any_span.rows),
            with_bounds(one.any_span),
            with_bounds(one.personal),
            with_bounds(one.patterns),
        )
    return table


def _notes(report: PiiReport) -> Iterator[str]:
    yield "A span is right when its start, end and type are those of the data; micro averages."
    yield (
        "Intervals are two-sided, 95 %: of F1 by bootstrap over rows, of shares exact "
        "(Clopper-Pearson)."
    )
    yield f"personal by themselves: without {', '.join(sorted(IMPERSONAL))}."
    yield f"with a form: {', '.join(sorted(FORMED))}; patterns: the patterns alone, no encoder."
    yield (
        f"ECE of a span's probability, over {report.spans} spans: "
        f"{percent(report.calibration_error)} percent (15 bins of equal size)."
    )
    yield "Sources differ in what they mark: a span that a source never marks counts as wrong here."
