"""What sums over records come to: the change between two policies, each with its interval."""

from collections.abc import Callable

import msgspec
import numpy as np

from pointsman.replay.columns import AFTER, BEFORE, Column, Side
from pointsman.statistics.calibrate import Floats
from pointsman.statistics.off_policy import effective_size, ips, snips
from pointsman.statistics.resampling import DRAWS, Estimate, estimated, ratio, resampled_sums

PER = 1000.0
"""Money and tokens are given for so many requests."""

Of = Callable[[Floats], Floats]


class Compared(msgspec.Struct, frozen=True):
    """A quantity before and after, and its change with a paired 95 % interval."""

    before: float
    after: float
    change: Estimate


class Measured(msgspec.Struct, frozen=True):
    """Of records whose tokens were reported: what was paid, and what would be.

    Attributes:
        usd: Per 1,000 requests.
        tokens: Output tokens per 1,000 requests.
        usd_scale: What an expected dollar of another choice counts as; 1 where nothing shows it.
        tokens_scale: The same of an expected token.
    """

    records: int
    usd: Compared
    tokens: Compared
    usd_scale: float
    tokens_scale: float


class Feedback(msgspec.Struct, frozen=True):
    """The quality of two policies by scores of answers.

    Attributes:
        records: Records that have a score and were decided again.
        scores: How many scores there are, found or not.
        recorded: Mean score of what was recorded.
        ips: Of the new policy, unbiased where the old one left every choice to chance.
        snips: Of the new policy, steadier.
        before: `snips` of the policy compared with, where it is not the record itself.
        lead: `snips` of the new policy less the policy before, paired.
        effective: How many equally weighted records say as much as `snips` rests on.
        overlap: Share of the records whose recorded choice the new policy may make.
        certain: Share of the records whose recorded choice left nothing to chance.
    """

    records: int
    scores: int
    recorded: Estimate
    ips: Estimate
    snips: Estimate
    before: Estimate
    lead: Estimate
    effective: float
    overlap: float
    certain: float


class Estimates:
    """Estimates from rows by `Column`; one set of resamples serves all of them."""

    def __init__(self, rows: Floats, draws: int = DRAWS) -> None:
        self._rows = rows
        self._resampled = resampled_sums(rows, draws)
        self._sums = rows.sum(axis=0, keepdims=True)

    def count(self, column: Column) -> int:
        """Return the sum of a column of ones."""
        return round(float(self._sums[0, column]))

    def share(self, column: Column) -> Estimate:
        """Return a column's mean."""
        return self._estimate(lambda sums: ratio(sums[:, column], sums[:, Column.ROWS]))

    def compared(
        self, before: Column, after: Column, rows: Column = Column.ROWS, per: float = 1.0
    ) -> Compared:
        """Compare the means of two columns."""
        return self._compared(
            lambda sums: per * ratio(sums[:, before], sums[:, rows]),
            lambda sums: per * ratio(sums[:, after], sums[:, rows]),
        )

    def measured(self) -> Measured | None:
        """Compare what was measured with what would be; None where nothing was measured."""
        if not self._sums[0, Column.MEASURED]:
            return None
        return Measured(
            records=self.count(Column.MEASURED),
            usd=self._compared(_paid(BEFORE), _paid(AFTER)),
            tokens=self._compared(_said(BEFORE), _said(AFTER)),
            usd_scale=float(_scale(self._sums, AFTER.paid, AFTER.paid_for)[0]),
            tokens_scale=float(_scale(self._sums, AFTER.said, AFTER.said_for)[0]),
        )

    def feedback(self, scores: int) -> Feedback:
        """Say what the policies score."""
        new, old = _snips(AFTER), _snips(BEFORE)
        sums, scored = self._sums, Column.SCORED
        return Feedback(
            records=self.count(scored),
            scores=scores,
            recorded=self._estimate(lambda s: ratio(s[:, Column.SCORE], s[:, scored])),
            ips=self._estimate(lambda s: ips(s[:, scored], s[:, AFTER.ws])),
            snips=self._estimate(new),
            before=self._estimate(old),
            lead=self._estimate(lambda s: new(s) - old(s)),
            effective=float(effective_size(sums[:, AFTER.w], sums[:, AFTER.ww])[0]),
            overlap=float(ratio(sums[:, Column.AGREES], sums[:, scored])[0]),
            certain=float(ratio(sums[:, Column.CERTAIN], sums[:, scored])[0]),
        )

    def _estimate(self, of: Of) -> Estimate:
        return estimated(of, self._rows, self._resampled)

    def _compared(self, before: Of, after: Of) -> Compared:
        return Compared(
            before=float(before(self._sums)[0]),
            after=float(after(self._sums)[0]),
            change=self._estimate(lambda sums: after(sums) - before(sums)),
        )


def _snips(side: Side) -> Of:
    return lambda sums: snips(sums[:, side.w], sums[:, side.ws])


def _paid(side: Side) -> Of:
    return _scaled(side.paid, side.paid_for, side.unpaid)


def _said(side: Side) -> Of:
    return _scaled(side.said, side.said_for, side.unsaid)


def _scaled(known: Column, known_for: Column, unknown: Column) -> Of:
    """What is known, and what is not at the rate at which expectations have come true."""

    def of(sums: Floats) -> Floats:
        whole = sums[:, known] + _scale(sums, known, known_for) * sums[:, unknown]
        return PER * ratio(whole, sums[:, Column.MEASURED])

    return of


def _scale(sums: Floats, known: Column, known_for: Column) -> Floats:
    found = ratio(sums[:, known], sums[:, known_for])
    return np.where(np.isfinite(found), found, 1.0)
