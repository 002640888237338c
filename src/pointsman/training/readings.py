"""What a finished bundle says about many texts, read through the code that serves it."""

import sys
from collections.abc import Sequence
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from pointsman.encoder.bundle import load_bundle
from pointsman.encoder.onnx import OnnxEncoder


class Readings(msgspec.Struct, frozen=True, eq=False):
    """Raw outputs for texts in order, before any temperature.

    Attributes:
        domain: Logits, (texts, 14).
        outcome: Logits, (texts, 4).
        log_tokens: Extra tokens on the log1p scale, (texts,).
        embedding: Unit vectors, (texts, width).
    """

    domain: NDArray[np.float32]
    outcome: NDArray[np.float32]
    log_tokens: NDArray[np.float32]
    embedding: NDArray[np.float32]

    def rows(self, chosen: Sequence[int]) -> "Readings":
        """The readings of some texts."""
        index = np.asarray(chosen, dtype=np.intp)
        return Readings(
            self.domain[index], self.outcome[index], self.log_tokens[index], self.embedding[index]
        )


def read_texts(bundle: Path, texts: Sequence[str], threads: int = 2) -> Readings:
    """Reads each text alone, as a server would; progress goes to stderr.

    Args:
        bundle: A folder with a manifest.
        texts: As clients send them.
        threads: Within one pass.
    """
    encoder = OnnxEncoder(load_bundle(bundle), intra_threads=threads)
    outputs: list[list[NDArray[np.float32]]] = []
    for at, text in enumerate(texts):
        ids, _ = encoder.tokenize(text)
        outputs.append([output[0] for output in encoder.run(ids)])
        if (at + 1) % 1000 == 0:
            sys.stderr.write(f"read {at + 1}/{len(texts)} texts\n")
    domain, outcome, tokens, embedding = (np.stack(column) for column in zip(*outputs, strict=True))
    return Readings(domain, outcome, tokens[:, 0], embedding)
