"""JSON Lines in, JSON Lines out: one line for each line, in order, errors in their place."""

import argparse
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import msgspec

from pointsman.errors import ConfigError, MalformedJSONError, PointsmanError, RequestError
from pointsman.wire.chat import ChatRequest, chat_from_object

Row = dict[str, Any]


def add_row_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of a command that reads rows."""
    parser.add_argument(
        "file", nargs="?", metavar="FILE", help="JSON Lines; standard input when left out or `-`"
    )
    parser.add_argument("-c", "--config", type=Path, help="pointsman.yaml (default: the shipped)")


def run_rows(file: str | None, answer: Callable[[ChatRequest], Row]) -> int:
    """Answer each input line with one output line.

    Returns:
        0, or 1 when a line was bad; its output line holds an `error` object.
    """
    status = 0
    encoder = msgspec.json.Encoder()
    out = sys.stdout.buffer
    with _opened(file) as lines:
        for line in lines:
            if not line.strip():
                continue
            row = _answered(line, answer)
            status = 1 if "error" in row else status
            out.write(encoder.encode(row) + b"\n")
            out.flush()
    return status


def _answered(line: bytes, answer: Callable[[ChatRequest], Row]) -> Row:
    given: Row = {}
    try:
        given = _object(line)
        result = answer(_request(given))
    except PointsmanError as error:
        result = error.body()
    head = {"id": given["id"]} if "id" in given else {}
    carried = {k: v for k, v in given.items() if k not in {"id", "text", "messages"}}
    tail = {"input": carried} if carried else {}
    return {**head, **result, **tail}


def _object(line: bytes) -> Row:
    try:
        value = msgspec.json.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise MalformedJSONError(f"the line is not valid JSON: {error}") from error
    if not isinstance(value, dict):
        raise MalformedJSONError(f"expected a JSON object, got {type(value).__name__}")
    return value


def _request(row: Row) -> ChatRequest:
    if "messages" in row:
        return chat_from_object(row)
    if not isinstance(row.get("text"), str):
        raise RequestError("expected `text` (a string) or `messages` (a list)", param="text")
    return chat_from_object({"messages": [{"role": "user", "content": row["text"]}]})


@contextmanager
def _opened(file: str | None) -> Iterator[BinaryIO]:
    if file is None or file == "-":
        yield sys.stdin.buffer
        return
    try:
        stream = Path(file).open("rb")  # noqa: SIM115  # closed below
    except OSError as error:
        raise ConfigError(f"{file}: cannot be read: {error.strerror or error}") from error
    with stream:
        yield stream
