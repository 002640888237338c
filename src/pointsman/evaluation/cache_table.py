"""Prints what `bench cache` found."""

from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.table import Table

from pointsman.evaluation.cache_scores import (
    COSINES,
    OURS,
    CacheReport,
    MadeScores,
    PartScores,
    RuleScores,
)
from pointsman.evaluation.shares import Share
from pointsman.evaluation.tables import (
    NOTHING,
    percent,
    print_heading,
    print_notes,
    print_table,
    table_of,
    with_bounds,
)

_COSINES = tuple(f"cosine {above:.2f}" for above in COSINES)


def show_report(report: CacheReport, console: Console) -> None:
    """Print all of it."""
    print_heading(console, "Answer cache", report.bundle, report.data)
    print_table(console, "What is served, percent", _rules(report.rules))
    print_table(console, "By source and kind, percent served", _parts(report.kinds))
    print_table(console, "Edits that must not be served, percent served", _made(report.edits))
    print_table(console, "Variants that must be served, percent served", _made(report.variants))
    print_table(console, "Why", _reasons(report.reasons))
    print_notes(console, _notes(report))


def _rules(rules: Sequence[RuleScores]) -> Table:
    table = table_of(
        ("languages", "rule"), ("served", "of them wrong, 95 %", "wrong at most", "hits, 95 %")
    )
    for one in rules:
        table.add_row(
            one.languages,
            one.rule,
            str(one.wrong.rows if one.wrong else 0),
            with_bounds(one.wrong),
            percent(one.wrong_max),
            with_bounds(one.hits),
        )
    return table


def _parts(parts: Sequence[PartScores]) -> Table:
    table = table_of(
        ("source", "kind"), ("should", "served, 95 %", "should not", "served, 95 %", *_COSINES)
    )
    for one in parts:
        table.add_row(
            one.source,
            one.kind,
            *_counted(one.served_right),
            *_counted(one.served_wrong),
            *(percent(found.share) for found in one.by_cosine.values()),
        )
    return table


def _counted(found: Share | None) -> tuple[str, str]:
    return (str(found.rows), with_bounds(found)) if found else (NOTHING, NOTHING)


def _made(made: Sequence[MadeScores]) -> Table:
    table = table_of(("change",), ("pairs", "served, 95 %", "mean cosine", *_COSINES))
    for one in made:
        table.add_row(
            one.kind,
            str(one.served.rows),
            with_bounds(one.served),
            f"{one.similarity:.3f}",
            *(percent(found.share) for found in one.by_cosine.values()),
        )
    return table


def _reasons(reasons: dict[str, int]) -> Table:
    table = table_of(("reason",), ("pairs",))
    for why, count in reasons.items():
        table.add_row(why, str(count))
    return table


def _notes(report: CacheReport) -> Iterator[str]:
    solved = report.threshold
    if solved is None:
        yield (
            f"error_max {report.error_max:g}: the held-out pairs cannot show so low an error, so "
            "only exact hits are served."
        )
    else:
        yield (
            f"error_max {report.error_max:g}: served from probability {solved.above:g} on; there "
            f"{solved.errors} of {solved.rows} held-out pairs were wrong, at most "
            f"{percent(solved.error_bound)} percent (95 %)."
        )
    yield "Intervals are exact and two-sided (Clopper-Pearson); `wrong at most` is one-sided, 95 %."
    yield f"{OURS}: exact hits among them; hits: of the pairs that one answer serves."
    yield "Rows without a label count in the last table alone."
    if report.calibration_error is not None:
        yield (
            f"ECE of the probability on English pairs: {percent(report.calibration_error)} percent "
            "(15 bins of equal size)."
        )
    yield "Edits and variants are made of the English texts of the file, three of a text at most."
