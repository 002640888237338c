"""The two drivers perform the same effects and come to the same end."""

import asyncio
from collections.abc import Generator
from typing import Any

import msgspec
import pytest

from pointsman.accounts.counters import Granted, Refused
from pointsman.accounts.limits import Claim
from pointsman.catalog.families import Reasoning
from pointsman.catalog.models import Target
from pointsman.encoder.encoding import UNREAD, Asked, Encoding
from pointsman.errors import LedgerError, OverloadedError
from pointsman.exchange.drive import drive, drive_accounts, drive_async
from pointsman.exchange.effects import Effect, Encode, Recollect, Release, Remember, Reserve
from pointsman.exchange.sessions import Sessions

CLAIM = Claim(model="m", usd=0.1, tokens=7)
TARGET = Target("m", Reasoning("off"))
ASKED = Asked(frozenset({"domain"}), max_windows=3)


def read(text: str, asked: Asked) -> Encoding:
    return msgspec.structs.replace(UNREAD, tokens=len(text), passes=asked.max_windows)


class Beside:
    """Reads as `read`, awaited."""

    async def encode(self, text: str, asked: Asked) -> Encoding:
        return read(text, asked)


def an_exchange() -> Generator[Effect, Any, list[Any]]:
    before = yield Recollect("c")
    encoding = yield Encode("four", ASKED)
    remembered = yield Remember("c", TARGET)
    after = yield Recollect("c")
    return [before, encoding.tokens, encoding.passes, remembered, after]


def a_failing_exchange() -> Generator[Effect, Any, str]:
    yield Recollect("c")
    raise ValueError("on the way")


def one_that_asks_nothing() -> Generator[Effect, Any, str]:
    yield from ()
    return "done"


async def test_both_drivers_give_every_reply_and_return_the_end() -> None:
    assert drive(an_exchange(), read, Sessions()) == [None, 4, 3, None, TARGET]
    assert await drive_async(an_exchange(), Beside(), Sessions()) == [None, 4, 3, None, TARGET]


async def test_both_drivers_share_what_a_session_knows() -> None:
    sessions = Sessions()
    drive(an_exchange(), read, sessions)
    assert (await drive_async(an_exchange(), Beside(), sessions))[0] == TARGET


async def test_an_error_on_the_way_is_the_callers() -> None:
    with pytest.raises(ValueError, match="on the way"):
        drive(a_failing_exchange(), read, Sessions())
    with pytest.raises(ValueError, match="on the way"):
        await drive_async(a_failing_exchange(), Beside(), Sessions())


async def test_an_exchange_may_ask_for_nothing() -> None:
    assert drive(one_that_asks_nothing(), read, Sessions()) == "done"
    assert await drive_async(one_that_asks_nothing(), Beside(), Sessions()) == "done"


class Books:
    """Grants everything, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[Claim | str] = []

    async def reserve(self, claim: Claim) -> Granted | Refused:
        self.asked.append(claim)
        return Granted("r1", 0.5)

    async def release(self, reservation: str) -> None:
        self.asked.append(reservation)


def one_that_counts() -> Generator[Effect, Any, list[Any]]:
    granted = yield Reserve(CLAIM)
    released = yield Release(granted.reservation)
    return [granted, released]


async def test_what_is_reserved_and_released_is_asked_of_the_accounts() -> None:
    whole, end = Books(), Books()
    replies = [Granted("r1", 0.5), None]
    assert await drive_async(one_that_counts(), Beside(), Sessions(), whole) == replies
    assert await drive_accounts(one_that_counts(), end) == replies
    assert whole.asked == end.asked == [CLAIM, "r1"]


async def test_without_accounts_nothing_that_must_be_counted_goes_on() -> None:
    with pytest.raises(LedgerError, match="not by the library"):
        drive(one_that_counts(), read, Sessions())
    with pytest.raises(LedgerError, match="nothing to count"):
        await drive_async(one_that_counts(), Beside(), Sessions())
    with pytest.raises(LedgerError, match="nothing to count"):
        await drive_accounts(one_that_counts(), None)


async def test_the_end_of_an_exchange_counts_alone() -> None:
    with pytest.raises(TypeError, match="asks for Recollect"):
        await drive_accounts(an_exchange(), Books())
    assert await drive_accounts(one_that_asks_nothing(), None) == "done"


def one_that_mends(within_s: float | None = None) -> Generator[Effect, Any, str]:
    """Asks for a text, and knows what to do when it cannot be read."""
    try:
        yield Encode("four", ASKED, within_s)
    except (RuntimeError, OverloadedError) as failure:
        yield Remember("c", TARGET)
        return f"mended: {failure}"
    return "read"


class Broken:
    """Cannot read."""

    async def encode(self, text: str, asked: Asked) -> Encoding:  # noqa: ARG002  # protocol
        raise RuntimeError("no memory")


class Slow:
    """Never comes to an end."""

    async def encode(self, text: str, asked: Asked) -> Encoding:  # noqa: ARG002  # protocol
        await asyncio.Event().wait()
        raise AssertionError


def broken(text: str, asked: Asked) -> Encoding:  # noqa: ARG001  # as `read`
    raise RuntimeError("no memory")


async def test_both_drivers_tell_an_exchange_what_failed_and_go_on_with_it() -> None:
    sessions = Sessions()
    assert drive(one_that_mends(), broken, sessions) == "mended: no memory"
    assert sessions.recollect("c", 0.0) is not None
    assert await drive_async(one_that_mends(), Broken(), Sessions()) == "mended: no memory"


async def test_what_an_exchange_does_not_know_ends_it() -> None:
    with pytest.raises(RuntimeError, match="no memory"):
        drive(an_exchange(), broken, Sessions())
    with pytest.raises(RuntimeError, match="no memory"):
        await drive_async(an_exchange(), Broken(), Sessions())


async def test_a_text_that_takes_too_long_has_failed() -> None:
    said = await drive_async(one_that_mends(0.001), Slow(), Sessions())
    assert said.startswith("mended: a text was not read within 0.001 s")
