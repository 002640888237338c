"""The tables of a live run."""

from collections.abc import Iterator

from rich.console import Console

from pointsman.evaluation.live.arms import OFF, ON
from pointsman.evaluation.live.scores import DRAWS, ArmScores, CapScores, LiveReport
from pointsman.evaluation.shares import Estimate
from pointsman.evaluation.tables import (
    NOTHING,
    percent,
    print_line,
    print_notes,
    print_table,
    table_of,
    with_bounds,
)

_WORTH = ("n", "right %", "from on", "from off", "tokens", "tokens saved %")
_TIMES = ("TTFT p50 s", "p50 s", "mean s", "time saved %")
_WRONG = ("cut %", "unread %", "reasoned %", "failed", "against switch")
_PUBLISHED = "published, not reproduced"
# vLLM Semantic Router on MMLU-Pro, arXiv 2510.08731: against direct inference with vLLM.
_PUBLISHED_WORTH = (NOTHING, NOTHING, "+10.2", NOTHING, NOTHING, "48.5")
_PUBLISHED_TIMES = (NOTHING, NOTHING, NOTHING, "47.1", *[NOTHING] * len(_WRONG))


def show_report(report: LiveReport, console: Console) -> None:
    """Print the report."""
    print_line(console, "# Reasoning on, off and chosen: measured live\n")
    for line in _facts(report):
        print_line(console, line)
    for scores in report.caps:
        _show_cap(scores, console)
    for scores in report.caps:
        _show_categories(scores, console)
    print_notes(console, (*_findings(report), *_NOTES))


def _facts(report: LiveReport) -> Iterator[str]:
    """What was asked of whom."""
    asked, rows = report.asked, report.questions
    server = f" at {asked.server}" if asked.server else ""
    yield f"Model {asked.model}{server}, family {asked.family}."
    for arm, switch in report.switches.items():
        yield f"Arm {arm}: {switch} in every body."
    yield f"Router: {asked.router or 'none asked'}."
    if report.bundle:
        yield f"Encoder bundle: {report.bundle}."
    half = f", half `{rows.half}`" if rows.half else ""
    yield (
        f"{report.drawn} questions, at most {asked.per_category} of a category, seed {asked.seed}, "
        f"of {rows.rows} in {rows.file} (SHA-256 {rows.sha256[:16]}){half}."
    )
    warm = "the server's own" if asked.temperature is None else f"{asked.temperature:g}"
    yield (
        f"{asked.concurrency} requests at once, streamed, temperature {warm}; "
        f"{report.seconds:.0f} s. Outcomes: {asked.outcomes}."
    )


def _show_cap(scores: CapScores, console: Console) -> None:
    worth, times = table_of(("arm",), _WORTH), table_of(("arm",), (*_TIMES, *_WRONG))
    for arm in scores.arms:
        worth.add_row(arm.arm, *_worth(arm))
        times.add_row(arm.arm, *_times(arm))
    worth.add_row(_PUBLISHED, *_PUBLISHED_WORTH)
    times.add_row(_PUBLISHED, *_PUBLISHED_TIMES)
    print_table(console, f"At most {scores.cap:,} output tokens: right answers and tokens", worth)
    print_table(console, f"At most {scores.cap:,} output tokens: times and what went wrong", times)


def _worth(arm: ArmScores) -> tuple[str, ...]:
    return (
        str(arm.n),
        with_bounds(arm.accuracy),
        _points(arm.from_on),
        _points(arm.from_off),
        NOTHING if arm.tokens_mean is None else f"{arm.tokens_mean:,.0f}",
        _saved(arm.tokens_saved),
    )


def _times(arm: ArmScores) -> tuple[str, ...]:
    return (
        _seconds(arm.ttft_p50_ms),
        _seconds(arm.total_p50_ms),
        _seconds(arm.total_mean_ms),
        _saved(arm.time_saved),
        percent(arm.truncated),
        percent(arm.unparsed),
        percent(arm.reasoned),
        str(sum(arm.failed.values())),
        str(arm.violations),
    )


def _points(found: Estimate | None) -> str:
    if found is None:
        return NOTHING
    return f"{100 * found.value:+.1f} [{100 * found.low:+.1f} {100 * found.high:+.1f}]"


def _saved(found: Estimate | None) -> str:
    if found is None:
        return NOTHING
    return f"{100 * found.value:.1f} [{100 * found.low:.1f} {100 * found.high:.1f}]"


def _seconds(value_ms: float | None) -> str:
    return NOTHING if value_ms is None else f"{value_ms / 1000:.2f}"


def _show_categories(scores: CapScores, console: Console) -> None:
    names = [arm.arm for arm in scores.arms]
    table = table_of(("category",), tuple(f"{name} (n)" for name in names))
    for category, found in scores.categories.items():
        cells = [
            f"{percent(found[name].share)} ({found[name].rows})" if name in found else NOTHING
            for name in names
        ]
        table.add_row(category, *cells)
    title = f"Right answers by category, percent, at most {scores.cap:,} output tokens"
    print_table(console, title, table)


def _findings(report: LiveReport) -> Iterator[str]:
    """What this run has to say of itself."""
    answered = sum(arm.n for scores in report.caps for arm in scores.arms)
    if report.interrupted:
        yield f"Interrupted: {answered} of {report.planned} answers are there; --resume goes on."
    if report.resumed:
        yield f"{report.resumed} answers are from an earlier run on the same file."
    for scores in report.caps:
        for arm in scores.arms:
            for finding in _of_arm(arm):
                yield f"{arm.arm}, cap {scores.cap:,}: {finding}"
    if report.asked.router and report.questions.half != "report":
        yield (
            "The shipped heads have learned from recorded outcomes of MMLU-Pro: of its questions, "
            "--half report asks only those that no shipped head has seen."
        )
    if len(report.caps) > 1:
        yield "`pointsman learn` takes the mean of an arm's outcomes over the caps."


def _of_arm(arm: ArmScores) -> Iterator[str]:
    if arm.routed:
        sent = sorted(arm.routed.items(), key=lambda item: -item[1])
        listed = ", ".join(f"{target} {percent(n / arm.n)} %" for target, n in sent)
        yield f"sent to {listed}."
    if arm.failed:
        listed = ", ".join(f"{why} ({n})" for why, n in sorted(arm.failed.items()))
        yield f"no answer: {listed}. Counted nowhere else; --resume asks again."
    if arm.violations:
        yield (
            f"{arm.violations} of {arm.n} answers went against the switch: so far the arm is not "
            "what its name says."
        )
    if arm.uncounted:
        yield (
            f"{arm.uncounted} of {arm.n} answers came without usage: the chunks of their stream "
            "stand for tokens."
        )


_NOTES = (
    (
        "right: the answer states the right letter. An answer that the cap ended (cut) or that "
        "states no letter (unread) is wrong; no letter is guessed. Exact 95 % interval."
    ),
    (
        f"from {ON}, from {OFF}: points of accuracy over the questions that both arms answered, "
        f"with the 95 % interval of a paired bootstrap ({DRAWS:,} draws). Saved: against {ON}, "
        "over the same questions."
    ),
    (
        "Times are the client's, from sending to the first text or thought (TTFT) and to the end. "
        "Attempts that were repeated do not count into them; deciding in this process does."
    ),
    (
        "published, not reproduced: figures of vLLM Semantic Router, arXiv 2510.08731, on MMLU-Pro "
        "against direct inference with vLLM: another model, another set-up."
    ),
)
