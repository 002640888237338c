"""The manifest of a bundle: what its files are, what its heads say, how it was made."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

import msgspec

FORMAT = 1
MANIFEST_FILE = "manifest.json"
TOKENIZER_FILE = "tokenizer.json"
MAX_TOKENS = 256
"""Word pieces read at serve time, [CLS] and [SEP] counted; the published model's own limit."""


class ScoresHead(msgspec.Struct, frozen=True, tag_field="kind", tag="scores"):
    """A head that spreads probability over labels: softmax(logits / temperature)."""

    name: str
    output: str
    labels: tuple[str, ...]
    temperature: float


class MeasureHead(msgspec.Struct, frozen=True, tag_field="kind", tag="measure"):
    """A head that predicts a number: expm1(output) x smear, for the scale `log1p`."""

    name: str
    output: str
    scale: str
    smear: float


class EmbeddingOutput(msgspec.Struct, frozen=True):
    """The output that holds the prompt's embedding, of length 1, and its width."""

    output: str
    size: int


class TrainingNote(msgspec.Struct, frozen=True):
    """How the weights came about, enough to make them again.

    Attributes:
        command: The command line, without paths of one machine.
        seed: Of weights, batches and dropout.
        data: sha256 of each file read, by its name below the data folder.
        versions: Of the packages that decide the result, and of the published weights.
        rows: How many examples each part and label had.
        minutes: Wall time of the training loop.
    """

    command: str
    seed: int
    data: Mapping[str, str]
    versions: Mapping[str, str]
    rows: Mapping[str, int]
    minutes: float


class Manifest(msgspec.Struct, frozen=True):
    """The content of `manifest.json`."""

    name: str
    version: str
    files: Mapping[str, str]
    heads: tuple[ScoresHead | MeasureHead, ...]
    embedding: EmbeddingOutput
    training: TrainingNote
    format: int = FORMAT
    licence: str = "Apache-2.0"
    graph: str = "encoder.onnx"
    tokenizer: str = TOKENIZER_FILE
    max_tokens: int = MAX_TOKENS


def sha256_of(path: Path) -> str:
    """The file's SHA-256, in hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def hashes(folder: Path, names: tuple[str, ...]) -> dict[str, str]:
    """The SHA-256 of each named file in the folder, in the order given."""
    return {name: sha256_of(folder / name) for name in names}


def write(manifest: Manifest, folder: Path) -> None:
    """Writes `manifest.json`, indented, with a line end."""
    text = msgspec.json.format(msgspec.json.encode(manifest), indent=1)
    (folder / MANIFEST_FILE).write_bytes(text + b"\n")


def read(folder: Path) -> Manifest:
    """Reads `manifest.json` back, with its types checked."""
    return msgspec.json.decode((folder / MANIFEST_FILE).read_bytes(), type=Manifest)
