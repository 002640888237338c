"""Runs the encoder beside the event loop: bounded, remembering, each text in flight read once.

There is no batcher: on CPU, batches of eight did not lower the cost per request (measured in
research, and ONNX Runtime already saturates the cores with one pass per thread).
"""

import asyncio
import math
import os
import time
from concurrent.futures import ThreadPoolExecutor

from pointsman.encoder.encoding import Asked, Encoder, Encoding
from pointsman.encoder.memory import EncodingMemory, Key, text_key
from pointsman.errors import OverloadedError

# A first guess of one pass in seconds; replaced by a moving average of what passes really take.
_FIRST_PASS_S = 0.02
_SMOOTHING = 0.1


class EncoderPool:
    """An encoder for one event loop at a time.

    Args:
        encoder: The blocking encoder; called from `workers` threads at once.
        workers: Threads; one per core saturates the machine.
        queue: Texts that may wait beyond those being read, before `OverloadedError`.
        memory: Where encodings are remembered.
    """

    def __init__(
        self, encoder: Encoder, *, workers: int, queue: int, memory: EncodingMemory
    ) -> None:
        self._encoder = encoder
        self._workers = workers
        self._queue = queue
        self._memory = memory
        self._executor = ThreadPoolExecutor(workers, thread_name_prefix="encoder")
        self._in_flight: dict[Key, asyncio.Future[Encoding]] = {}
        self._pass_s = _FIRST_PASS_S
        self.passes = 0

    async def encode(self, text: str, asked: Asked) -> Encoding:
        """Read one text, or recall it.

        Raises:
            OverloadedError: `queue` texts wait already; carries the seconds to wait.
        """
        key = text_key(text, asked)
        known = self._memory.get(key)
        if known is not None:
            return known
        running = self._in_flight.get(key)
        if running is None or running.get_loop().is_closed():
            running = self._start(key, text, asked)
        # Shielded: a client that goes away must not cancel a pass that others wait for.
        return await asyncio.shield(running)

    def _start(self, key: Key, text: str, asked: Asked) -> asyncio.Future[Encoding]:
        waiting = len(self._in_flight) - self._workers
        if waiting >= self._queue:
            waiting -= self._forget_closed_loops()
        if waiting >= self._queue:
            wait_s = self._pass_s * len(self._in_flight) / self._workers
            raise OverloadedError(
                f"{waiting} texts already wait to be read; try again later",
                retry_after_s=max(1, math.ceil(wait_s)),
            )
        loop = asyncio.get_running_loop()
        running = loop.run_in_executor(self._executor, self._read, text, asked)
        self._in_flight[key] = running
        running.add_done_callback(lambda done: self._finish(key, done))
        return running

    def _forget_closed_loops(self) -> int:
        """Forget passes whose loop ended before them, as after `asyncio.run`; returns how many."""
        ended = [key for key, run in self._in_flight.items() if run.get_loop().is_closed()]
        for key in ended:
            del self._in_flight[key]
        return len(ended)

    def _read(self, text: str, asked: Asked) -> Encoding:
        began = time.perf_counter()
        encoding = self._encoder.encode(text, asked)
        self._pass_s += _SMOOTHING * (time.perf_counter() - began - self._pass_s)
        self.passes += encoding.passes
        return encoding

    def _finish(self, key: Key, done: asyncio.Future[Encoding]) -> None:
        self._in_flight.pop(key, None)
        if not done.cancelled() and done.exception() is None:
            self._memory.put(key, done.result())

    def close(self) -> None:
        """Stop the threads once the passes that run have ended."""
        self._executor.shutdown(wait=True, cancel_futures=True)


def default_workers() -> int:
    """Return one thread per core this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
