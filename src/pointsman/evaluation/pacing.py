"""Takes our decisions and the reference's passes in turns, so that noise hits both."""

import time
from typing import Protocol

import msgspec

from pointsman.evaluation.report import StageRow
from pointsman.evaluation.stages import Clock, Times, spreads
from pointsman.evaluation.stats import spread

_TURN = 10
"""Decisions of ours between two requests of the reference. The first of them finds the processor's
caches full of the reference's weights; it counts as every other."""

_WARM_UP = 3


class Effort(msgspec.Struct, frozen=True):
    """How often to measure: `repeat` decisions a row, but no new turn after `seconds`."""

    repeat: int
    seconds: float


class Reference(Protocol):
    """Whoever is compared."""

    def read(self, tokens: int) -> float:
        """Read one request of so many tokens; returns how long it took, in seconds."""
        ...


def measure_row(
    clock: Clock, body: bytes, tokens: int, effort: Effort, reference: Reference | None = None
) -> StageRow:
    """Measure one row.

    Args:
        clock: Takes our decisions.
        body: The chat request; warmed up, so that a clock that remembers has read it.
        tokens: Its length.
        effort: How often.
        reference: Takes its turn after every ten decisions of ours.
    """
    for _ in range(_WARM_UP):
        clock.decide(body)
    if reference is not None:
        reference.read(tokens)
    ours: list[Times] = []
    theirs: list[float] = []
    ends = time.perf_counter() + effort.seconds
    while len(ours) < effort.repeat and (not ours or time.perf_counter() < ends):
        turn = min(_TURN, effort.repeat - len(ours))
        ours += [clock.decide(body) for _ in range(turn)]
        if reference is not None:
            theirs.append(reference.read(tokens))
    stages = spreads(ours)
    compared = spread(theirs) if theirs else None
    return StageRow(
        tokens=tokens,
        read=clock.read,
        stages=stages,
        reference=compared,
        ratio=compared.p50_ms / stages["total"].p50_ms if compared else None,
    )
