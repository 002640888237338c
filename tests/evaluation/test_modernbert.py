"""The classifier's shape."""

from pathlib import Path

import numpy as np
import onnx
import onnxruntime as ort
import pytest

from pointsman.evaluation.modernbert import BASE, ModernBertShape, parameters, write_modernbert

TINY = ModernBertShape(
    layers=4, width=32, heads=2, inner=48, vocabulary=100, labels=3, positions=40
)


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_modernbert(TINY, tmp_path_factory.mktemp("modernbert"))


def test_the_full_shape_has_the_149_million_parameters_of_the_paper() -> None:
    assert parameters(BASE) == pytest.approx(149e6, rel=0.01)


def test_a_graph_holds_as_many_weights_as_its_shape_has_parameters(graph: Path) -> None:
    model = onnx.load(graph)
    constants = {t.name: int(np.prod(t.dims)) for t in model.graph.initializer}
    untrained = {"first_position", "pooled.axis"} | {
        name for name in constants if name.endswith((".cos", ".sin"))
    }
    assert len(untrained) == 6
    trained = sum(size for name, size in constants.items() if name not in untrained)
    assert trained == parameters(TINY)


@pytest.mark.parametrize("tokens", [1, 7, 40])
def test_a_graph_runs_at_any_length(graph: Path, tokens: int) -> None:
    session = ort.InferenceSession(graph, providers=["CPUExecutionProvider"])
    ids = np.arange(tokens, dtype=np.int32)[None]
    (logits,) = session.run(None, {"input_ids": ids})
    assert logits.shape == (1, 3)
    assert np.isfinite(logits).all()


def test_positions_matter(graph: Path) -> None:
    session = ort.InferenceSession(graph, providers=["CPUExecutionProvider"])
    ids = np.arange(20, dtype=np.int32)[None]
    (forwards,) = session.run(None, {"input_ids": ids})
    (backwards,) = session.run(None, {"input_ids": ids[:, ::-1].copy()})
    assert not np.array_equal(forwards, backwards)


def test_the_slow_fused_norm_is_not_used_and_the_quick_fused_attention_is(graph: Path) -> None:
    operators = [node.op_type for node in onnx.load(graph).graph.node]
    assert operators.count("MultiHeadAttention") == TINY.layers
    assert operators.count("RotaryEmbedding") == 2 * TINY.layers
    assert operators.count("SkipLayerNormalization") == 0
    assert operators.count("LayerNormalization") == 2 * TINY.layers + 2
    assert operators.count("MatMul") == 7 * TINY.layers + 1
