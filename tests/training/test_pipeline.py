"""A whole run on the tiny encoder and invented rows; needs torch (see conftest)."""

import argparse
import json
from pathlib import Path

import pytest

from pointsman.encoder.bundle import FlagsHead, ScoresHead, load_bundle
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
    reader = OnnxEncoder(bundle)
    encoding = reader.encode("How many legs has a spider?", reader.everything())
    assert bundle.manifest.version == "1.2.3"
    assert sum(encoding.scores["domain"].values()) == pytest.approx(1)
    assert encoding.measures["extra_tokens"] >= 0
    assert set(encoding.scores["attacks"]) == {"jailbreak", "injection", "harmful"}
    assert "pii" in encoding.spans
    papers = {file.name for file in (finished / "bundle").iterdir()}
    assert papers == {*manifest.FILES, "manifest.json", "MODEL_CARD.md", "LICENSE", "NOTICE"}


def test_a_run_says_how_to_make_it_again_without_naming_the_machine(
    finished: Path, data_folder: Path
) -> None:
    note = manifest.read(finished / "bundle").training
    assert note.command.startswith("pointsman train --data DATA --out OUT --epochs 1")
    assert note.rows["train/extra_tokens"] > 0
    assert note.rows["train/attacks"] > 0
    assert note.rows["train/spans"] > 0
    assert note.settings["bf16"] is False
    for paper in ("bundle/manifest.json", "bundle/MODEL_CARD.md", "README.md", "results.json"):
        assert str(data_folder.parent) not in (finished / paper).read_text()


def test_a_run_in_half_precision_says_so(data_folder: Path, tmp_path: Path) -> None:
    asked = order(data_folder, tmp_path, "--bf16", "--bundle-version", "1")
    order_of = pipeline.Order(
        asked.data, asked.out, "1", asked.epochs, 128, 0, 1, resume=False, bf16=asked.bf16
    )
    assert "--bf16 --bundle-version 1" in order_of.command()


def test_the_first_tier_is_calibrated_and_what_it_says_is_blended_in(finished: Path) -> None:
    found = manifest.read(finished / "bundle")
    assert found.first_tier is not None
    assert {head.head for head in found.first_tier.heads} == {
        "domain",
        "outcome",
        "extra_tokens",
        "attacks",
    }
    (domain,) = (h for h in found.heads if isinstance(h, ScoresHead) and h.name == "domain")
    assert domain.encoder_weight > 0 or domain.tier_weight > 0


def test_a_run_solves_the_thresholds_that_its_rows_can_show(finished: Path) -> None:
    found = manifest.read(finished / "bundle")
    (flags,) = (head for head in found.heads if isinstance(head, FlagsHead))
    for label, rungs in flags.ladder.items():
        assert [rung.target for rung in rungs] == [0.01, 0.02, 0.05, 0.1]
        assert label in flags.thresholds
    assert found.outcomes
    assert "## All sources" in (finished / "refusal_rates.md").read_text()


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
    before = {name: (finished / "bundle" / name).read_bytes() for name in manifest.FILES}
    assert train.run(order(data_folder, finished, "--bundle-version", "1.2.3", "--resume")) == 0
    assert {name: (finished / "bundle" / name).read_bytes() for name in manifest.FILES} == before
