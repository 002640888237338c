"""Measures a request; where that fails, says so, for the guard to decide."""

from collections.abc import Generator
from typing import Any

from pointsman.encoder.encoding import Asked, Encoding
from pointsman.exchange.effects import Effect, Encode
from pointsman.policy.world import World
from pointsman.signals.detector import Signals, measure, unmeasured
from pointsman.signals.reading import Reading, read
from pointsman.wire.prompt import Prompt


def measured(
    prompt: Prompt, world: World, *, named: bool
) -> Generator[Effect, Any, tuple[Signals, Exception | None]]:
    """Return what was measured of a request, and the failure where nothing could be.

    Of a request that names its model only the guard needs to know anything. Without a guard there
    is nobody to decide on a failure, and the request fails by it.
    """
    guarded = bool(world.policy.guards.signals)
    asked = world.guard_asked if named else world.asked
    try:
        reading = yield from encoded(read(prompt, asked), world.read_s if guarded else None)
        return measure(world.detectors, prompt, reading), None
    except Exception as failure:  # however a detector fails, it has not checked the request
        if not guarded:
            raise
        return unmeasured(world.detectors, prompt), failure


def encoded(
    reading: Generator[tuple[str, Asked], Encoding, Reading], within_s: float | None = None
) -> Generator[Effect, Any, Reading]:
    """Read what a reading asks for: each text is yielded as an effect."""
    encoding: Any = None
    while True:
        try:
            text, asked = reading.send(encoding)
        except StopIteration as end:
            return end.value  # type: ignore[no-any-return]  # a generator's value is untyped
        encoding = yield Encode(text, asked, within_s)
