"""What a bundle says about many texts before any calibration, read through the code that serves."""

import sys
from collections.abc import Sequence
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from pointsman.encoder.bundle import load_bundle
from pointsman.encoder.first_tier import FirstTier
from pointsman.encoder.onnx import OnnxEncoder


class Readings(msgspec.Struct, frozen=True, eq=False):
    """Raw outputs for texts in order.

    Attributes:
        domain: Logits, (texts, 14).
        outcome: Logits, (texts, 4).
        log_tokens: Extra tokens on the log1p scale, (texts,).
        attacks: Logits, (texts, 3).
        embedding: Unit vectors, (texts, width).
        tier: Outputs of the first tier, (texts, outputs); no columns if the bundle has none.
    """

    domain: NDArray[np.float32]
    outcome: NDArray[np.float32]
    log_tokens: NDArray[np.float32]
    attacks: NDArray[np.float32]
    embedding: NDArray[np.float32]
    tier: NDArray[np.float32]

    def rows(self, chosen: Sequence[int]) -> "Readings":
        """The readings of some texts."""
        index = np.asarray(chosen, dtype=np.intp)
        return Readings(*(getattr(self, name)[index] for name in self.__struct_fields__))


_OUTPUTS = ["domain", "outcome", "extra_tokens", "attacks", "embedding"]


def read_texts(bundle: Path, texts: Sequence[str], threads: int = 2) -> Readings:
    """Reads each text alone, as a server would; progress goes to stderr.

    Args:
        bundle: A folder with a manifest.
        texts: As clients send them.
        threads: Within one pass.
    """
    loaded = load_bundle(bundle)
    encoder = OnnxEncoder(loaded, intra_threads=threads)
    note = loaded.manifest.first_tier
    tier = FirstTier(note, loaded.file(note.file)) if note else None
    columns: list[list[NDArray[np.float32]]] = [[] for _ in (*_OUTPUTS, "tier")]
    for at, text in enumerate(texts):
        ids = encoder.pieces.judged(text).ids
        outputs = [output[0] for output in encoder.run(ids, _OUTPUTS)]
        outputs.append(tier.logits(ids[0, 1:-1]) if tier else np.zeros(0, np.float32))
        for column, output in zip(columns, outputs, strict=True):
            column.append(output)
        if (at + 1) % 2000 == 0:
            sys.stderr.write(f"read {at + 1}/{len(texts)} texts\n")
    domain, outcome, tokens, attacks, embedding, by_tier = (np.stack(c) for c in columns)
    return Readings(domain, outcome, tokens[:, 0], attacks, embedding, by_tier)
