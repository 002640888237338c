"""After the answer: what it really took."""

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
    """Complete a record with the outcome; money only where the server reported tokens."""
    usd = None if usage is None else model.prices.bill(usage)
    return msgspec.structs.replace(
        record, outcome=outcome, status=status, attempts=attempts, usage=usage, usd=usd
    )
