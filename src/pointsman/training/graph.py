"""The encoder as ONNX nodes, written by hand with ONNX Runtime's fused operators.

Three parts in a row: `front` looks word pieces up in the int8 table and adds positions; `layers`
is the transformer (the only part that gets quantised afterwards); `tail` pools, normalises and
applies the heads in fp32. Fused operators (com.microsoft Attention, BiasGelu) save the memory
traffic of the dozen small nodes an exporter writes for each.
BiasGelu is the exact (erf) form, which is BERT's; FastGelu (tanh) is not used.
Operators: https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md
"""

import msgspec
import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import NodeProto, TensorProto, helper, numpy_helper

from pointsman.training import weights as w
from pointsman.training.manifest import MAX_TOKENS
from pointsman.training.weights import GUARD, TAGGER, HeadShape, Weights

OPSET = 17
"""The first with LayerNormalization; old enough for every ONNX Runtime we allow."""
FUSED = "com.microsoft"


class Part(msgspec.Struct, frozen=True):
    """Some nodes with the constants they read, to be joined with other parts."""

    nodes: tuple[NodeProto, ...]
    constants: tuple[TensorProto, ...]


def front(weights: Weights) -> Part:
    """Token ids to embeddings: `input_ids` (batch, tokens) -> `embedded` (batch, tokens, width).

    The table `wordpieces` and its row scales are not among the constants: they live in a file of
    their own (see `export`). Token type 0 is added into the positions, as only it is ever used.
    """
    positions = weights[w.POSITIONS][:MAX_TOKENS] + weights[w.TOKEN_TYPES][0]
    norm = w.EMBEDDING_NORM
    nodes = (
        _node("Gather", ["wordpieces", "input_ids"], "piece_int8"),
        _node("Gather", ["wordpiece_scales", "input_ids"], "piece_scale"),
        _node("Cast", ["piece_int8"], "piece_float", to=TensorProto.FLOAT),
        _node("Mul", ["piece_float", "piece_scale"], "pieces"),
        _node("Shape", ["input_ids"], "token_count", start=1, end=2),
        _node("Cast", ["positions_half"], "positions", to=TensorProto.FLOAT),
        _node("Slice", ["positions", "zero", "token_count", "zero"], "position"),
        _node("Add", ["pieces", "position"], "summed"),
        _norm("summed", norm, "embedded"),
    )
    constants = (
        # Half the bytes; ONNX Runtime casts a constant once, when it loads the graph.
        _constant("positions_half", positions.astype(np.float16)),
        _constant("zero", np.zeros(1, dtype=np.int64)),
        *_norm_constants(weights, norm),
    )
    return Part(nodes, constants)


def layers(weights: Weights, attention_heads: int) -> Part:
    """The transformer: `embedded` -> `hidden`, both (batch, tokens, width), masked by lengths."""
    nodes: list[NodeProto] = []
    constants: list[TensorProto] = []
    count = w.layer_count(weights)
    source = "embedded"
    for index in range(count):
        target = "hidden" if index == count - 1 else f"layer{index}"
        nodes += _layer_nodes(f"encoder.layer.{index}", source, target, attention_heads)
        constants += _layer_constants(weights, f"encoder.layer.{index}")
        source = target
    return Part(tuple(nodes), tuple(constants))


def tail(weights: Weights, heads: tuple[HeadShape, ...]) -> Part:
    """Mean over real tokens, then the heads in fp32 and the L2-normalised `embedding`.

    Where there are weights for them, also the guard, (batch, attacks), and the tagger, which has
    an output for every token, (batch, tokens, tags).
    """
    nodes = [
        _node("Cast", ["attention_mask"], "mask_float", to=TensorProto.FLOAT),
        _node("Unsqueeze", ["mask_float", "last_axis"], "mask_column"),
        _node("Mul", ["hidden", "mask_column"], "hidden_real"),
        _node("ReduceSum", ["hidden_real", "token_axis"], "hidden_sum", keepdims=0),
        _node("ReduceSum", ["mask_column", "token_axis"], "real_count", keepdims=0),
        _node("Div", ["hidden_sum", "real_count"], "pooled"),
        _node("LpNormalization", ["pooled"], "embedding", axis=-1, p=2),
    ]
    constants = [
        _constant("last_axis", np.array([2], dtype=np.int64)),
        _constant("token_axis", np.array([1], dtype=np.int64)),
    ]
    for head in heads:
        part = _head_part(weights, head)
        nodes += part.nodes
        constants += part.constants
    return Part(tuple(nodes), tuple(constants))


def _head_part(weights: Weights, head: HeadShape) -> Part:
    matrix, bias = f"heads.{head.name}.weight", f"heads.{head.name}.bias"
    if head == TAGGER:
        nodes = [
            _node("MatMul", ["hidden", matrix], f"{head.name}_product"),
            _node("Add", [f"{head.name}_product", bias], head.name),
        ]
        return Part(
            tuple(nodes),
            (_constant(matrix, weights[matrix].T), _constant(bias, weights[bias])),
        )
    constants = (_constant(matrix, weights[matrix]), _constant(bias, weights[bias]))
    if head == GUARD:
        guard = _guard_part(weights)
        mean = _node("Gemm", ["pooled", matrix, bias], f"{head.name}_mean", transB=1)
        joined = _node("Add", [f"{head.name}_mean", f"{head.name}_found"], head.name)
        return Part((*guard.nodes, mean, joined), (*guard.constants, *constants))
    return Part((_node("Gemm", ["pooled", matrix, bias], head.name, transB=1),), constants)


def _guard_part(weights: Weights) -> Part:
    """What each attack's own attention finds, `attacks_found` (batch, attacks).

    See `network.guard`: shares = softmax over real tokens of hidden . query, then the shares'
    mean of hidden, times a vector of weights for each attack.
    """
    name = GUARD.name
    nodes = (
        _node("MatMul", ["hidden", f"{name}.query"], f"{name}_scores"),
        _node("Sub", ["mask_column", f"{name}.one"], f"{name}_padding"),
        _node("Mul", [f"{name}_padding", f"{name}.far"], f"{name}_far"),
        _node("Add", [f"{name}_scores", f"{name}_far"], f"{name}_masked"),
        _node("Softmax", [f"{name}_masked"], f"{name}_shares", axis=1),
        _node("Transpose", [f"{name}_shares"], f"{name}_turned", perm=[0, 2, 1]),
        _node("MatMul", [f"{name}_turned", "hidden"], f"{name}_picked"),
        _node("Mul", [f"{name}_picked", f"{name}.attended"], f"{name}_weighed"),
        _node("ReduceSum", [f"{name}_weighed", "last_axis"], f"{name}_found", keepdims=0),
    )
    constants = (
        _constant(f"{name}.query", weights[f"heads.{name}.query"].T),
        _constant(f"{name}.attended", weights[f"heads.{name}.attended"]),
        _constant(f"{name}.one", np.ones(1, dtype=np.float32)),
        _constant(f"{name}.far", np.full(1, 1e4, dtype=np.float32)),
    )
    return Part(nodes, constants)


def layers_model(part: Part, width: int) -> onnx.ModelProto:
    """The transformer alone as a model, the form in which it is quantised."""
    inputs = [
        helper.make_tensor_value_info("embedded", TensorProto.FLOAT, ["batch", "tokens", width]),
        helper.make_tensor_value_info("attention_mask", TensorProto.INT32, ["batch", "tokens"]),
    ]
    outputs = [
        helper.make_tensor_value_info("hidden", TensorProto.FLOAT, ["batch", "tokens", width])
    ]
    return _model(part, inputs, outputs)


def whole_model(
    parts: tuple[Part, ...], heads: tuple[HeadShape, ...], width: int
) -> onnx.ModelProto:
    """All parts joined into the graph that a bundle ships."""
    joined = Part(
        tuple(node for part in parts for node in part.nodes),
        tuple(constant for part in parts for constant in part.constants),
    )
    inputs = [
        helper.make_tensor_value_info(name, TensorProto.INT32, ["batch", "tokens"])
        for name in ("input_ids", "attention_mask")
    ]
    outputs = [
        helper.make_tensor_value_info(
            head.name,
            TensorProto.FLOAT,
            ["batch", "tokens", head.outputs] if head == TAGGER else ["batch", head.outputs],
        )
        for head in (*heads, HeadShape("embedding", width))
    ]
    return _model(joined, inputs, outputs)


def _layer_nodes(prefix: str, source: str, target: str, attention_heads: int) -> list[NodeProto]:
    """One transformer layer: attention, then the feed-forward pair, each with a residual."""
    attention, output = f"{prefix}.attention.output", f"{prefix}.output"
    return [
        _fused(
            "Attention",
            [source, f"{prefix}.qkv.weight", f"{prefix}.qkv.bias", "attention_mask"],
            f"{prefix}.context",
            num_heads=attention_heads,
        ),
        _node("MatMul", [f"{prefix}.context", f"{attention}.dense.weight"], f"{attention}.matmul"),
        *_skip_norm(f"{attention}.matmul", source, attention, f"{attention}.out"),
        _node(
            "MatMul",
            [f"{attention}.out", f"{prefix}.intermediate.dense.weight"],
            f"{prefix}.intermediate.matmul",
        ),
        _fused(
            "BiasGelu",
            [f"{prefix}.intermediate.matmul", f"{prefix}.intermediate.dense.bias"],
            f"{prefix}.intermediate.out",
        ),
        _node(
            "MatMul", [f"{prefix}.intermediate.out", f"{output}.dense.weight"], f"{output}.matmul"
        ),
        *_skip_norm(f"{output}.matmul", f"{attention}.out", output, target),
    ]


def _layer_constants(weights: Weights, prefix: str) -> list[TensorProto]:
    """The layer's weights, turned so that they multiply from the right; q, k, v side by side."""
    parts = [f"{prefix}.attention.self.{name}" for name in ("query", "key", "value")]
    qkv = np.concatenate([weights[f"{part}.weight"].T for part in parts], axis=1)
    bias = np.concatenate([weights[f"{part}.bias"] for part in parts])
    attention, output = f"{prefix}.attention.output", f"{prefix}.output"
    inner = f"{prefix}.intermediate.dense"
    constants = [_constant(f"{prefix}.qkv.weight", qkv), _constant(f"{prefix}.qkv.bias", bias)]
    for dense in (f"{attention}.dense", inner, f"{output}.dense"):
        constants.append(_constant(f"{dense}.weight", weights[f"{dense}.weight"].T))
        constants.append(_constant(f"{dense}.bias", weights[f"{dense}.bias"]))
    for norm in (f"{attention}.LayerNorm", f"{output}.LayerNorm"):
        constants += _norm_constants(weights, norm)
    return constants


def _norm_constants(weights: Weights, norm: str) -> list[TensorProto]:
    return [_constant(f"{norm}.{name}", weights[f"{norm}.{name}"]) for name in ("weight", "bias")]


def _norm(source: str, norm: str, target: str) -> NodeProto:
    inputs = [source, f"{norm}.weight", f"{norm}.bias"]
    return _node("LayerNormalization", inputs, target, epsilon=w.LAYER_NORM_EPSILON)


def _skip_norm(source: str, skip: str, block: str, target: str) -> list[NodeProto]:
    """LayerNorm(source + dense bias + skip), in plain operators.

    The fused SkipLayerNormalization is about eight times slower on a CPU (ONNX Runtime 1.32:
    0.589 against 0.074 ms for 128 x 768), which was a fifth of a whole pass.
    """
    return [
        _node("Add", [source, f"{block}.dense.bias"], f"{block}.biased"),
        _node("Add", [f"{block}.biased", skip], f"{block}.summed"),
        _norm(f"{block}.summed", f"{block}.LayerNorm", target),
    ]


def _node(
    operator: str, inputs: list[str], output: str, **attributes: float | list[int]
) -> NodeProto:
    node = helper.make_node(operator, inputs, [output], name=output)
    node.attribute.extend(helper.make_attribute(key, value) for key, value in attributes.items())
    return node


def _fused(operator: str, inputs: list[str], output: str, **attributes: float) -> NodeProto:
    node = _node(operator, inputs, output, **attributes)
    node.domain = FUSED
    return node


def _constant(name: str, array: NDArray[np.generic]) -> TensorProto:
    return numpy_helper.from_array(np.ascontiguousarray(array), name)


def _model(
    part: Part, inputs: list[onnx.ValueInfoProto], outputs: list[onnx.ValueInfoProto]
) -> onnx.ModelProto:
    graph = helper.make_graph(
        list(part.nodes), "pointsman", inputs, outputs, initializer=list(part.constants)
    )
    opsets = [helper.make_opsetid("", OPSET), helper.make_opsetid(FUSED, 1)]
    return helper.make_model(graph, opset_imports=opsets, producer_name="pointsman", ir_version=8)
