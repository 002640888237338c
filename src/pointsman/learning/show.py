"""A report as lines for a terminal."""

from collections.abc import Iterator, Mapping, Sequence

from pointsman.learning.heads import LearnedGain, LearnedLabels
from pointsman.learning.measuring import LEARNED, LENGTH, RANDOM, SHIPPED
from pointsman.learning.results import GainReport, TokensReport
from pointsman.learning.tables import LearnedTable
from pointsman.learning.verdicts import interval_text

_MOST_LABELS = 20
_ORDERS = (LEARNED, SHIPPED, LENGTH, RANDOM)


def gain_lines(learned: LearnedGain) -> Iterator[str]:
    """Yield a gain head's report."""
    report, arms = learned.report, learned.arms
    yield f"{report.questions} questions answered by both {arms.light} and {arms.heavy}"
    if arms.why:
        yield f"  light is {arms.light}: {arms.why}"
    if learned.left_out:
        yield f"  {learned.left_out} questions that only one of them has answered were left out"
    counts = ", ".join(f"{name} {rows:.4g}" for name, rows in learned.head.counts.items())
    yield f"  right: {counts}"
    yield from _to_win(report)
    yield from _foreseen(report)
    if report.tokens is not None:
        yield from _tokens(report.tokens)
    else:
        yield "\nToo few questions have tokens of both arms: the shipped token head stands."


def label_lines(learned: LearnedLabels) -> Iterator[str]:
    """Yield a label head's report."""
    report, head = learned.report, learned.head
    yield f"{report.examples} examples of {len(head.labels)} labels; measured on those not seen:"
    yield f"  accuracy            {interval_text(report.accuracy, signed=False)}"
    yield f"  always the majority {report.majority_accuracy:.3f} ({report.majority})"
    yield f"  calibration error   {report.calibration_error:.3f}"
    yield f"  log loss            {report.log_loss:.3f}"
    yield ""
    yield from _table(
        ("label", "examples", "found"),
        [
            (label, f"{head.counts[label]:.0f}", f"{report.recall[label]:.2f}")
            for label in head.labels
        ],
    )
    if report.confusions:
        yield "\nTaken for one another:"
        for each in report.confusions:
            yield f"  {each.label} taken for {each.taken_for}: {each.rows}"


def table_lines(learned: LearnedTable) -> Iterator[str]:
    """Yield a table's report."""
    report, head = learned.report, learned.head
    yield (
        f"{report.questions} questions of {len(head.arms)} arms by {len(head.labels)} labels of "
        f"{head.signal}; each label's share drawn to its arm's mean by {report.pull:.0f} questions"
    )
    yield f"\nRight answers, on questions not seen ({report.complete} that all arms have answered):"
    rows = [(f"always {name}", f"{mean:.3f}") for name, mean in report.arms.items()]
    rows.append(("the arm the table expects most of", interval_text(report.chosen, signed=False)))
    rows.append(("the better one, if it were known", f"{report.oracle:.3f}"))
    yield from _table(None, rows)
    yield "\nExpected of each arm, by label:"
    yield from _table(
        ("label", *(arm.name for arm in head.arms)),
        [
            (label, *(f"{arm.p_correct[label]:.2f}" for arm in head.arms))
            for label in head.labels[:_MOST_LABELS]
        ],
    )


def _to_win(report: GainReport) -> Iterator[str]:
    yield "\nIs there anything to win? Right answers per question:"
    rows = [
        (f"always {report.light}", interval_text(report.light_accuracy, signed=False)),
        (f"always {report.heavy}", interval_text(report.heavy_accuracy, signed=False)),
        ("the better one, if it were known", f"{report.oracle:.3f}"),
    ]
    yield from _table(None, rows)


def _foreseen(report: GainReport) -> Iterator[str]:
    yield "\nIs it foreseen which questions need the heavy one? On questions not seen:"
    what, values, leads = "APGR", report.apgr, report.lead
    if report.gap.low <= 0:  # a share of a gap that may be none says nothing
        what, values, leads = "right answers won", report.advantage, report.advantage_lead
    yield from _table(
        ("order by", f"{what} (95 % interval)", "the learned head's lead"),
        [
            (
                name,
                interval_text(values[name], signed=False),
                interval_text(leads[name]) if name in leads else "",
            )
            for name in _ORDERS
        ],
    )
    yield ""
    yield from _table(
        ("estimate", "log loss", "calibration error of p_gain"),
        [
            (name, f"{loss:.3f}", _number(report.gain_error, name))
            for name, loss in report.log_loss.items()
        ],
    )


def _tokens(report: TokensReport) -> Iterator[str]:
    yield f"\nExtra output tokens, {report.mean:.0f} on average of {report.rows} questions:"
    yield from _table(
        ("estimate", "R2", "mean error"),
        [(n, f"{r2:.3f}", f"{report.mean_error[n]:.0f}") for n, r2 in report.r2.items()],
    )


def _number(values: Mapping[str, float], name: str) -> str:
    return f"{values[name]:.3f}" if name in values else ""


def _table(head: Sequence[str] | None, rows: Sequence[Sequence[str]]) -> Iterator[str]:
    every = rows if head is None else [head, *rows]
    widths = [max(len(row[at]) for row in every) for at in range(len(every[0]))]
    for row in every:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        yield f"  {'  '.join(cells)}".rstrip()
