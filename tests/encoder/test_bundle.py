"""A bundle is checked when it is loaded, so that no score is ever made up."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pointsman.encoder.bundle import (
    Bundle,
    FlagsHead,
    MeasureHead,
    ScoresHead,
    SpansHead,
    load_bundle,
)
from pointsman.encoder.first_tier import Gate
from pointsman.encoder.tagging import span_types
from pointsman.errors import BundleError
from pointsman.statistics.thresholds import Threshold

FILES = {"graph.onnx": b"a graph", "tokenizer.json": b"{}"}
FLAGS: dict[str, Any] = {
    "kind": "flags",
    "name": "attacks",
    "output": "a",
    "labels": ["jailbreak", "harmful"],
    "encoder_weights": [1.0, 1.5],
    "tier_weights": [0.0, 0.5],
    "offsets": [0.25, -0.25],
    "thresholds": {
        "jailbreak": {"above": 0.4, "target": 0.01, "rate": 0.0, "rate_max": 0.01, "rows": 299}
    },
}
SPANS: dict[str, Any] = {
    "kind": "spans",
    "name": "pii",
    "output": "p",
    "labels": ["O", "B-PERSON", "I-PERSON"],
    "temperature": 0.9,
    "least": 0.6,
}
DOMAIN = {"kind": "scores", "name": "domain", "output": "d", "labels": ["math", "law"]}
TIER: dict[str, Any] = {
    "file": "graph.onnx",
    "buckets": 16,
    "outputs": 3,
    "heads": [
        {
            "head": "domain",
            "start": 0,
            "labels": ["math", "law"],
            "weights": [1.0, 1.0],
            "offsets": [0.0, 0.0],
        },
        {
            "head": "extra_tokens",
            "start": 2,
            "labels": ["extra_tokens"],
            "weights": [1.0],
            "offsets": [0.0],
            "kind": "log1p",
        },
    ],
    "gates": [
        {
            "head": "domain",
            "side": "above",
            "bound": 0.9,
            "lost_max": 0.02,
            "rows": 300,
            "share": 0.2,
        }
    ],
}


def tier_head(number: int = 0, **changes: Any) -> dict[str, Any]:
    """A first tier with one head or gate changed."""
    heads = [head | changes if at == number else head for at, head in enumerate(TIER["heads"])]
    return TIER | {"heads": heads}


def tier_gate(**changes: Any) -> dict[str, Any]:
    return TIER | {"gates": [TIER["gates"][0] | changes]}


RUNG = {"above": 0.4, "target": 0.01, "rate": 0.0, "rate_max": 0.01, "rows": 299}


def ladder(**rungs: list[dict[str, float]]) -> dict[str, Any]:
    return {"heads": [DOMAIN, FLAGS | {"ladder": rungs}]}


Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a small bundle whose manifest differs from a right one in some fields."""

    def build(**changes: Any) -> Path:
        for name, content in FILES.items():
            (tmp_path / name).write_bytes(content)
        manifest = {
            "format": 2,
            "name": "tiny",
            "version": "7",
            "licence": "Apache-2.0",
            "graph": "graph.onnx",
            "tokenizer": "tokenizer.json",
            "files": {n: hashlib.sha256(c).hexdigest() for n, c in FILES.items()},
            "max_tokens": 64,
            "heads": [
                DOMAIN,
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


def test_a_ladder_of_thresholds_is_loaded_and_a_bundle_may_have_none(write: Write) -> None:
    higher = RUNG | {"target": 0.1, "above": 0.3}
    (_, found) = load_bundle(write(**ladder(harmful=[RUNG, higher]))).manifest.heads
    assert isinstance(found, FlagsHead)
    assert [rung.above for rung in found.ladder["harmful"]] == [0.4, 0.3]
    (_, without) = load_bundle(write(heads=[DOMAIN, FLAGS])).manifest.heads
    assert isinstance(without, FlagsHead)
    assert without.ladder == {}


def test_every_kind_of_head_and_a_first_tier_are_loaded(write: Write) -> None:
    manifest = load_bundle(write(heads=[DOMAIN, FLAGS, SPANS], first_tier=TIER)).manifest
    threshold = Threshold(above=0.4, target=0.01, rate=0.0, rate_max=0.01, rows=299)
    assert manifest.heads[1:] == (
        FlagsHead(
            "attacks",
            "a",
            ("jailbreak", "harmful"),
            (1.0, 1.5),
            (0.0, 0.5),
            (0.25, -0.25),
            {"jailbreak": threshold},
        ),
        SpansHead("pii", "p", ("O", "B-PERSON", "I-PERSON"), 0.9, 0.6),
    )
    assert manifest.first_tier is not None
    assert [head.kind for head in manifest.first_tier.heads] == ["exclusive", "log1p"]
    assert manifest.first_tier.gates == (Gate("domain", "above", 0.9, 0.02, 300, 0.2),)


def test_labels_are_those_of_all_heads_that_have_some(write: Write) -> None:
    labels = load_bundle(write(heads=[DOMAIN, FLAGS, SPANS])).labels()
    assert list(labels) == ["domain", "attacks", "pii"]
    assert labels["pii"] == ("O", "B-PERSON", "I-PERSON")


def test_the_shipped_bundle_is_whole_and_has_the_heads_that_the_detectors_read(
    bundle: Bundle,
) -> None:
    assert len(bundle.labels()["domain"]) == 14
    assert set(bundle.labels()["outcome"]) == {"both", "heavy_only", "light_only", "neither"}
    assert "extra_tokens" in {head.name for head in bundle.manifest.heads}
    assert set(bundle.labels()["attacks"]) == {"jailbreak", "injection", "harmful"}
    assert "PERSON" in span_types(bundle.labels()["pii"])


def test_the_shipped_bundles_thresholds_and_gates_say_what_they_are_worth(bundle: Bundle) -> None:
    (attacks,) = [h for h in bundle.manifest.heads if isinstance(h, FlagsHead)]
    assert set(attacks.thresholds) == set(attacks.labels)
    for threshold in attacks.thresholds.values():
        assert 0 < threshold.above < 1
        assert threshold.rate <= threshold.target <= 0.05
        assert threshold.rate <= threshold.rate_max
        assert threshold.rows >= 149
    assert bundle.manifest.first_tier is not None
    for gate in bundle.manifest.first_tier.gates:
        assert 0 < gate.lost_max <= 0.05
        assert gate.rows > 100
        assert 0 < gate.share < 1


def test_a_folder_without_a_bundle_is_named(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match=r"no encoder bundle at .*manifest\.json"):
        load_bundle(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"format": 1}, "format 1 is not format 2"),
        ({"format": "1"}, "damaged: Expected `int`, got `str`"),
        ({"files": {}}, "lists no hash of graph.onnx"),
        ({"tokenizer": "other.json"}, "lists no hash of other.json"),
        ({"graph": ...}, "damaged: Object missing required field `graph`"),
        ({"embedding": ...}, "missing required field `embedding`"),
        ({"max_tokens": None}, "damaged"),
        ({"heads": [{"kind": "tags", "name": "pii", "output": "p"}]}, "Invalid value 'tags'"),
        ({"heads": [{"kind": "spans", "name": "pii", "output": "p"}]}, "required field `labels`"),
        ({"heads": [{"kind": "measure", "name": "x", "output": "p", "scale": "log2"}]}, "log2"),
    ],
)
def test_a_wrong_manifest_is_refused(changes: dict[str, Any], message: str, write: Write) -> None:
    folder = write(**changes)
    with pytest.raises(BundleError, match=message) as caught:
        load_bundle(folder)
    assert str(folder) in caught.value.message


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"heads": [SPANS | {"labels": ["B-X", "I-X"]}]}, "head pii: expected the tags `O`, `B-"),
        ({"heads": [SPANS | {"labels": []}]}, "head pii: expected the tags"),
        ({"heads": [FLAGS | {"offsets": [0.0]}]}, "head attacks: expected a weight and an offset"),
        ({"heads": [FLAGS | {"tier_weights": [0.0] * 3}]}, "head attacks: expected a weight"),
        ({"first_tier": TIER | {"file": "tier.bin"}}, "lists no hash of tier.bin"),
        ({"first_tier": tier_head(weights=[1.0])}, "head domain: expected a weight and an offset"),
        ({"first_tier": tier_head(1, offsets=[])}, "head extra_tokens: expected a weight and"),
        ({"first_tier": tier_head(start=2)}, "head domain: its columns lie outside of the 3"),
        ({"first_tier": tier_head(start=-1)}, "head domain: its columns lie outside of the 3"),
        ({"first_tier": tier_head(labels=["law", "math"])}, "are not those of the encoder's head"),
        ({"first_tier": tier_gate(head="pii")}, "a gate for pii, which it does not know"),
        ({"first_tier": tier_gate(label="maths")}, "a gate for domain maths, which it does not"),
        (ladder(harm=[RUNG]), "head attacks: a ladder of thresholds for harm, which is no label"),
        (ladder(harmful=[RUNG, RUNG]), "rates of harmful are not from the smallest to the largest"),
        (
            ladder(harmful=[RUNG, RUNG | {"target": 0.1, "above": 0.5}]),
            "a higher rate of harmful has a higher threshold",
        ),
    ],
)
def test_a_manifest_that_contradicts_itself_is_refused(
    changes: dict[str, Any], message: str, write: Write
) -> None:
    with pytest.raises(BundleError, match=message):
        load_bundle(write(**changes))


@pytest.mark.parametrize("raw", [b"", b"{", b"[]", b"\xff\xfe", b'{"format": 2}'])
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
