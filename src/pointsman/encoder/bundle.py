"""A model bundle on disk: graph, tokenizer, heads, calibration and hashes, checked when loaded.

A bundle is a folder with a `manifest.json`; `pointsman train` writes it, `OnnxEncoder` runs it.
Everything about the labels lives in the manifest, so no label list stands twice in the code.
"""

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Literal

import msgspec

from pointsman.encoder.first_tier import TierNote, tier_contradictions
from pointsman.encoder.tagging import span_types
from pointsman.errors import BundleError
from pointsman.statistics.outcome_point import OutcomePoint
from pointsman.statistics.thresholds import Threshold

FORMAT = 2
DEFAULT_BUNDLE = Path(__file__).parent.parent / "bundles" / "default"


class ScoresHead(msgspec.Struct, frozen=True, tag="scores", tag_field="kind"):
    """Labels that exclude one another.

    Probabilities are softmax(encoder_weight · logits + tier_weight · the first tier's logits). With
    the second weight zero, the first is 1 / temperature: Guo et al. 2017, "On Calibration of Modern
    Neural Networks", section 4.2.
    """

    name: str
    output: str
    labels: tuple[str, ...]
    encoder_weight: float = 1.0
    tier_weight: float = 0.0


class FlagsHead(msgspec.Struct, frozen=True, tag="flags", tag_field="kind"):
    """Labels that stand each for itself; a text can have none or several.

    The probability of a label is sigmoid(encoder_weight · logit + tier_weight · the first tier's
    logit + offset): Platt 1999, "Probabilistic Outputs for Support Vector Machines".

    Attributes:
        labels: What a text may be.
        thresholds: By label, one that benchmarks score the bundle at.
        ladder: By label, one for each rate of false alarms that an operator may ask for, from the
            smallest rate to the largest; see `ladder.threshold_for`.
    """

    name: str
    output: str
    labels: tuple[str, ...]
    encoder_weights: tuple[float, ...]
    tier_weights: tuple[float, ...]
    offsets: tuple[float, ...]
    thresholds: Mapping[str, Threshold] = {}
    ladder: Mapping[str, tuple[Threshold, ...]] = {}


class SpansHead(msgspec.Struct, frozen=True, tag="spans", tag_field="kind"):
    """A tag for every word piece; see `tagging`.

    Attributes:
        labels: The tags: `O`, then `B-TYPE` and `I-TYPE` for each type.
        temperature: Of the softmax over tags.
        least: Spans of a smaller probability are not reported.
        weight: A span's probability of being right in type and at both ends is sigmoid(weight ·
            logit(p) + offset), p the mean of its words' (see `tagging`).
        offset: See `weight`.
    """

    name: str
    output: str
    labels: tuple[str, ...]
    temperature: float = 1.0
    least: float = 0.0
    weight: float = 1.0
    offset: float = 0.0


class MeasureHead(msgspec.Struct, frozen=True, tag="measure", tag_field="kind"):
    """A regression head: its output, or the line of it where that is lower.

    With scale `log1p` the value is expm1 of that, times smear. The line takes back what is too high
    on texts that the training did not see; it may not raise what is low: it is fitted on exam
    questions, and small talk lies far below them. The smear corrects the mean of a log-scale
    regression: Duan 1983, "Smearing Estimate".
    """

    name: str
    output: str
    scale: Literal["log1p", "linear"] = "linear"
    smear: float = 1.0
    slope: float = 1.0
    offset: float = 0.0


Head = ScoresHead | FlagsHead | SpansHead | MeasureHead


class EmbeddingOutput(msgspec.Struct, frozen=True):
    """Which graph output holds the sentence vector, and its width."""

    output: str
    size: int


class Manifest(msgspec.Struct, frozen=True):
    """The bundle's own description; `training` holds how it was made and is not read here.

    `outcomes` are counts of public questions that calibration saw and training did not.
    """

    format: int
    name: str
    version: str
    licence: str
    graph: str
    tokenizer: str
    files: dict[str, str]
    max_tokens: int
    heads: tuple[Head, ...]
    embedding: EmbeddingOutput
    first_tier: TierNote | None = None
    outcomes: tuple[OutcomePoint, ...] = ()


class Bundle(msgspec.Struct, frozen=True):
    """A bundle whose files are all there and unchanged."""

    path: Path
    manifest: Manifest

    def file(self, name: str) -> Path:
        """Return where a file of the bundle lies."""
        return self.path / name

    def labels(self) -> dict[str, tuple[str, ...]]:
        """Return each classification head's labels, in the order of its outputs."""
        labelled = (ScoresHead, FlagsHead, SpansHead)
        return {h.name: h.labels for h in self.manifest.heads if isinstance(h, labelled)}


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
    tier = (manifest.first_tier.file,) if manifest.first_tier else ()
    for needed in (manifest.graph, manifest.tokenizer, *tier):
        if needed not in manifest.files:
            raise BundleError(f"encoder bundle {path}: manifest.json lists no hash of {needed}")
    for fault in _contradictions(manifest):
        raise BundleError(f"encoder bundle {path}: manifest.json contradicts itself: {fault}")
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


def _contradictions(manifest: Manifest) -> Iterator[str]:
    """What would otherwise fail, or give wrong numbers, while serving."""
    for head in manifest.heads:
        if isinstance(head, SpansHead):
            try:
                span_types(head.labels)
            except ValueError as error:
                yield f"head {head.name}: {error}"
        elif isinstance(head, FlagsHead):
            numbers = (head.encoder_weights, head.tier_weights, head.offsets)
            if any(len(each) != len(head.labels) for each in numbers):
                yield f"head {head.name}: expected a weight and an offset for each label"
            yield from _crooked(head)
    if manifest.first_tier is not None:
        labels = {h.name: h.labels for h in manifest.heads if not isinstance(h, MeasureHead)}
        yield from tier_contradictions(manifest.first_tier, labels)


def _crooked(head: FlagsHead) -> Iterator[str]:
    """A ladder whose rungs do not rise would give the wrong threshold for a rate."""
    for label, rungs in head.ladder.items():
        if label not in head.labels:
            yield f"head {head.name}: a ladder of thresholds for {label}, which is no label of it"
        targets = [rung.target for rung in rungs]
        if targets != sorted(set(targets)):
            yield f"head {head.name}: the rates of {label} are not from the smallest to the largest"
        bounds = [rung.above for rung in rungs]
        if bounds != sorted(bounds, reverse=True):
            yield f"head {head.name}: a higher rate of {label} has a higher threshold"


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
