from pathlib import Path

import numpy as np
import pytest

from pointsman.encoder.first_tier import FirstTier, TierNote, features
from pointsman.training.tier_table import BUCKETS, OUTPUTS, STARTS, quantised
from pointsman.training.weights import ATTACKS, DOMAINS, OUTCOMES

RANDOM = np.random.default_rng(2)


def test_the_columns_of_the_heads_lie_side_by_side_and_fill_the_table() -> None:
    widths = {
        "domain": len(DOMAINS),
        "outcome": len(OUTCOMES),
        "extra_tokens": 1,
        "attacks": len(ATTACKS),
    }
    places = [at for name, start in STARTS.items() for at in range(start, start + widths[name])]
    assert places == list(range(OUTPUTS))


def test_no_number_is_further_off_than_half_a_step_of_its_output() -> None:
    rows = (RANDOM.normal(size=(300, 5)) * [1, 10, 0.1, 3, 0]).astype(np.float32)
    table = quantised(rows, np.zeros(5, np.float32))
    assert (np.abs(table.rows * table.scales - rows) <= 0.5001 * table.scales).all()
    assert np.abs(table.rows).max(axis=0).tolist() == [127, 127, 127, 127, 0]


@pytest.mark.parametrize("count", [0, 1, 2, 40])
def test_the_file_read_back_by_the_serving_code_gives_the_same_logits(
    tmp_path: Path, count: int
) -> None:
    rows = RANDOM.normal(size=(BUCKETS, OUTPUTS)).astype(np.float32)
    biases = RANDOM.normal(size=OUTPUTS).astype(np.float32)
    table = quantised(rows, biases)
    (tmp_path / "tier.bin").write_bytes(table.to_bytes())
    reader = FirstTier(TierNote("tier.bin", BUCKETS, OUTPUTS, ()), tmp_path / "tier.bin")
    pieces = RANDOM.integers(100, 30_000, size=count).astype(np.int32)
    chosen = features(pieces, BUCKETS)
    assert len(chosen) == max(0, 2 * count - 1)
    exact = (table.rows[chosen] * table.scales).sum(axis=0) / max(1, len(chosen)) ** 0.5 + biases
    found = reader.logits(pieces)
    assert found == pytest.approx(exact, abs=1e-4)
    trained = rows[chosen].sum(axis=0) / max(1, len(chosen)) ** 0.5 + biases
    assert np.abs(found - trained).max() <= (table.scales / 2).max() * max(1, len(chosen)) ** 0.5
