"""`pointsman init`: a config to start from."""

from pathlib import Path
from typing import Any

import pytest

from pointsman.config.build import DEFAULT_CONFIG, load_setup


def test_what_it_writes_is_the_shipped_config_and_loads(
    run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    told = run("init")
    path = tmp_path / "pointsman.yaml"
    assert told.status == 0
    assert "Wrote pointsman.yaml" in told.out
    assert path.read_text() == DEFAULT_CONFIG.read_text()
    assert set(load_setup(path).world.catalog.models) == {"small", "large"}


def test_a_file_that_is_there_stays_as_it_is(run: Any, tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("mine")
    told = run("init", str(path))
    assert told.status == 1
    assert path.read_text() == "mine"
    assert "stays as it is" in told.err


def test_a_place_that_cannot_be_written_ends_with_2(run: Any, tmp_path: Path) -> None:
    told = run("init", str(tmp_path / "no folder" / "pointsman.yaml"))
    assert told.status == 2
    assert "cannot be written: No such file or directory" in told.err
