"""`pointsman bench` of rows: exit statuses, and what goes where."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

ROW = {"id": "a", "text": "Mail me: ada@example.org", "spans": [[9, 24, "EMAIL_ADDRESS"]]}


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data" / "pii"
    folder.mkdir(parents=True)
    (folder / "test.jsonl.gz").write_bytes(gzip.compress(json.dumps(ROW).encode()))
    return folder.parent


def test_rows_go_to_the_file_and_the_report_to_the_output(
    run: Any, config: str, data: Path, tmp_path: Path
) -> None:
    out = tmp_path / "rows.jsonl"
    words = ("bench", "pii", "--data", str(data), "--split", "test", "-c", config)
    done = run(*words, "--out", str(out), "--json")
    assert (done.status, done.err) == (0, "")  # no terminal, no progress
    assert done.rows()[0]["benchmark"] == "pii"
    (line,) = map(json.loads, out.read_text().splitlines())
    assert set(line) == {"id", "gold", "pred"}
    shown = run(*words)
    assert shown.status == 0
    assert shown.out.startswith("# Personal data")


@pytest.mark.parametrize("name", ["domain", "guard", "pii"])
def test_missing_data_is_wrong_use(name: str, run: Any, tmp_path: Path) -> None:
    done = run("bench", name, "--data", str(tmp_path / "nowhere"))
    assert (done.status, done.out) == (2, "")
    assert "no data folder" in done.err
    assert "POINTSMAN_DATA" in done.err


def test_a_split_that_is_not_there_is_wrong_use(run: Any, data: Path) -> None:
    done = run("bench", "pii", "--data", str(data))
    assert done.status == 2
    assert "pii/dev.jsonl.gz" in done.err


def test_a_bundle_that_is_not_there_is_wrong_use(run: Any, data: Path, tmp_path: Path) -> None:
    words = ("--data", str(data), "--split", "test", "--bundle", str(tmp_path))
    done = run("bench", "pii", *words)
    assert done.status == 2
    assert "no encoder bundle" in done.err


def test_a_file_that_cannot_be_written_is_told_first(run: Any, data: Path) -> None:
    done = run("bench", "pii", "--data", str(data), "--out", "/no/such/folder/rows.jsonl")
    assert done.status == 2
    assert "/no/such/folder" in done.err


@pytest.mark.parametrize("option", ["--data", "--split", "--config", "--bundle"])
def test_what_only_rows_need_is_wrong_use_of_latency(option: str, run: Any) -> None:
    done = run("bench", "latency", option, "x")
    assert done.status == 2
    assert option in done.err
