"""Counts what runs, so that a drain can wait for its end."""

import asyncio


class Running:
    """How many requests and copies run.

    Attributes:
        idle: Set while nothing runs.
    """

    def __init__(self) -> None:
        self.idle = asyncio.Event()
        self.idle.set()
        self._count = 0

    def begin(self) -> None:
        """Count one more."""
        self._count += 1
        self.idle.clear()

    def end(self) -> None:
        """Count one less."""
        self._count -= 1
        if not self._count:
            self.idle.set()
