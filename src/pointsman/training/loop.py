"""The training loop: several tasks in one loss, resumable at any step, same result each time.

Loss of a batch = mean over its rows of
    cross-entropy(domain) + weight x cross-entropy(outcome)
    + TOKENS_WEIGHT x weight x smooth L1(log1p extra tokens)
plus, on the first quarter of the rows, KEEP_WEIGHT x (1 - cosine) between the pooled encoding and
the published model's, so that the embedding stays useful for similarity. A row without a label
for a task adds nothing for it.
"""

import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import msgspec
import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from pointsman.training import network
from pointsman.training.examples import NO_LABEL, Example
from pointsman.training.pieces import Pieces, batches, padded
from pointsman.training.weights import Weights

TOKENS_WEIGHT = 0.5
KEEP_WEIGHT = 0.3
KEEP_SHARE = 4
"""The published model reads one row in this many: a second pass over all would cost a third."""
_SAVE_EVERY_S = 120.0


class Settings(msgspec.Struct, frozen=True):
    """What decides the result of a training run, beside data and starting weights.

    Attributes:
        rate: Peak learning rate of the encoder; heads start untrained and take `head_rate`.
        warm_up: Share of the steps in which the rates rise; then they fall linearly to zero.
    """

    attention_heads: int
    epochs: int = 3
    max_tokens: int = 128
    batch: int = 32
    rate: float = 1e-4
    head_rate: float = 1e-3
    warm_up: float = 0.06
    weight_decay: float = 0.01
    clip: float = 1.0
    seed: int = 0


class Labels(msgspec.Struct, frozen=True):
    """The labels of all examples as tensors, (examples,) each; NaN tokens mean no target."""

    domain: Tensor
    outcome: Tensor
    weight: Tensor
    log_tokens: Tensor


class Run(msgspec.Struct):
    """Where a run stands: everything a checkpoint holds, and what it is optimising."""

    weights: dict[str, Tensor]
    optimiser: torch.optim.Optimizer
    step: int = 0
    seconds: float = 0.0


def labels_of(examples: Sequence[Example]) -> Labels:
    """The examples' labels as tensors, in their order."""
    tokens = [np.nan if e.extra_tokens is None else e.extra_tokens for e in examples]
    return Labels(
        domain=torch.tensor([example.domain for example in examples]),
        outcome=torch.tensor([example.outcome for example in examples]),
        weight=torch.tensor([example.outcome_weight for example in examples]),
        log_tokens=torch.log1p(torch.tensor(tokens, dtype=torch.float32)),
    )


def train(
    start: Weights,
    examples: Sequence[Example],
    texts: Sequence[Sequence[Pieces]],
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
        settings: See `Settings`.
        checkpoint: Written every few minutes; read if `resume` and it is there.
        resume: Go on from the checkpoint.

    Returns:
        The trained weights and the minutes the loop ran.
    """
    run = _begin(start, settings)
    if resume and checkpoint.exists():
        _restore(run, checkpoint, settings)
    labels = labels_of(examples)
    stock = {name: torch.from_numpy(array) for name, array in start.items()}
    total = settings.epochs * -(-len(examples) // settings.batch)
    meter, before = _Meter(total), run.seconds
    saved = began = time.monotonic()
    for step, texts_of_epoch, rows in _schedule(texts, settings):
        if step < run.step:
            continue
        loss, tokens = _step(run, stock, labels, texts_of_epoch, rows, settings, total)
        run.step, run.seconds = step + 1, before + time.monotonic() - began
        meter.tell(run.step, loss, tokens)
        if time.monotonic() - saved > _SAVE_EVERY_S or run.step == total:
            _save(run, checkpoint, settings)
            saved = time.monotonic()
    return {name: t.detach().numpy() for name, t in run.weights.items()}, run.seconds / 60


def _begin(start: Weights, settings: Settings) -> Run:
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
    return Run(weights, optimiser)


def _schedule(
    texts: Sequence[Sequence[Pieces]], settings: Settings
) -> Iterator[tuple[int, Sequence[Pieces], np.ndarray]]:
    """Every step of the run with the form of the texts and the rows of its batch."""
    step = 0
    for epoch in range(settings.epochs):
        form = texts[epoch % len(texts)]
        random = np.random.default_rng([settings.seed, epoch])
        for rows in batches([len(ids) for ids in form], settings.batch, random):
            yield step, form, rows
            step += 1


def _step(
    run: Run,
    stock: Mapping[str, Tensor],
    labels: Labels,
    texts: Sequence[Pieces],
    rows: np.ndarray,
    settings: Settings,
    total: int,
) -> tuple[float, int]:
    """One optimiser step; returns the loss and the number of tokens read."""
    torch.manual_seed(settings.seed * 1_000_003 + run.step)
    ids_array, mask_array = padded([texts[row] for row in rows])
    ids, mask = torch.from_numpy(ids_array).long(), torch.from_numpy(mask_array)
    heads = settings.attention_heads
    reading = network.read(run.weights, ids, mask, heads, network.DROPOUT)
    loss = task_loss(reading.heads, labels, torch.from_numpy(rows))
    kept = max(1, len(rows) // KEEP_SHARE)
    with torch.no_grad():
        published = network.pool(stock, ids[:kept], mask[:kept], heads, 0.0)
    cosine = functional.cosine_similarity(reading.pooled[:kept], published)
    loss = loss + KEEP_WEIGHT * (1 - cosine).mean()
    run.optimiser.zero_grad()
    torch.autograd.backward(loss)
    trained = [tensor for tensor in run.weights.values() if tensor.requires_grad]
    torch.nn.utils.clip_grad_norm_(trained, settings.clip)
    for group in run.optimiser.param_groups:
        group["lr"] = group["peak"] * _rate_share(run.step, total, settings.warm_up)
    run.optimiser.step()
    return float(loss.detach()), int(mask_array.sum())


def task_loss(heads: Mapping[str, Tensor], labels: Labels, rows: Tensor) -> Tensor:
    """The tasks' part of the loss, a mean over the batch's rows (see the module)."""
    weight = labels.weight[rows]
    domain = functional.cross_entropy(
        heads["domain"], labels.domain[rows], ignore_index=NO_LABEL, reduction="sum"
    )
    outcome = functional.cross_entropy(
        heads["outcome"], labels.outcome[rows], ignore_index=NO_LABEL, reduction="none"
    )
    target = labels.log_tokens[rows]
    known = ~target.isnan()
    tokens = functional.smooth_l1_loss(
        heads["extra_tokens"][known, 0], target[known], reduction="none"
    )
    whole = domain + (outcome * weight).sum() + TOKENS_WEIGHT * (tokens * weight[known]).sum()
    return whole / len(rows)


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
