"""The ledger in a database: what was reserved outlives the process that reserved it."""

from collections.abc import Iterable, Sequence

import msgspec

from pointsman.accounts.counters import (
    CounterKey,
    Granted,
    Hold,
    Posting,
    Refused,
    Tally,
    Touch,
    expiring,
    key_of,
    refusal,
    reserving,
    settling,
    strain,
    touched,
)
from pointsman.accounts.database import Database, Work
from pointsman.accounts.ledger import DEFAULT_LEASE_S, KEEP_S, TIDY_EVERY_S, new_reservation
from pointsman.accounts.limits import NOTHING, Claim, Limit, Spent, Subject

_RESERVE = "INSERT INTO pointsman_reservations (id, expires, holds) VALUES (?, ?, ?)"
_END = "DELETE FROM pointsman_reservations WHERE id = ? AND expires > ? RETURNING holds"
_DROP = "DELETE FROM pointsman_reservations WHERE id = ?"
# Another process may be at the same rows: whoever comes second leaves them to the first, and so
# waits for nobody while it holds some.
_ANY_EXPIRED = "SELECT 1 FROM pointsman_reservations WHERE expires <= ? LIMIT 1"
_EXPIRED = """SELECT id, holds FROM pointsman_reservations WHERE expires <= ?
    ORDER BY expires LIMIT 500 FOR UPDATE SKIP LOCKED"""
_FORGET = """DELETE FROM pointsman_counters WHERE (limit_id, subject, starts) IN (
    SELECT limit_id, subject, starts FROM pointsman_counters
    WHERE ends <= ? AND reserved = 0 LIMIT 500 FOR UPDATE SKIP LOCKED)"""
# One statement reads, writes and locks: what it returns is true until the transaction ends.
_POST = """INSERT INTO pointsman_counters (limit_id, subject, starts, ends, spent, reserved)
    VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (limit_id, subject, starts) DO UPDATE
    SET spent = pointsman_counters.spent + excluded.spent,
        reserved = pointsman_counters.reserved + excluded.reserved
    RETURNING spent + reserved"""
_TALLIES = """SELECT limit_id, subject, starts, spent, reserved FROM pointsman_counters
    WHERE (limit_id, subject, starts) IN (VALUES {keys})"""
_HOLDS = msgspec.json.Decoder(tuple[Hold, ...])


class _NoRoomError(Exception):
    """Leaves a transaction, so that nothing of it is done."""

    def __init__(self, refused: Refused) -> None:
        self.refused = refused


class SqlLedger:
    """Counts in the tables of a database.

    Args:
        database: SQLite or PostgreSQL.
        limits: What it holds its clients to.
        lease_s: After how many seconds a reservation that nobody settled is charged in full.
    """

    def __init__(
        self, database: Database, limits: Iterable[Limit], *, lease_s: float = DEFAULT_LEASE_S
    ) -> None:
        self._database = database
        self._limits = tuple(limits)
        self._lease_s = lease_s
        self._tidied = float("-inf")

    def reserve(self, claim: Claim, now: float) -> Granted | Refused:
        """Take the claim's upper bounds from all counters that it touches, or from none."""
        self._tidy(now)
        touches = touched(self._limits, claim, now)
        reservation = new_reservation()
        written = msgspec.json.encode([touch.hold for touch in touches]).decode()
        try:
            with self._database.transaction() as work:
                work.run(_RESERVE, (reservation, now + self._lease_s, written))
                used = _take(work, touches, now)
        except _NoRoomError as end:
            return end.refused
        return Granted(reservation, strain(touches, used))

    def settle(self, reservation: str, actual: Spent, now: float) -> bool:
        """Book what was really used; False where there is no such reservation (any more)."""
        with self._database.transaction() as work:
            found = work.run(_END, (reservation, now))
            if found:
                _post(work, settling(_HOLDS.decode(found[0][0]), actual))
        return bool(found)

    def release(self, reservation: str, now: float) -> bool:
        """Book that nothing was used but the request itself."""
        return self.settle(reservation, NOTHING, now)

    def pressure(self, claim: Claim, now: float) -> float:
        """Return how strained the counters are that a claim would touch, from 0 to 1."""
        touches = touched(self._limits, claim, now)
        tallies = self._tallies([touch.hold.key for touch in touches])
        return strain(touches, [tally.used for tally in tallies])

    def spent(self, limit: Limit, subject: Subject, now: float) -> Tally:
        """Return what a subject has used of a limit in the window that holds `now`."""
        self._expire(now)
        return self._tallies([key_of(limit, subject, now)])[0]

    def under(self, limits: Iterable[Limit]) -> "SqlLedger":
        """Return a ledger on the same counters that holds to other limits."""
        return SqlLedger(self._database, limits, lease_s=self._lease_s)

    def close(self) -> None:
        """Let go of the database; reservations stand until their lease is over."""
        self._database.close()

    def _tallies(self, keys: Sequence[CounterKey]) -> list[Tally]:
        """Read counters; those that nobody has touched yet are at nothing."""
        if not keys:
            return []
        sql = _TALLIES.format(keys=", ".join(["(?, ?, ?)"] * len(keys)))
        rows = self._database.read(sql, [part for key in keys for part in key])
        found = {(limit, subject, starts): Tally(*sums) for limit, subject, starts, *sums in rows}
        return [found.get(key, Tally()) for key in keys]

    def _tidy(self, now: float) -> None:
        """Now and then, charge what has expired and forget windows that ended long ago."""
        if now - self._tidied < TIDY_EVERY_S:
            return
        self._tidied = now
        self._expire(now)
        with self._database.transaction() as work:
            work.run(_FORGET, (int(now - KEEP_S),))

    def _expire(self, now: float) -> None:
        """Charge every reservation whose lease is over."""
        while self._database.read(_ANY_EXPIRED, (now,)):
            with self._database.transaction() as work:
                over = work.run(_EXPIRED, (now,))
                work.run_each(_DROP, [(id_,) for id_, _ in over])
                _post(work, expiring(hold for _, holds in over for hold in _HOLDS.decode(holds)))
            if not over:  # others are at them
                return


def _take(work: Work, touches: Sequence[Touch], now: float) -> list[int]:
    """Reserve in every counter; returns what is used of each then.

    Raises:
        _NoRoomError: One has no room for it.
    """
    used = _post(work, reserving(touch.hold for touch in touches))
    refused = refusal(touches, used, now)
    if refused is not None:
        raise _NoRoomError(refused)
    return used


def _post(work: Work, postings: Sequence[Posting]) -> list[int]:
    """Change counters in the order of their keys; returns what is used of each then."""
    rows = [(*one.key, one.ends, one.spent, one.reserved) for one in postings]
    return [used for (used,) in work.run_each(_POST, rows)]
