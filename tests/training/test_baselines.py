import numpy as np
import pytest

from pointsman.training.baselines import category_table, fit_linear


def test_a_category_table_holds_means_and_fills_gaps_with_the_overall_mean() -> None:
    table = category_table(np.array([0, 0, 2]), np.array([1.0, 3.0, 8.0]), 4)
    assert table.tolist() == [2.0, 4.0, 8.0, 4.0]


def test_a_linear_model_learns_what_is_linear() -> None:
    random = np.random.default_rng(0)
    features = random.normal(size=(600, 5)).astype(np.float32)
    labels = (features @ random.normal(size=(5, 3))).argmax(axis=1)
    model = fit_linear((features[:400], labels[:400]), (features[400:500], labels[400:500]), 3)
    chances = model.chances(features[500:])
    assert chances.sum(axis=1) == pytest.approx(np.ones(100))
    assert (chances.argmax(axis=1) == labels[500:]).mean() > 0.9
