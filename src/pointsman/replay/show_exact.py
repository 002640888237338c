"""A replay on recorded outcomes as lines for a terminal."""

from collections.abc import Iterator

from pointsman.replay.exact import Contestant, ExactReport
from pointsman.replay.words import NOTHING, count, number, percent, points, table
from pointsman.statistics.resampling import Estimate

_MOST = 0.95
"""Where fewer of the questions can be compared, it is said loudly. A judgement."""


def exact_lines(report: ExactReport) -> Iterator[str]:
    """Yield a report."""
    names = report.names
    yield (
        f"{report.compared:,} of {count(report.questions, 'question')} compared under "
        f"{names.config} (policy {names.policy}); every answer was recorded, nothing was sent"
    )
    for what, questions in report.not_recorded.items():
        yield f"  left out {count(questions, 'question')}: no recorded arm is {what}"
    if report.unanswered:
        yield (
            f"  left out {count(report.unanswered, 'question')}: the arm chosen, {report.light} or "
            f"{report.heavy} has no answer"
        )
    if not report.compared:
        return
    chosen = ", ".join(f"{arm} {percent(share)}" for arm, share in report.shares.items())
    yield f"chosen: {chosen}"
    yield ""
    yield from table(_quality(report))
    if report.contestants[0].tokens is not None:
        yield ""
        yield from table(_costs(report))
    yield ""
    for note in exact_notes(report):
        yield f"- {note}"


def exact_notes(report: ExactReport) -> Iterator[str]:
    """Say what the numbers rest on."""
    if report.compared < _MOST * report.questions:
        yield (
            f"WARNING: {percent(1 - report.compared / report.questions)} of the questions are left "
            "out, and not by chance: the numbers are of those that are left; record the arms that "
            "are chosen, or let the rules choose among recorded ones"
        )
    yield (
        "each text was read as a lone user turn; intervals are 95 %, paired by question; the lot's "
        "numbers are those expected of it"
    )
    if report.contestants[0].tokens is None:
        yield "not every answer tells its `tokens`: neither tokens nor cost can be given"
    else:
        yield (
            "cost: the recorded tokens of answers and about 4 bytes for each token of the text, by "
            "the new config's prices"
        )
    if report.others:
        others = ", ".join(f"{arm} ({rows:,})" for arm, rows in report.others.items())
        yield f"arms that are no model of the config: {others}"


def _quality(report: ExactReport) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = [("", "score (95 %)", "the new policy's lead")]
    for each in report.contestants:
        score = f"{each.score.value:.3f} ({each.score.low:.3f} to {each.score.high:.3f})"
        rows.append((each.name, score, "" if _is_new(each, report) else points(each.lead)))
    return rows


def _costs(report: ExactReport) -> list[tuple[str, ...]]:
    heading = ("", "tokens", "the new policy's change", "US$ per 1,000", "change")
    rows: list[tuple[str, ...]] = [heading]
    for each in report.contestants:
        new = _is_new(each, report)
        tokens = "" if new else _change(each.tokens_change)
        usd = "" if new else _change(each.usd_change)
        rows.append((each.name, _said(each.tokens), tokens, _said(each.usd), usd))
    return rows


def _is_new(each: Contestant, report: ExactReport) -> bool:
    return each is report.contestants[0]


def _said(found: Estimate | None) -> str:
    return NOTHING if found is None else number(found.value)


def _change(found: Estimate | None) -> str:
    if found is None:
        return NOTHING
    value, low, high = (percent(each, signed=True) for each in (found.value, found.low, found.high))
    return f"{value} ({low} to {high})"
