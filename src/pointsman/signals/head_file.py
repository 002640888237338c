"""The file of a learned head: JSON with everything that serving it needs, and where it comes from.

Pure: bytes in, values out, and back. `config/heads.py` reads the file, `pointsman learn` writes it.
"""

import base64
import binascii
import math
from collections.abc import Mapping
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from pointsman.signals.features import FeatureGroup
from pointsman.signals.outcome import OUTCOMES
from pointsman.statistics.outcome_point import OutcomePoint

FORMAT = 1
GAIN = "gain"
"""The name of the head that takes the place of the shipped estimate of gain and tokens."""
CATEGORY, CLUSTER = "category", "cluster"
"""The names of the two tables of outcomes; the second is also the signal that it looks up."""
MIN_LABELS, MAX_LABELS = 2, 50

Floats = NDArray[np.float64]


class Linear(msgspec.Struct, frozen=True, eq=False):
    """A linear map: weights (inputs, outputs) and bias (outputs,)."""

    weights: Floats
    bias: Floats

    def __call__(self, features: Floats) -> Floats:
        """Apply it to one row (inputs,) or to many (rows, inputs)."""
        return np.asarray(features @ self.weights + self.bias)


class Layer(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A linear map as it stands in the file.

    Attributes:
        weights: Base64 of float32, little-endian, (inputs, outputs) row by row.
    """

    inputs: int
    outputs: int
    weights: str
    bias: tuple[float, ...]

    def linear(self) -> Linear:
        """Return the map.

        Raises:
            ValueError: The weights are no base64, too few or too many, or not finite.
        """
        try:
            raw = base64.b64decode(self.weights, validate=True)
        except (binascii.Error, ValueError) as error:
            raise ValueError(f"its weights are no base64: {error}") from error
        expected = 4 * self.inputs * self.outputs
        if len(raw) != expected or len(self.bias) != self.outputs:
            raise ValueError(
                f"expected {expected} bytes of weights and {self.outputs} of bias, got {len(raw)} "
                f"and {len(self.bias)}"
            )
        weights = np.frombuffer(raw, "<f4").reshape(self.inputs, self.outputs).astype(np.float64)
        if not np.isfinite(weights).all():
            raise ValueError("its weights are not all finite")
        return Linear(weights, np.array(self.bias, dtype=np.float64))


def layer_of(linear: Linear) -> Layer:
    """Return a map as it stands in the file."""
    inputs, outputs = linear.weights.shape
    raw = linear.weights.astype("<f4").tobytes()
    bias = tuple(float(value) for value in linear.bias)
    return Layer(inputs=inputs, outputs=outputs, weights=base64.b64encode(raw).decode(), bias=bias)


class BundleMark(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The bundle that a head was fitted on; its numbers mean nothing on another one."""

    name: str
    version: str
    graph_sha256: str

    def __str__(self) -> str:
        """Return it in a few words."""
        return f"{self.name} {self.version} (graph {self.graph_sha256[:12]})"


class LearnedHead(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What both kinds of head have in common.

    Attributes:
        format: Of the file; this version reads 1.
        name: Of the signal it was learned for.
        labels: In the order of the layer's outputs.
        bundle: The bundle whose features it reads.
        features: What it reads, in order; see `features.py`.
        temperature: Divides the logits (Guo et al. 2017, arXiv 1706.04599).
        counts: Rows of each label.
        rows: Rows in all: questions of a gain head, examples of a label head.
        use: Whether its own report says that it is worth using.
        verdict: The same as a sentence.
        report: The numbers behind it, measured on rows it had not seen.
        command: What made it.
    """

    format: int
    name: str
    labels: tuple[str, ...]
    bundle: BundleMark
    features: tuple[FeatureGroup, ...]
    layer: Layer
    temperature: float
    counts: Mapping[str, float]
    rows: int
    use: bool
    verdict: str
    report: Mapping[str, Any]
    command: str


class LabelHead(LearnedHead, frozen=True, tag="labels", tag_field="kind"):
    """Labels of the operator's own: softmax(layer(embedding) / temperature)."""


class GainHead(LearnedHead, frozen=True, tag="gain", tag_field="kind"):
    """Gain and tokens, learned from the operator's outcomes.

    With x the features: outcomes are softmax((shipped log-probabilities + layer(x)) / temperature),
    tokens are unit * expm1(log1p(shipped tokens / unit) + tokens(x)) * smear. With all weights zero
    it says what the shipped heads say.

    Attributes:
        light: The arm that answers at once, as `model` or `model:mode`.
        heavy: The arm that reasons.
        tokens: None where no tokens were recorded: the shipped estimate stands.
        unit: Tokens that the logarithm is taken in: small beside them is as good as none.
        smear: Restores the mean (Duan 1983).
        sample: Questions to solve a dial on; numbers alone, no text.
        basis: What it was learned on, in words; empty for the operator's own outcomes.
    """

    light: str
    heavy: str
    tokens: Layer | None = None
    unit: float = 1.0
    smear: float = 1.0
    sample: tuple[OutcomePoint, ...] = ()
    basis: str = ""


class TableArm(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What was recorded of one arm.

    Attributes:
        name: As `model` or `model:mode`.
        mean: Share of right answers over all questions.
        p_correct: The same by label, drawn towards what the other arms and labels say.
        tokens: Mean output tokens by label; empty where they were not recorded.
        rows: Questions it answered.
    """

    name: str
    mean: float
    p_correct: Mapping[str, float]
    tokens: Mapping[str, float]
    rows: int


class TableHead(
    msgspec.Struct,
    frozen=True,
    forbid_unknown_fields=True,
    kw_only=True,
    tag="table",
    tag_field="kind",
):
    """How often each arm was right, by the label of a signal.

    Attributes:
        format: Of the file; this version reads 1.
        name: `category` or `cluster`.
        signal: The signal whose labels are the columns: `domain`, or `cluster`, which is the
            softmax of layer(embedding).
        labels: The columns.
        bundle: The bundle whose signal it is.
        layer: Of clusters alone.
        arms: The rows.
        rows: Questions in all.
        use: Whether its own report says that it is worth using.
        verdict: The same as a sentence.
        report: The numbers behind it, measured on questions it had not seen.
        command: What made it.
    """

    format: int
    name: str
    signal: str
    labels: tuple[str, ...]
    bundle: BundleMark
    layer: Layer | None
    arms: tuple[TableArm, ...]
    rows: int
    use: bool
    verdict: str
    report: Mapping[str, Any]
    command: str


Head = GainHead | LabelHead | TableHead


class _Beginning(msgspec.Struct, frozen=True):
    format: int


def parse_head(raw: bytes) -> Head:
    """Read a learned head and check that it is whole.

    Raises:
        ValueError: Says what is wrong with it.
    """
    try:
        version = msgspec.json.decode(raw, type=_Beginning).format
        if version != FORMAT:
            raise ValueError(f"format {version} is not format {FORMAT}, which this version reads")
        head: Head = msgspec.json.decode(raw, type=Head)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ValueError(f"it is damaged or no learned head: {error}") from error
    _check(head)
    return head


def written_head(head: Head) -> bytes:
    """Return a head as the bytes of its file."""
    return msgspec.json.format(msgspec.json.encode(head), indent=1) + b"\n"


def _check(head: Head) -> None:
    if isinstance(head, TableHead):
        _check_table(head)
        return
    if len(set(head.labels)) != len(head.labels) or "" in head.labels:
        raise ValueError(f"its labels are not all different, or one is empty: {head.labels}")
    if not MIN_LABELS <= len(head.labels) <= MAX_LABELS:
        raise ValueError(f"expected {MIN_LABELS} to {MAX_LABELS} labels, got {len(head.labels)}")
    if isinstance(head, GainHead) and head.labels != OUTCOMES:
        raise ValueError(f"expected the labels {', '.join(OUTCOMES)}, got {', '.join(head.labels)}")
    width = sum(group.size for group in head.features)
    layers = [("layer", head.layer, len(head.labels))]
    factors = [head.temperature]
    if isinstance(head, GainHead):
        factors += [head.unit, head.smear]
        layers += [("tokens", head.tokens, 1)] if head.tokens is not None else []
    for name, layer, outputs in layers:
        if (layer.inputs, layer.outputs) != (width, outputs):
            raise ValueError(
                f"`{name}` maps {layer.inputs} numbers to {layer.outputs}, expected {width} to "
                f"{outputs}"
            )
        layer.linear()
    if not all(math.isfinite(factor) and factor > 0 for factor in factors):
        raise ValueError(f"temperature, unit and smear must be positive, got {factors}")


def _check_table(head: TableHead) -> None:
    if not head.arms or not head.labels or len(set(head.labels)) != len(head.labels):
        raise ValueError("expected at least one arm, and labels that are all different")
    for arm in head.arms:
        if not set(arm.p_correct) <= set(head.labels):
            raise ValueError(f"arm {arm.name} has labels that the table has not")
        if not all(0 <= p <= 1 for p in (arm.mean, *arm.p_correct.values())):
            raise ValueError(f"arm {arm.name} holds what is no share of right answers")
        if not all(math.isfinite(tokens) and tokens >= 0 for tokens in arm.tokens.values()):
            raise ValueError(f"arm {arm.name} holds what is no number of tokens")
    if head.layer is not None:
        if head.layer.outputs != len(head.labels):
            raise ValueError(f"expected {len(head.labels)} outputs, got {head.layer.outputs}")
        head.layer.linear()
