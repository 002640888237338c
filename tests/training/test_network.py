"""The torch side: not collected where the extra `train` is not installed (see conftest)."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from pointsman.training import loop, network
from pointsman.training import weights as w
from pointsman.training.examples import Example
from pointsman.training.pieces import padded
from pointsman.training.weights import Weights

Reader = Callable[[list[int]], dict[str, Any]]
EXAMPLES = [
    Example("a", (), "s", "train", domain=1, outcome=0, outcome_weight=1.0, extra_tokens=3.0),
    Example("b", (), "s", "train", domain=2),
    Example("c", (), "s", "train", outcome=1, outcome_weight=0.5),
    Example("d", (), "s", "train", domain=9, outcome=3, outcome_weight=1.0, extra_tokens=90.0),
] * 3
TEXTS = [np.array([1, 7 + at, 30, 2][: 2 + at % 3], np.int32) for at in range(len(EXAMPLES))]
SETTINGS = loop.Settings(attention_heads=4, epochs=2, batch=4, warm_up=0.1)


def test_the_network_computes_what_numpy_does_and_padding_changes_nothing(
    tiny_weights: Weights, numpy_reader: Reader
) -> None:
    ids, mask = padded([np.array([5, 9], np.int32), np.array([5, 9, 60, 3], np.int32)])
    reading = network.read(
        network.trainable(tiny_weights), torch.from_numpy(ids).long(), torch.from_numpy(mask), 4, 0
    )
    for row, text in enumerate(([5, 9], [5, 9, 60, 3])):
        expected = numpy_reader(text)
        for name, outputs in reading.heads.items():
            assert outputs[row].detach().numpy() == pytest.approx(expected[name], abs=1e-4)


def train(start: Weights, checkpoint: Path, *, resume: bool = False) -> Weights:
    trained, _ = loop.train(start, EXAMPLES, [TEXTS], SETTINGS, checkpoint, resume=resume)
    return trained


def test_training_moves_the_layers_but_not_the_word_pieces(
    tiny_weights: Weights, tmp_path: Path
) -> None:
    trained = train(tiny_weights, tmp_path / "checkpoint.pt")
    assert (trained[w.WORD_PIECES] == tiny_weights[w.WORD_PIECES]).all()
    for name in ("encoder.layer.0.attention.self.query.weight", "heads.outcome.weight"):
        assert (trained[name] != tiny_weights[name]).any()


def test_a_resumed_run_ends_where_an_uninterrupted_one_does(
    tiny_weights: Weights, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = train(tiny_weights, tmp_path / "whole.pt")
    monkeypatch.setattr(loop, "_SAVE_EVERY_S", 0.0)
    step = loop._step

    def fails_at_the_fourth(run: loop.Run, *rest: Any) -> tuple[float, int]:
        if run.step == 3:
            raise KeyboardInterrupt
        return step(run, *rest)

    monkeypatch.setattr(loop, "_step", fails_at_the_fourth)
    with pytest.raises(KeyboardInterrupt):
        train(tiny_weights, tmp_path / "part.pt")
    monkeypatch.setattr(loop, "_step", step)
    # Another order of names: the optimiser's state must find its tensors all the same.
    shuffled = dict(sorted(tiny_weights.items(), reverse=True))
    resumed = train(shuffled, tmp_path / "part.pt", resume=True)
    for name, array in whole.items():
        assert resumed[name] == pytest.approx(array, abs=1e-4)


def test_a_checkpoint_of_other_settings_is_refused(tiny_weights: Weights, tmp_path: Path) -> None:
    checkpoint = tmp_path / "checkpoint.pt"
    train(tiny_weights, checkpoint)
    other = loop.Settings(attention_heads=4, epochs=5)
    with pytest.raises(ValueError, match="start without --resume"):
        loop.train(tiny_weights, EXAMPLES, [TEXTS], other, checkpoint, resume=True)


def test_a_row_without_a_label_adds_nothing_to_the_loss() -> None:
    labels = loop.labels_of([Example("e", (), "s", "train")])
    heads = {"domain": torch.randn(1, 14), "outcome": torch.randn(1, 4)}
    heads["extra_tokens"] = torch.randn(1, 1)
    assert float(loop.task_loss(heads, labels, torch.tensor([0]))) == 0.0


def test_progress_goes_to_stderr(
    tiny_weights: Weights, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    train(tiny_weights, tmp_path / "checkpoint.pt")
    assert "step 6/6" in capsys.readouterr().err
