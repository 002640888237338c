"""Writes transformer graphs with random weights, node by node, for ONNX Runtime.

Random weights take as long as trained ones: the work of these graphs depends on shapes alone.
Matrices go to one file beside the graph (ONNX external data), so that no more than one of them is
in memory at a time; small vectors stay inside the graph.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import IO

import numpy as np
from numpy.typing import NDArray
from onnx import NodeProto, TensorProto, helper, numpy_helper

OPSET = 17
"""The first with LayerNormalization."""
FUSED = "com.microsoft"
"""https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md"""

_SPREAD = 0.02  # standard deviation of BERT's initial weights: no overflow, no denormal numbers


class GraphWriter:
    """Collects nodes and weights.

    Args:
        matrices: An open file that gets the matrices.
        name: That file's name, as the graph will refer to it.
    """

    def __init__(self, matrices: IO[bytes], name: str) -> None:
        self._matrices = matrices
        self._file = name
        self._random = np.random.default_rng(0)
        self._nodes: list[NodeProto] = []
        self._constants: list[TensorProto] = []
        self.parameters = 0

    def matrix(self, name: str, *shape: int) -> str:
        """Add a random matrix; returns its name."""
        offset = self._matrices.tell()
        values = self._random.standard_normal(shape, dtype=np.float32) * np.float32(_SPREAD)
        self._matrices.write(values.tobytes())
        tensor = TensorProto(
            name=name,
            dims=shape,
            data_type=TensorProto.FLOAT,
            data_location=TensorProto.EXTERNAL,
        )
        where = {"location": self._file, "offset": offset, "length": values.nbytes}
        for key, value in where.items():
            tensor.external_data.add(key=key, value=str(value))
        self._constants.append(tensor)
        self.parameters += values.size
        return name

    def vector(self, name: str, size: int, value: float = 0.0) -> str:
        """Add a trainable vector; returns its name."""
        self.parameters += size
        return self.constant(name, np.full(size, value, np.float32))

    def constant(self, name: str, values: NDArray[np.generic]) -> str:
        """Add values that no training would change; returns their name."""
        self._constants.append(numpy_helper.from_array(values, name))
        return name

    def node(self, operator: str, inputs: list[str], output: str, **attributes: float) -> str:
        """Add a node with one output; returns the output's name."""
        return self._add("", operator, inputs, [output], attributes)

    def fused(
        self, operator: str, inputs: list[str], outputs: list[str], **attributes: float
    ) -> str:
        """Add one of ONNX Runtime's own operators; returns its first output's name."""
        return self._add(FUSED, operator, inputs, outputs, attributes)

    def _add(
        self,
        domain: str,
        operator: str,
        inputs: list[str],
        outputs: list[str],
        attributes: Mapping[str, float],
    ) -> str:
        node = helper.make_node(operator, inputs, outputs, domain=domain)
        node.attribute.extend(helper.make_attribute(*item) for item in attributes.items())
        self._nodes.append(node)
        return outputs[0]

    def save(self, path: Path, output: str, size: int) -> None:
        """Write the graph: `input_ids` (1, tokens) to one output of shape (1, size)."""
        ids = helper.make_tensor_value_info("input_ids", TensorProto.INT32, [1, "tokens"])
        result = helper.make_tensor_value_info(output, TensorProto.FLOAT, [1, size])
        graph = helper.make_graph(
            self._nodes, "reference", [ids], [result], initializer=self._constants
        )
        opsets = [helper.make_opsetid("", OPSET), helper.make_opsetid(FUSED, 1)]
        model = helper.make_model(graph, opset_imports=opsets, ir_version=8)
        path.write_bytes(model.SerializeToString())


def write_mean(graph: GraphWriter, hidden: str, output: str) -> str:
    """Add the mean over the tokens of (1, tokens, width)."""
    axis = graph.constant(f"{output}.axis", np.array([1], np.int64))
    total = graph.node("ReduceSum", [hidden, axis], f"{output}.sum", keepdims=0)
    shape = graph.node("Shape", [hidden], f"{output}.shape", start=1, end=2)
    tokens = graph.node("Cast", [shape], f"{output}.tokens", to=TensorProto.FLOAT)
    return graph.node("Div", [total, tokens], output)
