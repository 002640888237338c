"""Prints what `bench guard` found."""

from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.table import Table

from pointsman.evaluation.guard_keywords import PHRASES
from pointsman.evaluation.guard_report import (
    GuardReport,
    GuardScores,
    Indirect,
    Ranking,
    Refused,
    Sides,
    Solved,
)
from pointsman.evaluation.rows import RowsFile
from pointsman.evaluation.tables import (
    NOTHING,
    percent,
    print_heading,
    print_notes,
    print_table,
    table_of,
    unit,
    with_bounds,
)
from pointsman.signals.attacks import ATTACKS
from pointsman.statistics.thresholds import Threshold


def show_report(report: GuardReport, console: Console) -> None:
    """Print all of it."""
    print_heading(console, "Guard", report.bundle, *_files(report))
    _show_scores(console, report.data, "source")
    _show_groups(console, report.data, "source")
    _show_scores(console, report.unseen, "kind", ", unseen")
    _show_groups(console, report.unseen, "kind", ", unseen")
    print_table(console, "Injections that hide in a text, unseen", _indirect(report.indirect))
    _show_scores(console, report.foreign, "language", ", other languages")
    print_table(console, "Shipped thresholds, and calibration", _thresholds(report))
    if report.solved is not None:
        print_table(console, "Thresholds for these harmless rows", _solved(report.solved))
        print_table(console, "Refused at these thresholds, percent", _at_solved(report.solved))
    print_notes(console, _notes(report))


def _show_scores(console: Console, scores: GuardScores, group: str, where: str = "") -> None:
    print_table(console, f"Ranking{where}", _rankings(scores.rankings))
    title = f"Refused at the shipped thresholds{where}, percent"
    print_table(console, title, _refused(scores.labels, None))
    title = f"Recall and false refusals by {group}{where}, percent"
    print_table(console, title, _sides(scores.sides, group))


def _show_groups(console: Console, scores: GuardScores, group: str, where: str = "") -> None:
    title = f"Refused by label and {group}{where}, percent"
    print_table(console, title, _refused(scores.groups, group))


def _files(report: GuardReport) -> tuple[RowsFile, ...]:
    return report.data.rows, report.unseen.rows, report.foreign.rows


def _rankings(rankings: Sequence[Ranking]) -> Table:
    table = table_of(("reader",), ("AUC attacks", "recall at 1 %", "recall at 5 %", "AUC harmful"))
    for one in rankings:
        table.add_row(
            one.reader,
            unit(one.attacks),
            with_bounds(one.recall_at_1),
            with_bounds(one.recall_at_5),
            unit(one.harmful),
        )
    return table


def _refused(rows: Sequence[Refused], group: str | None) -> Table:
    texts = ("label",) if group is None else ("label", group)
    table = table_of(texts, ("n", "refused, 95 %", *ATTACKS, "keywords"))
    for row in rows:
        table.add_row(
            *((row.label,) if group is None else (row.label, row.group)),
            str(row.refused.rows),
            with_bounds(row.refused),
            *(percent(row.above[name]) for name in ATTACKS),
            percent(row.keywords),
        )
    return table


def _sides(rows: Sequence[Sides], group: str) -> Table:
    columns = ("attacks, 95 %", "harmful, 95 %", "false refusals, 95 %", "keywords", "false")
    table = table_of((group,), ("n", *columns))
    for row in rows:
        counted = [part.rows for part in (row.attacks, row.harmful, row.harmless) if part]
        table.add_row(
            row.group,
            str(sum(counted)),
            with_bounds(row.attacks),
            with_bounds(row.harmful),
            with_bounds(row.harmless),
            percent(row.keywords),
            percent(row.keywords_harmless),
        )
    return table


def _indirect(found: Indirect) -> Table:
    table = table_of(("what",), ("n", "value, 95 %"))
    table.add_row("recall, percent", str(found.refused.rows), with_bounds(found.refused))
    n = str(found.harmless.rows) if found.harmless else NOTHING
    table.add_row("false refusals of such texts, percent", n, with_bounds(found.harmless))
    table.add_row("AUC, the ones against the others", NOTHING, unit(found.ranking))
    return table


def _thresholds(report: GuardReport) -> Table:
    table = table_of(("signal",), (*_SOLVED_COLUMNS, *_ECE_COLUMNS))
    for name in ATTACKS:
        table.add_row(
            name,
            *_solved_cells(report.thresholds[name]),
            percent(report.data.calibration_error[name]),
            percent(report.unseen.calibration_error[name]),
            percent(report.foreign.calibration_error[name]),
        )
    return table


def _solved(solved: Solved) -> Table:
    table = table_of(("signal",), _SOLVED_COLUMNS)
    for name, threshold in solved.thresholds.items():
        table.add_row(name, *_solved_cells(threshold))
    return table


_ECE_COLUMNS = ("ECE, percent", "unseen", "other languages")
_SOLVED_COLUMNS = ("above", "asked for, percent", "found", "at most", "harmless rows")


def _solved_cells(threshold: Threshold) -> tuple[str, ...]:
    return (
        f"{threshold.above:.4f}",
        f"{100 * threshold.target:g}",
        f"{100 * threshold.rate:.2f}",
        f"{100 * threshold.rate_max:.2f}",
        str(threshold.rows),
    )


def _at_solved(solved: Solved) -> Table:
    table = table_of(("label",), ("n", "refused, 95 %"))
    for label, found in {**solved.refused, "all harmless": solved.harmless}.items():
        table.add_row(label, str(found.rows), with_bounds(found))
    return table


def _notes(report: GuardReport) -> Iterator[str]:
    yield (
        "refused: jailbreak, injection or harmful is above its shipped threshold; for attacks this "
        "is recall, for harmless rows false refusals. The three columns beside it say which."
    )
    yield (
        "Intervals are two-sided, 95 %: of shares exact (Clopper-Pearson), of rankings by "
        "bootstrap over rows. `at most` is the one-sided exact 95 % bound of the rate found."
    )
    yield (
        "AUC attacks: the greater of p(jailbreak) and p(injection), jailbreaks and injections "
        "against benign and benign_hard; AUC harmful: p(harmful), plainly harmful rows against "
        "the same. Recall at 1 %: attacks above the score that 1 % of the harmless rows exceed."
    )
    yield (
        "first tier alone: the hashed n-grams on every row, however unsure; keyword list: "
        f"{len(PHRASES)} well-known phrases, which catch or do not."
    )
    yield (
        "ECE: expected calibration error of a signal, rows with that label against harmless ones, "
        "15 bins of equal size."
    )
    yield (
        "Recall and false refusals: attacks are jailbreaks and injections, false refusals harmless "
        "rows, n all rows of the group; keywords: the list of words on attacks, and falsely."
    )
    yield (
        f"{report.unseen.rows.file}, {report.foreign.rows.file}: texts written for this project, "
        "by authors who did not see the training texts; languages as in ISO 639-1."
    )
    if report.solved is not None:
        yield (
            "Each solved threshold keeps to the rate by itself; all three together may refuse "
            "more, as the last line of the table says."
        )
