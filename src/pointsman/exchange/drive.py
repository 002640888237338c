"""Performs the effects that `route()` yields: once blocking, once asynchronous.

The only place where the exchange meets the clock.
"""

import time
from collections.abc import Callable, Generator
from typing import Any, Protocol, TypeVar, assert_never

from pointsman.encoder.encoding import Asked, Encoding
from pointsman.exchange.effects import Effect, Encode, Recollect, Remember
from pointsman.exchange.sessions import Sessions

Result = TypeVar("Result")


class AsyncEncoder(Protocol):
    """Reads texts beside an event loop."""

    async def encode(self, text: str, asked: Asked) -> Encoding:
        """Read one text."""
        ...


def drive(
    exchange: Generator[Effect, Any, Result],
    encode: Callable[[str, Asked], Encoding],
    sessions: Sessions,
) -> Result:
    """Run an exchange to its end, blocking."""
    reply: Any = None
    while True:
        try:
            effect = exchange.send(reply)
        except StopIteration as end:
            return end.value  # type: ignore[no-any-return]  # a generator's value is untyped
        if isinstance(effect, Encode):
            reply = encode(effect.text, effect.asked)
        else:
            reply = _session_effect(effect, sessions)


async def drive_async(
    exchange: Generator[Effect, Any, Result], encoder: AsyncEncoder, sessions: Sessions
) -> Result:
    """Run an exchange to its end beside an event loop."""
    reply: Any = None
    while True:
        try:
            effect = exchange.send(reply)
        except StopIteration as end:
            return end.value  # type: ignore[no-any-return]  # a generator's value is untyped
        if isinstance(effect, Encode):
            reply = await encoder.encode(effect.text, effect.asked)
        else:
            reply = _session_effect(effect, sessions)


def _session_effect(effect: Recollect | Remember, sessions: Sessions) -> Any:  # noqa: ANN401
    match effect:
        case Recollect(conversation=conversation):
            return sessions.recollect(conversation, time.monotonic())
        case Remember(conversation=conversation, target=target):
            sessions.remember(conversation, target, time.monotonic())
            return None
        case _:
            assert_never(effect)
