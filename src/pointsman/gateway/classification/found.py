"""What was measured of a request that is classified, and what the gateway would do with it."""

from collections.abc import Collection
from typing import Literal

import msgspec

from pointsman.catalog.models import Model
from pointsman.encoder.bundle import Bundle
from pointsman.errors import RequestError, ServiceError
from pointsman.exchange.plan import Plan, Refuse
from pointsman.policy.guard import Verdict
from pointsman.signals.detector import Signals, Vocabulary, value_of
from pointsman.signals.findings import Finding
from pointsman.wire.chat import ChatRequest

COVERAGE = "coverage"

Advice = Literal["block", "allow"]


class Found(msgspec.Struct, frozen=True):
    """What was measured of a request, and what the gateway would do with it.

    Attributes:
        plan: As for the same chat request of the same caller.
        signals: What the plan looked at, and what else was asked for.
        words: What each signal of this service can find.
        bundle: What measured it.
        model: Any of the catalog.
        key: Makes placeholders, as in the gateway.
        scope: Whose values they are.
    """

    request: ChatRequest
    plan: Plan
    signals: Signals
    words: Vocabulary
    bundle: Bundle
    model: Model
    key: bytes | None = None
    scope: str = ""

    @property
    def verdict(self) -> Verdict:
        """What the guard said."""
        return self.plan.record.guard

    @property
    def advice(self) -> Advice:
        """Whether the gateway would refuse the request."""
        return "block" if isinstance(self.plan, Refuse) else "allow"

    def finding(self, signal: str) -> Finding:
        """Return what was measured.

        Raises:
            ServiceError: The bundle does not measure it; nothing is made up in its place.
        """
        if signal not in self.signals:
            raise ServiceError(f"the encoder bundle of this service does not measure `{signal}`")
        return self.signals[signal]

    @property
    def unread(self) -> int:
        """Characters that no window reached."""
        return int(value_of(self.finding(COVERAGE), "unread_characters"))


def known_of(wanted: tuple[str, ...] | None, there: Collection[str], param: str) -> tuple[str, ...]:
    """Return which of the names there are a client wants: all where it says nothing.

    Raises:
        RequestError: It names another, which must not pass for one that was not found.
    """
    for name in wanted or ():
        if name not in there:
            raise RequestError(
                f"nobody finds `{name[:60]}`; expected any of {', '.join(there)}",
                param=f"options.{param}",
            )
    return tuple(there) if wanted is None else tuple(name for name in there if name in wanted)
