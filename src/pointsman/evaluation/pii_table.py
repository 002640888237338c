"""Prints what `bench pii` found."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from pointsman.evaluation.pii_beside import KNOWN
from pointsman.evaluation.pii_report import (
    Beside,
    Compared,
    FalseAlarms,
    PiiReport,
    SourceTypes,
    SpanScores,
)
from pointsman.evaluation.pii_scores import FORMED, IMPERSONAL
from pointsman.evaluation.shares import Estimate
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
    files = [one.file for one in report.beside]
    print_heading(console, "Personal data", report.bundle, report.data, *files)
    print_table(console, "Exact typed spans, percent", _spans("types", report.groups))
    print_table(console, "By type, percent", _spans("type", report.types))
    print_table(console, "By source, all types, percent", _spans("source", report.sources))
    title = "False alarms: texts without personal data in which some is found, percent"
    print_table(console, title, _alarms(report.false_alarms))
    print_table(console, "By source and type, percent", _source_types(report.source_types))
    for one in report.beside:
        _show_beside(console, one)
    print_notes(console, _notes(report))


def _show_beside(console: Console, beside: Beside) -> None:
    name = Path(beside.file.file).stem
    where = f"beside {name}, percent"
    print_table(console, f"Exact typed spans, {where}", _compared("types", beside.groups))
    print_table(console, f"By type, {where}", _compared("type", beside.types))
    print_table(console, f"By source, {where}", _compared("source", beside.sources))
    print_table(console, f"False alarms of {name}, percent", _alarms(beside.false_alarms))


def _spans(first: str, scores: Sequence[SpanScores]) -> Table:
    columns = ("in data", "found", "precision", "recall", "F1, 95 %", "patterns P", "R", "F1")
    table = table_of((first,), columns)
    for one in scores:
        table.add_row(
            one.name,
            *_found_cells(one),
            percent(one.patterns.precision),
            percent(one.patterns.recall),
            percent(one.patterns_f1),
        )
    return table


def _source_types(sources: Sequence[SourceTypes]) -> Table:
    columns = ("in data", "found", "P", "R", "F1, 95 %", "patterns F1")
    table = table_of(("source", "type"), columns)
    for source in sources:
        for one in source.types:
            found = _found_cells(one)
            table.add_row(source.source, one.name, *found, percent(one.patterns_f1))
    return table


def _found_cells(one: SpanScores) -> tuple[str, ...]:
    return (
        str(one.counts.gold),
        str(one.counts.found),
        percent(one.precision),
        percent(one.recall),
        with_bounds(one.f1),
    )


def _compared(first: str, scores: Sequence[Compared]) -> Table:
    columns = ("in data", "P", "R", "F1, 95 %", "theirs P", "R", "F1", "ahead, 95 %")
    table = table_of((first,), columns)
    for one in scores:
        table.add_row(
            one.name,
            str(one.counts.gold),
            percent(one.counts.precision),
            percent(one.counts.recall),
            with_bounds(one.f1),
            percent(one.theirs.precision),
            percent(one.theirs.recall),
            percent(one.theirs.f1),
            _points(one.ahead),
        )
    return table


def _points(found: Estimate) -> str:
    """Return a difference of shares in points; either bound may be below 0."""
    value, low, high = (f"{100 * number:+.1f}" for number in (found.value, found.low, found.high))
    return f"{value} [{low}, {high}]"


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
    for one in report.beside:
        yield f"{one.file.file}: another program's spans of the same rows, scored the same way."
    if report.beside:
        yield (
            "ahead: our F1 less theirs in points, paired bootstrap over rows; "
            f"{KNOWN}: those of which that file has at least one span."
        )
    yield "Sources differ in what they mark: a span that a source never marks counts as wrong here."
