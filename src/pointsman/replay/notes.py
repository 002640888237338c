"""What the numbers of a replay rest on, in words."""

from collections.abc import Iterator

from pointsman.replay.deciding import MISSING, NO_QUESTION, SHADOW
from pointsman.replay.estimates import Feedback, Measured
from pointsman.replay.latency import Latency
from pointsman.replay.report import LeftOut, Report
from pointsman.replay.words import count, number, percent

_REPRICED = 0.005
"""Choices that stay but cost so much more or less are said to. A judgement."""
_FEW = 100
"""Fewer records of equal weight are called few. A judgement: an interval of 10 points."""


def left_out(report: Report) -> Iterator[str]:
    """Say which records were not decided again, why, and what would mend it."""
    for left in report.left_out:
        yield f"{count(left.records, 'record')}: {_why(left)}"
        if left.why == MISSING:
            lacks = report.lacks.items()
            yield "  " + ", ".join(f"{name} in {records:,}" for name, records in lacks)
            yield (
                "  mend: serve with a config whose rules ask for that, and replay what it records; "
                "or take texts with known answers (--outcomes)"
            )
    if report.bad_lines:
        yield f"{count(report.bad_lines, 'line')}: no decision record (named on standard error)"


def _why(left: LeftOut) -> str:
    whose = f"the {left.by} config"
    match left.why:
        case _ if left.why == SHADOW:
            return "copies for a shadow model, which decide nothing"
        case _ if left.why == NO_QUESTION:
            return "written by a version that did not record what was decided"
        case _ if left.why == MISSING:
            return f"{whose} asks for what was not measured of them"
        case _:
            return f"{whose} would refuse them ({left.why}), such as: {left.example}"


def notes(report: Report) -> Iterator[str]:
    """Say what the numbers mean and rest on."""
    yield (
        "expected cost, tokens and right answers of both sides are by the new config's prices and "
        "estimates; conversations, budgets, speeds and failures are as they were recorded"
    )
    if report.gone:
        models = ", ".join(f"{model} ({records:,})" for model, records in report.gone.items())
        yield f"not in the new config, so as expected at the time: {models}"
    if report.differs is not None and abs(report.differs - 1) > _REPRICED:
        yield (
            f"choices that stay were expected to cost {percent(report.differs)} of that when they "
            "were recorded: prices, cards or estimates have changed; --against OLD.yaml holds the "
            "two policies alone against one another"
        )
    if len(report.recorded_by) > 1 and report.names.against == "as recorded":
        yield f"the records were decided by {len(report.recorded_by)} different configs"
    others = {name: n for name, n in report.measured_by.items() if name != report.names.bundle}
    if others:
        yield (
            f"{count(sum(others.values()), 'record')} measured by another encoder bundle than the "
            f"new config's ({', '.join(others)}): their signals are taken as they are"
        )
    if report.measured is not None:
        yield _measured(report.measured)
    yield from _latency(report.latency)
    if report.feedback is not None:
        yield from _feedback(report.feedback)


def _measured(found: Measured) -> str:
    return (
        "measured: a choice that stays takes the tokens that were reported; another one takes what "
        f"is expected of it, times what choices that stay took for each one expected (cost "
        f"{number(found.usd_scale)}, tokens {number(found.tokens_scale)})"
    )


def _latency(found: Latency) -> Iterator[str]:
    if found.unknown:
        yield (
            f"no latency: how fast {', '.join(found.unknown)} answers is not known; set `speed` on "
            "the card, or record some dozen answers"
        )
        return
    said = [
        f"{model} {pace.start_s:.2f} s + {1000 * pace.token_s:.1f} ms per token ("
        + (f"fitted to {count(pace.answers, 'answer')})" if pace.answers else "its card)")
        for model, pace in found.paces.items()
    ]
    if said:
        yield (
            f"modelled seconds, on both sides: {'; '.join(said)}; a queue that grows with its "
            "requests is not in it"
        )


def _feedback(found: Feedback) -> Iterator[str]:
    if found.records < found.scores:
        yield f"{count(found.scores - found.records, 'score')} of no record decided again"
    if found.certain >= 1:
        yield (
            "WARNING: the old policy left nothing to chance, so only requests where both agree "
            "count; of the others nothing is known, and neither estimate is the new policy's "
            "quality: let a rule `split` some requests, then replay again"
        )
    elif found.certain > 0:
        yield (
            f"WARNING: in {percent(found.certain)} of the scored records the old policy left "
            "nothing to chance: of those only the ones where both agree count"
        )
    if found.effective < _FEW:
        yield (
            f"WARNING: the estimate rests on as much as {found.effective:.0f} records of equal "
            "weight: too few to lean on"
        )
    yield (
        "quality by feedback is that of requests which got feedback; IPS is unbiased where every "
        "choice had a chance, SNIPS steadier"
    )
