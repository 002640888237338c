"""The graph against plain numpy: same numbers in fp32, close ones in int8."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime as ort
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from pointsman.training import export
from pointsman.training import weights as w
from pointsman.training.manifest import MAX_TOKENS
from pointsman.training.weights import EXPORTED, TAGGER, Weights

ATTENTION_HEADS = 4
OUTPUTS = [*(head.name for head in EXPORTED), "embedding"]
Reader = Callable[[list[int]], dict[str, Any]]


def run(folder: Path, ids: list[list[int]], mask: list[list[int]]) -> dict[str, Any]:
    session = ort.InferenceSession(folder / "encoder.onnx", providers=["CPUExecutionProvider"])
    feed = {"input_ids": np.array(ids, np.int32), "attention_mask": np.array(mask, np.int32)}
    return dict(zip(OUTPUTS, session.run(OUTPUTS, feed), strict=True))


@pytest.mark.parametrize("ids", [[1, 2], [5, 9, 60, 119, 3], list(range(1, 80))])
def test_the_fp32_graph_computes_what_numpy_does(
    tiny_weights: Weights, numpy_reader: Reader, tmp_path: Path, ids: list[int]
) -> None:
    export.export(tiny_weights, ATTENTION_HEADS, tmp_path, precision=export.FP32)
    found, expected = run(tmp_path, [ids], [[1] * len(ids)]), numpy_reader(ids)
    for name in OUTPUTS:
        # What is left is the rounding of the word-piece table and of the positions.
        assert found[name][0] == pytest.approx(expected[name], abs=0.02), name


def test_the_fp32_graph_is_exact_on_a_table_that_int8_can_hold_and_half_precise_positions(
    tiny_weights: Weights, tmp_path: Path, half_reader: Reader
) -> None:
    pieces, scales = export.quantise_rows(tiny_weights[w.WORD_PIECES])
    tiny_weights[w.WORD_PIECES][:] = pieces * scales
    export.export(tiny_weights, ATTENTION_HEADS, tmp_path, precision=export.FP32)
    found, expected = run(tmp_path, [[5, 9, 60, 3]], [[1] * 4]), half_reader([5, 9, 60, 3])
    for name in OUTPUTS:
        assert found[name][0] == pytest.approx(expected[name], abs=2e-5), name


def test_positions_are_stored_in_half_precision_and_only_as_many_as_are_read(
    tiny_weights: Weights, tmp_path: Path
) -> None:
    longer = np.concatenate([tiny_weights[w.POSITIONS]] * 2)
    export.export({**tiny_weights, w.POSITIONS: longer}, ATTENTION_HEADS, tmp_path)
    graph = onnx.load(tmp_path / "encoder.onnx", load_external_data=False).graph
    (positions,) = (each for each in graph.initializer if each.name == "positions_half")
    assert positions.data_type == onnx.TensorProto.FLOAT16
    assert list(positions.dims) == [MAX_TOKENS, longer.shape[1]]


@pytest.mark.parametrize("precision", export.PRECISIONS, ids=lambda precision: precision.name)
def test_every_precision_points_the_same_way(
    tiny_weights: Weights, numpy_reader: Reader, tmp_path: Path, precision: export.Precision
) -> None:
    export.export(tiny_weights, ATTENTION_HEADS, tmp_path, precision=precision)
    found = run(tmp_path, [[5, 9, 60, 3]], [[1] * 4])
    assert float(found["embedding"][0] @ numpy_reader([5, 9, 60, 3])["embedding"]) > 0.99
    assert np.linalg.norm(found["embedding"][0]) == pytest.approx(1.0, abs=1e-5)


def test_padding_changes_nothing_in_fp32(tiny_weights: Weights, tmp_path: Path) -> None:
    export.export(tiny_weights, ATTENTION_HEADS, tmp_path, precision=export.FP32)
    alone = run(tmp_path, [[5, 9]], [[1, 1]])
    padded = run(tmp_path, [[5, 9, 0, 0], [5, 9, 60, 3]], [[1, 1, 0, 0], [1, 1, 1, 1]])
    for name in OUTPUTS:
        real = padded[name][0][:2] if name == TAGGER.name else padded[name][0]
        assert real == pytest.approx(alone[name][0], abs=1e-5), name


def test_outputs_are_float32_with_one_row_per_text(tiny_weights: Weights, tmp_path: Path) -> None:
    export.export(tiny_weights, ATTENTION_HEADS, tmp_path)
    found = run(tmp_path, [[5, 9]] * 3, [[1, 1]] * 3)
    shapes = {name: output.shape for name, output in found.items()}
    assert shapes == {
        "domain": (3, 14),
        "outcome": (3, 4),
        "extra_tokens": (3, 1),
        "attacks": (3, 3),
        "pii": (3, 2, 43),
        "embedding": (3, 32),
    }
    assert {output.dtype for output in found.values()} == {np.dtype(np.float32)}


def test_a_retrained_encoder_leaves_the_word_piece_file_as_it_was(
    tiny_weights: Weights, tmp_path: Path
) -> None:
    before, after = tmp_path / "before", tmp_path / "after"
    retrained = {**tiny_weights, w.POSITIONS: tiny_weights[w.POSITIONS] + 1}
    for folder, weights in ((before, tiny_weights), (after, retrained)):
        folder.mkdir()
        export.export(weights, ATTENTION_HEADS, folder)
    same = [(before / name).read_bytes() == (after / name).read_bytes() for name in FILES]
    assert same == [False, True]


FILES = ("encoder.onnx", "wordpieces.bin")


@given(arrays(np.float32, (3, 8), elements=st.floats(-100, 100, width=32)))
def test_a_quantised_row_is_within_half_a_step(table: Any) -> None:
    pieces, scales = export.quantise_rows(table)
    assert np.abs(pieces * scales - table).max() <= np.max(scales) * 0.5001
    assert pieces.dtype == np.int8
    assert scales.shape == (3, 1)
