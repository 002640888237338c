"""The rows that a benchmark scores: where they lie, and what `--out` writes of them."""

import argparse
import gzip
import hashlib
import os
import zlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Protocol, TypeVar

import msgspec

from pointsman.errors import ConfigError
from pointsman.statistics.halves import half_of, stem_of

DATA_VARIABLE = "POINTSMAN_DATA"
DEFAULT_DATA = "../shared/data"
DEFAULT_SPLIT = "dev"
OPTIONS = ("data", "split", "half", "config", "bundle")
"""What `add_arguments` adds; None where it was not given."""

UNSEEN = Path(__file__).parent / "unseen"
"""Packaged sets, written by hand for this project by authors who did not see the training texts."""
_ENDINGS = (".jsonl.gz", ".jsonl")

Say = Callable[[str], None]


class TextRow(Protocol):
    """A line of a file that is scored: a struct with a text, and whatever else is read of it."""

    @property
    def text(self) -> str:
        """What a client would send."""
        ...


AnyRow = TypeVar("AnyRow", bound=TextRow)


class RowsFile(msgspec.Struct, frozen=True):
    """The file that rows were read from, so that a number can be made again."""

    file: str
    sha256: str
    rows: int
    half: str | None = None


class Scored(msgspec.Struct, frozen=True):
    """What a benchmark of rows found: its report, and a line for each row in the file's order."""

    report: msgspec.Struct
    lines: tuple[msgspec.Struct, ...]

    def written(self) -> bytes:
        """Return the lines as `--out` writes them."""
        encoder = msgspec.json.Encoder()
        return b"".join(encoder.encode(line) + b"\n" for line in self.lines)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what all benchmarks of rows take."""
    group = parser.add_argument_group("domain, guard, pii, routing, reasoning, cache")
    group.add_argument(
        "--data",
        type=Path,
        metavar="DIR",
        help="folder with domain/, jailbreak/, pii/, cache/ and outcomes/, or the one among them "
        f"that is scored (default: ${DATA_VARIABLE}, then {DEFAULT_DATA})",
    )
    group.add_argument(
        "--split",
        metavar="NAME",
        help=f"score NAME.jsonl.gz or NAME.jsonl (default: {DEFAULT_SPLIT})",
    )
    group.add_argument(
        "--half",
        choices=("choose", "report"),
        help="only what the shipped bundle was calibrated on (choose), or what it never saw "
        "(report); default: everything",
    )
    group.add_argument("-c", "--config", type=Path, help="pointsman.yaml (default: the shipped)")
    group.add_argument(
        "--bundle", type=Path, metavar="DIR", help="another encoder bundle than the config's"
    )


def data_root(args: argparse.Namespace) -> Path:
    """Return the folder that the arguments name, or the environment, or the default."""
    return Path(args.data or os.environ.get(DATA_VARIABLE) or DEFAULT_DATA)


def read_rows(
    args: argparse.Namespace, folder: str, kind: type[AnyRow]
) -> tuple[RowsFile, list[AnyRow]]:
    """Read the file that the arguments name.

    Args:
        args: With what `add_arguments` added.
        folder: The benchmark's own folder below the root of the data.
        kind: What each line must be; other keys are passed over.

    Raises:
        ConfigError: There is no such file, or a line of it is wrong.
    """
    path = _found(data_root(args), folder, args.split or DEFAULT_SPLIT)
    file, rows = _read(path, str(path), kind)
    if args.half is None:
        return file, rows
    kept = [row for row in rows if half_of(stem_of(row.text)) == args.half]
    if not kept:
        raise ConfigError(f"{path}: no row falls on the half `{args.half}`")
    return msgspec.structs.replace(file, half=args.half, rows=len(kept)), kept


def read_unseen(name: str, kind: type[AnyRow]) -> tuple[RowsFile, list[AnyRow]]:
    """Read a packaged set of `UNSEEN`."""
    return _read(UNSEEN / f"{name}.jsonl", f"unseen/{name}.jsonl", kind)


def told(rows: Sequence[AnyRow], say: Say, what: str) -> Iterator[AnyRow]:
    """Yield the rows, saying how many have been begun."""
    for number, row in enumerate(rows, start=1):
        say(f"{what}: {number} of {len(rows)}")
        yield row


def _found(data: Path, folder: str, split: str) -> Path:
    if not data.is_dir():
        raise ConfigError(
            f"there is no data folder {data}: give one with --data or in {DATA_VARIABLE}"
        )
    for place in (data / folder, data):
        for ending in _ENDINGS:
            path = place / f"{split}{ending}"
            if path.is_file():
                return path
    raise ConfigError(
        f"the data folder {data} holds neither {folder}/{split}.jsonl.gz nor {split}.jsonl.gz "
        "(or .jsonl): give the folder with --data and the file's name with --split"
    )


def _read(path: Path, name: str, kind: type[AnyRow]) -> tuple[RowsFile, list[AnyRow]]:
    try:
        raw = path.read_bytes()
        content = gzip.decompress(raw) if path.suffix == ".gz" else raw
    except (OSError, EOFError, zlib.error) as error:
        raise ConfigError(f"{path}: cannot be read: {error}") from error
    decoder = msgspec.json.Decoder(kind)
    rows: list[AnyRow] = []
    for number, line in enumerate(content.split(b"\n"), start=1):
        if not line.strip():
            continue
        try:
            rows.append(decoder.decode(line))
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise ConfigError(f"{path}, line {number}: {error}") from error
    if not rows:
        raise ConfigError(f"{path} holds no rows")
    return RowsFile(name, hashlib.sha256(raw).hexdigest(), len(rows)), rows
