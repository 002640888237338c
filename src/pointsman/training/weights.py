"""Names and shapes of the encoder's weights, shared by the network and the export.

The encoder is a BERT (Devlin et al. 2018, arXiv 1810.04805) in the layout that the published
safetensors use: `encoder.layer.3.attention.self.query.weight` is `(width, width)`, applied as
`x @ weight.T + bias`. Heads add `heads.<name>.weight` `(outputs, width)` and `heads.<name>.bias`.
"""

from collections.abc import Mapping

import msgspec
import numpy as np
from numpy.typing import NDArray

Weights = Mapping[str, NDArray[np.float32]]

WORD_PIECES = "embeddings.word_embeddings.weight"
POSITIONS = "embeddings.position_embeddings.weight"
TOKEN_TYPES = "embeddings.token_type_embeddings.weight"  # noqa: S105 - the name of a matrix
EMBEDDING_NORM = "embeddings.LayerNorm"
LAYER_NORM_EPSILON = 1e-12
"""BERT's published value (config.json: layer_norm_eps)."""


class HeadShape(msgspec.Struct, frozen=True):
    """A linear head over the mean-pooled encoding: its name and number of outputs."""

    name: str
    outputs: int


DOMAINS = (
    "biology",
    "business",
    "chemistry",
    "computer science",
    "economics",
    "engineering",
    "health",
    "history",
    "law",
    "math",
    "other",
    "philosophy",
    "physics",
    "psychology",
)
"""MMLU-Pro's categories (Wang et al. 2024, arXiv 2406.01574), sorted."""

OUTCOMES = ("both", "heavy_only", "light_only", "neither")
"""Which of two answers is right, the light one's or the heavy one's."""

HEADS = (
    HeadShape("domain", len(DOMAINS)),
    HeadShape("outcome", len(OUTCOMES)),
    HeadShape("extra_tokens", 1),
)


def layer_count(weights: Weights) -> int:
    """The number of transformer layers these weights hold."""
    prefix = "encoder.layer."
    return len({name.split(".")[2] for name in weights if name.startswith(prefix)})


def new_heads(width: int, seed: int) -> dict[str, NDArray[np.float32]]:
    """Untrained heads: normal weights with standard deviation 0.02 (BERT's), zero biases."""
    random = np.random.default_rng(seed)
    heads: dict[str, NDArray[np.float32]] = {}
    for head in HEADS:
        weight = random.normal(0.0, 0.02, size=(head.outputs, width))
        heads[f"heads.{head.name}.weight"] = weight.astype(np.float32)
        heads[f"heads.{head.name}.bias"] = np.zeros(head.outputs, dtype=np.float32)
    return heads
