"""Invented outcomes: what is right follows from the kind of question, with a little noise."""

import csv
import gzip
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pointsman.encoder.bundle import Bundle
from pointsman.encoder.onnx import OnnxEncoder
from pointsman.learning.heads import Reader
from pointsman.statistics.halves import HELD_OUT_FILES

KINDS = {
    "What is {0} plus {1}?": (1, 1),
    "Prove that every graph with {0} vertices and {1} colours has a cycle.": (0, 1),
    "Prove that {0} divides the product of {1} neighbours.": (0, 1),
    "Name a town of {0} thousand people near {1} lakes.": (1, 0),
    "Predict the price of {0} shares in {1} years.": (0, 0),
}

Rows = list[dict[str, Any]]


@pytest.fixture(scope="session")
def invented() -> Callable[..., Rows]:
    """Rows of `count` questions, asked of `small` and of `large` in the mode `on`."""

    def build(count: int, noise: float = 0.05) -> Rows:
        random = np.random.default_rng(3)
        rows: Rows = []
        for number in range(count):
            template, (light, heavy) = list(KINDS.items())[number % len(KINDS)]
            text = template.format(number + 2, 3 * number + 5)
            flips = random.random(2) < noise
            extra = 900 if "Prove" in template else 150
            head = {"id": number, "text": text}
            rows += [
                {**head, "model": "small", "correct": int(light != flips[0]), "tokens": 50},
                {
                    **head,
                    "model": "large",
                    "mode": "on",
                    "correct": int(heavy != flips[1]),
                    "tokens": 50 + extra + int(random.integers(0, 40)),
                },
            ]
        return rows

    return build


@pytest.fixture
def file_of(tmp_path: Path) -> Callable[..., Path]:
    """Write rows as JSON Lines."""

    def write(rows: Rows, name: str = "rows.jsonl") -> Path:
        path = tmp_path / name
        path.write_text("".join(json.dumps(row) + "\n" for row in rows))
        return path

    return write


@pytest.fixture(scope="session")
def reader(bundle: Bundle, encoder: OnnxEncoder) -> Reader:
    return Reader(bundle, encoder, lambda _read: None)


@pytest.fixture(scope="session")
def data_folder(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Write a folder of the data's layout: tables by name, and one text that is held out."""

    def write(held_out: str, **tables: Sequence[Mapping[str, object]]) -> Path:
        folder = tmp_path_factory.mktemp("data")
        (folder / "outcomes").mkdir()
        for name in HELD_OUT_FILES:
            path = folder / f"{name}.jsonl.gz"
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(gzip.compress(json.dumps({"text": held_out, "id": 3}).encode()))
        for name, rows in tables.items():
            path = folder / "outcomes" / f"{name}.csv.gz"
            with gzip.open(path, "wt", encoding="utf-8", newline="") as stream:
                table = csv.DictWriter(stream, list(rows[0]))
                table.writeheader()
                table.writerows(rows)
        return folder

    return write
