"""The ledger of one process, in memory: gone when it ends. For tests and for trying things out."""

from collections.abc import Iterable
from threading import Lock

import msgspec

from pointsman.accounts.counters import (
    CounterKey,
    Granted,
    Hold,
    Posting,
    Refused,
    Tally,
    expiring,
    key_of,
    refusal,
    reserving,
    settling,
    strain,
    touched,
)
from pointsman.accounts.ledger import (
    DEFAULT_LEASE_S,
    KEEP_S,
    TIDY_EVERY_S,
    new_reservation,
)
from pointsman.accounts.limits import NOTHING, Claim, Limit, Spent, Subject


class _Reservation(msgspec.Struct, frozen=True):
    expires: float
    holds: tuple[Hold, ...]


class _Book:
    """Counters and reservations; whoever touches them has the lock."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.tallies: dict[CounterKey, Tally] = {}
        self.reservations: dict[str, _Reservation] = {}
        self._ends: dict[CounterKey, int | None] = {}
        self._tidied = float("-inf")

    def used(self, hold: Hold) -> int:
        return self.tallies.get(hold.key, Tally()).used

    def post(self, postings: Iterable[Posting]) -> None:
        for posting in postings:
            before = self.tallies.get(posting.key, Tally())
            self.tallies[posting.key] = Tally(
                before.spent + posting.spent, before.reserved + posting.reserved
            )
            self._ends[posting.key] = posting.ends

    def tidy(self, now: float) -> None:
        """Now and then, charge what has expired and forget windows that ended long ago."""
        if now - self._tidied < TIDY_EVERY_S:
            return
        self._tidied = now
        self.expire(now)
        for key, ends in tuple(self._ends.items()):
            if ends is not None and ends + KEEP_S <= now and not self.tallies[key].reserved:
                del self.tallies[key], self._ends[key]

    def expire(self, now: float) -> None:
        over = [id_ for id_, one in self.reservations.items() if one.expires <= now]
        for id_ in over:
            self.post(expiring(self.reservations.pop(id_).holds))


class MemoryLedger:
    """Counts in dictionaries under one lock.

    Args:
        limits: What it holds its clients to.
        lease_s: After how many seconds a reservation that nobody settled is charged in full.
        book: The counters of another ledger, to share them.
    """

    def __init__(
        self,
        limits: Iterable[Limit],
        *,
        lease_s: float = DEFAULT_LEASE_S,
        book: _Book | None = None,
    ) -> None:
        self._limits = tuple(limits)
        self._lease_s = lease_s
        self._book = book or _Book()

    def reserve(self, claim: Claim, now: float) -> Granted | Refused:
        """Take the claim's upper bounds from all counters that it touches, or from none."""
        touches = touched(self._limits, claim, now)
        holds = tuple(touch.hold for touch in touches)
        with self._book.lock:
            self._book.tidy(now)
            used = [self._book.used(hold) + hold.amount for hold in holds]
            refused = refusal(touches, used, now)
            if refused is not None:
                return refused
            reservation = new_reservation()
            self._book.post(reserving(holds))
            self._book.reservations[reservation] = _Reservation(now + self._lease_s, holds)
        return Granted(reservation, strain(touches, used))

    def settle(self, reservation: str, actual: Spent, now: float) -> bool:
        """Book what was really used; False where there is no such reservation (any more)."""
        with self._book.lock:
            found = self._book.reservations.get(reservation)
            if found is None or found.expires <= now:
                return False
            del self._book.reservations[reservation]
            self._book.post(settling(found.holds, actual))
        return True

    def release(self, reservation: str, now: float) -> bool:
        """Book that nothing was used but the request itself."""
        return self.settle(reservation, NOTHING, now)

    def pressure(self, claim: Claim, now: float) -> float:
        """Return how strained the counters are that a claim would touch, from 0 to 1."""
        touches = touched(self._limits, claim, now)
        with self._book.lock:
            used = [self._book.used(touch.hold) for touch in touches]
        return strain(touches, used)

    def spent(self, limit: Limit, subject: Subject, now: float) -> Tally:
        """Return what a subject has used of a limit in the window that holds `now`."""
        with self._book.lock:
            self._book.expire(now)
            return self._book.tallies.get(key_of(limit, subject, now), Tally())

    def under(self, limits: Iterable[Limit]) -> "MemoryLedger":
        """Return a ledger on the same counters that holds to other limits."""
        return MemoryLedger(limits, lease_s=self._lease_s, book=self._book)

    def close(self) -> None:
        """Nothing to let go of."""
