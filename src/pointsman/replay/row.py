"""The numbers of one record that was decided again."""

import math

from pointsman.catalog.models import Catalog
from pointsman.replay.choices import Choice
from pointsman.replay.columns import AFTER, BEFORE, COLUMNS, Column, Side
from pointsman.replay.deciding import Again, Seen, Task
from pointsman.replay.records import Kept


def row_of(again: Again, task: Task) -> list[float]:
    """Return a record's numbers, by `Column`."""
    row = [0.0] * COLUMNS
    before, after, kept = again.before, again.after, again.kept
    read = not math.isnan(before.expected.p_correct + after.expected.p_correct)
    row[Column.ROWS] = 1.0
    row[Column.CHANGED] = float(again.changed)
    row[Column.READ] = float(read)
    for seen, side in ((before, BEFORE), (after, AFTER)):
        row[side.usd] = seen.expected.usd
        row[side.tokens] = seen.expected.output_tokens
        row[side.reasons] = float(seen.choice.target.reasoning.mode == "on")
        row[side.right] = seen.expected.p_correct if read else 0.0
    if kept.measured is not None:
        row[Column.MEASURED] = 1.0
        as_paid = kept.measured[1]
        _measure(row, BEFORE, before, kept, as_paid if again.as_recorded else None, task)
        _measure(row, AFTER, after, kept, None, task)
    score = task.feedback.get(kept.id)
    if score is not None:
        row[Column.SCORED] = 1.0
        row[Column.SCORE] = score
        row[Column.CERTAIN] = float(kept.propensity >= 1)
        row[Column.AGREES] = float(after.chance > 0)
        _weigh(row, AFTER, after.chance / kept.propensity, score)
        _weigh(row, BEFORE, 1.0 if again.as_recorded else before.chance / kept.propensity, score)
    return row


def _measure(
    row: list[float], side: Side, seen: Seen, kept: Kept, as_paid: float | None, task: Task
) -> None:
    """Note what was measured of a choice if it is the recorded one, else what is expected of it."""
    assert kept.measured is not None  # noqa: S101  # asked by the caller
    usage, usd = kept.measured
    expected = seen.expected
    if not seen.same:
        row[side.unpaid], row[side.unsaid] = expected.usd, expected.output_tokens
        return
    if as_paid is None:
        as_paid = billed_again(kept, seen.choice, task.new.catalog, usd)
    row[side.paid], row[side.paid_for] = as_paid, expected.usd
    row[side.said], row[side.said_for] = float(usage.completion_tokens), expected.output_tokens


def billed_again(kept: Kept, choice: Choice, catalog: Catalog, usd: float) -> float:
    """Return what the reported tokens cost by a catalog's prices.

    What several answers cost together, as in a cascade, stays what was paid: their tokens are not
    all in the record.
    """
    model = catalog.models.get(choice.target.model)
    several = choice.cascades or any(attempt.usd for attempt in kept.attempts)
    if model is None or several or kept.usage is None:
        return usd
    return model.prices.bill(kept.usage)


def _weigh(row: list[float], side: Side, weight: float, score: float) -> None:
    row[side.w], row[side.ws], row[side.ww] = weight, weight * score, weight**2
