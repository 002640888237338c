"""The sentence encoder's shape."""

from pathlib import Path

import numpy as np
import onnxruntime as ort
import pytest

from pointsman.evaluation.minilm import MiniLmShape, write_minilm

TINY = MiniLmShape(layers=2, width=32, heads=2, inner=64, vocabulary=100, positions=40)


@pytest.mark.parametrize("tokens", [1, 40])
def test_a_graph_gives_a_unit_vector_at_any_length(tmp_path: Path, tokens: int) -> None:
    session = ort.InferenceSession(write_minilm(TINY, tmp_path), providers=["CPUExecutionProvider"])
    (embedding,) = session.run(None, {"input_ids": np.arange(tokens, dtype=np.int32)[None]})
    assert embedding.shape == (1, 32)
    assert np.linalg.norm(embedding) == pytest.approx(1, abs=1e-5)
