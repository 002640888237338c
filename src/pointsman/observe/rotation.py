"""A file of lines that is put aside when it is full: NAME, then NAME.1, the oldest NAME.N."""

import contextlib
import os
import stat
from collections.abc import Sequence
from pathlib import Path

_NEWLINE = b"\n"


class TornError(OSError):
    """A write ended early.

    Args:
        cause: Why.
        written: How many whole lines are in the file all the same.
    """

    def __init__(self, cause: OSError | ValueError, written: int) -> None:
        super().__init__(getattr(cause, "errno", None), getattr(cause, "strerror", str(cause)))
        self.written = written


class RotatingFile:
    """Appends whole lines to a file; one thread may use it.

    Another process may move the file away (logrotate does): that is noticed at the next write, and
    a new file is begun in its place. What is no plain file, such as a pipe or `/dev/stdout`, is
    only written to.

    Args:
        path: The file; its folder must be there.
        max_bytes: Size that a file does not exceed, unless one line alone does.
        keep: How many full files are kept beside it; with 0 a full file is thrown away.

    Attributes:
        stuck: Why the full file could not be put aside, if so; it grows until it can be.

    Raises:
        OSError: The file cannot be opened.
    """

    def __init__(self, path: Path, *, max_bytes: int, keep: int) -> None:
        self._path = path
        self._max_bytes = max_bytes
        self._keep = keep
        self._file = -1
        self._plain = True
        self._torn = False
        self.stuck: OSError | None = None
        self._open()

    def append(self, lines: Sequence[bytes]) -> None:
        """Write lines that end in a newline, with one write to each file that they go into.

        Raises:
            TornError: Not all are written; those that are, are whole.
        """
        done = 0
        while done < len(lines):
            try:
                room = self._room()
                end = _fitting(lines, done, room)
                if end == done and room < self._max_bytes and self._rotated():
                    continue
                end = max(end, done + 1)  # a line longer than a file has one to itself
            except OSError as error:
                raise TornError(error, done) from error
            self._write(lines, done, end)
            done = end

    def close(self) -> None:
        """Close the file."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def _open(self) -> None:
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC
        self._file = os.open(self._path, flags, 0o666)
        status = os.fstat(self._file)
        self._plain = stat.S_ISREG(status.st_mode)
        # A process that was killed in a write leaves half a line; the next one must not be glued
        # to it.
        self._torn = self._plain and status.st_size > 0 and not _ends_whole(self._path)

    def _room(self) -> int:
        """Return how many bytes the file may still take, after making sure that it is there."""
        if self._file < 0 or (self._plain and self._moved_away()):
            self.close()
            self._open()
        if not self._plain:
            return self._max_bytes
        return self._max_bytes - os.fstat(self._file).st_size

    def _moved_away(self) -> bool:
        try:
            there = self._path.stat()
        except FileNotFoundError:
            return True
        return not os.path.samestat(there, os.fstat(self._file))

    def _write(self, lines: Sequence[bytes], start: int, end: int) -> None:
        begin = _NEWLINE if self._torn else b""
        rest = memoryview(begin + b"".join(lines[start:end]))
        written = 0
        try:
            while written < len(rest):
                written += os.write(self._file, rest[written:])
        except OSError as error:
            whole = bytes(rest[len(begin) : max(written, len(begin))]).count(_NEWLINE)
            self._cut(written, len(begin) + sum(map(len, lines[start : start + whole])))
            raise TornError(error, start + whole) from error
        self._torn = False

    def _cut(self, written: int, whole: int) -> None:
        """Take the beginning of a line that did not fit, as on a full disk, out of the file."""
        if written <= whole:
            return
        self._torn = True
        if self._plain:
            with contextlib.suppress(OSError):  # then the next write begins a new line
                os.ftruncate(self._file, os.fstat(self._file).st_size - (written - whole))
                self._torn = False

    def _rotated(self) -> bool:
        """Put the full file aside and begin a new one; say whether that worked."""
        try:
            self._put_aside()
        except OSError as error:  # better a file that is too big than records that are lost
            self.stuck = error
            return False
        self.stuck = None
        self.close()
        self._open()
        return True

    def _put_aside(self) -> None:
        """Make room under the file's name; each step is one atomic rename."""
        if not self._keep:
            self._path.unlink()
            return
        places = [self._path]
        places += [self._path.with_name(f"{self._path.name}.{n}") for n in range(1, self._keep + 1)]
        free = next((n for n in range(1, self._keep) if not places[n].exists()), self._keep)
        for number in range(free, 0, -1):  # the oldest first: none is overwritten but the last
            places[number - 1].replace(places[number])


def _ends_whole(path: Path) -> bool:
    with path.open("rb") as file:
        file.seek(-1, os.SEEK_END)
        return file.read(1) == _NEWLINE


def _fitting(lines: Sequence[bytes], start: int, room: int) -> int:
    """Return the end of the lines from `start` on that fit into so many bytes."""
    end = start
    while end < len(lines) and len(lines[end]) <= room:
        room -= len(lines[end])
        end += 1
    return end
