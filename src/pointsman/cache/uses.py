"""When entries were last used, noted in memory until it is written down with other changes."""

from threading import Lock

MOST = 4096
"""Most notes; 100 bytes each. What was noted longest ago is lost first, and with it no more than
an entry's place in the order in which entries go."""


class Uses:
    """The last use of each entry since they were last written down; safe between threads.

    A look-up would otherwise be a write. So the order in which entries go is approximate: a process
    that is killed loses its notes, and others see them late.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._last: dict[int, float] = {}

    def note(self, number: int, now: float) -> None:
        """Note that an entry was used."""
        with self._lock:
            self._last.pop(number, None)
            self._last[number] = now
            if len(self._last) > MOST:
                del self._last[next(iter(self._last))]

    def taken(self) -> list[tuple[int, float]]:
        """Return entries and times in the order of their numbers, and forget them."""
        with self._lock:
            last, self._last = self._last, {}
        return sorted(last.items())
