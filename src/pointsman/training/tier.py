"""Trains the first tier: a hashed linear reader of the same word pieces and the same labels.

One pass over all examples in two forms, Adagrad (Duchi et al. 2011) on rows that occur; more
passes only memorise rare pieces (accuracy on other questions falls from the second pass on).
"""

import sys
from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from pointsman.encoder.first_tier import features
from pointsman.training.examples import NO_LABEL, Example
from pointsman.training.inputs import Input
from pointsman.training.losses import Labels, labels_of
from pointsman.training.tier_table import BUCKETS, OUTPUTS, STARTS, Table, quantised

_BATCH = 64
_RATE = 0.3
_TOKENS_WEIGHT = 0.2


def train_tier(examples: Sequence[Example], forms: Sequence[Sequence[Input]], seed: int) -> Table:
    """Trains a table; progress goes to stderr.

    Args:
        examples: The training side.
        forms: Their word pieces, [CLS] and [SEP] included, in each form.
        seed: Of the order.
    """
    bags = [features(text.pieces[1:-1], BUCKETS) for form in forms for text in form]
    labels = labels_of(examples)
    table = torch.zeros(BUCKETS, OUTPUTS, requires_grad=True)
    biases = torch.zeros(OUTPUTS, requires_grad=True)
    optimiser = torch.optim.Adagrad([table, biases], lr=_RATE)
    order = np.random.default_rng(seed).permutation(len(bags))
    for at in range(0, len(order), _BATCH):
        chosen = order[at : at + _BATCH]
        outputs = _outputs(table, biases, [bags[index] for index in chosen])
        loss = _loss(outputs, labels, torch.from_numpy(chosen % len(examples)))
        optimiser.zero_grad()
        torch.autograd.backward(loss)
        optimiser.step()
        if at // _BATCH % 200 == 0:
            sys.stderr.write(f"first tier {at}/{len(order)}  loss {float(loss.detach()):.3f}\n")
    return quantised(table.detach().numpy(), biases.detach().numpy())


def _outputs(table: Tensor, biases: Tensor, bags: Sequence[NDArray[np.int64]]) -> Tensor:
    sizes = [len(bag) for bag in bags]
    weights = np.concatenate([np.full(n, max(1, n) ** -0.5, dtype=np.float32) for n in sizes])
    summed = functional.embedding_bag(
        torch.from_numpy(np.concatenate(bags)),
        table,
        torch.from_numpy(np.cumsum([0, *sizes[:-1]])),
        mode="sum",
        per_sample_weights=torch.from_numpy(weights),
    )
    return summed + biases


def _loss(outputs: Tensor, labels: Labels, rows: Tensor) -> Tensor:
    """The encoder's losses without tagger and recorded models; tokens weigh less (`losses`)."""
    parts = {
        "domain": outputs[:, : STARTS["outcome"]],
        "outcome": outputs[:, STARTS["outcome"] : STARTS["extra_tokens"]],
        "attacks": outputs[:, STARTS["attacks"] :],
    }
    weight = labels.weight[rows]
    loss = functional.cross_entropy(
        parts["domain"], labels.domain[rows], ignore_index=NO_LABEL, reduction="sum"
    )
    outcome = functional.cross_entropy(
        parts["outcome"], labels.outcome[rows], ignore_index=NO_LABEL, reduction="none"
    )
    known = labels.attacks[rows] != NO_LABEL
    attacks = functional.binary_cross_entropy_with_logits(
        parts["attacks"], labels.attacks[rows].clamp(min=0).float(), reduction="none"
    )
    target = labels.log_tokens[rows]
    told = ~target.isnan()
    tokens = functional.smooth_l1_loss(
        outputs[told, STARTS["extra_tokens"]], target[told], reduction="none"
    )
    loss = loss + (outcome * weight).sum() + (attacks * known).sum()
    return (loss + _TOKENS_WEIGHT * (tokens * weight[told]).sum()) / len(rows)
