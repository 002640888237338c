"""Writes decision records off the request path: a bounded queue and one thread."""

import logging
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from queue import Empty, Queue
from typing import Protocol

import msgspec

from pointsman.errors import ConfigError
from pointsman.observe.record import DecisionRecord
from pointsman.observe.rotation import RotatingFile, TornError

log = logging.getLogger("pointsman")

Explain = Callable[[DecisionRecord], DecisionRecord]

STANDARD_OUTPUT = "-"
QUEUED = 10_000
"""Records that may wait, about 30 MB of them: some seconds of a very busy gateway. A judgement."""
_BATCH = 256
"""Records in one write, at most."""


class RecordWriter:
    """Keeps decision records as JSON lines; many threads may call `keep`, one thread writes.

    No record is dropped while the place takes them: when `QUEUED` of them wait, `keep` waits too.
    Records that the place refuses, as a full disk does, are lost, counted and logged; that never
    reaches a request. A process that is killed (`kill -9`) loses what is still in the queue, which
    is milliseconds' worth; a file never holds half a line, except the last one of a process that
    was killed in the middle of a write, and the next process begins a new line after it.

    Args:
        where: A file, or `-` for standard output.
        max_bytes: Size at which the file is put aside, see `RotatingFile`.
        keep_files: How many such files are kept.
        explain: Completes a record before it is written; runs in the writer's thread.

    Raises:
        ConfigError: The file cannot be written.
    """

    def __init__(
        self, where: str, *, max_bytes: int, keep_files: int, explain: Explain | None = None
    ) -> None:
        self._place = _place(where, max_bytes, keep_files)
        self._explain = explain
        self._explains = True
        self._encoder = msgspec.json.Encoder()
        self._queue: Queue[DecisionRecord | None] = Queue(QUEUED)
        self._lost = 0
        self._stuck = False
        self._thread = threading.Thread(target=self._run, name="pointsman-records", daemon=True)
        self._thread.start()

    def keep(self, record: DecisionRecord) -> None:
        """Hand a record over; returns at once unless the queue is full."""
        self._queue.put(record)

    def close(self) -> None:
        """Write what waits, then close the place; nothing may be kept from now on."""
        self._queue.put(None)
        self._thread.join()

    def _run(self) -> None:
        goes_on = True
        while goes_on:
            batch = self._next()
            goes_on = batch[-1] is not None
            lines = [line for record in batch if record and (line := self._line(record))]
            if lines:
                self._write(lines)
        self._place.close()
        if self._lost:
            log.error("decision records: %d are lost", self._lost)

    def _next(self) -> list[DecisionRecord | None]:
        """Wait for a record; return it with those behind it, None as the last one of all."""
        batch = [self._queue.get()]
        while batch[-1] is not None and len(batch) < _BATCH:
            try:
                batch.append(self._queue.get_nowait())
            except Empty:
                break
        return batch

    def _line(self, record: DecisionRecord) -> bytes | None:
        # The outermost loop of this thread: it must outlive any bug, or requests would wait for it.
        try:
            return self._encoder.encode(self._explained(record)) + b"\n"
        except Exception as error:  # noqa: BLE001
            log.error("record %s is lost: %s", record.id, type(error).__name__)  # noqa: TRY400
            return None

    def _explained(self, record: DecisionRecord) -> DecisionRecord:
        if self._explain is None:
            return record
        try:
            return self._explain(record)
        except Exception as error:  # noqa: BLE001  # a record without its explanation is one still
            if self._explains:
                log.error("a record is not explained: %s", type(error).__name__)  # noqa: TRY400
            self._explains = False
            return record

    def _write(self, lines: Sequence[bytes]) -> None:
        try:
            self._place.append(lines)
        except TornError as error:
            if not self._lost:
                log.error(  # noqa: TRY400  # once for each outage, and without a trace
                    "decision records are being lost, answers go on: %s", error.strerror
                )
            self._lost += len(lines) - error.written
        else:
            if self._lost:
                log.warning("decision records are written again; %d are lost", self._lost)
            self._lost = 0
        self._note_stuck()

    def _note_stuck(self) -> None:
        why = self._place.stuck
        if why is not None and not self._stuck:
            log.error("the file of decision records cannot be put aside: %s", why.strerror)
        self._stuck = why is not None


class _Place(Protocol):
    """Where lines go; `append` raises TornError, `stuck` says why a full file is not put aside."""

    stuck: OSError | None

    def append(self, lines: Sequence[bytes]) -> None: ...

    def close(self) -> None: ...


class _StandardOutput:
    """Writes lines to standard output, which is not ours to close."""

    stuck: OSError | None = None

    def append(self, lines: Sequence[bytes]) -> None:
        try:
            sys.stdout.buffer.write(b"".join(lines))
            sys.stdout.buffer.flush()
        except (OSError, ValueError) as error:  # ValueError: it has been closed
            raise TornError(error, 0) from error

    def close(self) -> None:
        """Leave it open."""


def _place(where: str, max_bytes: int, keep_files: int) -> _Place:
    if where == STANDARD_OUTPUT:
        return _StandardOutput()
    try:
        return RotatingFile(Path(where), max_bytes=max_bytes, keep=keep_files)
    except OSError as error:
        raise ConfigError(
            f"decision records cannot be written to {where}: {error.strerror or error}; set "
            "`records.file` to a file that can be"
        ) from error
