"""Four passes, timed."""

import tempfile
from pathlib import Path

import pytest

from pointsman.evaluation.minilm import MiniLmShape
from pointsman.evaluation.modernbert import ModernBertShape
from pointsman.evaluation.reference import in_words, reference_shape

CLASSIFIER = ModernBertShape(layers=2, width=32, heads=2, inner=48, vocabulary=100)
EMBEDDER = MiniLmShape(layers=2, width=32, heads=2, inner=64, vocabulary=90)


def test_the_passes_run_at_every_length_and_leave_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with reference_shape(classifier=CLASSIFIER, embedder=EMBEDDER) as shape:
        assert list(tmp_path.iterdir())
        assert all(shape.read(tokens) > 0 for tokens in (16, 512))
    assert not list(tmp_path.iterdir())


def test_the_shape_is_said_in_words() -> None:
    assert "3 passes of ModernBERT-base's shape (149.6 million parameters)" in in_words()
