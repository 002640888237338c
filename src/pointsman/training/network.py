"""The trainable encoder in torch, as plain functions over a dictionary of weights.

The same dictionary, as numpy arrays, is what `export` reads: there is no second description of
the model to keep in step. Names and shapes: see `weights`.
"""

from collections.abc import Mapping

import msgspec
import torch
from torch import Tensor
from torch.nn import functional

from pointsman.training import weights as w
from pointsman.training.weights import GUARD, HEADS, RECORDED, TAGGER, Weights

DROPOUT = 0.1
"""BERT's published value, on hidden states; attention weights are not dropped (speed)."""


class Reading(msgspec.Struct, frozen=True):
    """What one pass gives: the pooled encoding (batch, width) and each head's outputs.

    A head over the pooled encoding has (batch, outputs); the tagger (batch, tokens, tags).
    """

    pooled: Tensor
    heads: Mapping[str, Tensor]


def trainable(weights: Weights) -> dict[str, Tensor]:
    """The weights as tensors that record gradients, all but the frozen word-piece table."""
    tensors = {name: torch.from_numpy(array.copy()) for name, array in weights.items()}
    for name, tensor in tensors.items():
        tensor.requires_grad_(name != w.WORD_PIECES)
    return tensors


def read(
    weights: Mapping[str, Tensor], ids: Tensor, mask: Tensor, attention_heads: int, dropout: float
) -> Reading:
    """One pass over a batch.

    Args:
        weights: Encoder and heads.
        ids: (batch, tokens) int64, right-padded.
        mask: (batch, tokens) 1 for real tokens, 0 for padding.
        attention_heads: How many heads the width is divided into.
        dropout: Share of hidden values zeroed in training; 0 to evaluate.
    """
    hidden = encode(weights, ids, mask, attention_heads, dropout)
    pooled = _mean(hidden, mask)
    heads = {head.name: _head(weights, head.name, pooled) for head in (*HEADS, RECORDED)}
    heads[GUARD.name] = guard(weights, hidden, mask, pooled)
    heads[TAGGER.name] = _head(weights, TAGGER.name, hidden)
    return Reading(pooled, heads)


def pool(
    weights: Mapping[str, Tensor], ids: Tensor, mask: Tensor, attention_heads: int, dropout: float
) -> Tensor:
    """The mean of the real tokens' encodings, (batch, width)."""
    return _mean(encode(weights, ids, mask, attention_heads, dropout), mask)


def encode(
    weights: Mapping[str, Tensor], ids: Tensor, mask: Tensor, attention_heads: int, dropout: float
) -> Tensor:
    """Every token's encoding, (batch, tokens, width)."""
    hidden = functional.embedding(ids, weights[w.WORD_PIECES])
    hidden = hidden + weights[w.POSITIONS][: ids.shape[1]] + weights[w.TOKEN_TYPES][0]
    hidden = _dropped(_norm(weights, w.EMBEDDING_NORM, hidden), dropout)
    seen = mask[:, None, None, :].bool()
    for index in range(w.layer_count(weights)):
        hidden = _layer(weights, f"encoder.layer.{index}", hidden, seen, attention_heads, dropout)
    return hidden


def guard(weights: Mapping[str, Tensor], hidden: Tensor, mask: Tensor, pooled: Tensor) -> Tensor:
    """Logits of the attacks, (batch, attacks).

    Each has an attention of its own over the tokens: shares = softmax(hidden . query), and
    logit = attended . (shares x hidden) + weight . pooled + bias.
    """
    name = f"heads.{GUARD.name}"
    scores = hidden @ weights[f"{name}.query"].T
    shares = scores.masked_fill(mask.unsqueeze(2) == 0, -1e4).softmax(dim=1)
    picked = shares.transpose(1, 2) @ hidden
    return (picked * weights[f"{name}.attended"]).sum(dim=2) + _head(weights, GUARD.name, pooled)


def _mean(hidden: Tensor, mask: Tensor) -> Tensor:
    real = mask.unsqueeze(2).to(hidden.dtype)
    return (hidden * real).sum(dim=1) / real.sum(dim=1)


def _head(weights: Mapping[str, Tensor], name: str, read: Tensor) -> Tensor:
    return functional.linear(read, weights[f"heads.{name}.weight"], weights[f"heads.{name}.bias"])


def _layer(
    weights: Mapping[str, Tensor],
    prefix: str,
    hidden: Tensor,
    seen: Tensor,
    attention_heads: int,
    dropout: float,
) -> Tensor:
    attention = f"{prefix}.attention"
    split = (*hidden.shape[:2], attention_heads, -1)
    query, key, value = (
        _dense(weights, f"{attention}.self.{name}", hidden).reshape(split)
        for name in ("query", "key", "value")
    )
    context = _attended(query.transpose(1, 2), key.transpose(1, 2), value.transpose(1, 2), seen)
    context = _dense(weights, f"{attention}.output.dense", context.transpose(1, 2).flatten(2))
    hidden = _norm(weights, f"{attention}.output.LayerNorm", hidden + _dropped(context, dropout))
    inner = functional.gelu(_dense(weights, f"{prefix}.intermediate.dense", hidden))
    outer = _dropped(_dense(weights, f"{prefix}.output.dense", inner), dropout)
    return _norm(weights, f"{prefix}.output.LayerNorm", hidden + outer)


def _attended(query: Tensor, key: Tensor, value: Tensor, seen: Tensor) -> Tensor:
    """Scaled dot-product attention, written out.

    torch's fused one is half as fast to train with on a CPU: its backward pass alone took 40 % of
    a step.
    """
    scores = query @ key.transpose(2, 3) / query.shape[3] ** 0.5
    return scores.masked_fill(~seen, -1e4).softmax(dim=3).to(value.dtype) @ value


def _dense(weights: Mapping[str, Tensor], name: str, hidden: Tensor) -> Tensor:
    return functional.linear(hidden, weights[f"{name}.weight"], weights[f"{name}.bias"])


def _norm(weights: Mapping[str, Tensor], name: str, hidden: Tensor) -> Tensor:
    gain, bias = weights[f"{name}.weight"], weights[f"{name}.bias"]
    return functional.layer_norm(hidden, gain.shape, gain, bias, w.LAYER_NORM_EPSILON)


def _dropped(hidden: Tensor, dropout: float) -> Tensor:
    """Drops whole columns of a text's encoding, the same for all of its tokens.

    Gal and Ghahramani 2016 (arXiv 1512.05287). Drawing a mask for every token took 12 % of a step.
    """
    if not dropout:
        return hidden
    kept = torch.rand(hidden.shape[0], 1, hidden.shape[2]) >= dropout
    return hidden * (kept.to(hidden.dtype) / (1 - dropout))
