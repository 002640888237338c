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
from pointsman.training.weights import HEADS, Weights

DROPOUT = 0.1
"""BERT's published value, on hidden states; attention weights are not dropped (speed)."""


class Reading(msgspec.Struct, frozen=True):
    """What one pass gives: the pooled encoding (batch, width) and each head's outputs."""

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
    pooled = pool(weights, ids, mask, attention_heads, dropout)
    heads = {
        head.name: functional.linear(
            pooled, weights[f"heads.{head.name}.weight"], weights[f"heads.{head.name}.bias"]
        )
        for head in HEADS
    }
    return Reading(pooled, heads)


def pool(
    weights: Mapping[str, Tensor], ids: Tensor, mask: Tensor, attention_heads: int, dropout: float
) -> Tensor:
    """The mean of the real tokens' encodings, (batch, width)."""
    hidden = functional.embedding(ids, weights[w.WORD_PIECES])
    hidden = hidden + weights[w.POSITIONS][: ids.shape[1]] + weights[w.TOKEN_TYPES][0]
    hidden = _dropped(_norm(weights, w.EMBEDDING_NORM, hidden), dropout)
    seen = mask[:, None, None, :].bool()
    for index in range(_layer_count(weights)):
        hidden = _layer(weights, f"encoder.layer.{index}", hidden, seen, attention_heads, dropout)
    real = mask.unsqueeze(2).to(hidden.dtype)
    return (hidden * real).sum(dim=1) / real.sum(dim=1)


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
    context = functional.scaled_dot_product_attention(
        query.transpose(1, 2), key.transpose(1, 2), value.transpose(1, 2), attn_mask=seen
    )
    context = _dense(weights, f"{attention}.output.dense", context.transpose(1, 2).flatten(2))
    hidden = _norm(weights, f"{attention}.output.LayerNorm", hidden + _dropped(context, dropout))
    inner = functional.gelu(_dense(weights, f"{prefix}.intermediate.dense", hidden))
    outer = _dropped(_dense(weights, f"{prefix}.output.dense", inner), dropout)
    return _norm(weights, f"{prefix}.output.LayerNorm", hidden + outer)


def _dense(weights: Mapping[str, Tensor], name: str, hidden: Tensor) -> Tensor:
    return functional.linear(hidden, weights[f"{name}.weight"], weights[f"{name}.bias"])


def _norm(weights: Mapping[str, Tensor], name: str, hidden: Tensor) -> Tensor:
    gain, bias = weights[f"{name}.weight"], weights[f"{name}.bias"]
    return functional.layer_norm(hidden, gain.shape, gain, bias, w.LAYER_NORM_EPSILON)


def _dropped(hidden: Tensor, dropout: float) -> Tensor:
    return functional.dropout(hidden, dropout) if dropout else hidden


def _layer_count(weights: Mapping[str, Tensor]) -> int:
    return len({name.split(".")[2] for name in weights if name.startswith("encoder.layer.")})
