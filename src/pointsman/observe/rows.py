"""Reads an operator's files: JSON Lines or CSV, plain or gzipped, each row checked, numbered."""

import csv
import gzip
import io
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from pointsman.errors import ConfigError, PointsmanError
from pointsman.wire.chat import chat_from_object
from pointsman.wire.prompt import read_prompt

RowType = TypeVar("RowType", bound=msgspec.Struct)


LONGEST_FIELD = 131_072
"""Characters of one cell: a file without line ends must not be taken for one cell."""


def read_rows(path: Path, row_type: type[RowType]) -> Iterator[tuple[int, RowType]]:
    """Yield each row of a file with its line number.

    The name says the form: `.csv` or `.csv.gz` is a table with a header, in which an empty cell is
    a key left out; anything else is JSON Lines.

    Raises:
        ConfigError: The file cannot be read, or a row is wrong; names the line, never its text.
    """
    try:
        raw = path.read_bytes()
        text = (gzip.decompress(raw) if path.suffix == ".gz" else raw).decode("utf-8-sig")
    except (OSError, EOFError, zlib.error) as error:
        why = getattr(error, "strerror", None) or error
        raise ConfigError(f"{path}: cannot be read: {why}") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: not UTF-8 (byte {error.start})") from error
    name = path.name.removesuffix(".gz")
    rows = _table(text, path) if name.endswith(".csv") else _lines(text, path)
    strict = not name.endswith(".csv")
    for line, row in rows:
        try:
            yield line, msgspec.convert(row, row_type, strict=strict)
        except msgspec.ValidationError as error:
            raise ConfigError(f"{path}:{line}: {error}") from error


def judged_text(text: str | None, messages: list[dict[str, Any]] | None, where: str) -> str | None:
    """Return the text that the encoder judges in a row, or None where it gives none.

    Args:
        text: The row's own, as one user turn.
        messages: A conversation instead, as in a chat request.
        where: The row's file and line.

    Raises:
        ConfigError: It gives both, or `messages` are none.
    """
    if text is not None and messages is not None:
        raise ConfigError(f"{where}: give `text` or `messages`, not both")
    if text is None and messages is None:
        return None
    given = messages if text is None else [{"role": "user", "content": text}]
    try:
        judged = read_prompt(chat_from_object({"messages": given})).judged
    except PointsmanError as error:
        raise ConfigError(f"{where}: {error.message}") from error
    if not judged.strip():
        raise ConfigError(f"{where}: there is no text to read")
    return judged


def _lines(text: str, path: Path) -> Iterator[tuple[int, Any]]:
    for number, line in enumerate(io.StringIO(text), start=1):
        if line.strip():
            try:
                yield number, msgspec.json.decode(line)
            except (msgspec.DecodeError, RecursionError) as error:
                raise ConfigError(
                    f"{path}:{number}: the line is not valid JSON: {error}"
                ) from error


def _table(text: str, path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    csv.field_size_limit(LONGEST_FIELD)  # of the whole process: whoever reads sets it
    reader = csv.DictReader(io.StringIO(text, newline=""))
    try:
        for row in reader:
            yield reader.line_num, {key: cell for key, cell in row.items() if key and cell}
    except csv.Error as error:
        raise ConfigError(f"{path}:{reader.line_num}: {error}; JSON Lines has no bounds") from error
