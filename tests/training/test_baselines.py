import numpy as np
import pytest

from pointsman.training.baselines import fit_linear


def test_a_linear_model_learns_what_is_linear() -> None:
    random = np.random.default_rng(0)
    features = random.normal(size=(600, 5)).astype(np.float32)
    labels = (features @ random.normal(size=(5, 3))).argmax(axis=1)
    model = fit_linear((features[:400], labels[:400]), (features[400:500], labels[400:500]), 3)
    chances = model.chances(features[500:])
    assert chances.sum(axis=1) == pytest.approx(np.ones(100))
    assert (chances.argmax(axis=1) == labels[500:]).mean() > 0.9
