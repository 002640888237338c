"""The training loop: not collected where the extra `train` is not installed (see conftest)."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from pointsman.training import loop, losses, network
from pointsman.training import weights as w
from pointsman.training.examples import Example
from pointsman.training.inputs import Input
from pointsman.training.weights import Weights

EXAMPLES = [
    Example("a", (), "s", "train", domain=1, outcome=0, outcome_weight=1.0, extra_tokens=3.0),
    Example("b", (), "s", "train", domain=2, attacks=(0, 0, 0), recorded=(1, 0)),
    Example("c", (), "s", "train", outcome=1, outcome_weight=0.5, attacks=(-1, 1, -1)),
    Example("d", (), "s", "train", domain=9, outcome=3, outcome_weight=1.0, extra_tokens=90.0),
] * 3


def text(*ids: int) -> Input:
    """Word pieces, all of them tagged as outside but the first, which begins a span."""
    return Input(np.array(ids, np.int32), np.array([1, *[0] * (len(ids) - 1)], np.int16))


TEXTS = [text(*[1, 7 + at, 30, 2][: 2 + at % 3]) for at in range(len(EXAMPLES))]
PAIRS = loop.PairTexts(
    [np.array([1, 8, 2], np.int32), np.array([1, 9, 40, 2], np.int32)],
    [np.array([1, 44, 2], np.int32), np.array([1, 12, 2], np.int32)],
    torch.tensor([0.9, 0.1]),
)
SETTINGS = loop.Settings(attention_heads=4, epochs=2, batch=4, warm_up=0.1)


def train(start: Weights, checkpoint: Path, *, resume: bool = False) -> Weights:
    trained, _ = loop.train(start, EXAMPLES, [TEXTS], PAIRS, SETTINGS, checkpoint, resume=resume)
    return trained


def test_training_moves_layers_and_heads_but_not_the_word_pieces(
    tiny_weights: Weights, tmp_path: Path
) -> None:
    trained = train(tiny_weights, tmp_path / "checkpoint.pt")
    assert (trained[w.WORD_PIECES] == tiny_weights[w.WORD_PIECES]).all()
    still = {name for name, array in trained.items() if (array == tiny_weights[name]).all()}
    assert still == {w.WORD_PIECES}


@pytest.mark.parametrize("reverse", [False, True])
def test_a_resumed_run_ends_where_an_uninterrupted_one_does(
    tiny_weights: Weights,
    reverse: bool,  # noqa: FBT001 - a case of the table
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    whole = train(tiny_weights, tmp_path / "whole.pt")
    monkeypatch.setattr(loop, "_SAVE_EVERY_S", 0.0)
    step = loop._step

    def fails_at_the_fourth(run: loop.Run, *rest: Any) -> float:
        if run.step == 3:
            raise KeyboardInterrupt
        return step(run, *rest)

    monkeypatch.setattr(loop, "_step", fails_at_the_fourth)
    with pytest.raises(KeyboardInterrupt):
        train(tiny_weights, tmp_path / "part.pt")
    monkeypatch.setattr(loop, "_step", step)
    # Another order of names: the optimiser's state must find its tensors all the same. Only the
    # norm of the gradient is then summed in another order, and Adam magnifies what that changes.
    ordered = dict(sorted(tiny_weights.items(), reverse=True)) if reverse else tiny_weights
    resumed = train(ordered, tmp_path / "part.pt", resume=True)
    for name, array in whole.items():
        assert resumed[name] == pytest.approx(array, abs=1e-4 if reverse else 0, rel=0), name


def test_a_finished_run_is_read_back_and_not_trained_further(
    tiny_weights: Weights, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trained = train(tiny_weights, tmp_path / "checkpoint.pt")
    monkeypatch.setattr(loop, "_step", None)
    again = train(tiny_weights, tmp_path / "checkpoint.pt", resume=True)
    stored = loop.read_weights(tmp_path / "checkpoint.pt")
    for name, array in trained.items():
        assert (again[name] == array).all()
        assert (stored[name] == array).all()


def test_a_checkpoint_of_other_settings_is_refused(tiny_weights: Weights, tmp_path: Path) -> None:
    checkpoint = tmp_path / "checkpoint.pt"
    train(tiny_weights, checkpoint)
    other = loop.Settings(attention_heads=4, epochs=5)
    with pytest.raises(ValueError, match="start without --resume"):
        loop.train(tiny_weights, EXAMPLES, [TEXTS], PAIRS, other, checkpoint, resume=True)


def test_progress_goes_to_stderr(
    tiny_weights: Weights, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    train(tiny_weights, tmp_path / "checkpoint.pt")
    assert "step 6/6" in capsys.readouterr().err


def test_each_epoch_reads_the_next_form_and_every_row_once() -> None:
    forms = [[text(1, 2)] * 5, [text(1, 3, 2)] * 5]
    settings = loop.Settings(attention_heads=4, epochs=3, batch=2)
    steps = list(loop._schedule(forms, settings))
    assert [form is forms[0] for form, _ in steps] == [True] * 3 + [False] * 3 + [True] * 3
    for epoch in range(3):
        rows = np.concatenate([rows for _, rows in steps[3 * epoch : 3 * epoch + 3]])
        assert sorted(rows.tolist()) == [0, 1, 2, 3, 4]


def test_the_rate_rises_to_its_peak_and_falls_to_nothing() -> None:
    shares = [loop._rate_share(step, 10, 0.2) for step in range(10)]
    assert shares == pytest.approx([0.5, 1.0, *(left / 8 for left in range(8, 0, -1))])


@pytest.mark.parametrize("bf16", [False, True])
def test_matrices_are_multiplied_in_bf16_only_when_asked(
    tiny_weights: Weights,
    bf16: bool,  # noqa: FBT001 - a case of the table
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert not loop.Settings(attention_heads=4).bf16
    settings = loop.Settings(attention_heads=4, bf16=bf16)
    run, seen = loop._begin(tiny_weights, settings), []

    def watched(run: loop.Run, *_: object) -> torch.Tensor:
        seen.append(torch.is_autocast_enabled("cpu"))
        return run.weights["heads.domain.bias"].sum()

    monkeypatch.setattr(loop, "_whole_loss", watched)
    batch = loop._Batch.of(TEXTS, np.array([0]))
    loop._step(run, {}, losses.labels_of(EXAMPLES), batch, PAIRS, settings, 1)
    assert seen == [bf16]


def test_the_whole_loss_is_that_of_tasks_keeping_and_pairs(
    tiny_weights: Weights, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(network, "DROPOUT", 0.0)
    run, labels = loop._begin(tiny_weights, SETTINGS), losses.labels_of(EXAMPLES)
    # A published model with another first layer, so that there is something to keep.
    stock = {name: tensor.detach().clone() for name, tensor in run.weights.items()}
    stock["encoder.layer.0.intermediate.dense.weight"] *= 2
    batch = loop._Batch.of(TEXTS, np.arange(8))
    with torch.no_grad():
        found = loop._whole_loss(run, stock, labels, batch, PAIRS, SETTINGS)
        reading = network.read(run.weights, batch.ids, batch.mask, 4, 0.0)
        published = network.pool(stock, batch.ids, batch.mask, 4, 0.0)
        left, right = (
            torch.cat([pooled(run, ids) for ids in side]) for side in (PAIRS.left, PAIRS.right)
        )
        kept = losses.kept_loss(reading.pooled[:2], published[:2])  # a quarter of the rows
        expected = (
            losses.task_loss(reading.heads, labels, batch.rows, batch.tags)
            + losses.KEEP_WEIGHT * kept
            + losses.PAIRS_WEIGHT * losses.pairs_loss(left, right, PAIRS.near)
        )
    assert float(kept) > 0.001
    assert float(found) == pytest.approx(float(expected), rel=1e-5)


def pooled(run: loop.Run, ids: np.ndarray) -> torch.Tensor:
    tensor = torch.from_numpy(ids).long().unsqueeze(0)
    return network.pool(run.weights, tensor, torch.ones_like(tensor), 4, 0.0)
