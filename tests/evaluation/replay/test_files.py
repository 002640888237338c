"""Tables on disk, and the texts that training never saw."""

import gzip
import json
from pathlib import Path

import pytest

from pointsman.errors import ConfigError
from pointsman.evaluation.replay.files import MissingTableError, Tables
from pointsman.statistics.halves import HELD_OUT_FILES, stem_of


def _table(folder: Path, content: bytes, name: str = "t.csv") -> Tables:
    (folder / name).write_bytes(content)
    return Tables(folder)


def test_tables_lie_in_the_folder_or_in_its_folder_outcomes(recorded: Path) -> None:
    for data in (recorded, recorded.parent):
        tables = Tables(data)
        assert len(list(tables.rows("mmlu_pro_questions", ("category",)))) == 36
        (file,) = tables.files
        assert (file.rows, len(file.sha256)) == (36, 64)


def test_a_table_may_be_plain_and_its_fields_may_be_long(tmp_path: Path) -> None:
    long = "x" * 200_000
    tables = _table(tmp_path, f'a,b\n1,"{long}"\n'.encode())
    assert list(tables.rows("t", ("a", "b"))) == [{"a": "1", "b": long}]


def test_a_missing_table_is_no_error_of_the_operators(tmp_path: Path) -> None:
    with pytest.raises(MissingTableError, match="no nothing"):
        list(Tables(tmp_path).rows("nothing", ("a",)))


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("t.csv", b"a,c\n1,2\n", "there is no b"),
        ("t.csv", b"a,b\n1\n", "line 2: a row with too few fields"),
        ("t.csv", b"a,b\n\xff,2\n", "cannot be read"),
        ("t.csv.gz", b"a,b\n1,2\n", "cannot be read"),
    ],
)
def test_a_wrong_table_is_told(name: str, content: bytes, said: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=said):
        list(_table(tmp_path, content, name).rows("t", ("a", "b")))


def test_a_folder_that_is_not_there_is_told_with_the_mend(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="--data"):
        Tables(tmp_path / "nowhere")


def test_texts_of_the_dev_files_are_held_out_and_missing_files_are_named(tmp_path: Path) -> None:
    folder = tmp_path / "outcomes"
    folder.mkdir()
    for name, ending in (("domain/dev", ".jsonl"), ("pii/dev", ".jsonl.gz")):
        path = tmp_path / f"{name}{ending}"
        path.parent.mkdir()
        line = json.dumps({"text": f"Of {name}?", "more": 1}).encode() + b"\n\n"
        path.write_bytes(gzip.compress(line) if ending.endswith("gz") else line)
    stems, missing = Tables(tmp_path).held_out()
    assert stems == {stem_of("Of domain/dev?"), stem_of("Of pii/dev?")}
    assert missing == tuple(n for n in HELD_OUT_FILES if n not in {"domain/dev", "pii/dev"})


def test_a_damaged_dev_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "domain").mkdir()
    (tmp_path / "domain" / "dev.jsonl").write_bytes(b"{")
    folder = tmp_path / "outcomes"
    folder.mkdir()
    with pytest.raises(ConfigError, match=r"dev\.jsonl: cannot be read"):
        Tables(tmp_path).held_out()
