"""Writes the trained weights as the two files a bundle serves: encoder.onnx and wordpieces.bin.

Precision: the transformer's matrices become int8, one scale per output column (QInt8 per channel:
per tensor costs 2-3 points of accuracy, see benchmarks/training), activations are quantised at
run time; the word-piece table is int8 with one scale per row; heads and norms stay fp32.

The word-piece table is frozen in training and lies in a file of its own (ONNX external data), so
a retrained bundle adds only encoder.onnx to a repository's history.
"""

import tempfile
from pathlib import Path

import msgspec
import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto
from onnxruntime.quantization import QuantType, quantize_dynamic

from pointsman.training import graph
from pointsman.training import weights as w
from pointsman.training.graph import Part
from pointsman.training.manifest import GRAPH_FILE, WORD_PIECES_FILE
from pointsman.training.weights import EXPORTED, HeadShape, Weights

INT8_MAX = 127


class Precision(msgspec.Struct, frozen=True):
    """How the transformer's matrices are stored: int8 or uint8, or fp32 if neither."""

    name: str
    weights: QuantType | None = None
    per_channel: bool = False


INT8_PER_CHANNEL = Precision("int8 per channel", QuantType.QInt8, per_channel=True)
FP32 = Precision("fp32")
PRECISIONS = (
    INT8_PER_CHANNEL,
    Precision("uint8 per channel", QuantType.QUInt8, per_channel=True),
    Precision("int8 per tensor", QuantType.QInt8),
    FP32,
)
"""The shipped one first; `variants` measures them against each other."""


def export(
    weights: Weights,
    attention_heads: int,
    out: Path,
    *,
    heads: tuple[HeadShape, ...] = EXPORTED,
    precision: Precision = INT8_PER_CHANNEL,
) -> None:
    """Writes `encoder.onnx` and `wordpieces.bin` into `out`.

    The graph takes `input_ids` and `attention_mask`, int32 (batch, tokens), right-padded; it
    gives one float32 output per head, (batch, outputs), of the tagger (batch, tokens, tags), and
    `embedding` (batch, width), which is the mean-pooled encoding with length 1.

    Args:
        weights: By the names in `weights`, as float32.
        attention_heads: How many heads the width is divided into.
        out: An existing folder.
        heads: The heads to export, in the order of the outputs.
        precision: Of the transformer's matrices; anything but the default is for comparison.
    """
    width = weights[w.WORD_PIECES].shape[1]
    layers = graph.layers(weights, attention_heads)
    if precision.weights is not None:
        layers = _quantised(layers, width, precision)
    parts = (graph.front(weights), layers, graph.tail(weights, heads))
    model = graph.whole_model(parts, heads, width)
    pieces, scales = quantise_rows(weights[w.WORD_PIECES])
    _attach_word_pieces(model, pieces, scales, out / WORD_PIECES_FILE)
    (out / GRAPH_FILE).write_bytes(model.SerializeToString(deterministic=True))


def quantise_rows(
    table: NDArray[np.float32],
) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """A float table as int8 rows and one scale per row, so that row = int8 row x scale.

    Args:
        table: (rows, width).

    Returns:
        The int8 table (rows, width) and the scales (rows, 1). Symmetric, so zero stays zero;
        the error of an entry is at most half its row's scale.
    """
    peak = np.abs(table).max(axis=1, keepdims=True)
    # A row of subnormal numbers is a row of zeros: its scale would itself round to zero.
    least = np.finfo(np.float32).tiny * INT8_MAX
    scales = np.where(peak > least, peak / INT8_MAX, 1.0).astype(np.float32)
    return np.rint(table / scales).astype(np.int8), scales


def _quantised(layers: Part, width: int, precision: Precision) -> Part:
    """The transformer with int8 matrices; quantise_dynamic reads and writes files only."""
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "fp32.onnx", Path(folder) / "int8.onnx"
        onnx.save(graph.layers_model(layers, width), source)
        quantize_dynamic(
            source,
            target,
            op_types_to_quantize=["MatMul", "Attention"],
            per_channel=precision.per_channel,
            weight_type=precision.weights,
            # Fused operators have no ONNX shape inference; every tensor between them is float.
            extra_options={"DefaultTensorType": TensorProto.FLOAT},
        )
        model = onnx.load(target)
    return Part(tuple(model.graph.node), tuple(model.graph.initializer))


def _attach_word_pieces(
    model: onnx.ModelProto,
    pieces: NDArray[np.int8],
    scales: NDArray[np.float32],
    path: Path,
) -> None:
    """Writes the table, then its scales, to `path` and points the graph at them."""
    offset = 0
    blobs: list[bytes] = []
    for name, array, kind in (
        ("wordpieces", pieces, TensorProto.INT8),
        ("wordpiece_scales", scales, TensorProto.FLOAT),
    ):
        blob = array.astype(array.dtype.newbyteorder("<")).tobytes()
        tensor = TensorProto(name=name, data_type=kind, dims=array.shape)
        tensor.data_location = TensorProto.EXTERNAL
        places = (("location", path.name), ("offset", str(offset)), ("length", str(len(blob))))
        for key, value in places:
            tensor.external_data.add(key=key, value=value)
        model.graph.initializer.append(tensor)
        blobs.append(blob)
        offset += len(blob)
    path.write_bytes(b"".join(blobs))
