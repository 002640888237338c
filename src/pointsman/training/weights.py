"""Names and shapes of the encoder's weights, shared by the network and the export.

The encoder is a BERT (Devlin et al. 2018, arXiv 1810.04805) in the layout that the published
safetensors use: `encoder.layer.3.attention.self.query.weight` is `(width, width)`, applied as
`x @ weight.T + bias`. Heads add `heads.<name>.weight` `(outputs, width)` and `heads.<name>.bias`;
the guard also `heads.attacks.query` and `heads.attacks.attended`, both `(outputs, width)`.
"""

from collections.abc import Iterable, Mapping

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
    """A linear head: its name and number of outputs."""

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

ATTACKS = ("jailbreak", "injection", "harmful")
"""Three questions of their own: a text can be none of them, or several."""

PII_TYPES = (
    "AGE",
    "API_KEY",
    "BANK_ACCOUNT",
    "CREDIT_CARD",
    "DATE_TIME",
    "DOMAIN_NAME",
    "EMAIL_ADDRESS",
    "GPE",
    "IBAN_CODE",
    "IP_ADDRESS",
    "NRP",
    "ORGANIZATION",
    "PASSPORT",
    "PASSWORD",
    "PERSON",
    "PHONE_NUMBER",
    "STREET_ADDRESS",
    "TITLE",
    "US_DRIVER_LICENSE",
    "US_SSN",
    "ZIP_CODE",
)
"""The vLLM Semantic Router's names (its token labels), with TITLE and four kinds of secrets and
numbers beside them."""

TAGS = ("O", *(f"{side}-{name}" for name in PII_TYPES for side in "BI"))
"""A word piece's tag: outside, or begins or continues a span (Ramshaw and Marcus 1995)."""

HEADS = (
    HeadShape("domain", len(DOMAINS)),
    HeadShape("outcome", len(OUTCOMES)),
    HeadShape("extra_tokens", 1),
)
"""The heads that read the mean-pooled encoding, in the order of the graph's outputs."""

TAGGER = HeadShape("pii", len(TAGS))
"""Reads every word piece's encoding by itself."""

GUARD = HeadShape("attacks", len(ATTACKS))
"""Reads the mean, and for each label what its own attention picks out of the text (see
`network.guard`): one sentence in a long document is enough for an attack."""

EXPORTED = (*HEADS, GUARD, TAGGER)
"""The heads in the graph, in the order of its outputs."""

RECORDED = HeadShape("recorded", 30)
"""Only in training: which of the recorded models of MMLU-Pro answered rightly. It makes the
encoding tell hard questions apart; it is not exported."""


def layer_count(names: Iterable[str]) -> int:
    """The number of transformer layers that weights of these names hold."""
    prefix = "encoder.layer."
    return len({name.split(".")[2] for name in names if name.startswith(prefix)})


def new_heads(width: int, seed: int) -> dict[str, NDArray[np.float32]]:
    """Untrained heads: normal weights with standard deviation 0.02 (BERT's), zero biases."""
    random = np.random.default_rng(seed)
    heads: dict[str, NDArray[np.float32]] = {}
    for head in (*HEADS, TAGGER, GUARD, RECORDED):
        weight = random.normal(0.0, 0.02, size=(head.outputs, width))
        heads[f"heads.{head.name}.weight"] = weight.astype(np.float32)
        heads[f"heads.{head.name}.bias"] = np.zeros(head.outputs, dtype=np.float32)
    for part in ("query", "attended"):
        weight = random.normal(0.0, 0.02, size=(GUARD.outputs, width))
        heads[f"heads.{GUARD.name}.{part}"] = weight.astype(np.float32)
    return heads
