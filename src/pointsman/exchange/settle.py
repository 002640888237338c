"""After the answer: what it really took."""

import math

import msgspec

from pointsman.catalog.models import Model
from pointsman.observe.record import Attempt, DecisionRecord
from pointsman.wire.usage import Usage


def settle(  # plain values, named at the call
    record: DecisionRecord,
    model: Model,
    usage: Usage | None,
    *,
    outcome: str,
    status: int | None,
    attempts: tuple[Attempt, ...],
) -> DecisionRecord:
    """Complete a record with the outcome; money only where servers reported tokens.

    The money is that of the delivered answer and of all that were rejected before it.
    """
    bills = [attempt.usd for attempt in attempts if attempt.usd is not None]
    if usage is not None:
        bills.append(model.prices.bill(usage))
    return msgspec.structs.replace(
        record,
        outcome=outcome,
        status=status,
        attempts=attempts,
        usage=usage,
        usd=math.fsum(bills) if bills else None,
    )
