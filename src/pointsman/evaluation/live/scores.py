"""What a live run has found, by arm and cap; pure functions over its outcomes."""

from collections import Counter
from collections.abc import Mapping, Sequence

import msgspec
import numpy as np

from pointsman.evaluation.live.arms import OFF, ON
from pointsman.evaluation.live.outcomes import Outcome
from pointsman.evaluation.live.run import Failures
from pointsman.evaluation.rows import RowsFile
from pointsman.evaluation.shares import Estimate, Share, share
from pointsman.evaluation.stats import percentile
from pointsman.statistics.calibrate import Floats, Indices, interval

DRAWS = 2000
"""Of every bootstrap, over questions."""


class ArmScores(msgspec.Struct, frozen=True):
    """One arm under one cap.

    Attributes:
        n: Questions answered.
        accuracy: Share of right answers, one without a letter being wrong; null without answers.
        from_on: Accuracy less that of `on`, over the questions that both have answered, in [-1, 1].
        from_off: The same against `off`.
        tokens_mean: Output tokens of an answer.
        tokens_saved: Share of the output tokens of `on` that it took less, over the same questions.
        time_saved: The same of the total time.
        ttft_p50_ms: Until the first text or thought; median.
        total_p50_ms: Until the end; median.
        total_mean_ms: Until the end; mean.
        truncated: Share of answers that the cap ended.
        unparsed: Share of whole answers that state no letter.
        reasoned: Share of answers in which reasoning was counted or seen.
        violations: Answers that went against what the model was told of reasoning.
        uncounted: Answers without usage, whose stream's chunks stand for tokens.
        failed: Requests of this run without an answer, by reason.
        routed: Where the router sent it, in the arm `auto`: answers by model and reasoning.
    """

    arm: str
    n: int
    accuracy: Share | None = None
    from_on: Estimate | None = None
    from_off: Estimate | None = None
    tokens_mean: float | None = None
    tokens_saved: Estimate | None = None
    time_saved: Estimate | None = None
    ttft_p50_ms: float | None = None
    total_p50_ms: float | None = None
    total_mean_ms: float | None = None
    truncated: float | None = None
    unparsed: float | None = None
    reasoned: float | None = None
    violations: int = 0
    uncounted: int = 0
    failed: Mapping[str, int] = {}
    routed: Mapping[str, int] = {}


class CapScores(msgspec.Struct, frozen=True):
    """All arms under one cap.

    Attributes:
        cap: Most output tokens of an answer.
        arms: In the order asked for.
        categories: Share of right answers by category and arm.
    """

    cap: int
    arms: tuple[ArmScores, ...]
    categories: Mapping[str, Mapping[str, Share]]


class WhatWasAsked(msgspec.Struct, frozen=True, kw_only=True):
    """Who was asked, and how.

    Attributes:
        server: Of the arms `off` and `on`; null without them.
        router: Where the arm `auto` went: an address, or this process with a config; or null.
        temperature: Null left it to the server.
        per_category: Most questions of a category.
        concurrency: Requests under way at once.
        outcomes: The file.
    """

    model: str
    family: str
    server: str | None
    router: str | None
    temperature: float | None
    per_category: int
    seed: int
    concurrency: int
    outcomes: str


class LiveReport(msgspec.Struct, frozen=True, kw_only=True):
    """One live run.

    Attributes:
        bundle: Of the router in this process; null where none decided.
        switches: What tells the model to reason or not to, by arm.
        drawn: Questions asked.
        planned: Requests of the whole run, those of earlier runs among them.
        resumed: Outcomes that were in the file before.
        seconds: That this run has asked.
        interrupted: Whether it was ended before all was asked.
    """

    benchmark: str
    asked: WhatWasAsked
    bundle: str | None
    switches: Mapping[str, str]
    questions: RowsFile
    drawn: int
    planned: int
    resumed: int
    seconds: float
    interrupted: bool
    caps: tuple[CapScores, ...]


def scores_of_cap(
    cap: int, arms: Sequence[str], outcomes: Sequence[Outcome], failures: Failures
) -> CapScores:
    """Score all arms under a cap.

    Args:
        cap: The cap; outcomes of others are passed over.
        arms: Their names, in the order of the rows.
        outcomes: At most one of each question, arm and cap.
        failures: Of the requests that had no answer.
    """
    rows = {arm: [one for one in outcomes if (one.cap, one.mode) == (cap, arm)] for arm in arms}
    return CapScores(
        cap=cap,
        arms=tuple(
            _scores(
                arm, rows, {why: n for (a, c, why), n in failures.items() if (a, c) == (arm, cap)}
            )
            for arm in arms
        ),
        categories=_categories(rows),
    )


def _scores(
    arm: str, rows: Mapping[str, Sequence[Outcome]], failed: Mapping[str, int]
) -> ArmScores:
    own = rows[arm]
    if not own:
        return ArmScores(arm, 0, failed=failed)
    n = len(own)
    totals = [one.total_ms for one in own]
    firsts = [one.ttft_ms for one in own if one.ttft_ms is not None]
    on = _pairs(own, rows.get(ON, ())) if arm != ON else []
    off = _pairs(own, rows.get(OFF, ())) if arm != OFF else []
    return ArmScores(
        arm=arm,
        n=n,
        accuracy=share([bool(one.correct) for one in own]),
        from_on=_difference(on),
        from_off=_difference(off),
        tokens_mean=float(np.mean([one.tokens for one in own])),
        tokens_saved=_saved([(one.tokens, other.tokens) for one, other in on]),
        time_saved=_saved([(one.total_ms, other.total_ms) for one, other in on]),
        ttft_p50_ms=percentile(firsts, 0.5) if firsts else None,
        total_p50_ms=percentile(totals, 0.5),
        total_mean_ms=float(np.mean(totals)),
        truncated=sum(one.truncated for one in own) / n,
        unparsed=sum(one.unparsed for one in own) / n,
        reasoned=sum(one.reasoned for one in own) / n,
        violations=sum(one.violates for one in own),
        uncounted=sum(one.tokens_from != "usage" for one in own),
        failed=failed,
        routed=dict(
            Counter(
                f"{one.routed_model}, {one.routed_reasoning}" for one in own if one.routed_model
            )
        ),
    )


def _pairs(own: Sequence[Outcome], other: Sequence[Outcome]) -> list[tuple[Outcome, Outcome]]:
    """The outcomes of two arms, side by side, of the questions that both have answered."""
    known = {one.id: one for one in other}
    return [(one, known[one.id]) for one in own if one.id in known]


def _difference(pairs: Sequence[tuple[Outcome, Outcome]]) -> Estimate | None:
    if not pairs:
        return None
    gains = np.array([one.correct - other.correct for one, other in pairs], dtype=np.float64)
    return _estimate(gains, np.ones_like(gains))


def _saved(pairs: Sequence[tuple[float, float]]) -> Estimate | None:
    if not pairs or not all(other > 0 for _, other in pairs):
        return None
    own, other = np.array(pairs, dtype=np.float64).T
    return _estimate(other - own, other)


def _estimate(above: Floats, below: Floats) -> Estimate:
    """The ratio of two sums over the same questions, with its paired bootstrap interval."""

    def ratio(at: Indices) -> float:
        return float(above[at].sum() / below[at].sum())

    return Estimate(ratio(np.arange(len(above))), *interval(ratio, len(above), draws=DRAWS))


def _categories(rows: Mapping[str, Sequence[Outcome]]) -> dict[str, dict[str, Share]]:
    right: dict[str, dict[str, list[bool]]] = {}
    for arm, outcomes in rows.items():
        for one in outcomes:
            right.setdefault(one.category, {}).setdefault(arm, []).append(bool(one.correct))
    return {
        category: {arm: share(found) for arm, found in right[category].items()}
        for category in sorted(right)
    }
