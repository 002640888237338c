"""Measures every way of choosing on a pair's recorded answers, with paired bootstrap intervals."""

import msgspec
import numpy as np

from pointsman.evaluation.replay.scores import (
    LENGTH,
    MIDDLE,
    OURS,
    OWN_TABLE,
    Outcomes,
    Policy,
    Ranking,
    Replayed,
    policies,
    rankings,
)
from pointsman.evaluation.shares import Estimate
from pointsman.statistics.calibrate import CONFIDENCE, Floats, calibration_error
from pointsman.statistics.curves import (
    Curve,
    curve_of,
    cut_at,
    draws_of,
    least_extra,
    most_gain,
    recovered_gaps,
    share_needed,
)

DRAWS = 2000
FIRST_TOKEN_MS = 80.0
PROMPT_TOKEN_MS = 0.1
OUTPUT_TOKEN_MS = 10.0
"""The model of latency: time to first token, more of it per prompt token, time per output token.

Assumptions for one model server under a steady load, not measurements.
"""

POINTS_LOST = (1.0, 2.0, 5.0)
SAVING = 0.485
"""The share of tokens that the reference's published figure saves."""

_VERDICTS = {OWN_TABLE: "a category table", LENGTH: "prompt length"}


class PolicyRow(msgspec.Struct, frozen=True):
    """One way of choosing; shares of 1, points of 100, tokens and times per question.

    Attributes:
        over_heavy: Accuracy less that of always heavy, in points.
        over_light: The same of always light.
        saved: Share of always heavy's output tokens that is not spent.
        latency_mean_ms: Modelled, the router's own time in it.
        router_ms: Median of the router's own time; 0 where it is not asked.
    """

    name: str
    accuracy: float
    over_heavy: Estimate
    over_light: Estimate
    heavy_share: float
    tokens: float | None
    saved: float | None
    latency_mean_ms: float | None
    latency_p50_ms: float | None
    router_ms: float


class RankingRow(msgspec.Struct, frozen=True):
    """One score.

    Attributes:
        apgr: See `metrics.recovered_gap`; None where the heavy model is no better.
        cpt50: Least share of heavy calls that recovers half of the heavy model's lead.
        cpt80: The same of four fifths.
        saved: Most output tokens saved at each of `POINTS_LOST`, as shares of always heavy's.
        at_saving: Points of accuracy less than always heavy where `SAVING` is saved.
        gain_error: Expected calibration error of the stated probability of gain.
    """

    name: str
    apgr: Estimate | None
    cpt50: float | None
    cpt80: float | None
    saved: tuple[float | None, ...]
    at_saving: float | None
    gain_error: float | None


class Gate(msgspec.Struct, frozen=True):
    """Whether ours beats another score: its lead in APGR, from the same resamples."""

    against: str
    lead: Estimate | None
    passed: bool
    verdict: str


class CategoryRow(msgspec.Struct, frozen=True):
    """One domain: both models, ours at the middle λ, and the table with our own domain head."""

    domain: str
    rows: int
    light: float
    heavy: float
    ours: float
    ours_share: float
    ours_saved: float | None
    table: float
    table_share: float


class Measured(msgspec.Struct, frozen=True):
    """Everything that is told of a pair."""

    policies: tuple[PolicyRow, ...]
    rankings: tuple[RankingRow, ...]
    gates: tuple[Gate, ...]
    categories: tuple[CategoryRow, ...]


def measured(replay: Replayed) -> Measured:
    """Measure a pair."""
    ways, scores = policies(replay), rankings(replay)
    outcomes, rows = replay.outcomes, len(replay.asked)
    right = np.stack([outcomes.light + way.sent * outcomes.gain for way in ways], axis=1)
    over = np.concatenate(
        [right - outcomes.heavy[:, np.newaxis], right - outcomes.light[:, np.newaxis]], axis=1
    )
    means: list[Floats] = []
    gaps: list[Floats] = []
    for counts in (np.ones((1, rows)), *draws_of(rows, DRAWS)):
        # No BLAS: on a machine whose cores are taken, its threads wait for one another.
        means.append(np.einsum("dr,rc->dc", counts, over) / rows)
        gaps.append(
            np.stack([recovered_gaps(each.scores, outcomes.gain, counts) for each in scores], 1)
        )
    drawn, recovered = 100 * np.concatenate(means), np.concatenate(gaps)
    leads = bool(outcomes.gain.mean() > 0)
    apgr = {each.name: recovered[:, at] for at, each in enumerate(scores)}
    return Measured(
        policies=tuple(
            _policy_row(way, replay, drawn[:, at], drawn[:, len(ways) + at])
            for at, way in enumerate(ways)
        ),
        rankings=tuple(
            _ranking_row(each, outcomes, _interval(apgr[each.name]) if leads else None)
            for each in scores
        ),
        gates=tuple(
            _gate(name, _interval(apgr[OURS] - apgr[name]) if leads else None) for name in _VERDICTS
        ),
        categories=_categories(replay),
    )


def latencies_ms(replay: Replayed, tokens: Floats, *, asks: bool) -> Floats:
    """The modelled time of each question, (rows,)."""
    router = 1000 * replay.seconds if asks else 0.0
    first = FIRST_TOKEN_MS + PROMPT_TOKEN_MS * replay.prompt_tokens
    return np.asarray(router + first + OUTPUT_TOKEN_MS * tokens)


def _policy_row(way: Policy, replay: Replayed, heavy: Floats, light: Floats) -> PolicyRow:
    outcomes, sent = replay.outcomes, way.sent
    row = PolicyRow(
        name=way.name,
        accuracy=float((outcomes.light + sent * outcomes.gain).mean()),
        over_heavy=_interval(heavy),
        over_light=_interval(light),
        heavy_share=float(sent.mean()),
        tokens=None,
        saved=None,
        latency_mean_ms=None,
        latency_p50_ms=None,
        router_ms=1000 * float(np.median(replay.seconds)) if way.asks else 0.0,
    )
    if outcomes.light_tokens is None or outcomes.heavy_tokens is None:
        return row
    tokens = float((outcomes.light_tokens + sent * outcomes.extra).mean())
    times = [
        latencies_ms(replay, arm, asks=way.asks)
        for arm in (outcomes.light_tokens, outcomes.heavy_tokens)
    ]
    return msgspec.structs.replace(
        row,
        tokens=tokens,
        saved=1 - tokens / float(outcomes.heavy_tokens.mean()),
        latency_mean_ms=float(((1 - sent) * times[0] + sent * times[1]).mean()),
        latency_p50_ms=_median(np.concatenate(times), np.concatenate([1 - sent, sent])),
    )


def _ranking_row(ranking: Ranking, outcomes: Outcomes, apgr: Estimate | None) -> RankingRow:
    curve = curve_of(ranking.scores, outcomes.gain, outcomes.extra)
    said = ranking.p_gain
    return RankingRow(
        name=ranking.name,
        apgr=apgr,
        cpt50=share_needed(curve, 0.5),
        cpt80=share_needed(curve, 0.8),
        saved=tuple(_saved(curve, outcomes, lost) for lost in POINTS_LOST),
        at_saving=_at_saving(curve, outcomes),
        gain_error=None if said is None else calibration_error(said, outcomes.gain > 0),
    )


def _saved(curve: Curve, outcomes: Outcomes, points_lost: float) -> float | None:
    extra = least_extra(curve, float(curve.gain[-1]) - points_lost / 100)
    if extra is None or outcomes.heavy_tokens is None or outcomes.light_tokens is None:
        return None
    tokens = float(outcomes.light_tokens.mean()) + extra
    # Always heavy loses nothing and saves nothing: less than that is what rounding leaves.
    return max(0.0, 1 - tokens / float(outcomes.heavy_tokens.mean()))


def _at_saving(curve: Curve, outcomes: Outcomes) -> float | None:
    if outcomes.heavy_tokens is None or outcomes.light_tokens is None:
        return None
    tokens = (1 - SAVING) * float(outcomes.heavy_tokens.mean())
    gain = most_gain(curve, tokens - float(outcomes.light_tokens.mean()))
    return None if gain is None else 100 * (gain - float(curve.gain[-1]))


def _gate(against: str, lead: Estimate | None) -> Gate:
    passed = lead is not None and lead.low > 0
    what = _VERDICTS[against]
    return Gate(
        against, lead, passed, f"better than {what}" if passed else f"no better than {what}"
    )


def _categories(replay: Replayed) -> tuple[CategoryRow, ...]:
    domains = np.array([asked.domain for asked in replay.asked])
    outcomes, ours = replay.outcomes, replay.ours.sent(MIDDLE)
    table = cut_at(replay.own_table, float(ours.mean()))
    found = []
    for domain in sorted(set(domains.tolist())):
        at = domains == domain
        light, gain = outcomes.light[at], outcomes.gain[at]
        tokens = outcomes.heavy_tokens
        spared = ((1 - ours) * outcomes.extra)[at].sum()
        found.append(
            CategoryRow(
                domain=domain,
                rows=int(at.sum()),
                light=float(light.mean()),
                heavy=float(outcomes.heavy[at].mean()),
                ours=float((light + ours[at] * gain).mean()),
                ours_share=float(ours[at].mean()),
                ours_saved=None if tokens is None else float(spared / tokens[at].sum()),
                table=float((light + table[at] * gain).mean()),
                table_share=float(table[at].mean()),
            )
        )
    return tuple(found)


def _interval(drawn: Floats) -> Estimate:
    """The first value, of all rows, with the 95 % percentile interval of the others."""
    tail = (1 - CONFIDENCE) / 2
    low, high = np.quantile(drawn[1:], [tail, 1 - tail])
    return Estimate(float(drawn[0]), float(low), float(high))


def _median(values: Floats, weights: Floats) -> float:
    """The smallest value that at least half of the weight does not exceed."""
    order = np.argsort(values, kind="stable")
    summed = np.cumsum(weights[order])
    return float(values[order][np.searchsorted(summed, summed[-1] / 2)])
