"""A replay as lines for a terminal."""

from collections.abc import Iterator

from pointsman.replay.estimates import Compared, Feedback
from pointsman.replay.notes import left_out, notes
from pointsman.replay.report import Report
from pointsman.replay.words import (
    change,
    count,
    lead,
    mean,
    number,
    part,
    percent,
    points,
    share,
    table,
)

_INDENT = "  "


def report_lines(report: Report) -> Iterator[str]:
    """Yield a report."""
    names = report.names
    yield (
        f"{report.decided:,} of {count(report.lines, 'record')} decided again under {names.config} "
        f"(policy {names.policy}), against {names.against}; nothing was sent"
    )
    for line in left_out(report):
        yield f"{_INDENT}left out {line}" if not line.startswith(" ") else f"{_INDENT}{line}"
    if not report.decided:
        return
    yield ""
    yield from _changes(report)
    yield ""
    yield from table(_quantities(report))
    yield ""
    yield from table(_models(report))
    if report.feedback is not None:
        yield ""
        yield from _feedback(report.feedback, as_recorded=names.against == "as recorded")
    yield ""
    for note in notes(report):
        yield f"- {note}"


def _changes(report: Report) -> Iterator[str]:
    yield f"Changed: {share(report.changed)} of the decisions"
    if not report.changes:
        return
    rows = [("before", "after", "rule", "records", "share")]
    for each in report.changes:
        rules = (each.rule_before, each.rule_after)
        rule = rules[1] if rules[0] == rules[1] else f"{rules[0]} -> {rules[1]}"
        rows.append((each.before, each.after, rule, f"{each.records:,}", percent(each.share)))
    yield from table(rows, texts=3)
    if report.other_changes:
        yield f"{_INDENT}and {count(report.other_changes, 'record')} of rarer kinds"


def _quantities(report: Report) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = [("per 1,000 requests", "before", "after", "change (95 %)", "")]
    rows.append(_row("expected cost, US$", report.usd))
    rows.append(_row("expected output tokens", report.tokens))
    if report.measured is not None:
        of = f"of {report.measured.records:,}"
        rows.append(_row(f"measured cost, US$, {of}", report.measured.usd))
        rows.append(_row(f"measured output tokens, {of}", report.measured.tokens))
    for said, compared in (
        ("expected right answers", report.right),
        ("reasoning on", report.reasons),
    ):
        sides = percent(compared.before), percent(compared.after)
        rows.append((said, *sides, points(compared.change), ""))
    latency = report.latency
    if latency.before is not None and latency.after is not None:
        moved = latency.after - latency.before
        seconds = f"{latency.before:.2f}", f"{latency.after:.2f}", f"{moved:+.2f}"
        rows.append(("modelled seconds", *seconds, ""))
    if latency.observed_s is not None:
        rows.append(("observed seconds", f"{latency.observed_s:.2f}", "", "", ""))
    return rows


def _row(said: str, compared: Compared) -> tuple[str, ...]:
    sides = number(compared.before), number(compared.after)
    return (said, *sides, change(compared.change), part(compared))


def _models(report: Report) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = [("model", "requests before", "after", "cost before", "after")]
    rows += [
        (
            use.model,
            percent(use.requests_before),
            percent(use.requests_after),
            percent(use.usd_before),
            percent(use.usd_after),
        )
        for use in report.models
    ]
    return rows


def _feedback(found: Feedback, *, as_recorded: bool) -> Iterator[str]:
    yield f"Quality by feedback, {count(found.records, 'record')} with a score:"
    rows = [("", "score (95 %)"), ("recorded answers", mean(found.recorded))]
    if not as_recorded:
        rows.append(("before, SNIPS", mean(found.before)))
    rows += [
        ("after, IPS", mean(found.ips)),
        ("after, SNIPS", mean(found.snips)),
        ("after less before, SNIPS", lead(found.lead)),
        ("records of equal weight", number(found.effective)),
        ("records that the new policy may agree with", percent(found.overlap)),
    ]
    yield from table(rows)
