"""The first tier's table: where each head's columns lie, its int8 form, and the file it becomes."""

import msgspec
import numpy as np
from numpy.typing import NDArray

from pointsman.training.weights import ATTACKS, DOMAINS, OUTCOMES

BUCKETS = 1 << 16
OUTPUTS = len(DOMAINS) + len(OUTCOMES) + 1 + len(ATTACKS)
STARTS = {
    "domain": 0,
    "outcome": len(DOMAINS),
    "extra_tokens": len(DOMAINS) + len(OUTCOMES),
    "attacks": len(DOMAINS) + len(OUTCOMES) + 1,
}
"""Where each head's columns begin."""

_INT8_MAX = 127


class Table(msgspec.Struct, frozen=True):
    """The trained reader: int8 rows (buckets, outputs), scales and biases (outputs,)."""

    rows: NDArray[np.int8]
    scales: NDArray[np.float32]
    biases: NDArray[np.float32]

    def to_bytes(self) -> bytes:
        """The content of the bundle's file."""
        floats = (self.scales.astype("<f4"), self.biases.astype("<f4"))
        return b"".join([self.rows.tobytes(), *(part.tobytes() for part in floats)])


def quantised(table: NDArray[np.float32], biases: NDArray[np.float32]) -> Table:
    """A trained table, one scale for each output; the error is at most half of it.

    Args:
        table: (buckets, outputs).
        biases: (outputs,).
    """
    scales = np.maximum(np.abs(table).max(axis=0), 1e-12) / _INT8_MAX
    rows = np.rint(table / scales).astype(np.int8)
    return Table(rows, scales.astype(np.float32), biases.astype(np.float32))
