"""Solves the dial: which λ keeps the operator's promise on requests like those recorded.

A sample of questions, each with what was foreseen and what happened, is decided by gain at many λ
over the models and modes at hand, with their prices. Of each λ we then know how many right answers
are lost against always asking the strongest model with reasoning, and what it costs. The λ that is
taken is the largest (the cheapest) up to which the loss stays within the limit with its 95 % upper
bound.

What it does not know: rules (the sample has no domains or keywords), conversations, and how far the
operator's requests are like those of the sample. Targets between the sample's two arms are taken to
be right in between, as the estimates themselves are.
"""

import math
from collections.abc import Mapping, Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from pointsman.catalog.models import Catalog, Target
from pointsman.policy.gain import Ends, Need, expect, place_of
from pointsman.policy.rules import Prefer
from pointsman.statistics.outcome_point import OutcomePoint

Floats = NDArray[np.float64]

_Z_ONE_SIDED_95 = 1.6448536269514722
_TRADES = (0.0, *np.geomspace(0.002, 5.0, 120).tolist())
"""The λ that are tried: from buying every gain to buying none, 7 % apart."""


class Sample(msgspec.Struct, frozen=True):
    """Recorded questions, and where they come from, in words."""

    points: tuple[OutcomePoint, ...]
    basis: str
    prompt_tokens: float = 150.0

    @property
    def questions(self) -> float:
        """How many there are."""
        return sum(point.weight for point in self.points)


class Setting(msgspec.Struct, frozen=True):
    """What one λ brings on a sample, per request.

    Attributes:
        loss: Share of right answers lost against always-large.
        loss_high: Its one-sided 95 % upper bound.
        cost: Mean cost: US dollars or seconds.
        cost_share: The same as a share of always-large's.
        tokens_share: Output tokens as a share of always-large's.
        shares: Share of requests that each target gets.
    """

    trade: float
    loss: float
    loss_high: float
    cost: float
    cost_share: float
    tokens_share: float
    shares: Mapping[str, float]


class _Grid(msgspec.Struct, frozen=True, eq=False):
    """Points by targets: what is foreseen, and what happened at each end."""

    targets: Sequence[Target]
    p_correct: Floats
    cost: Floats
    tokens: Floats
    places: Floats
    top: int
    weights: Floats
    outcomes: Floats


def curve(
    sample: Sample,
    pool: Sequence[str],
    catalog: Catalog,
    ends: Ends,
    weighs: str = "usd",
    trades: Sequence[float] = _TRADES,
) -> tuple[Setting, ...]:
    """Return what each λ brings, from the smallest to the largest.

    Args:
        sample: Recorded questions.
        pool: Names of the models to choose among; always-large is the catalog's strongest.
        catalog: The models.
        ends: Where the sample's two arms stand among the targets.
        weighs: `usd` or `seconds`.
        trades: The λ to try.
    """
    grid = _grid(sample, pool, catalog, ends, weighs)
    return tuple(_setting(grid, trade) for trade in trades)


def quality_floor(settings: Sequence[Setting], loss_max: float, basis: str) -> Prefer | None:
    """Return the largest λ that is shown to lose no more than that, or None if none is.

    λ are tested from the smallest on, and the first that fails ends it: in a fixed order, each test
    may use the whole 5 % (fixed sequence testing: Angelopoulos et al. 2021, "Learn then Test",
    arXiv 2110.01052, section 2.2).
    """
    best = None
    for setting in settings:
        if setting.loss_high > loss_max:
            break
        best = setting
    if best is None:
        return None
    return Prefer(
        trade=best.trade,
        basis=f"lambda {best.trade:.3g} solved from quality_loss_max {loss_max:g}: on {basis} it "
        f"loses {100 * best.loss:.1f} of 100 right answers (95 % bound "
        f"{100 * best.loss_high:.1f}) and costs {best.cost_share:.0%} of always-large",
    )


def cost_goal(settings: Sequence[Setting], most: float) -> Setting | None:
    """Return the smallest λ whose mean cost stays within a goal, or None if none does."""
    return next((setting for setting in settings if setting.cost <= most), None)


def _grid(sample: Sample, pool: Sequence[str], catalog: Catalog, ends: Ends, weighs: str) -> _Grid:
    named = dict.fromkeys((*pool, catalog.top.model))
    targets = [target for name in named for target in catalog.targets[name]]
    models = [catalog.models[target.model] for target in targets]
    expected = [
        [expect(t, m, _need(point, sample), ends) for t, m in zip(targets, models, strict=True)]
        for point in sample.points
    ]
    places = [place_of(t, m, ends) for t, m in zip(targets, models, strict=True)]
    return _Grid(
        targets=targets,
        p_correct=np.array([[e.p_correct for e in row] for row in expected]),
        cost=np.array([[e.usd if weighs == "usd" else e.seconds for e in row] for row in expected]),
        tokens=np.array([[e.output_tokens for e in row] for row in expected]),
        places=np.array(places),
        top=targets.index(catalog.top),
        weights=np.array([point.weight for point in sample.points]),
        outcomes=np.array([point.outcomes for point in sample.points]),
    )


def _need(point: OutcomePoint, sample: Sample) -> Need:
    return Need(point.p_light, point.p_heavy, point.extra_tokens, sample.prompt_tokens)


def _setting(grid: _Grid, trade: float) -> Setting:
    rows = np.arange(len(grid.weights))
    whole = grid.cost[:, grid.top : grid.top + 1]
    relative = np.divide(grid.cost, whole, out=np.zeros_like(grid.cost), where=whole > 0)
    # The cheaper of equals, as the selector does.
    worth = grid.p_correct - trade * relative
    chosen = np.lexsort((grid.cost, -worth), axis=1)[:, 0]
    weights, total = grid.weights, grid.weights.sum()
    loss, high = _loss(grid, grid.places[grid.top] - grid.places[chosen])
    cost, tokens = grid.cost[rows, chosen], grid.tokens[rows, chosen]
    always, most = grid.cost[:, grid.top], grid.tokens[:, grid.top]
    shares = np.bincount(chosen, weights=weights, minlength=len(grid.targets)) / total
    return Setting(
        trade=trade,
        loss=loss,
        loss_high=high,
        cost=float(weights @ cost / total),
        cost_share=_ratio(weights * cost, weights * always),
        tokens_share=_ratio(weights * tokens, weights * most),
        shares={
            str(target): float(share)
            for target, share in zip(grid.targets, shares, strict=True)
            if share > 0
        },
    )


def _loss(grid: _Grid, short: Floats) -> tuple[float, float]:
    """The mean of right answers lost, and its bound.

    Where only the heavy arm is right, a target that stands `short` of always-large loses that part
    of an answer; where only the light one is, it wins as much.
    """
    total = grid.weights.sum()
    heavy_only, light_only = grid.outcomes[:, 1], grid.outcomes[:, 2]
    mean = float((short * (heavy_only - light_only)).sum() / total)
    square = float((short**2 * (heavy_only + light_only)).sum() / total)
    spread = math.sqrt(max(0.0, square - mean**2) / max(1.0, total - 1))
    return mean, mean + _Z_ONE_SIDED_95 * spread


def _ratio(part: Floats, whole: Floats) -> float:
    """The ratio of two sums; 1 where there is nothing to save."""
    total = float(whole.sum())
    return float(part.sum()) / total if total > 0 else 1.0
