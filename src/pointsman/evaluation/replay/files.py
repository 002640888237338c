"""Tables of recorded outcomes on disk, and which questions training has seen."""

import csv
import gzip
import hashlib
import io
import zlib
from collections.abc import Collection, Iterator
from pathlib import Path

import msgspec

from pointsman.errors import ConfigError
from pointsman.evaluation.rows import RowsFile
from pointsman.statistics.halves import HELD_OUT_FILES, stem_of

_ENDINGS = (".csv.gz", ".csv")
_ROWS_ENDINGS = (".jsonl.gz", ".jsonl")
FOLDER = "outcomes"

_LONGEST = 2**24
"""Of a field: a prompt may be longer than the csv module's own limit of 128 kB."""


class MissingTableError(Exception):
    """A table is not in the folder, so that its pairs are left out."""


class Tables:
    """The tables of one folder.

    Args:
        data: The folder, or the root above it.

    Raises:
        ConfigError: There is no such folder.

    Attributes:
        files: What has been read, in order.
    """

    def __init__(self, data: Path) -> None:
        if not data.is_dir():
            raise ConfigError(
                f"there is no data folder {data}: give one with --data or in POINTSMAN_DATA"
            )
        inside = data / FOLDER
        self.folder = inside if inside.is_dir() else data
        self.files: list[RowsFile] = []

    def rows(self, name: str, columns: Collection[str]) -> Iterator[dict[str, str]]:
        """The rows of NAME.csv.gz or NAME.csv, by column.

        Raises:
            MissingTableError: There is no such table.
            ConfigError: It lacks a column, a row has too few fields, or it cannot be read.
        """
        path, raw = self._read(name)
        try:
            content = gzip.decompress(raw) if path.suffix == ".gz" else raw
            csv.field_size_limit(_LONGEST)
            reader = csv.DictReader(io.StringIO(content.decode(), newline=""))
            missing = sorted(set(columns) - set(reader.fieldnames or ()))
            if missing:
                raise ConfigError(
                    f"{path}: expected the columns {', '.join(columns)}; there is no "
                    f"{', '.join(missing)}"
                )
            count = 0
            for count, row in enumerate(reader, start=1):  # noqa: B007  # counted for the report
                if any(row[column] is None for column in columns):
                    raise ConfigError(f"{path}, line {reader.line_num}: a row with too few fields")
                yield row
        except (OSError, EOFError, zlib.error, UnicodeDecodeError, csv.Error) as error:
            raise ConfigError(f"{path}: cannot be read: {error}") from error
        self.files.append(RowsFile(str(path), hashlib.sha256(raw).hexdigest(), count))

    def held_out(self) -> tuple[frozenset[str], tuple[str, ...]]:
        """Stems of the texts that training never saw, and which of their files are not there.

        Raises:
            ConfigError: A file is damaged.
        """
        stems: set[str] = set()
        missing = []
        for name in HELD_OUT_FILES:
            found = [
                path
                for root in (self.folder.parent, self.folder)
                for ending in _ROWS_ENDINGS
                if (path := root / f"{name}{ending}").is_file()
            ]
            if found:
                stems.update(_stems(found[0]))
            else:
                missing.append(name)
        return frozenset(stems), tuple(missing)

    def _read(self, name: str) -> tuple[Path, bytes]:
        for ending in _ENDINGS:
            path = self.folder / f"{name}{ending}"
            if path.is_file():
                return path, path.read_bytes()
        raise MissingTableError(f"{self.folder} holds no {name}.csv.gz")


class _Row(msgspec.Struct, frozen=True):
    text: str


def _stems(path: Path) -> Iterator[str]:
    try:
        raw = path.read_bytes()
        content = gzip.decompress(raw) if path.suffix == ".gz" else raw
        decoder = msgspec.json.Decoder(_Row)
        for line in content.splitlines():
            if line.strip():
                yield stem_of(decoder.decode(line).text)
    except (OSError, EOFError, zlib.error, msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: cannot be read: {error}") from error
