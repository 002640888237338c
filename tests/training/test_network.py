"""The torch side: not collected where the extra `train` is not installed (see conftest)."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime as ort
import pytest
import torch

from pointsman.training import export, network
from pointsman.training import weights as w
from pointsman.training.pieces import padded
from pointsman.training.weights import EXPORTED, RECORDED, Weights

Reader = Callable[[list[int]], dict[str, Any]]
TEXTS = ([5, 9], [5, 9, 60, 3], [7] * 3)
ATTENTION_HEADS = 4


def read(weights: Weights) -> network.Reading:
    """The network on a padded batch of all texts."""
    ids, mask = padded([np.array(text, np.int32) for text in TEXTS])
    tensors = network.trainable(weights)
    with torch.no_grad():
        return network.read(
            tensors, torch.from_numpy(ids).long(), torch.from_numpy(mask), ATTENTION_HEADS, 0.0
        )


def test_the_network_computes_what_numpy_does_and_padding_changes_nothing(
    tiny_weights: Weights, numpy_reader: Reader
) -> None:
    reading = read(tiny_weights)
    assert set(reading.heads) == {head.name for head in (*EXPORTED, RECORDED)}
    for row, text in enumerate(TEXTS):
        expected = numpy_reader(text)
        for name, outputs in reading.heads.items():
            found = outputs[row].numpy()
            real = found[: len(text)] if name == w.TAGGER.name else found
            assert real == pytest.approx(expected[name], abs=1e-4), name
        unit = reading.pooled[row] / reading.pooled[row].norm()
        assert unit.numpy() == pytest.approx(expected["embedding"], abs=1e-5)


def test_the_graph_computes_what_the_network_does(tiny_weights: Weights, tmp_path: Path) -> None:
    held = as_the_graph_holds_them(tiny_weights)
    export.export(held, ATTENTION_HEADS, tmp_path, precision=export.FP32)
    session = ort.InferenceSession(tmp_path / "encoder.onnx", providers=["CPUExecutionProvider"])
    ids, mask = padded([np.array(text, np.int32) for text in TEXTS])
    names = [*(head.name for head in EXPORTED), "embedding"]
    outputs = session.run(names, {"input_ids": ids, "attention_mask": mask})
    reading = read(held)
    pooled = reading.pooled / reading.pooled.norm(dim=1, keepdim=True)
    ours = {**reading.heads, "embedding": pooled}
    for name, found in zip(names, outputs, strict=True):
        real = mask.astype(bool) if name == w.TAGGER.name else slice(None)
        assert found[real] == pytest.approx(ours[name].numpy()[real], abs=2e-5), name


def as_the_graph_holds_them(weights: Weights) -> Weights:
    """Word pieces as int8 rows can say them, positions as half precision can."""
    pieces, scales = export.quantise_rows(weights[w.WORD_PIECES])
    positions = weights[w.POSITIONS] + weights[w.TOKEN_TYPES][0]
    return {
        **weights,
        w.WORD_PIECES: (pieces * scales).astype(np.float32),
        w.POSITIONS: positions.astype(np.float16).astype(np.float32),
        w.TOKEN_TYPES: np.zeros_like(weights[w.TOKEN_TYPES]),
    }


def test_the_guard_sees_one_token_however_long_the_text_is(tiny_weights: Weights) -> None:
    width = tiny_weights[w.WORD_PIECES].shape[1]
    query = torch.zeros(w.GUARD.outputs, width)
    query[1, 0] = 50.0  # the second label looks for tokens that are large in the first column
    weights = {
        "heads.attacks.query": query,
        "heads.attacks.attended": torch.eye(w.GUARD.outputs, width)[[1, 0, 2]],
        "heads.attacks.weight": torch.zeros(w.GUARD.outputs, width),
        "heads.attacks.bias": torch.zeros(w.GUARD.outputs),
    }
    hidden = torch.zeros(1, 200, width)
    hidden[0, 137, 0] = 1.0
    logits = network.guard(weights, hidden, torch.ones(1, 200), hidden.mean(dim=1))
    assert logits[0].tolist() == pytest.approx([0.0, 1.0, 0.0], abs=1e-6)
    masked = torch.ones(1, 200)
    masked[0, 137] = 0
    blind = network.guard(weights, hidden, masked, hidden.mean(dim=1))
    assert blind[0].tolist() == pytest.approx([0.0, 0.0, 0.0], abs=1e-6)


def test_only_the_word_pieces_are_frozen(tiny_weights: Weights) -> None:
    tensors = network.trainable(tiny_weights)
    frozen = {name for name, tensor in tensors.items() if not tensor.requires_grad}
    assert frozen == {w.WORD_PIECES}


def test_dropout_takes_whole_columns_of_a_text_and_keeps_the_mean() -> None:
    torch.manual_seed(1)
    dropped = network._dropped(torch.ones(40, 7, 500), 0.1)
    assert bool((dropped == dropped[:, :1]).all())
    assert dropped.unique().tolist() == pytest.approx([0.0, 1 / 0.9])
    assert float((dropped == 0).float().mean()) == pytest.approx(0.1, abs=0.01)
    assert bool((dropped[0] != dropped[1]).any())


def test_no_dropout_leaves_everything_as_it_was_and_draws_nothing() -> None:
    before = torch.get_rng_state()
    hidden = torch.ones(2, 3, 4)
    assert network._dropped(hidden, 0.0) is hidden
    assert bool((torch.get_rng_state() == before).all())
