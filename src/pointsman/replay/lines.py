"""Reads files of records in pieces: plain, rotated or gzipped; a name `-` is standard input."""

import gzip
import sys
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, BinaryIO, cast

import msgspec

from pointsman.errors import ConfigError

STANDARD_INPUT = "-"
_GZIP = b"\x1f\x8b"
"""How a gzipped file begins (RFC 1952, section 2.3.1); the name of a rotated file says little."""
_PIECE_BYTES = 2 * 1024 * 1024


class BadLine(msgspec.Struct, frozen=True):
    """A line that is not what it should be."""

    file: str
    line: int
    why: str


class Piece(msgspec.Struct, frozen=True):
    """Lines that stand together in a file.

    Attributes:
        start: The number of the first one, from 1.
        broken: Why the file cannot be read on after them, if so.
    """

    file: str
    start: int
    lines: tuple[bytes, ...]
    broken: str | None = None


def pieces(files: Sequence[str], limit: int | None = None) -> Iterator[Piece]:
    """Yield the lines of files, some megabytes at a time, at most `limit` lines of all.

    Raises:
        ConfigError: A file is not there or may not be read; before any line is.
    """
    check(files)
    left = limit
    for file in files:
        for piece in _pieces(file):
            if left is not None and len(piece.lines) >= left:
                yield msgspec.structs.replace(piece, lines=piece.lines[:left], broken=None)
                return
            yield piece
            left = None if left is None else left - len(piece.lines)


def check(files: Sequence[str]) -> None:
    """Raise ConfigError where a file cannot be opened."""
    for file in files:
        if file == STANDARD_INPUT:
            continue
        try:
            Path(file).open("rb").close()
        except OSError as error:
            raise ConfigError(f"{file}: cannot be read: {error.strerror or error}") from error


def _pieces(file: str) -> Iterator[Piece]:
    if file == STANDARD_INPUT:
        yield from _read(file, sys.stdin.buffer)
        return
    with Path(file).open("rb") as raw:
        yield from _read(file, raw)


def _read(file: str, raw: BinaryIO) -> Iterator[Piece]:
    stream: IO[bytes] = raw
    if _peek(raw) == _GZIP:
        stream = cast("IO[bytes]", gzip.GzipFile(fileobj=raw))
    start = 1
    while True:
        lines: list[bytes] = []
        broken, size = None, 0
        try:
            while size < _PIECE_BYTES and (line := stream.readline()):
                lines.append(line)
                size += len(line)
        except (EOFError, OSError, zlib.error) as error:  # cut short, or damaged
            broken = str(getattr(error, "strerror", None) or error)
        if not lines and broken is None:
            return
        yield Piece(file, start, tuple(lines), broken)
        if broken is not None:
            return
        start += len(lines)


def _peek(raw: BinaryIO) -> bytes:
    peek = getattr(raw, "peek", None)
    return b"" if peek is None else bytes(peek(2)[:2])
