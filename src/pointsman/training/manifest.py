"""The manifest of a trained bundle: what `pointsman.encoder` reads, and how it was made."""

from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

import msgspec

from pointsman.encoder.bundle import FORMAT, EmbeddingOutput, Head, Manifest
from pointsman.encoder.first_tier import TierNote

MANIFEST_FILE = "manifest.json"
GRAPH_FILE = "encoder.onnx"
WORD_PIECES_FILE = "wordpieces.bin"
TOKENIZER_FILE = "tokenizer.json"
TIER_FILE = "first_tier.bin"
FILES = (GRAPH_FILE, WORD_PIECES_FILE, TOKENIZER_FILE, TIER_FILE)
MAX_TOKENS = 256
"""Word pieces read at serve time, [CLS] and [SEP] counted: the published model's own limit."""


class TrainingNote(msgspec.Struct, frozen=True):
    """How the weights came about, enough to make them again.

    Attributes:
        command: The command line, with no path of one machine in it.
        seed: Of weights, batches and dropout.
        data: SHA-256 of each file read, by its name below the data folder.
        versions: Of the packages that decide the result, and of the published weights.
        settings: Of the training loop.
        rows: How many examples each side of the split has for each task.
        minutes: Wall time of the training loop.
    """

    command: str
    seed: int
    data: Mapping[str, str]
    versions: Mapping[str, str]
    settings: Mapping[str, float | bool]
    rows: Mapping[str, int]
    minutes: float


class Described(msgspec.Struct, frozen=True):
    """The heads as a manifest holds them, and the first tier."""

    heads: tuple[Head, ...]
    first_tier: TierNote | None


class TrainedManifest(Manifest, frozen=True, kw_only=True):
    """The content of a bundle's `manifest.json`, with how it was trained."""

    training: TrainingNote


def describe(
    folder: Path, version: str, fitted: Described, width: int, note: TrainingNote
) -> TrainedManifest:
    """The manifest for the files that lie in the folder now."""
    return TrainedManifest(
        format=FORMAT,
        name="pointsman-minilm",
        version=version,
        licence="Apache-2.0",
        graph=GRAPH_FILE,
        tokenizer=TOKENIZER_FILE,
        files={name: sha256_of(folder / name) for name in FILES},
        max_tokens=MAX_TOKENS,
        heads=fitted.heads,
        embedding=EmbeddingOutput("embedding", width),
        first_tier=fitted.first_tier,
        training=note,
    )


def sha256_of(path: Path) -> str:
    """The file's SHA-256, in hexadecimal."""
    return sha256(path.read_bytes()).hexdigest()


def write(manifest: TrainedManifest, folder: Path) -> None:
    """Writes `manifest.json`, indented, with a line end."""
    text = msgspec.json.format(msgspec.json.encode(manifest), indent=1)
    (folder / MANIFEST_FILE).write_bytes(text + b"\n")


def read(folder: Path) -> TrainedManifest:
    """Reads `manifest.json` back, with its types checked."""
    return msgspec.json.decode((folder / MANIFEST_FILE).read_bytes(), type=TrainedManifest)
