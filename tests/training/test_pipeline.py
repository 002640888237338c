"""A whole run on the tiny encoder and invented rows; needs torch (see conftest)."""

import argparse
import json
from pathlib import Path

import pytest

from pointsman.encoder.bundle import load_bundle
from pointsman.encoder.onnx import OnnxEncoder
from pointsman.training import manifest, pipeline, train
from pointsman.training.stock import Stock


def order(data: Path, out: Path, *more: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    train.add_arguments(parser)
    return parser.parse_args(
        ["--data", str(data), "--out", str(out), "--epochs", "1", "--threads", "1", *more]
    )


@pytest.fixture
def finished(
    data_folder: Path, tmp_path: Path, tiny_stock: Stock, monkeypatch: pytest.MonkeyPatch
) -> Path:
    monkeypatch.setattr(pipeline, "read_stock", lambda: tiny_stock)
    monkeypatch.setattr(pipeline, "ATTENTION_HEADS", 4)
    out = tmp_path / "out"
    assert train.run(order(data_folder, out, "--bundle-version", "1.2.3")) == 0
    return out


def test_a_run_leaves_a_bundle_that_serves(finished: Path) -> None:
    bundle = load_bundle(finished / "bundle")
    encoding = OnnxEncoder(bundle).encode("How many legs has a spider?")
    assert bundle.manifest.version == "1.2.3"
    assert sum(encoding.scores["domain"].values()) == pytest.approx(1)
    assert encoding.measures["extra_tokens"] >= 0
    papers = {file.name for file in (finished / "bundle").iterdir()}
    assert papers == {*manifest.FILES, "manifest.json", "MODEL_CARD.md", "LICENSE", "NOTICE"}


def test_a_run_says_how_to_make_it_again_without_naming_the_machine(
    finished: Path, data_folder: Path
) -> None:
    note = manifest.read(finished / "bundle").training
    assert note.command.startswith("pointsman train --data DATA --out OUT --epochs 1")
    assert note.rows["train/extra_tokens"] > 0
    for paper in ("bundle/manifest.json", "bundle/MODEL_CARD.md", "README.md", "results.json"):
        assert str(data_folder.parent) not in (finished / paper).read_text()


def test_the_results_hold_every_part(finished: Path) -> None:
    results = json.loads((finished / "results.json").read_text())
    assert set(results["domain"]) >= {"all", "mmlu_pro"}
    mode = results["gain"]["mmlu_pro:jamba-1.5-large->gpt-4o-2024-05"]
    assert mode["apgr"]["random"]["value"] == 0.5
    assert results["tokens"]["log_r2"]["mean"]["value"] <= 0
    page = (finished / "README.md").read_text()
    assert "## Gain" in page
    assert "What is 2+2?" in page


def test_resuming_a_finished_run_changes_nothing(finished: Path, data_folder: Path) -> None:
    before = (finished / "bundle/encoder.onnx").read_bytes()
    assert train.run(order(data_folder, finished, "--bundle-version", "1.2.3", "--resume")) == 0
    assert (finished / "bundle/encoder.onnx").read_bytes() == before
