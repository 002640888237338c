from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pointsman.encoder.bundle import load_bundle
from pointsman.encoder.first_tier import FirstTier
from pointsman.encoder.onnx import OnnxEncoder
from pointsman.training import manifest
from pointsman.training.manifest import Described
from pointsman.training.readings import read_texts

Reader = Callable[[list[int]], dict[str, Any]]
TEXTS = ["ab", "how many legs has a spider?", "a" * 90]


def test_texts_are_read_raw_and_in_order(tiny_bundle: Path, half_reader: Reader) -> None:
    read = read_texts(tiny_bundle, TEXTS)
    encoder = OnnxEncoder(load_bundle(tiny_bundle))
    for row, text in enumerate(TEXTS):
        expected = half_reader(encoder.pieces.judged(text).ids[0].tolist())
        # What is left is the rounding of the word-piece table.
        for name in ("domain", "outcome", "attacks", "embedding"):
            assert getattr(read, name)[row] == pytest.approx(expected[name], abs=0.02), name
        assert read.log_tokens[row] == pytest.approx(expected["extra_tokens"][0], abs=0.02)


def test_the_first_tier_reads_the_same_pieces_without_the_added_ones(tiny_bundle: Path) -> None:
    bundle = load_bundle(tiny_bundle)
    note = bundle.manifest.first_tier
    assert note is not None
    tier, pieces = FirstTier(note, bundle.file(note.file)), OnnxEncoder(bundle).pieces
    read = read_texts(tiny_bundle, TEXTS)
    assert read.tier.shape == (3, note.outputs)
    for row, text in enumerate(TEXTS):
        expected = tier.logits(pieces.judged(text).ids[0, 1:-1])
        assert read.tier[row].tolist() == expected.tolist()


def test_a_bundle_without_a_first_tier_gives_no_columns(tiny_bundle: Path) -> None:
    described = manifest.read(tiny_bundle)
    plain = Described(described.heads, None)
    manifest.write(
        manifest.describe(tiny_bundle, "tiny", plain, 32, described.training), tiny_bundle
    )
    assert read_texts(tiny_bundle, TEXTS).tier.shape == (3, 0)


def test_rows_picks_some_texts_of_every_column(tiny_bundle: Path) -> None:
    read = read_texts(tiny_bundle, TEXTS)
    some = read.rows([2, 0])
    for name in read.__struct_fields__:
        assert np.array_equal(getattr(some, name), getattr(read, name)[[2, 0]])
