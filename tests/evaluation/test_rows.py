"""Where rows lie, and what is said when they do not."""

import argparse
import gzip
import hashlib
from pathlib import Path

import msgspec
import pytest

from pointsman.encoder.bundle import load_bundle
from pointsman.errors import ConfigError
from pointsman.evaluation import rows
from pointsman.evaluation.domain import Everyday
from pointsman.evaluation.guard import Unseen
from pointsman.evaluation.rows import Scored, read_rows, read_unseen, told
from pointsman.statistics.halves import half_of, stem_of


class Row(msgspec.Struct, frozen=True):
    id: str
    text: str


LINE = b'{"id": "a", "text": "x", "more": 1}\n'


def _args(
    data: Path | None, split: str | None = None, half: str | None = None
) -> argparse.Namespace:
    return argparse.Namespace(data=data, split=split, half=half)


def test_a_half_holds_the_rows_that_calibration_saw_or_the_others(tmp_path: Path) -> None:
    lines = [f'{{"id": "{number}", "text": "text number {number}"}}' for number in range(40)]
    (tmp_path / "dev.jsonl").write_text("\n".join(lines))
    halves = {
        half: read_rows(_args(tmp_path, half=half), "pii", Row)[1] for half in ("choose", "report")
    }
    assert min(map(len, halves.values())) > 0
    assert {row.id for rows in halves.values() for row in rows} == {str(n) for n in range(40)}
    assert all(half_of(stem_of(row.text)) == half for half, rows in halves.items() for row in rows)


def test_a_half_without_rows_says_so(tmp_path: Path) -> None:
    (tmp_path / "dev.jsonl").write_bytes(LINE)
    other = "report" if half_of(stem_of("x")) == "choose" else "choose"
    with pytest.raises(ConfigError, match=f"half `{other}`"):
        read_rows(_args(tmp_path, half=other), "pii", Row)


@pytest.mark.parametrize("name", ["pii/dev.jsonl", "pii/dev.jsonl.gz", "dev.jsonl", "dev.jsonl.gz"])
def test_rows_lie_in_the_root_or_in_their_folder_compressed_or_not(
    name: str, tmp_path: Path
) -> None:
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    content = gzip.compress(LINE) if name.endswith("gz") else LINE
    path.write_bytes(content)
    file, found = read_rows(_args(tmp_path), "pii", Row)
    assert found == [Row("a", "x")]
    assert file == rows.RowsFile(str(path), hashlib.sha256(content).hexdigest(), 1)


def test_the_split_names_the_file(tmp_path: Path) -> None:
    (tmp_path / "dev.jsonl").write_bytes(LINE)
    (tmp_path / "test.jsonl").write_bytes(LINE + b"\n" + LINE)
    assert len(read_rows(_args(tmp_path, "test"), "pii", Row)[1]) == 2


def test_without_data_the_environment_names_the_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "dev.jsonl").write_bytes(LINE)
    monkeypatch.setenv(rows.DATA_VARIABLE, str(tmp_path))
    assert len(read_rows(_args(None), "pii", Row)[1]) == 1


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "holds no rows"),
        (LINE + b"{", "line 2"),
        (LINE + b'{"id": "b"}\n', "line 2: Object missing required field `text`"),
        (b'{"id": 1, "text": "x"}\n', r"line 1: Expected `str`, got `int` - at `\$.id`"),
        (b'{"id": "a", "text": "\xff"}\n', "line 1"),
    ],
)
def test_a_wrong_file_is_told_with_its_line(content: bytes, said: str, tmp_path: Path) -> None:
    (tmp_path / "dev.jsonl").write_bytes(content)
    with pytest.raises(ConfigError, match=said):
        read_rows(_args(tmp_path), "pii", Row)


def test_a_file_that_is_not_compressed_as_it_says_is_told(tmp_path: Path) -> None:
    (tmp_path / "dev.jsonl.gz").write_bytes(LINE)
    with pytest.raises(ConfigError, match="cannot be read"):
        read_rows(_args(tmp_path), "pii", Row)


@pytest.mark.parametrize(
    ("folder", "said"), [("nowhere", "no data folder"), (".", "holds neither pii/dev.jsonl.gz")]
)
def test_missing_rows_are_told_with_the_mend(folder: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=said) as caught:
        read_rows(_args(tmp_path / folder), "pii", Row)
    assert "--data" in caught.value.message


def test_the_packaged_sets_speak_of_labels_that_there_are() -> None:
    labels = load_bundle().labels()
    domain = read_unseen("domain", Everyday)[1]
    assert {row.label for row in domain} == set(labels["domain"])
    guard = read_unseen("guard", Unseen)[1]
    assert {row.label for row in guard} == {*labels["attacks"], "benign", "benign_hard"}


def test_lines_keep_the_order_of_the_rows() -> None:
    scored = Scored(Row("r", ""), (Row("b", "1"), Row("a", "2")))
    assert scored.written() == b'{"id":"b","text":"1"}\n{"id":"a","text":"2"}\n'


def test_progress_says_which_row_is_read() -> None:
    said: list[str] = []
    assert len(list(told([Row("a", ""), Row("b", "")], said.append, "pii"))) == 2
    assert said == ["pii: 1 of 2", "pii: 2 of 2"]
