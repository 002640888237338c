"""What every ledger does: reserve before a request is sent, settle when its answer is through.

A reservation takes the upper bound of what a request can use from every counter that it touches,
all of them or none. So parallel requests, in threads, processes or replicas, never use more than
a cap together. Ledgers block: an asynchronous caller asks them in a thread. They are safe to
share between threads.

Time is given, in epoch seconds: no ledger reads a clock. Replicas that share one should keep
theirs together (NTP); one that is a second off counts the last second of a window in the next.
"""

from collections.abc import Iterable
from typing import Protocol
from uuid import uuid4

from pointsman.accounts.counters import Granted, Refused, Tally
from pointsman.accounts.limits import Claim, Limit, Spent, Subject

DEFAULT_LEASE_S = 7200.0
"""How long a reservation waits to be settled. Longer than any answer takes (a request's default
timeout is minutes), and short enough that a crash is accounted for on the same day."""

KEEP_S = 86_400.0
"""How long the counters of a window are kept after its end, so that they can still be asked for."""

TIDY_EVERY_S = 60.0
"""How often a ledger looks for expired reservations and old counters while it reserves. What is
used does not depend on it: a reservation counts in full until it is charged in full."""


class Ledger(Protocol):
    """Counts what clients use, and holds them to their limits.

    Every method raises `LedgerError` where what it counts in cannot be reached.
    """

    def reserve(self, claim: Claim, now: float) -> Granted | Refused:
        """Take the claim's upper bounds from all counters that it touches, or from none."""
        ...

    def settle(self, reservation: str, actual: Spent, now: float) -> bool:
        """Book what a request really used, in full, in the window in which it was reserved.

        Returns:
            False where nothing was changed: the reservation is unknown, settled or released
            already, or its lease is over and it was charged as reserved.
        """
        ...

    def release(self, reservation: str, now: float) -> bool:
        """Book that no money and no tokens were used, such as when no upstream answered.

        The request itself still counts where requests are limited: such a limit guards against
        being asked too often, and a client that asks again and again while the upstreams are down
        is what it is for.

        Returns:
            False where nothing was changed, as with `settle`.
        """
        ...

    def pressure(self, claim: Claim, now: float) -> float:
        """Return how strained the counters are that a claim would touch, from 0 to 1.

        It reads only, and the claim's own amounts are no part of it.
        """
        ...

    def spent(self, limit: Limit, subject: Subject, now: float) -> Tally:
        """Return what a subject has used of a limit in the window that holds `now`.

        The subject is what `Limit.subject` returns. Any limit may be asked for, also one that is
        not in force here. Windows are kept for a day after their end.
        """
        ...

    def under(self, limits: Iterable[Limit]) -> "Ledger":
        """Return a ledger on the same counters that holds to other limits.

        So a config can be read again while requests are under way; what one of them reserved, the
        other settles. They are closed together.
        """
        ...

    def close(self) -> None:
        """Let go of the file or the connections; reservations stand until their lease is over."""
        ...


def new_reservation() -> str:
    """Return an id that no other reservation has."""
    return uuid4().hex
