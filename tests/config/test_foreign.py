import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from pointsman.config.foreign import NOTE_FILE, load_foreign
from pointsman.errors import BundleError

TABLE = bytes(8 * 2 + 8 * 2)
LINE = {"gram_weight": 1.0, "encoder_weight": 0.0, "offset": 0.0}
NOTE: dict[str, Any] = {
    "format": 1,
    "file": "table.bin",
    "sha256": hashlib.sha256(TABLE).hexdigest(),
    "labels": ["jailbreak", "harmful"],
    "buckets": 8,
    "latin": [LINE, LINE],
    "other": [LINE, LINE],
}


def folder_of(path: Path, note: dict[str, Any], table: bytes = TABLE) -> Path:
    (path / NOTE_FILE).write_text(json.dumps(note))
    (path / "table.bin").write_bytes(table)
    return path


def test_a_whole_folder_is_read(tmp_path: Path) -> None:
    foreign = load_foreign(folder_of(tmp_path, NOTE))
    assert foreign.judge("こんにちは", {}) == {"jailbreak": 0.5, "harmful": 0.5}


@pytest.mark.parametrize(
    ("note", "table", "message"),
    [
        pytest.param(NOTE, TABLE[1:], "table.bin is damaged: its SHA-256", id="damaged"),
        pytest.param(NOTE | {"format": 9}, TABLE, "format 9 is not format 1", id="format"),
        pytest.param(NOTE | {"file": "other.bin"}, TABLE, "other.bin cannot be read", id="gone"),
        pytest.param(NOTE | {"buckets": 9}, TABLE, "expected 34 bytes, got 32", id="size"),
        pytest.param(NOTE | {"other": [LINE]}, TABLE, "expected a line for each of 2", id="lines"),
        pytest.param(NOTE | {"labels": 3}, TABLE, "foreign.json is damaged", id="note"),
    ],
)
def test_what_cannot_be_used_is_refused_with_the_mend(
    tmp_path: Path, note: dict[str, Any], table: bytes, message: str
) -> None:
    with pytest.raises(BundleError, match=message):
        load_foreign(folder_of(tmp_path, note, table))


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match=r"foreign\.json cannot be read: No such file"):
        load_foreign(tmp_path)


def test_the_shipped_table_is_whole_and_small() -> None:
    foreign = load_foreign()
    assert foreign.note.labels == ("jailbreak", "injection", "harmful")
    assert foreign.note.buckets * len(foreign.note.labels) < 1 << 20
