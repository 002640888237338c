import json
from hashlib import sha256
from pathlib import Path

import pytest

from pointsman.encoder.bundle import FlagsHead, MeasureHead, ScoresHead, SpansHead, load_bundle
from pointsman.encoder.first_tier import Gate, TierHead, TierNote
from pointsman.errors import BundleError
from pointsman.statistics.thresholds import Threshold
from pointsman.training import manifest
from pointsman.training.manifest import Described, TrainingNote

SETTINGS = {"epochs": 3, "rate": 2e-4, "bf16": True}
NOTE = TrainingNote("pointsman train", 0, {"a": "b"}, {"torch": "1"}, SETTINGS, {}, 1.5)
FITTED = Described(
    (
        ScoresHead("domain", "domain", ("law", "math"), 0.8, 0.3),
        FlagsHead(
            "attacks",
            "attacks",
            ("jailbreak",),
            (1.1,),
            (0.2,),
            (-0.5,),
            {"jailbreak": Threshold(0.9, 0.01, 0.008, 0.012, 900)},
        ),
        SpansHead("pii", "pii", ("O", "B-PERSON", "I-PERSON"), 1.2, 0.6),
        MeasureHead("extra_tokens", "extra_tokens", "log1p", 1.1, 0.9, 0.1),
    ),
    TierNote(
        manifest.TIER_FILE,
        8,
        2,
        (TierHead("domain", 0, ("law", "math"), (1.5, 1.5), (0.0, 0.0)),),
        (Gate("domain", "above", 0.97, 0.009, 1200, 0.4),),
    ),
)


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    for name in manifest.FILES:
        (tmp_path / name).write_bytes(name.encode())
    manifest.write(manifest.describe(tmp_path, "2000.01.02", FITTED, 32, NOTE), tmp_path)
    return tmp_path


def test_a_hash_is_that_of_the_content(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"abc")
    assert manifest.sha256_of(tmp_path / "file") == sha256(b"abc").hexdigest()


def test_the_manifest_reads_back_as_it_was_written(bundle: Path) -> None:
    found = manifest.read(bundle)
    assert found.training == NOTE
    assert found.version == "2000.01.02"
    assert (found.heads, found.first_tier) == (FITTED.heads, FITTED.first_tier)


def test_the_serving_code_reads_the_manifest(bundle: Path) -> None:
    loaded = load_bundle(bundle)
    assert loaded.manifest.max_tokens == 256
    assert loaded.manifest.heads == FITTED.heads
    assert loaded.manifest.first_tier == FITTED.first_tier
    assert loaded.labels()["pii"] == ("O", "B-PERSON", "I-PERSON")


def test_a_bundle_without_a_first_tier_can_be_described(bundle: Path) -> None:
    plain = Described(FITTED.heads, None)
    manifest.write(manifest.describe(bundle, "2000.01.02", plain, 32, NOTE), bundle)
    assert load_bundle(bundle).manifest.first_tier is None


@pytest.mark.parametrize("name", manifest.FILES)
def test_the_serving_code_refuses_a_changed_file(bundle: Path, name: str) -> None:
    (bundle / name).write_bytes(b"changed")
    with pytest.raises(BundleError, match=rf"{name} is damaged"):
        load_bundle(bundle)


def test_the_file_is_indented_json_with_a_line_end(bundle: Path) -> None:
    text = (bundle / "manifest.json").read_text()
    assert text.endswith("}\n")
    assert list(json.loads(text))[:3] == ["format", "name", "version"]
