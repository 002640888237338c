"""The training loop: all `losses` in one step, resumable at any step, same result each time."""

import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path

import msgspec
import numpy as np
import torch
from torch import Tensor

from pointsman.training import inputs, losses, network, pieces
from pointsman.training.examples import Example
from pointsman.training.inputs import Input
from pointsman.training.losses import Labels
from pointsman.training.pieces import Pieces
from pointsman.training.weights import Weights

PAIRS = 12
"""Pairs beside each batch."""
KEEP_SHARE = 4
"""The published model reads one row in this many: a second pass over all would cost a third."""
_SAVE_EVERY_S = 120.0


class Settings(msgspec.Struct, frozen=True):
    """What decides the result of a training run, beside data and starting weights.

    Attributes:
        rate: Peak learning rate of the encoder; heads start untrained and take `head_rate`.
        warm_up: Share of the steps in which the rates rise; then they fall linearly to zero.
        bf16: Multiply matrices in bfloat16: three times as fast where the processor has AMX, and
            unusably slow where it has not. Weights and losses stay fp32.
    """

    attention_heads: int
    epochs: int = 3
    max_tokens: int = 128
    batch: int = 64
    rate: float = 2e-4
    head_rate: float = 1e-3
    warm_up: float = 0.06
    weight_decay: float = 0.01
    clip: float = 1.0
    seed: int = 0
    bf16: bool = False


class PairTexts(msgspec.Struct, frozen=True):
    """Pairs of texts as word pieces, and the cosine that each pair should have."""

    left: Sequence[Pieces]
    right: Sequence[Pieces]
    near: Tensor


class Run(msgspec.Struct):
    """Where a run stands: everything a checkpoint holds, and what it is optimising."""

    weights: dict[str, Tensor]
    optimiser: torch.optim.Optimizer
    step: int = 0
    seconds: float = 0.0


def train(
    start: Weights,
    examples: Sequence[Example],
    texts: Sequence[Sequence[Input]],
    pairs: PairTexts,
    settings: Settings,
    checkpoint: Path,
    *,
    resume: bool,
) -> tuple[Weights, float]:
    """Fine-tunes the weights; progress goes to stderr.

    Args:
        start: Published encoder with new heads.
        examples: The training side.
        texts: The word pieces of every example, in each form that epochs take turns in.
        pairs: Pairs of texts for the embedding.
        settings: See `Settings`.
        checkpoint: Written every few minutes; read if `resume` and it is there.
        resume: Go on from the checkpoint.

    Returns:
        The trained weights and the minutes the loop ran.
    """
    run = _begin(start, settings, checkpoint if resume else None)
    labels = losses.labels_of(examples)
    stock = {name: torch.from_numpy(array) for name, array in start.items()}
    total = settings.epochs * -(-len(examples) // settings.batch)
    meter, before = _Meter(total), run.seconds
    saved = began = time.monotonic()
    for form, rows in islice(_schedule(texts, settings), run.step, None):
        batch = _Batch.of(form, rows)
        loss = _step(run, stock, labels, batch, pairs, settings, total)
        run.step, run.seconds = run.step + 1, before + time.monotonic() - began
        meter.tell(run.step, loss, int(batch.mask.sum()))
        if time.monotonic() - saved > _SAVE_EVERY_S or run.step == total:
            _save(run, checkpoint, settings)
            saved = time.monotonic()
    return {name: t.detach().numpy() for name, t in run.weights.items()}, run.seconds / 60


def _begin(start: Weights, settings: Settings, checkpoint: Path | None = None) -> Run:
    weights = network.trainable(start)
    groups: dict[tuple[bool, bool], list[Tensor]] = {}
    for name, tensor in sorted(weights.items()):  # a checkpoint knows tensors by their order only
        if tensor.requires_grad:
            groups.setdefault((name.startswith("heads."), tensor.ndim > 1), []).append(tensor)
    optimiser = torch.optim.AdamW(
        [
            {
                "params": tensors,
                "peak": settings.head_rate if head else settings.rate,
                "weight_decay": settings.weight_decay if matrix else 0.0,
            }
            for (head, matrix), tensors in groups.items()
        ],
        lr=settings.rate,
    )
    run = Run(weights, optimiser)
    if checkpoint is not None and checkpoint.exists():
        _restore(run, checkpoint, settings)
    return run


def _schedule(
    texts: Sequence[Sequence[Input]], settings: Settings
) -> Iterator[tuple[Sequence[Input], np.ndarray]]:
    """Of every step of the run, the form of the texts and the rows of its batch."""
    for epoch in range(settings.epochs):
        form = texts[epoch % len(texts)]
        random = np.random.default_rng([settings.seed, epoch])
        lengths = [len(text.pieces) for text in form]
        for rows in pieces.batches(lengths, settings.batch, random):
            yield form, rows


class _Batch(msgspec.Struct, frozen=True):
    """A batch as tensors: rows (batch,), ids, mask and tags (batch, tokens)."""

    rows: Tensor
    ids: Tensor
    mask: Tensor
    tags: Tensor

    @classmethod
    def of(cls, texts: Sequence[Input], rows: np.ndarray) -> "_Batch":
        ids, mask, tags = inputs.padded([texts[row] for row in rows])
        return cls(
            torch.from_numpy(rows),
            torch.from_numpy(ids).long(),
            torch.from_numpy(mask),
            torch.from_numpy(tags).long(),
        )


def _step(
    run: Run,
    stock: Mapping[str, Tensor],
    labels: Labels,
    batch: _Batch,
    pairs: PairTexts,
    settings: Settings,
    total: int,
) -> float:
    """One optimiser step; returns the loss."""
    torch.manual_seed(settings.seed * 1_000_003 + run.step)
    with torch.autocast("cpu", dtype=torch.bfloat16, enabled=settings.bf16):
        loss = _whole_loss(run, stock, labels, batch, pairs, settings)
    run.optimiser.zero_grad()
    torch.autograd.backward(loss)
    trained = [tensor for tensor in run.weights.values() if tensor.requires_grad]
    torch.nn.utils.clip_grad_norm_(trained, settings.clip)
    for group in run.optimiser.param_groups:
        group["lr"] = group["peak"] * _rate_share(run.step, total, settings.warm_up)
    run.optimiser.step()
    return float(loss.detach())


def _whole_loss(
    run: Run,
    stock: Mapping[str, Tensor],
    labels: Labels,
    batch: _Batch,
    pairs: PairTexts,
    settings: Settings,
) -> Tensor:
    heads = settings.attention_heads
    reading = network.read(run.weights, batch.ids, batch.mask, heads, network.DROPOUT)
    loss = losses.task_loss(reading.heads, labels, batch.rows, batch.tags)
    kept = max(1, len(batch.rows) // KEEP_SHARE)
    with torch.no_grad():
        published = network.pool(stock, batch.ids[:kept], batch.mask[:kept], heads, 0.0)
    loss = loss + losses.KEEP_WEIGHT * losses.kept_loss(reading.pooled[:kept], published)
    return loss + losses.PAIRS_WEIGHT * _pairs_loss(run, pairs, settings)


def _pairs_loss(run: Run, pairs: PairTexts, settings: Settings) -> Tensor:
    """Of some pairs, drawn anew for each step."""
    random = np.random.default_rng([settings.seed, 7, run.step])
    chosen = random.choice(len(pairs.left), size=min(PAIRS, len(pairs.left)), replace=False)
    texts = [side[at] for side in (pairs.left, pairs.right) for at in chosen]
    ids, mask = pieces.padded(texts)
    pooled = network.pool(
        run.weights,
        torch.from_numpy(ids).long(),
        torch.from_numpy(mask),
        settings.attention_heads,
        network.DROPOUT,
    )
    near = pairs.near[torch.from_numpy(chosen)]
    return losses.pairs_loss(pooled[: len(chosen)], pooled[len(chosen) :], near)


def _rate_share(step: int, total: int, warm_up: float) -> float:
    """The share of the peak rate at a step: linear up to 1, then linear down to 0."""
    rising = max(1, round(total * warm_up))
    if step < rising:
        return (step + 1) / rising
    return (total - step) / max(1, total - rising)


def read_weights(checkpoint: Path) -> Weights:
    """The weights in a checkpoint."""
    state = torch.load(checkpoint, weights_only=True)
    return {name: tensor.numpy() for name, tensor in state["weights"].items()}


def _save(run: Run, checkpoint: Path, settings: Settings) -> None:
    part = checkpoint.with_suffix(".part")
    state = {
        "settings": msgspec.to_builtins(settings),
        "weights": {name: tensor.detach() for name, tensor in run.weights.items()},
        "optimiser": run.optimiser.state_dict(),
        "step": run.step,
        "seconds": run.seconds,
    }
    torch.save(state, part)
    part.replace(checkpoint)


def _restore(run: Run, checkpoint: Path, settings: Settings) -> None:
    state = torch.load(checkpoint, weights_only=True)
    if state["settings"] != msgspec.to_builtins(settings):
        raise ValueError(
            f"{checkpoint}: the checkpoint was made with {state['settings']}, this run asks for "
            f"{msgspec.to_builtins(settings)}: use the same options, or start without --resume"
        )
    with torch.no_grad():
        for name, tensor in run.weights.items():
            tensor.copy_(state["weights"][name])
    run.optimiser.load_state_dict(state["optimiser"])
    run.step, run.seconds = state["step"], state["seconds"]


class _Meter:
    """Tells stderr, every 25 steps, the mean loss, the speed and the time left."""

    _EVERY = 25

    def __init__(self, total: int) -> None:
        self._total = total
        self._losses: list[float] = []
        self._tokens = 0
        self._since = time.monotonic()

    def tell(self, step: int, loss: float, tokens: int) -> None:
        """Notes one step; prints when it is due."""
        self._losses.append(loss)
        self._tokens += tokens
        if step % self._EVERY and step != self._total:
            return
        seconds = time.monotonic() - self._since
        left = (self._total - step) * seconds / len(self._losses) / 60
        sys.stderr.write(
            f"step {step}/{self._total}  loss {np.mean(self._losses):.3f}  "
            f"{self._tokens / seconds:,.0f} tokens/s  {left:.0f} min left\n"
        )
        self._losses, self._tokens, self._since = [], 0, time.monotonic()
