"""Caps on what clients may use, and the fixed windows in which it is counted: pure.

Windows are fixed (a day is a calendar day) and in UTC. Every replica, and every restart, works out
the same window from the time alone, so that one number per window is all there is to keep and to
lock, and a client that is refused can be told when to come back. UTC has no day of 23 or 25 hours.
The price: around a boundary up to two caps fit into a span shorter than one window.

Money is counted in whole nano-dollars (1e-9 USD), because sums of floats are not exact; a token
priced at 0.01 USD per million costs 10 of them. Floats are rounded to the nearest one.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Literal, get_args

import msgspec

Unit = Literal["usd", "tokens", "requests"]
Window = Literal["minute", "hour", "day", "month", "total"]
Dimension = Literal["key", "tenant", "model"]
Subject = tuple[str, ...]
"""Whom a counter counts: the names of its limit's dimensions, in the order key, tenant, model."""

NANO = 1_000_000_000
MAX_AMOUNT = 10**15
"""The most that one request can be booked with (a million USD, or 1e15 tokens): what a broken
upstream reports must not overflow the 64 bits of a counter."""

DEFAULT_SOFT = 0.8
"""Share of a cap from which on a limit is felt; a judgement."""

_SECONDS: Mapping[Window, int] = {"minute": 60, "hour": 3600, "day": 86_400}
_DIMENSIONS: tuple[Dimension, ...] = get_args(Dimension)


class Claim(msgspec.Struct, frozen=True, kw_only=True):
    """What a request may use at most, and who asks.

    Attributes:
        model: The model by its name in the catalog.
        usd: The most it can cost, in US dollars.
        tokens: The most tokens that prompt and answer can have together.
        key: Id of the client's key, or None where no key is asked for.
        tenant: The tenant that the key belongs to, or None.
    """

    model: str
    usd: float
    tokens: int
    key: str | None = None
    tenant: str | None = None

    def amount(self, unit: Unit) -> int:
        """Return what it may use at most of a unit, in the unit's smallest part."""
        return _amount(unit, self.usd, self.tokens)


class Spent(msgspec.Struct, frozen=True, kw_only=True):
    """What a request really used: US dollars, and tokens of prompt and answer together."""

    usd: float
    tokens: int

    def amount(self, unit: Unit) -> int:
        """Return what it used of a unit, in the unit's smallest part."""
        return _amount(unit, self.usd, self.tokens)


NOTHING = Spent(usd=0.0, tokens=0)


class Limit(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A cap on money, tokens or requests within a window.

    Attributes:
        usd: The cap in US dollars; give exactly one of `usd`, `tokens` and `requests`.
        tokens: The cap in tokens of prompt and answer together.
        requests: The cap in requests.
        window: `minute`, `hour`, `day`, `month` (of the calendar, UTC) or `total` (for ever).
        per: What is counted apart: `key`, `tenant`, `model`, a list of these, or `all` together.
            Requests without a key count as one key, and as one tenant.
        key: Only this key counts, by its id.
        tenant: Only this tenant counts.
        model: Only this model counts.
        soft: Share of the cap from which on the limit is felt: between here and the cap the
            pressure rises from 0 to 1.
    """

    window: Window
    usd: Annotated[float, msgspec.Meta(ge=0, le=1e9)] | None = None
    tokens: Annotated[int, msgspec.Meta(ge=0, le=10**18)] | None = None
    requests: Annotated[int, msgspec.Meta(ge=0, le=10**18)] | None = None
    per: Literal["all"] | Dimension | tuple[Dimension, ...] = "all"
    key: str | None = None
    tenant: str | None = None
    model: str | None = None
    soft: Annotated[float, msgspec.Meta(gt=0, le=1)] = DEFAULT_SOFT

    def __post_init__(self) -> None:
        """Check what types alone cannot; msgspec names the place in the file.

        Raises:
            ValueError: Not exactly one cap, or `soft` or the cap out of range.
        """
        caps = [cap for cap in (self.usd, self.tokens, self.requests) if cap is not None]
        if len(caps) != 1:
            raise ValueError(
                f"expected exactly one of `usd`, `tokens` and `requests`, got {len(caps)}"
            )
        if not 0 <= caps[0] <= 10**18:
            raise ValueError(f"expected a cap of at least 0, got {caps[0]}")
        if not 0 < self.soft <= 1:
            raise ValueError(f"expected `soft` above 0 and at most 1, got {self.soft}")

    @property
    def unit(self) -> Unit:
        """What is capped."""
        if self.usd is not None:
            return "usd"
        return "tokens" if self.tokens is not None else "requests"

    @property
    def cap(self) -> int:
        """The cap in the unit's smallest part: nano-dollars, tokens or requests."""
        if self.usd is not None:
            return round(self.usd * NANO)
        return (self.requests if self.tokens is None else self.tokens) or 0

    @property
    def dimensions(self) -> tuple[Dimension, ...]:
        """What is counted apart, in one order however it was written."""
        asked = (self.per,) if isinstance(self.per, str) else self.per
        return tuple(dimension for dimension in _DIMENSIONS if dimension in asked)

    @property
    def id(self) -> str:
        """What makes its counters its own: everything but the cap and `soft`.

        Its place in the file is no part of it, so limits may be moved, added and taken out; a cap
        may be raised in the middle of a window, and what was used before still counts.
        """
        only = "".join(f" {name}={_quoted(value)}" for name, value in self._only())
        return f"{self.unit}/{self.window}/{'+'.join(self.dimensions) or 'all'}{only}"

    def subject(self, claim: Claim) -> Subject | None:
        """Return whom a claim counts for here, or None where the limit does not see it."""
        of_claim = {"key": claim.key, "tenant": claim.tenant, "model": claim.model}
        if any(of_claim[name] != value for name, value in self._only()):
            return None
        return tuple(of_claim[dimension] or "" for dimension in self.dimensions)

    def _only(self) -> list[tuple[Dimension, str]]:
        named: dict[Dimension, str | None] = {
            "key": self.key,
            "tenant": self.tenant,
            "model": self.model,
        }
        return [(dimension, name) for dimension, name in named.items() if name is not None]

    def __str__(self) -> str:
        """Return it as a person would say it, such as "50 USD per day for each tenant"."""
        what = f"{self.usd:,.12g} USD" if self.usd is not None else f"{self.cap:,} {self.unit}"
        when = "in total" if self.window == "total" else f"per {self.window}"
        each = f" for each {' and '.join(self.dimensions)}" if self.dimensions else ""
        only = " and ".join(f"{dimension} '{name}'" for dimension, name in self._only())
        return f"{what} {when}{each}" + (f" of {only}" if only else "")


def window_of(window: Window, now: float) -> tuple[int, int | None]:
    """Return when the window that holds `now` starts and ends, in epoch seconds.

    The end is no part of it; the window `total` starts at 0 and never ends.
    """
    if window == "total":
        return 0, None
    if window != "month":
        length = _SECONDS[window]
        starts = int(now // length) * length
        return starts, starts + length
    day = datetime.fromtimestamp(now, UTC)
    years, month = divmod(day.month, 12)
    first = datetime(day.year, day.month, 1, tzinfo=UTC)
    following = datetime(day.year + years, month + 1, 1, tzinfo=UTC)
    return int(first.timestamp()), int(following.timestamp())


def seconds_to_next(window: Window, now: float) -> float | None:
    """Return the seconds until the next window starts, or None where none ever does."""
    ends = window_of(window, now)[1]
    return None if ends is None else ends - now


def in_words(unit: Unit, amount: int) -> str:
    """Return an amount of a unit's smallest parts as a person would say it."""
    return f"{amount / NANO:,.12g} USD" if unit == "usd" else f"{amount:,} {unit}"


def _amount(unit: Unit, usd: float, tokens: int) -> int:
    """What one request has of a unit; within bounds, because upstreams report what they like."""
    if unit == "requests":
        return 1
    # A float that is no number fails here: it compares with nothing, and cannot be rounded.
    amount = tokens if unit == "tokens" else round(min(max(usd, 0.0), MAX_AMOUNT / NANO) * NANO)
    return min(max(amount, 0), MAX_AMOUNT)


def _quoted(name: str) -> str:
    return msgspec.json.encode(name).decode()
