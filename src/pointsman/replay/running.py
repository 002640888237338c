"""Decides files of records again, in several processes where they are long."""

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from itertools import chain, islice
from multiprocessing import get_context

from pointsman.replay.deciding import Task
from pointsman.replay.lines import Piece
from pointsman.replay.tally import Tally, tally_of

Progress = Callable[[int], None]
"""Is told how many records are decided."""

_AHEAD = 2
"""Pieces that wait for each process: enough to keep it busy, few enough to bound the memory."""
_task: list[Task] = []
"""In a process of the pool: what it was started for."""


def replayed(pieces: Iterator[Piece], task: Task, jobs: int, progress: Progress) -> Tally:
    """Decide records again; the same numbers come out whatever `jobs` is.

    Args:
        pieces: The records.
        task: What they are put through.
        jobs: Processes; those are started only where there is more than one piece.
        progress: Is told now and then how far it has got.
    """
    total = Tally()
    first = list(islice(pieces, 2))
    everything = chain(first, pieces)
    found: Iterator[Tally]
    if jobs == 1 or len(first) < 2:  # noqa: PLR2004  # one piece is quicker done here
        found = (tally_of(piece, task) for piece in everything)
    else:
        found = _in_processes(everything, task, jobs)
    for tally in found:
        total.add(tally)
        progress(total.lines)
    return total


def _in_processes(pieces: Iterator[Piece], task: Task, jobs: int) -> Iterator[Tally]:
    # Spawned, not forked: a fork beside threads, such as those of numpy, may never wake up.
    context = get_context("spawn")
    with ProcessPoolExecutor(jobs, context, initializer=_begin, initargs=(task,)) as pool:
        waiting: deque[Future[Tally]] = deque()
        for piece in pieces:
            waiting.append(pool.submit(_work, piece))
            if len(waiting) > _AHEAD * jobs:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _begin(task: Task) -> None:
    _task.append(task)


def _work(piece: Piece) -> Tally:
    return tally_of(piece, _task[0])
