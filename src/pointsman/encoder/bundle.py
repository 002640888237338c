"""A model bundle on disk: graph, tokenizer, heads, calibration and hashes, checked when loaded.

A bundle is a folder with a `manifest.json`; `pointsman train` writes it, `OnnxEncoder` runs it.
Everything about the labels lives in the manifest, so no label list stands twice in the code.
"""

import hashlib
from pathlib import Path
from typing import Literal

import msgspec

from pointsman.errors import BundleError

FORMAT = 1
DEFAULT_BUNDLE = Path(__file__).parent.parent / "bundles" / "default"


class ScoresHead(msgspec.Struct, frozen=True, tag="scores", tag_field="kind"):
    """A classification head; its probabilities are softmax(logits / temperature).

    Temperature scaling: Guo et al. 2017, "On Calibration of Modern Neural Networks", section 4.2.
    """

    name: str
    output: str
    labels: tuple[str, ...]
    temperature: float = 1.0


class MeasureHead(msgspec.Struct, frozen=True, tag="measure", tag_field="kind"):
    """A regression head; with scale `log1p` its value is expm1(output) · smear.

    The smear corrects the mean of a log-scale regression: Duan 1983, "Smearing Estimate".
    """

    name: str
    output: str
    scale: Literal["log1p", "linear"] = "linear"
    smear: float = 1.0


class EmbeddingOutput(msgspec.Struct, frozen=True):
    """Which graph output holds the sentence vector, and its width."""

    output: str
    size: int


class Manifest(msgspec.Struct, frozen=True):
    """The bundle's own description; `training` holds how it was made and is not read here."""

    format: int
    name: str
    version: str
    licence: str
    graph: str
    tokenizer: str
    files: dict[str, str]
    max_tokens: int
    heads: tuple[ScoresHead | MeasureHead, ...]
    embedding: EmbeddingOutput


class Bundle(msgspec.Struct, frozen=True):
    """A bundle whose files are all there and unchanged."""

    path: Path
    manifest: Manifest

    def file(self, name: str) -> Path:
        """Return where a file of the bundle lies."""
        return self.path / name

    def labels(self) -> dict[str, tuple[str, ...]]:
        """Return each classification head's labels, in the order of its outputs."""
        return {h.name: h.labels for h in self.manifest.heads if isinstance(h, ScoresHead)}


def load_bundle(path: Path = DEFAULT_BUNDLE) -> Bundle:
    """Read a bundle's manifest and check the hash of each of its files.

    Raises:
        BundleError: The folder or a file is missing, a hash differs, or the format is unknown.
    """
    manifest = _read_manifest(path)
    if manifest.format != FORMAT:
        raise BundleError(
            f"encoder bundle {path}: format {manifest.format} is not format {FORMAT}, which this "
            "version of pointsman reads: use a bundle made by the same version of `pointsman train`"
        )
    for needed in (manifest.graph, manifest.tokenizer):
        if needed not in manifest.files:
            raise BundleError(f"encoder bundle {path}: manifest.json lists no hash of {needed}")
    for name, expected in manifest.files.items():
        _check_file(path / name, expected)
    return Bundle(path, manifest)


def _read_manifest(path: Path) -> Manifest:
    try:
        raw = (path / "manifest.json").read_bytes()
    except OSError as error:
        raise BundleError(
            f"no encoder bundle at {path}: {error.strerror or error}; give the folder that holds "
            "manifest.json, or reinstall pointsman to get the shipped one back"
        ) from error
    try:
        return msgspec.json.decode(raw, type=Manifest)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BundleError(f"encoder bundle {path}: manifest.json is damaged: {error}") from error


def _check_file(file: Path, expected: str) -> None:
    try:
        with file.open("rb") as stream:
            found = hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        why = error.strerror or error
        raise BundleError(f"encoder bundle: {file} is missing: {why}") from error
    if found != expected:
        raise BundleError(
            f"encoder bundle: {file} is damaged: its SHA-256 is {found}, the manifest says "
            f"{expected}; reinstall pointsman or rebuild the bundle"
        )
