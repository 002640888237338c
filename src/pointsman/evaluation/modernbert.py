"""A classifier of ModernBERT-base's shape, as quick as ONNX Runtime's operators make it in fp32.

Shape: Warner et al. 2024, "Smarter, Better, Faster, Longer", section 2.1 and the table of its
model design (base): 22 layers, width 768, 12 heads, GeGLU of 1,152, no biases, norms before each
block (none before the first attention), rotary positions (theta 160,000 in every third layer,
10,000 in the others), and as a classifier the mean of the tokens, dense, GELU, norm, linear.

Choices that make it quicker, never slower:
- Attention is one operator (ONNX Runtime's flash kernel for CPUs), rotary positions another.
- Residual sum and norm are two: the operator that fuses them, SkipLayerNormalization, takes eight
  times as long as the two together (0.59 ms against 0.07 for 128 tokens, ONNX Runtime 1.32).
- Two of three layers attend to a window of 128 tokens. That kernel takes no mask, and with a mask
  ONNX Runtime falls back to a slower one (3 % of the whole pass at 128 tokens, 20 % at 512, by
  processor time), so the window is left out: the weights being random, only time counts.
"""

from pathlib import Path

import msgspec
import numpy as np

from pointsman.evaluation.graphs import GraphWriter, write_mean

_EPSILON = 1e-5


class ModernBertShape(msgspec.Struct, frozen=True):
    """What decides the cost of a ModernBERT classifier."""

    layers: int = 22
    width: int = 768
    heads: int = 12
    inner: int = 1152
    vocabulary: int = 50_368
    labels: int = 14
    positions: int = 512
    global_every: int = 3
    global_theta: float = 160_000.0
    local_theta: float = 10_000.0


BASE = ModernBertShape()


def parameters(shape: ModernBertShape) -> int:
    """Return the trainable parameters of this shape: 149.6 million for `BASE`."""
    width = shape.width
    layer = 4 * width * width + 3 * width * shape.inner
    # Two norms a layer, but none before the first attention; one after the embeddings, one at the
    # end of the layers, one in the head.
    norms = (2 * shape.layers - 1 + 3) * width
    head = width * width + width * shape.labels + shape.labels
    return shape.vocabulary * width + shape.layers * layer + norms + head


def write_modernbert(shape: ModernBertShape, folder: Path) -> Path:
    """Write the graph `modernbert.onnx` with random weights; returns its path.

    It takes `input_ids` (1, tokens), int32, of at most `positions` tokens, to `logits`
    (1, labels).
    """
    path = folder / "modernbert.onnx"
    with (folder / "modernbert.bin").open("wb") as matrices:
        graph = GraphWriter(matrices, "modernbert.bin")
        _write_rotations(graph, shape)
        table = graph.matrix("embeddings", shape.vocabulary, shape.width)
        pieces = graph.node("Gather", [table, "input_ids"], "pieces")
        gamma = graph.vector("embeddings.norm", shape.width, 1.0)
        embedded = graph.node("LayerNormalization", [pieces, gamma], "embedded", epsilon=_EPSILON)
        residual, normed = embedded, embedded
        for index in range(shape.layers):
            residual, normed = _write_layer(graph, shape, index, residual, normed)
        _write_head(graph, shape, normed)
        graph.save(path, "logits", shape.labels)
    assert graph.parameters == parameters(shape)  # noqa: S101  # else the graph is not the shape
    return path


def _write_rotations(graph: GraphWriter, shape: ModernBertShape) -> None:
    """Sines and cosines of each position: Su et al. 2021, "RoFormer", equation 15."""
    pairs = shape.width // shape.heads // 2
    positions = np.arange(shape.positions)
    for kind, theta in (("global", shape.global_theta), ("local", shape.local_theta)):
        angles = np.outer(positions, theta ** (-np.arange(pairs) / pairs))
        graph.constant(f"{kind}.cos", np.cos(angles).astype(np.float32))
        graph.constant(f"{kind}.sin", np.sin(angles).astype(np.float32))
    graph.constant("first_position", np.zeros(1, np.int64))


def _write_layer(
    graph: GraphWriter, shape: ModernBertShape, index: int, residual: str, normed: str
) -> tuple[str, str]:
    """Attention, then the GeGLU; returns the residual stream, and its norm for the next block."""
    name = f"layer{index}"
    kind = "local" if index % shape.global_every else "global"
    attended = _write_attention(graph, shape, name, normed, kind)
    residual, normed = _write_sum_and_norm(graph, f"{name}.inner", attended, residual, shape.width)
    halves = []
    for half in ("value", "gate"):
        matrix = graph.matrix(f"{name}.{half}.weight", shape.width, shape.inner)
        halves.append(graph.node("MatMul", [normed, matrix], f"{name}.{half}"))
    active = graph.fused("Gelu", [halves[0]], [f"{name}.active"])
    gated = graph.node("Mul", [active, halves[1]], f"{name}.gated")
    matrix = graph.matrix(f"{name}.out.weight", shape.inner, shape.width)
    out = graph.node("MatMul", [gated, matrix], f"{name}.out")
    # The norm after the last layer is the model's final norm.
    return _write_sum_and_norm(graph, f"{name}.next", out, residual, shape.width)


def _write_attention(
    graph: GraphWriter, shape: ModernBertShape, name: str, normed: str, kind: str
) -> str:
    parts = []
    for part in ("query", "key", "value"):
        part_name = f"{name}.attention.{part}"
        matrix = graph.matrix(f"{part_name}.weight", shape.width, shape.width)
        parts.append(graph.node("MatMul", [normed, matrix], part_name))
    turned = [
        graph.fused(
            "RotaryEmbedding",
            [part, "first_position", f"{kind}.cos", f"{kind}.sin"],
            [f"{part}.turned"],
            num_heads=shape.heads,
        )
        for part in parts[:2]
    ]
    mixed = graph.fused(
        "MultiHeadAttention",
        [*turned, parts[2]],
        [f"{name}.attention.mixed"],
        num_heads=shape.heads,
    )
    matrix = graph.matrix(f"{name}.attention.weight", shape.width, shape.width)
    return graph.node("MatMul", [mixed, matrix], f"{name}.attention")


def _write_sum_and_norm(
    graph: GraphWriter, name: str, block: str, residual: str, width: int
) -> tuple[str, str]:
    total = graph.node("Add", [block, residual], f"{name}.residual")
    inputs = [total, graph.vector(f"{name}.norm", width, 1.0)]
    return total, graph.node("LayerNormalization", inputs, f"{name}.normed", epsilon=_EPSILON)


def _write_head(graph: GraphWriter, shape: ModernBertShape, hidden: str) -> None:
    width = shape.width
    pooled = write_mean(graph, hidden, "pooled")
    dense = graph.node("MatMul", [pooled, graph.matrix("head.weight", width, width)], "dense")
    active = graph.fused("Gelu", [dense], ["head.active"])
    gamma = graph.vector("head.norm", width, 1.0)
    normed = graph.node("LayerNormalization", [active, gamma], "head.normed", epsilon=_EPSILON)
    matrix = graph.matrix("classifier.weight", width, shape.labels)
    bias = graph.vector("classifier.bias", shape.labels)
    graph.node("Gemm", [normed, matrix, bias], "logits")
