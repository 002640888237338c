"""Prints what `bench routing` and `bench reasoning` found."""

from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.table import Table

from pointsman.evaluation.replay.measures import (
    DRAWS,
    FIRST_TOKEN_MS,
    OUTPUT_TOKEN_MS,
    POINTS_LOST,
    PROMPT_TOKEN_MS,
    SAVING,
    CategoryRow,
    Gate,
    PolicyRow,
    RankingRow,
)
from pointsman.evaluation.replay.report import PairReport, ReplayReport
from pointsman.evaluation.replay.scores import FOLDS, HAND, MIDDLE
from pointsman.evaluation.shares import Estimate
from pointsman.evaluation.tables import (
    NOTHING,
    percent,
    print_heading,
    print_line,
    print_notes,
    table_of,
    unit,
)

_TITLES = {"reasoning": "Reasoning mode, replayed", "routing": "Model choice, replayed"}
_PUBLISHED = (
    "published, not reproduced", NOTHING, "+10.2", NOTHING, NOTHING, NOTHING, "48.5", "-47.1 %",
    NOTHING, NOTHING,
)  # fmt: skip
"""arXiv 2510.08731: MMLU-Pro, against direct inference; no record of answers beside it."""


def show_report(report: ReplayReport, console: Console) -> None:
    """Print all of it."""
    print_heading(console, _TITLES[report.benchmark], report.bundle, *report.data)
    print_line(console, _which(report))
    for pair in report.pairs:
        _show_pair(pair, console)
    print_notes(console, _notes(report))


def _which(report: ReplayReport) -> str:
    limit = "" if report.limit is None else f", at most {report.limit} of each pair"
    if report.half is None:
        return (
            f"Scored: every question{limit}. The encoder was trained on most of the public ones, "
            "which flatters ours: numbers to be quoted are those of `--half report`."
        )
    seen = {"report": "neither training nor calibration saw", "choose": "calibration saw"}
    return f"Scored: only questions that {seen[report.half]} (`--half {report.half}`){limit}."


def _show_pair(pair: PairReport, console: Console) -> None:
    print_line(console, f"\n## {pair.pair}\n")
    print_line(console, f"{'Mode' if pair.kind == 'mode' else 'Model choice'}: {pair.note}.")
    print_line(
        console,
        f"{pair.questions} questions; {pair.unanswered} left out because one of the two models has "
        f"no answer. Ours: {pair.head}. {_learned(pair)}",
    )
    measured = pair.measured
    _print_table(console, "Choices", _policies(measured.policies))
    _print_table(console, "Scores", _rankings(measured.rankings))
    for gate in measured.gates:
        print_line(console, _gate(gate))
    by_domain = f"By domain, lambda {MIDDLE:g}, percent"
    _print_table(console, by_domain, _categories(measured.categories))


def _print_table(console: Console, title: str, table: Table) -> None:
    print_line(console, f"\n### {title}")
    console.print(table)


def _learned(pair: PairReport) -> str:
    if pair.categories == 1:
        return "There is one category, so that its table ranks nothing: it is `random`."
    by = f"for each of {FOLDS} folds from the others" if pair.crossed else "none of which is scored"
    return (
        f"Tables per category: {pair.categories} categories, learned from {pair.learned} "
        f"questions, {by}."
    )


def _policies(rows: Sequence[PolicyRow]) -> Table:
    differences = ("to always heavy, points", "to always light, points")
    times = ("mean s", "p50 s", "router ms")
    table = table_of(("choice",), ("right %", *differences, "heavy %", "tokens", "saved %", *times))
    for row in rows:
        table.add_row(
            row.name,
            percent(row.accuracy),
            _signed(row.over_heavy),
            _signed(row.over_light),
            percent(row.heavy_share),
            _plain(row.tokens, 0),
            percent(row.saved),
            _seconds(row.latency_mean_ms),
            _seconds(row.latency_p50_ms),
            _plain(row.router_ms, 1),
        )
    if any(row.name == HAND for row in rows):
        table.add_row(*_PUBLISHED)
    return table


def _rankings(rows: Sequence[RankingRow]) -> Table:
    saved = tuple(f"saved % at -{lost:g}" for lost in POINTS_LOST)
    table = table_of(
        ("score",),
        ("APGR", "CPT 50 %", "CPT 80 %", *saved, f"points at {100 * SAVING:.1f} % saved", "ECE %"),
    )
    for row in rows:
        table.add_row(
            row.name,
            unit(row.apgr),
            percent(row.cpt50),
            percent(row.cpt80),
            *(percent(each) for each in row.saved),
            NOTHING if row.at_saving is None else f"{row.at_saving:+.1f}",
            percent(row.gain_error),
        )
    return table


def _gate(gate: Gate) -> str:
    if gate.lead is None:
        return f"Gate: {gate.verdict}: the heavy model is no better than the light one."
    low, high = gate.lead.low, gate.lead.high
    return (
        f"Gate: {gate.verdict}: APGR {gate.lead.value:+.3f} [{low:+.3f} {high:+.3f}] against "
        f"`{gate.against}`."
    )


def _categories(rows: Sequence[CategoryRow]) -> Table:
    ours = ("ours", "ours: heavy", "ours: tokens saved")
    table = table_of(("domain",), ("n", "light", "heavy", *ours, "own table", "own table: heavy"))
    for row in rows:
        table.add_row(
            row.domain,
            str(row.rows),
            percent(row.light),
            percent(row.heavy),
            percent(row.ours),
            percent(row.ours_share),
            percent(row.ours_saved),
            percent(row.table),
            percent(row.table_share),
        )
    return table


def _notes(report: ReplayReport) -> Iterator[str]:
    yield from report.notes
    yield (
        "Recorded answers are replayed: nothing was generated for this. Both models answered every "
        "question once; output tokens are word pieces of the recorded answers, a proxy of the "
        "models' own."
    )
    yield (
        "lambda: sent to the heavy model where p_gain - p_loss is above lambda times the extra "
        "tokens foreseen as a share of their mean over the scored questions. The three were looked "
        "up on the half `choose`: nearly every gain is bought; about half of the questions are "
        "sent on most pairs; the number on the shipped config's dial, which there weighs the "
        "whole cost. It is a cut in gain per extra token; `ours, gain alone` is a cut in the gain."
    )
    yield (
        f"The other scores are cut where they send as many questions to the heavy model as ours "
        f"does at lambda {MIDDLE:g}; questions of equal score go in no particular order, and "
        "`random` is the expected value. The true label is given to its tables for free, and "
        "the router never sees it."
    )
    yield (
        f"Intervals: 95 %, percentile bootstrap over questions, {DRAWS} draws, the same for every "
        "row, so that differences are paired. CPT, tokens saved and points are read off the scored "
        "questions' own curve, a little too kindly for every score alike."
    )
    yield (
        f"Latency is modelled, not measured: the router's own time, measured, + {FIRST_TOKEN_MS:g} "
        f"ms + {PROMPT_TOKEN_MS:g} ms per prompt token (four bytes each) + {OUTPUT_TOKEN_MS:g} ms "
        "per output token. These three are assumptions."
    )
    yield (
        "APGR: how much of the heavy model's lead is kept, averaged over all shares sent to it. "
        "CPT x: the least share sent there that keeps x of its lead. ECE: of p_gain, 15 bins."
    )
    if report.benchmark == "reasoning":
        yield (
            "published, not reproduced: +10.2 points, -47.1 % latency and -48.5 % tokens on "
            "MMLU-Pro against direct inference (arXiv 2510.08731), of one model with a switch; no "
            "record of its answers is published, so that nothing here can confirm or refute it."
        )


def _signed(found: Estimate) -> str:
    if found.value == found.low == found.high == 0:
        return "0"
    return f"{found.value:+.1f} [{found.low:+.1f} {found.high:+.1f}]"


def _plain(value: float | None, digits: int) -> str:
    return NOTHING if value is None else f"{value:.{digits}f}"


def _seconds(value_ms: float | None) -> str:
    return NOTHING if value_ms is None else f"{value_ms / 1000:.2f}"
