"""Prints what `bench domain` found."""

from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.table import Table

from pointsman.evaluation.domain_scores import DomainReport, DomainScores
from pointsman.evaluation.tables import (
    percent,
    print_heading,
    print_notes,
    print_table,
    table_of,
    with_bounds,
)


def show_report(report: DomainReport, console: Console) -> None:
    """Print all of it."""
    print_heading(console, "Domain", report.bundle, report.data, report.unseen_data)
    for form, scores in report.forms.items():
        print_table(console, f"Questions {form} their options, percent", _accuracies(scores))
        print_table(console, f"The first tier, {form} options, percent", _first_tier(scores))
    print_table(console, "Everyday, unseen, percent", _accuracies([report.unseen]))
    print_table(console, "The first tier, everyday, percent", _first_tier([report.unseen]))
    print_table(console, "Recognised, by label, percent", _labels(report))
    print_notes(console, _notes(report))


def _accuracies(scores: Sequence[DomainScores]) -> Table:
    table = table_of(
        ("source",), ("n", "accuracy, 95 %", "macro-F1", "ECE", "majority", "first tier alone")
    )
    for one in scores:
        table.add_row(
            one.source,
            str(one.rows),
            with_bounds(one.accuracy),
            percent(one.macro_f1),
            percent(one.calibration_error),
            percent(one.majority),
            with_bounds(one.first_tier),
        )
    return table


def _first_tier(scores: Sequence[DomainScores]) -> Table:
    table = table_of(
        ("source",), ("answered alone", "right of these", "all", "all, tier off", "points lost")
    )
    for one in scores:
        table.add_row(
            one.source,
            percent(one.answered_alone),
            with_bounds(one.right_alone),
            percent(one.accuracy.share),
            percent(one.unaided),
            f"{one.points_lost:+.2f}",
        )
    return table


def _labels(report: DomainReport) -> Table:
    table = table_of(("label",), ("n", f"{report.options} options, 95 %", "unseen n", "unseen"))
    for one in report.labels:
        table.add_row(
            one.label,
            str(one.file.rows if one.file else 0),
            with_bounds(one.file),
            str(one.unseen.rows if one.unseen else 0),
            with_bounds(one.unseen),
        )
    return table


def _notes(report: DomainReport) -> Iterator[str]:
    yield "Intervals are exact, two-sided, 95 % (Clopper-Pearson), over rows."
    yield (
        f"majority: always the file's most frequent label, `{report.majority_label}`; of the "
        "unseen set, its own."
    )
    yield "macro-F1: the mean over the labels that occur, or are answered, among the source's rows."
    yield (
        "first tier alone: the hashed n-grams on every row, however unsure; `answered alone`: "
        "where it is sure enough as shipped, so that the encoder is not asked."
    )
    yield (
        "points lost: accuracy with a first tier that may not answer alone, less accuracy as "
        "shipped; below zero, the first tier helps."
    )
    yield (
        f"{report.unseen_data.file}: everyday requests written by hand for this project, by "
        "authors who did not see the training texts."
    )
    yield "ECE: expected calibration error of the most probable label, 15 bins of equal size."
