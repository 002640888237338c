import json
from hashlib import sha256
from pathlib import Path

import pytest

from pointsman.encoder.bundle import ScoresHead, load_bundle
from pointsman.errors import BundleError
from pointsman.training import manifest
from pointsman.training.manifest import Calibration, TrainingNote

NOTE = TrainingNote("pointsman train", 0, {"a": "b"}, {"torch": "1"}, {"epochs": 3}, {}, 1.5)


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    for name in manifest.FILES:
        (tmp_path / name).write_bytes(name.encode())
    calibration = Calibration(1.2, 1.4, 1.1)
    manifest.write(manifest.describe(tmp_path, "2000.01.02", calibration, 32, NOTE), tmp_path)
    return tmp_path


def test_a_hash_is_that_of_the_content(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"abc")
    assert manifest.sha256_of(tmp_path / "file") == sha256(b"abc").hexdigest()


def test_the_manifest_reads_back_as_it_was_written(bundle: Path) -> None:
    found = manifest.read(bundle)
    assert found.training == NOTE
    assert found.version == "2000.01.02"
    assert [getattr(head, "temperature", None) for head in found.heads] == [1.2, 1.4, None]


def test_the_serving_code_reads_the_manifest(bundle: Path) -> None:
    loaded = load_bundle(bundle)
    assert loaded.manifest.max_tokens == 256
    assert [head.name for head in loaded.manifest.heads] == ["domain", "outcome", "extra_tokens"]
    assert isinstance(loaded.manifest.heads[0], ScoresHead)


def test_the_serving_code_refuses_a_changed_file(bundle: Path) -> None:
    (bundle / "wordpieces.bin").write_bytes(b"changed")
    with pytest.raises(BundleError, match=r"wordpieces\.bin is damaged"):
        load_bundle(bundle)


def test_the_file_is_indented_json_with_a_line_end(bundle: Path) -> None:
    text = (bundle / "manifest.json").read_text()
    assert text.endswith("}\n")
    assert list(json.loads(text))[:3] == ["format", "name", "version"]
