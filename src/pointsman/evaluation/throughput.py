"""Decisions per second: the real pool, an event loop, and texts that all differ."""

import asyncio
import contextlib
import os
import time
from collections.abc import Iterator, Sequence

import msgspec

from pointsman.config.build import Setup
from pointsman.config.foreign import load_foreign
from pointsman.encoder.memory import EncodingMemory
from pointsman.encoder.onnx import OnnxEncoder
from pointsman.encoder.pool import EncoderPool
from pointsman.evaluation.stats import Spread, spread
from pointsman.exchange.drive import drive_async
from pointsman.exchange.plan import Forward
from pointsman.exchange.route import route
from pointsman.exchange.sessions import Sessions
from pointsman.router import new_id
from pointsman.signals.text_reader import TextReader
from pointsman.wire.chat import parse_chat

_CLIENTS_PER_WORKER = 2
"""Enough that no worker waits for work, few enough that waiting hides no time."""


class Throughput(msgspec.Struct, frozen=True):
    """Decisions per second with this many encoder threads; `latency` is a decision's own time."""

    workers: int
    pinned: bool
    tokens: int
    decisions: int
    per_second: float
    latency: Spread


def measure_throughput(
    setup: Setup, bodies: Sequence[bytes], *, tokens: int, workers: int
) -> Throughput:
    """Decide all bodies once, with a full pass for each: the first tier may not answer alone.

    Args:
        setup: The config to decide by.
        bodies: Chat requests whose texts differ, so that none is recalled.
        tokens: Their length, for the report.
        workers: Encoder threads. With fewer than there are cores, the whole process is held to
            that many cores where the system can do so (`pinned`), event loop included.
    """
    with _held_to(workers) as pinned:
        pool = EncoderPool(
            TextReader(
                OnnxEncoder(
                    setup.bundle,
                    intra_threads=setup.config.encoder.intra_threads,
                    first_tier=False,
                ),
                load_foreign(),
            ),
            workers=workers,
            queue=len(bodies),
            memory=EncodingMemory(len(bodies)),
        )
        try:
            seconds, samples = asyncio.run(_decide_all(setup, pool, bodies, workers))
        finally:
            pool.close()
    return Throughput(
        workers=workers,
        pinned=pinned,
        tokens=tokens,
        decisions=len(samples),
        per_second=len(samples) / seconds,
        latency=spread(samples),
    )


async def _decide_all(
    setup: Setup, pool: EncoderPool, bodies: Sequence[bytes], workers: int
) -> tuple[float, list[float]]:
    sessions = Sessions()
    samples: list[float] = []
    # Wakes every thread before the clock starts; these texts are in no body.
    warm = (f"warm up number {n}" for n in range(workers))
    await asyncio.gather(*(pool.encode(text, setup.world.asked) for text in warm))
    waiting = iter(bodies)

    async def client() -> None:
        for body in waiting:
            began = time.perf_counter()
            exchange = route(parse_chat(body), setup.world, decision_id=new_id())
            plan = await drive_async(exchange, pool, sessions)
            if isinstance(plan, Forward):
                plan.body()
            samples.append(time.perf_counter() - began)

    began = time.perf_counter()
    await asyncio.gather(*(client() for _ in range(_CLIENTS_PER_WORKER * workers)))
    return time.perf_counter() - began, samples


@contextlib.contextmanager
def _held_to(cores: int) -> Iterator[bool]:
    """Hold this thread, and the threads it starts, to so many cores; says whether it could."""
    if not hasattr(os, "sched_setaffinity"):
        yield False
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, sorted(before)[-cores:])
    try:
        yield True
    finally:
        os.sched_setaffinity(0, before)
