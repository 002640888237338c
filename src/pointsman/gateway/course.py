"""How the answer to one request went, as far as it has got."""

import time
from datetime import UTC, datetime

import msgspec

from pointsman.exchange.settle import settle
from pointsman.gateway.delivery import Delivery
from pointsman.observe.record import DecisionRecord
from pointsman.wire.usage import Usage


class Course:
    """Gathers what the record of one request will say; a front end fills it in as it goes."""

    def __init__(self, delivery: Delivery, began: float, decide_ms: float) -> None:
        self._delivery = delivery
        self._began = began
        self._decide_ms = decide_ms
        self.outcome = "failed"
        self.status: int | None = None
        self.usage: Usage | None = None
        self.first_byte_ms: float | None = None

    def elapsed_ms(self) -> float:
        """Return the milliseconds since the request came."""
        return 1000 * (time.perf_counter() - self._began)

    def record(self) -> DecisionRecord:
        """Return the finished record."""
        plan = self._delivery.plan
        record = settle(
            plan.record,
            plan.card,
            self.usage,
            outcome=self.outcome,
            status=self.status,
            attempts=tuple(self._delivery.attempts),
        )
        return msgspec.structs.replace(
            record,
            time=datetime.now(UTC).isoformat(timespec="milliseconds"),
            decide_ms=round(self._decide_ms, 3),
            first_byte_ms=None if self.first_byte_ms is None else round(self.first_byte_ms, 3),
            total_ms=round(self.elapsed_ms(), 3),
        )
