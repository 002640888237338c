"""A bundle is checked when it is loaded, so that no score is ever made up."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pointsman.encoder.bundle import Bundle, MeasureHead, ScoresHead, load_bundle
from pointsman.errors import BundleError

FILES = {"graph.onnx": b"a graph", "tokenizer.json": b"{}"}

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a small bundle whose manifest differs from a right one in some fields."""

    def build(**changes: Any) -> Path:
        for name, content in FILES.items():
            (tmp_path / name).write_bytes(content)
        manifest = {
            "format": 1,
            "name": "tiny",
            "version": "7",
            "licence": "Apache-2.0",
            "graph": "graph.onnx",
            "tokenizer": "tokenizer.json",
            "files": {n: hashlib.sha256(c).hexdigest() for n, c in FILES.items()},
            "max_tokens": 64,
            "heads": [
                {"kind": "scores", "name": "domain", "output": "d", "labels": ["math", "law"]},
                {"kind": "measure", "name": "extra_tokens", "output": "e", "scale": "log1p"},
            ],
            "embedding": {"output": "v", "size": 8},
            "training": {"seed": 1},
        } | changes
        kept = {k: v for k, v in manifest.items() if v is not ...}
        (tmp_path / "manifest.json").write_text(json.dumps(kept))
        return tmp_path

    return build


def test_a_whole_bundle_is_loaded(write: Write) -> None:
    folder = write()
    bundle = load_bundle(folder)
    assert bundle.file("graph.onnx") == folder / "graph.onnx"
    assert bundle.labels() == {"domain": ("math", "law")}
    assert bundle.manifest.heads == (
        ScoresHead("domain", "d", ("math", "law")),
        MeasureHead("extra_tokens", "e", "log1p"),
    )


def test_the_shipped_bundle_is_whole_and_has_the_heads_that_the_detectors_read(
    bundle: Bundle,
) -> None:
    assert len(bundle.labels()["domain"]) == 14
    assert set(bundle.labels()["outcome"]) == {"both", "heavy_only", "light_only", "neither"}
    assert "extra_tokens" in {head.name for head in bundle.manifest.heads}


def test_a_folder_without_a_bundle_is_named(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match=r"no encoder bundle at .*manifest\.json"):
        load_bundle(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"format": 2}, "format 2 is not format 1"),
        ({"format": "1"}, "damaged: Expected `int`, got `str`"),
        ({"files": {}}, "lists no hash of graph.onnx"),
        ({"tokenizer": "other.json"}, "lists no hash of other.json"),
        ({"graph": ...}, "damaged: Object missing required field `graph`"),
        ({"embedding": ...}, "missing required field `embedding`"),
        ({"max_tokens": None}, "damaged"),
        ({"heads": [{"kind": "spans", "name": "pii", "output": "p"}]}, "Invalid value 'spans'"),
        ({"heads": [{"kind": "measure", "name": "x", "output": "p", "scale": "log2"}]}, "log2"),
    ],
)
def test_a_wrong_manifest_is_refused(changes: dict[str, Any], message: str, write: Write) -> None:
    folder = write(**changes)
    with pytest.raises(BundleError, match=message) as caught:
        load_bundle(folder)
    assert str(folder) in caught.value.message


@pytest.mark.parametrize("raw", [b"", b"{", b"[]", b"\xff\xfe", b'{"format": 1}'])
def test_a_manifest_that_is_no_manifest_is_refused(raw: bytes, write: Write) -> None:
    folder = write()
    (folder / "manifest.json").write_bytes(raw)
    with pytest.raises(BundleError, match=r"manifest\.json is damaged"):
        load_bundle(folder)


@pytest.mark.parametrize("name", FILES)
def test_a_missing_file_is_named(name: str, write: Write) -> None:
    folder = write()
    (folder / name).unlink()
    with pytest.raises(BundleError, match=f"{name} is missing"):
        load_bundle(folder)


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("damage", [b"", b"a grapH", b"a graph\n"])
def test_a_file_with_another_hash_is_refused(name: str, damage: bytes, write: Write) -> None:
    folder = write()
    (folder / name).write_bytes(damage)
    with pytest.raises(BundleError, match=f"{name} is damaged: its SHA-256 is"):
        load_bundle(folder)


def test_a_file_that_the_bundle_ships_beside_the_graph_is_checked_too(write: Write) -> None:
    files = {n: hashlib.sha256(c).hexdigest() for n, c in FILES.items()}
    folder = write(files=files | {"weights.bin": "0" * 64})
    with pytest.raises(BundleError, match=r"weights\.bin is missing"):
        load_bundle(folder)
    (folder / "weights.bin").write_bytes(b"x")
    with pytest.raises(BundleError, match=r"weights\.bin is damaged"):
        load_bundle(folder)
