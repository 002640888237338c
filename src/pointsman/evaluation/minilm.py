"""A sentence encoder of MiniLM-L6's shape in fp32, with ONNX Runtime's fused operators.

Shape: the model card of all-MiniLM-L6-v2 (BERT with 6 layers, width 384, 12 heads, 1,536 inside),
whose sentence vector is the normalised mean of its tokens.
"""

from pathlib import Path

import msgspec
import numpy as np

from pointsman.evaluation.graphs import GraphWriter, write_mean

_EPSILON = 1e-12


class MiniLmShape(msgspec.Struct, frozen=True):
    """What decides the cost of a BERT sentence encoder."""

    layers: int = 6
    width: int = 384
    heads: int = 12
    inner: int = 1536
    vocabulary: int = 30_522
    positions: int = 512


L6 = MiniLmShape()


def write_minilm(shape: MiniLmShape, folder: Path) -> Path:
    """Write the graph `minilm.onnx` with random weights; returns its path.

    It takes `input_ids` (1, tokens), int32, of at most `positions` tokens, to `embedding`
    (1, width). Token types are left out, as only one of them is ever used.
    """
    path = folder / "minilm.onnx"
    with (folder / "minilm.bin").open("wb") as matrices:
        graph = GraphWriter(matrices, "minilm.bin")
        hidden = _write_embeddings(graph, shape)
        for index in range(shape.layers):
            hidden = _write_layer(graph, shape, f"layer{index}", hidden)
        pooled = write_mean(graph, hidden, "pooled")
        graph.node("LpNormalization", [pooled], "embedding", axis=-1, p=2)
        graph.save(path, "embedding", shape.width)
    return path


def _write_embeddings(graph: GraphWriter, shape: MiniLmShape) -> str:
    table = graph.matrix("embeddings", shape.vocabulary, shape.width)
    places = graph.matrix("positions", shape.positions, shape.width)
    pieces = graph.node("Gather", [table, "input_ids"], "pieces")
    tokens = graph.node("Shape", ["input_ids"], "token_count", start=1, end=2)
    zero = graph.constant("zero", np.zeros(1, np.int64))
    place = graph.node("Slice", [places, zero, tokens, zero], "position")
    summed = graph.node("Add", [pieces, place], "summed")
    norm = [graph.vector("norm.gamma", shape.width, 1.0), graph.vector("norm.beta", shape.width)]
    return graph.node("LayerNormalization", [summed, *norm], "embedded", epsilon=_EPSILON)


def _write_layer(graph: GraphWriter, shape: MiniLmShape, name: str, source: str) -> str:
    width = shape.width
    qkv = graph.matrix(f"{name}.qkv.weight", width, 3 * width)
    qkv_bias = graph.vector(f"{name}.qkv.bias", 3 * width)
    mixed = graph.fused(
        "Attention", [source, qkv, qkv_bias], [f"{name}.mixed"], num_heads=shape.heads
    )
    matrix = graph.matrix(f"{name}.attention.weight", width, width)
    attended = graph.node("MatMul", [mixed, matrix], f"{name}.attention")
    middle = _write_sum_and_norm(graph, f"{name}.middle", attended, source, width)
    matrix = graph.matrix(f"{name}.inner.weight", width, shape.inner)
    inner = graph.node("MatMul", [middle, matrix], f"{name}.inner")
    bias = graph.vector(f"{name}.inner.bias", shape.inner)
    active = graph.fused("BiasGelu", [inner, bias], [f"{name}.active"])
    matrix = graph.matrix(f"{name}.out.weight", shape.inner, width)
    out = graph.node("MatMul", [active, matrix], f"{name}.out")
    return _write_sum_and_norm(graph, f"{name}.end", out, middle, width)


def _write_sum_and_norm(graph: GraphWriter, name: str, block: str, skip: str, width: int) -> str:
    """Dense bias, residual and norm; not fused, because that is quicker (see `modernbert`)."""
    biased = graph.node("Add", [block, graph.vector(f"{name}.bias", width)], f"{name}.biased")
    total = graph.node("Add", [biased, skip], f"{name}.sum")
    norm = [graph.vector(f"{name}.gamma", width, 1.0), graph.vector(f"{name}.beta", width)]
    return graph.node("LayerNormalization", [total, *norm], name, epsilon=_EPSILON)
