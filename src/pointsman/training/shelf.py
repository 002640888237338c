"""The data folder: compressed rows and tables, with the hash of everything that was read."""

import csv
import gzip
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pointsman.errors import ConfigError
from pointsman.training.manifest import sha256_of


class Shelf:
    """Reads files below one folder.

    Attributes:
        files: The SHA-256 of each file read so far, by its name below the folder.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.files: dict[str, str] = {}

    def rows(self, name: str) -> Iterator[dict[str, Any]]:
        """The objects of `name`.jsonl.gz, one a line.

        Raises:
            ConfigError: There is no such file.
        """
        for line in self._text(f"{name}.jsonl.gz"):
            yield json.loads(line)

    def table(self, name: str) -> Iterator[dict[str, str]]:
        """The rows of outcomes/`name`.csv.gz, by column.

        Raises:
            ConfigError: There is no such file.
        """
        yield from csv.DictReader(self._text(f"outcomes/{name}.csv.gz"))

    def _text(self, name: str) -> io.TextIOWrapper:
        path = self._folder / name
        if not path.is_file():
            raise ConfigError(
                f"the data folder {self._folder} holds no {name}: give the folder with --data or "
                "in POINTSMAN_DATA"
            )
        self.files[name] = sha256_of(path)
        content = gzip.decompress(path.read_bytes())
        return io.TextIOWrapper(io.BytesIO(content), encoding="utf-8", newline="")
