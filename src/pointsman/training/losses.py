"""What training makes small: the losses of several tasks, over labels that may be unknown.

Loss of a batch = mean over its rows of
    cross-entropy(domain) + weight x cross-entropy(outcome)
    + TOKENS_WEIGHT x weight x smooth L1(log1p extra tokens)
    + ATTACKS_WEIGHT x binary cross-entropy(attacks), summed over the labels that are known
    + RECORDED_WEIGHT x binary cross-entropy(recorded models), mean over those that are known
    + TAGS_WEIGHT x cross-entropy(tags), mean over the row's tagged pieces
plus, on the first quarter of the rows, KEEP_WEIGHT x (1 - cosine) between the pooled encoding and
the published model's, and on some pairs beside the batch PAIRS_WEIGHT x (cosine - target)^2, so
that the embedding stays useful for similarity. A row without a label for a task adds nothing.
"""

from collections.abc import Mapping, Sequence

import msgspec
import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from pointsman.training.examples import NO_LABEL, Example
from pointsman.training.weights import ATTACKS, GUARD, RECORDED, TAGGER

TOKENS_WEIGHT = 0.5
ATTACKS_WEIGHT = 1.0
RECORDED_WEIGHT = 0.5
TAGS_WEIGHT = 2.0
PAIRS_WEIGHT = 2.0
KEEP_WEIGHT = 0.5


class Labels(msgspec.Struct, frozen=True):
    """The labels of all examples as tensors, (examples,) each; NaN tokens mean no target.

    `attacks` and `recorded` have a column for each label, NO_LABEL where it is unknown.
    """

    domain: Tensor
    outcome: Tensor
    weight: Tensor
    log_tokens: Tensor
    attacks: Tensor
    recorded: Tensor


def labels_of(examples: Sequence[Example]) -> Labels:
    """The examples' labels as tensors, in their order."""
    tokens = [np.nan if e.extra_tokens is None else e.extra_tokens for e in examples]
    return Labels(
        domain=torch.tensor([example.domain for example in examples]),
        outcome=torch.tensor([example.outcome for example in examples]),
        weight=torch.tensor([example.outcome_weight for example in examples]),
        log_tokens=torch.log1p(torch.tensor(tokens, dtype=torch.float32)),
        attacks=_columns([example.attacks for example in examples], len(ATTACKS)),
        recorded=_columns([example.recorded for example in examples], RECORDED.outputs),
    )


def _columns(labels: Sequence[tuple[int, ...]], width: int) -> Tensor:
    """Labels as rows of one width, NO_LABEL where an example has none or fewer."""
    return torch.tensor([(*row, *(NO_LABEL,) * (width - len(row))) for row in labels])


def task_loss(heads: Mapping[str, Tensor], labels: Labels, rows: Tensor, tags: Tensor) -> Tensor:
    """The tasks' part of the loss, a mean over the batch's rows (see the module)."""
    heads = {name: output.float() for name, output in heads.items()}
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
    attacks, _ = _known_loss(heads[GUARD.name], labels.attacks[rows])
    recorded, count = _known_loss(heads[RECORDED.name], labels.recorded[rows])
    whole = whole + ATTACKS_WEIGHT * attacks.sum()
    whole = whole + RECORDED_WEIGHT * (recorded.sum(dim=1) / count.clamp(min=1)).sum()
    return (whole + TAGS_WEIGHT * _tags_loss(heads[TAGGER.name], tags)) / len(rows)


def _known_loss(logits: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
    """Binary cross-entropy where the label is known, else 0, and how many are known per row."""
    known = labels != NO_LABEL
    loss = functional.binary_cross_entropy_with_logits(
        logits, labels.clamp(min=0).to(logits.dtype), reduction="none"
    )
    return loss * known, known.sum(dim=1)


def _tags_loss(logits: Tensor, tags: Tensor) -> Tensor:
    """Cross-entropy of the tags, the mean over each row's tagged pieces, summed over rows."""
    loss = functional.cross_entropy(
        logits.transpose(1, 2), tags, ignore_index=NO_LABEL, reduction="none"
    )
    count = (tags != NO_LABEL).sum(dim=1).clamp(min=1)
    return (loss.sum(dim=1) / count).sum()


def kept_loss(pooled: Tensor, published: Tensor) -> Tensor:
    """1 - cosine of our encodings (rows, width) with the published model's, mean over rows."""
    cosine = functional.cosine_similarity(pooled.float(), published.float())
    return (1 - cosine).mean()


def pairs_loss(left: Tensor, right: Tensor, near: Tensor) -> Tensor:
    """The squared distance of cosines from what they should be, mean over pairs.

    Args:
        left: Pooled encodings, (pairs, width).
        right: Those of the other texts, (pairs, width).
        near: The cosines that they should have, (pairs,).
    """
    return ((functional.cosine_similarity(left.float(), right.float()) - near) ** 2).mean()
