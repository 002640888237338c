"""Performs the effects that `route()` yields: once blocking, once asynchronous.

The only place where the exchange meets the clock.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Generator
from typing import Any, Generic, Protocol, TypeVar, assert_never

from pointsman.accounts.counters import Granted, Refused
from pointsman.accounts.limits import Claim
from pointsman.encoder.encoding import Asked, Encoding
from pointsman.errors import LedgerError, OverloadedError
from pointsman.exchange.effects import Effect, Encode, Recollect, Release, Remember, Reserve
from pointsman.exchange.sessions import Sessions

Result = TypeVar("Result")


class AsyncEncoder(Protocol):
    """Reads texts beside an event loop."""

    async def encode(self, text: str, asked: Asked) -> Encoding:
        """Read one text."""
        ...


class AsyncAccounts(Protocol):
    """Reserves and gives back beside an event loop."""

    async def reserve(self, claim: Claim) -> Granted | Refused:
        """Reserve what a request may use at most."""
        ...

    async def release(self, reservation: str) -> None:
        """Give a reservation back."""
        ...


def drive(
    exchange: Generator[Effect, Any, Result],
    encode: Callable[[str, Asked], Encoding],
    sessions: Sessions,
) -> Result:
    """Run an exchange to its end, blocking.

    It counts nothing: limits are the gateway's, and a standing without them yields no `Reserve`.
    """

    def perform(effect: Effect) -> Any:  # noqa: ANN401  # each effect has its own reply
        match effect:
            case Encode(text=text, asked=asked):
                return encode(text, asked)
            case Recollect() | Remember():
                return _session_effect(effect, sessions)
            case Reserve() | Release():
                raise LedgerError("limits are counted by the gateway, not by the library")
            case _:
                assert_never(effect)

    turn: _Turn[Result] = _Turn(exchange)
    while turn.effect is not None:
        try:
            reply = perform(turn.effect)
        except Exception as failure:  # noqa: BLE001  # the exchange may know what to do
            turn.failed(failure)
        else:
            turn.done(reply)
    return turn.result


async def drive_async(
    exchange: Generator[Effect, Any, Result],
    encoder: AsyncEncoder,
    sessions: Sessions,
    accounts: AsyncAccounts | None = None,
) -> Result:
    """Run an exchange to its end beside an event loop.

    Raises:
        LedgerError: It wants to reserve, and there is nothing to count in.
    """

    async def perform(effect: Effect) -> Any:  # noqa: ANN401  # each effect has its own reply
        match effect:
            case Encode():
                return await _read(effect, encoder)
            case Recollect() | Remember():
                return _session_effect(effect, sessions)
            case Reserve() | Release():
                return await _account_effect(effect, accounts)
            case _:
                assert_never(effect)

    return await _driven(exchange, perform)


async def drive_accounts(
    exchange: Generator[Effect, Any, Result], accounts: AsyncAccounts | None
) -> Result:
    """Run the end of an exchange, which only counts: a fallback, or a better answer.

    Raises:
        LedgerError: It wants to reserve, and there is nothing to count in.
    """

    async def perform(effect: Effect) -> Granted | Refused | None:
        if not isinstance(effect, Reserve | Release):
            raise TypeError(f"expected it to count alone, it asks for {type(effect).__name__}")
        return await _account_effect(effect, accounts)

    return await _driven(exchange, perform)


async def _driven(
    exchange: Generator[Effect, Any, Result], perform: Callable[[Effect], Awaitable[Any]]
) -> Result:
    turn: _Turn[Result] = _Turn(exchange)
    while turn.effect is not None:
        try:
            reply = await perform(turn.effect)
        except Exception as failure:  # noqa: BLE001  # the exchange may know what to do
            turn.failed(failure)
        else:
            turn.done(reply)
    return turn.result


class _Turn(Generic[Result]):
    """Goes through an exchange, effect by effect; what fails is told to it.

    Attributes:
        effect: What it asks for now; None once it has ended.
        result: What it has come to.
    """

    result: Result

    def __init__(self, exchange: Generator[Effect, Any, Result]) -> None:
        self._exchange = exchange
        self.effect: Effect | None = None
        self.done(None)

    def done(self, reply: Any) -> None:  # noqa: ANN401  # each effect has its own reply
        """Go on with a reply."""
        self._go_on(lambda: self._exchange.send(reply))

    def failed(self, failure: Exception) -> None:
        """Go on with a failure; an exchange that does not know it ends with it."""
        self._go_on(lambda: self._exchange.throw(failure))

    def _go_on(self, step: Callable[[], Effect]) -> None:
        try:
            self.effect = step()
        except StopIteration as end:
            self.effect, self.result = None, end.value


async def _read(effect: Encode, encoder: AsyncEncoder) -> Encoding:
    try:
        async with asyncio.timeout(effect.within_s):
            return await encoder.encode(effect.text, effect.asked)
    except TimeoutError:
        raise OverloadedError(
            f"a text was not read within {effect.within_s:g} s; try again later", retry_after_s=1
        ) from None


async def _account_effect(
    effect: Reserve | Release, accounts: AsyncAccounts | None
) -> Granted | Refused | None:
    if accounts is None:
        raise LedgerError("there is nothing to count limits in")
    if isinstance(effect, Reserve):
        return await accounts.reserve(effect.claim)
    await accounts.release(effect.reservation)
    return None


def _session_effect(effect: Recollect | Remember, sessions: Sessions) -> Any:  # noqa: ANN401
    match effect:
        case Recollect(conversation=conversation):
            return sessions.recollect(conversation, time.monotonic())
        case Remember(conversation=conversation, target=target):
            sessions.remember(conversation, target, time.monotonic())
            return None
        case _:
            assert_never(effect)
