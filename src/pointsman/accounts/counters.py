"""Which counters a claim touches, whether they have room, and how strained they are: pure.

A counter belongs to a limit, a subject and a window. It has two numbers: what was spent, and what
is reserved for requests that are under way. Their sum never grows over the limit's cap by a
reservation; only an answer that used more than was reserved can carry it further.
"""

from collections.abc import Iterable, Sequence
from math import ceil

import msgspec

from pointsman.accounts.limits import (
    Claim,
    Limit,
    Spent,
    Subject,
    Unit,
    in_words,
    window_of,
)
from pointsman.errors import LimitError, QuotaError

CounterKey = tuple[str, str, int]
"""Id of the limit, the subject as JSON, and the second in which the window starts."""


class Tally(msgspec.Struct, frozen=True):
    """What a counter says, in the unit's smallest part: nano-dollars, tokens or requests."""

    spent: int = 0
    reserved: int = 0

    @property
    def used(self) -> int:
        """What is no longer free."""
        return self.spent + self.reserved


class Hold(msgspec.Struct, frozen=True, array_like=True):
    """What a reservation holds of one counter; it is stored with the reservation.

    So it is settled where it was reserved: in the window in which the request began, and under
    the limits that stood then.
    """

    limit: str
    subject: str
    starts: int
    ends: int | None
    unit: Unit
    amount: int

    @property
    def key(self) -> CounterKey:
        """The counter that it is part of."""
        return self.limit, self.subject, self.starts


class Touch(msgspec.Struct, frozen=True):
    """A limit that a claim touches, and what the claim would hold of its counter."""

    limit: Limit
    hold: Hold


class Posting(msgspec.Struct, frozen=True):
    """By how much a counter changes."""

    key: CounterKey
    ends: int | None
    spent: int
    reserved: int


class Granted(msgspec.Struct, frozen=True):
    """There was room, and it is reserved.

    Attributes:
        reservation: What to settle or release, once.
        pressure: How strained the limits are now, this request included, from 0 to 1.
    """

    reservation: str
    pressure: float


class Refused(msgspec.Struct, frozen=True):
    """There was no room; nothing is reserved, in no counter.

    Attributes:
        limit: The limit that refuses; of several, the one that does so for longest.
        retry_after_s: Seconds until its next window, at least 1; room may come sooner, when
            requests that are under way use less than they have reserved. None where waiting does
            not help: the limit counts for ever, or the request alone asks for more than its cap.
        asked: What the request asked of it, in the unit's smallest part.
    """

    limit: Limit
    retry_after_s: int | None
    asked: int


def subject_text(subject: Subject) -> str:
    """Return a subject as it is stored: JSON, so that no two subjects are written alike."""
    return msgspec.json.encode(subject).decode()


def key_of(limit: Limit, subject: Subject, now: float) -> CounterKey:
    """Return the counter of a subject in the window that holds `now`."""
    return limit.id, subject_text(subject), window_of(limit.window, now)[0]


def touched(limits: Iterable[Limit], claim: Claim, now: float) -> tuple[Touch, ...]:
    """Return what a claim would hold of every counter that it touches, in the order of their keys.

    That order is the order in which a database locks them. Of limits that differ in nothing but
    the cap, and so share a counter, the tightest stands.
    """
    found: dict[CounterKey, Touch] = {}
    for limit in limits:
        subject = limit.subject(claim)
        if subject is None:
            continue
        starts, ends = window_of(limit.window, now)
        amount = claim.amount(limit.unit)
        hold = Hold(limit.id, subject_text(subject), starts, ends, limit.unit, amount)
        other = found.get(hold.key)
        if other is None or limit.cap < other.limit.cap:
            found[hold.key] = Touch(limit, hold)
    return tuple(found[key] for key in sorted(found))


def refusal(touches: Sequence[Touch], used: Sequence[int], now: float) -> Refused | None:
    """Return why a claim cannot be granted, or None where every counter has room.

    A claim that takes nothing of a counter is never refused by it: where the money is used up,
    models that cost nothing still answer.

    Args:
        touches: What the claim touches.
        used: For each, what would be used of its counter with this claim.
        now: Epoch seconds.
    """
    refusing = [
        Refused(touch.limit, _wait(touch, now), touch.hold.amount)
        for touch, after in zip(touches, used, strict=True)
        if touch.hold.amount > 0 and after > touch.limit.cap
    ]
    return max(refusing, key=lambda one: one.retry_after_s or float("inf"), default=None)


def _wait(touch: Touch, now: float) -> int | None:
    if touch.hold.ends is None or touch.hold.amount > touch.limit.cap:
        return None
    return max(1, ceil(touch.hold.ends - now))


def strain(touches: Sequence[Touch], used: Sequence[int]) -> float:
    """Return how far between soft and hard the most strained counter is, from 0 to 1."""
    pairs = zip(touches, used, strict=True)
    return max((_strain(touch.limit, amount) for touch, amount in pairs), default=0.0)


def _strain(limit: Limit, used: int) -> float:
    if used >= limit.cap:
        return 1.0
    soft = limit.soft * limit.cap
    return 0.0 if used <= soft else (used - soft) / (limit.cap - soft)


def reserving(holds: Iterable[Hold]) -> tuple[Posting, ...]:
    """Return the postings that reserve."""
    return tuple(Posting(hold.key, hold.ends, 0, hold.amount) for hold in holds)


def settling(holds: Iterable[Hold], actual: Spent) -> tuple[Posting, ...]:
    """Return the postings that put what was used in the place of what was reserved."""
    return tuple(
        Posting(hold.key, hold.ends, actual.amount(hold.unit), -hold.amount) for hold in holds
    )


def expiring(holds: Iterable[Hold]) -> tuple[Posting, ...]:
    """Return the postings that charge reservations which nobody settled, one for each counter.

    What became of the request is unknown, and the unknown is charged as reserved: no crash lets a
    client use more than its cap.
    """
    sums: dict[CounterKey, Posting] = {}
    for hold in holds:
        before = sums.get(hold.key)
        amount = hold.amount + (before.spent if before else 0)
        sums[hold.key] = Posting(hold.key, hold.ends, amount, -amount)
    return tuple(sums[key] for key in sorted(sums))


def error_of(refused: Refused) -> LimitError:
    """Return the error that a client gets; it names the limit and the mend, and no client."""
    limit = refused.limit
    kind = QuotaError if limit.unit == "usd" else LimitError
    if refused.asked > limit.cap:
        return kind(
            f"this request alone may take up to {in_words(limit.unit, refused.asked)}, over the "
            f"limit of {limit}: ask for fewer tokens (`max_tokens`) or for a cheaper model"
        )
    mend = (
        "it does not start anew: ask the operator to raise it"
        if refused.retry_after_s is None
        else f"it starts anew in {refused.retry_after_s} s: wait, or ask the operator to raise it"
    )
    return kind(
        f"the limit of {limit} has no room for this request; {mend}",
        retry_after_s=refused.retry_after_s,
    )
