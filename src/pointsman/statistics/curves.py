"""What a score for sending questions to the heavy model is worth, at every share sent there.

Questions go to the heavy model from the highest score down. Questions of equal score go in no
particular order, so that what is gained is a straight line between the places where the score
changes. Pure functions over numpy arrays; `gain` is everywhere the heavy answer's mark less the
light one's, (rows,), and `extra` what the heavy answer costs more, in any unit, (rows,).
"""

from collections.abc import Iterator

import msgspec
import numpy as np

from pointsman.statistics.calibrate import Floats, Indices

_BLOCK = 100
"""Draws at once: at 10,000 rows 8 MB, which the processor's caches nearly hold."""


class Curve(msgspec.Struct, frozen=True, eq=False):
    """Where the score changes: the start, where nothing is sent, and after each group of equals.

    Attributes:
        share: Of questions sent to the heavy model, from 0 to 1, (points,).
        gain: Right answers gained over the light model, per question of all, (points,).
        extra: The same of what it costs more, (points,).
    """

    share: Floats
    gain: Floats
    extra: Floats

    def at(self, share: float) -> tuple[float, float]:
        """Gain and extra cost at a share."""
        return (
            float(np.interp(share, self.share, self.gain)),
            float(np.interp(share, self.share, self.extra)),
        )


def curve_of(scores: Floats, gain: Floats, extra: Floats) -> Curve:
    """The curve of a score; the higher it is, the rather the question goes to the heavy model."""
    order, starts = _groups(scores)
    sizes = np.diff(np.append(starts, len(order)))
    steps = (np.add.reduceat(values[order], starts) for values in (gain, extra))
    summed = [np.append(0.0, np.cumsum(step)) / len(order) for step in steps]
    share = np.append(0, np.cumsum(sizes)) / len(order)
    return Curve(share=share, gain=summed[0], extra=summed[1])


def share_needed(curve: Curve, part: float) -> float | None:
    """CPT: the least share of calls to the heavy model that recovers a part of its lead.

    From RouteLLM (Ong et al. 2024, arXiv 2406.18665, section 2). None where the heavy model has no
    lead.
    """
    target = part * curve.gain[-1]
    if target <= 0:
        return None
    after = int(np.argmax(curve.gain >= target))
    y0, y1 = curve.gain[after - 1], curve.gain[after]
    x0, x1 = curve.share[after - 1], curve.share[after]
    return float(x0 + (x1 - x0) * (target - y0) / (y1 - y0))


def least_extra(curve: Curve, gain: float) -> float | None:
    """The least extra cost at which at least this much is gained; None where it never is."""
    enough = curve.gain >= gain
    found = [*curve.extra[enough], *_crossings(curve.gain, curve.extra, gain)]
    return float(min(found)) if found else None


def most_gain(curve: Curve, extra: float) -> float | None:
    """The most that is gained at exactly this extra cost; None where the curve never has it."""
    met = curve.gain[curve.extra == extra]
    found = [*met, *_crossings(curve.extra, curve.gain, extra)]
    return float(max(found)) if found else None


def cut_at(scores: Floats, share: float) -> Floats:
    """How likely each question is sent to the heavy model when a share of all is, (rows,).

    1 above the cut, 0 below it; questions whose score is the cut itself have an equal part.
    """
    order, starts = _groups(scores)
    ends = np.append(starts[1:], len(order))
    sent = np.clip((share * len(order) - starts) / (ends - starts), 0.0, 1.0)
    parts = np.empty(len(order))
    parts[order] = np.repeat(sent, ends - starts)
    return parts


def draws_of(rows: int, draws: int, seed: int = 0) -> Iterator[Floats]:
    """Bootstrap resamples (Efron 1979) in blocks: how often each row was drawn, (block, rows)."""
    random = np.random.default_rng(seed)
    for start in range(0, draws, _BLOCK):
        size = min(_BLOCK, draws - start)
        drawn = random.integers(0, rows, size=(size, rows)) + rows * np.arange(size)[:, np.newaxis]
        counts = np.bincount(drawn.ravel(), minlength=size * rows).reshape(size, rows)
        yield counts.astype(np.float64)


def recovered_gaps(scores: Floats, gain: Floats, counts: Floats) -> Floats:
    """`metrics.recovered_gap` of many resamples at once, (draws,).

    Args:
        scores: (rows,); the higher, the rather heavy.
        gain: (rows,).
        counts: How often each row was drawn, (draws, rows).
    """
    order, starts = _groups(scores)
    drawn = counts[:, order]
    sizes = np.add.reduceat(drawn, starts, axis=1)
    steps = np.add.reduceat(drawn * gain[order], starts, axis=1)
    # Trapezoids: between two places the mean of what is gained at both.
    middle = np.cumsum(steps, axis=1) - steps / 2
    area, whole = (middle * sizes).sum(axis=1), steps.sum(axis=1)
    found = np.full(len(counts), 0.5)
    np.divide(area, whole * counts.sum(axis=1), out=found, where=whole != 0)
    return found


def _groups(scores: Floats) -> tuple[Indices, Indices]:
    """Row numbers from the highest score down, and where in that order the score changes."""
    order = np.argsort(-scores, kind="stable")
    changes = np.append(True, np.diff(scores[order]) != 0)
    return order, np.flatnonzero(changes)


def _crossings(along: Floats, value: Floats, target: float) -> Floats:
    """The other coordinate where a line between two points passes through a target."""
    before, after = along[:-1] - target, along[1:] - target
    crossed = before * after < 0
    part = before[crossed] / (before[crossed] - after[crossed])
    start, end = value[:-1][crossed], value[1:][crossed]
    return np.asarray(start + (end - start) * part)
