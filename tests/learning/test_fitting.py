"""The solvers, against what must hold at a minimum."""

import numpy as np
import pytest

from pointsman.learning import fitting
from pointsman.learning.fitting import (
    BIAS_PENALTY,
    PENALTIES,
    inputs_of,
    log_losses,
    logistic_path,
    ridge_path,
)
from pointsman.signals.features import FeatureGroup
from pointsman.statistics.calibrate import probabilities

RANDOM = np.random.default_rng(0)
GROUPS = (FeatureGroup("embedding", 6), FeatureGroup("digits_share", 1))
FEATURES = RANDOM.normal(size=(300, 7))
TRUE = RANDOM.normal(size=(7, 3))
TARGETS = np.eye(3)[(FEATURES @ TRUE + RANDOM.gumbel(size=(300, 3))).argmax(axis=1)]
OFFSETS = RANDOM.normal(size=(300, 3)) / 4


@pytest.fixture(autouse=True)
def _the_same_numbers_in_any_order() -> None:
    RANDOM.bit_generator.state = np.random.default_rng(1).bit_generator.state


def scaled() -> tuple[np.ndarray, np.ndarray]:
    """The features in the solver's scale with ones, and the factor of each."""
    inputs = inputs_of(FEATURES, GROUPS, 1)
    standard = (FEATURES - inputs.centre) * inputs.factor
    return np.column_stack([standard, np.ones(300)]), inputs.factor


@pytest.mark.parametrize("at", range(len(PENALTIES)))
def test_a_logistic_model_stands_where_the_penalised_loss_is_flat(at: int) -> None:
    model = logistic_path(FEATURES, OFFSETS, TARGETS, GROUPS)[at]
    inputs, factor = scaled()
    weights = np.vstack([model.weights / factor[:, None], np.zeros((1, 3))])
    weights[-1] = model.bias + FEATURES.mean(axis=0) @ model.weights
    penalties = np.append(np.full(7, PENALTIES[at]), BIAS_PENALTY)[:, None]
    error = probabilities(OFFSETS + model(FEATURES)) - TARGETS
    slope = inputs.T @ error + penalties * weights
    assert np.abs(slope).max() < 2e-3 * len(FEATURES)


@pytest.mark.parametrize("at", range(len(PENALTIES)))
def test_a_ridge_model_is_the_one_of_the_normal_equations(at: int) -> None:
    targets = FEATURES @ TRUE[:, 0] + 3
    model = ridge_path(FEATURES, targets, GROUPS)[at]
    inputs, factor = scaled()
    penalties = np.diag(np.append(np.full(7, PENALTIES[at]), BIAS_PENALTY))
    exact = np.linalg.solve(inputs.T @ inputs + penalties, inputs.T @ targets)
    assert model.weights[:, 0] / factor == pytest.approx(exact[:-1], abs=0.02)


def test_the_most_shrunk_model_leaves_the_offsets_nearly_as_they_are() -> None:
    model = logistic_path(FEATURES, OFFSETS, TARGETS, GROUPS)[0]
    assert np.abs(FEATURES @ model.weights).max() < 0.05


def test_smaller_penalties_fit_the_rows_better() -> None:
    models = logistic_path(FEATURES, OFFSETS, TARGETS, GROUPS)
    losses = [log_losses(OFFSETS + model(FEATURES), TARGETS).mean() for model in models]
    assert losses == sorted(losses, reverse=True)


def test_shares_between_0_and_1_are_fitted_as_the_rows_they_stand_for() -> None:
    doubled = np.repeat(FEATURES[:40], 2, axis=0)
    firsts, seconds = TARGETS[:40], TARGETS[40:80]
    apart = np.stack([firsts, seconds], axis=1).reshape(80, 3)
    shares = np.repeat((firsts + seconds) / 2, 2, axis=0)
    none = np.zeros((80, 3))
    one, other = (logistic_path(doubled, none, t, GROUPS)[3] for t in (apart, shares))
    assert one(FEATURES) == pytest.approx(other(FEATURES), abs=1e-6)


def test_a_feature_that_never_changes_gets_no_weight() -> None:
    features = np.column_stack([FEATURES[:, :6], np.full(300, 5.0)])
    for model in logistic_path(features, OFFSETS, TARGETS, GROUPS):
        assert np.abs(model.weights[6]).max() < 1e-9


def test_fewer_rows_than_features_can_be_fitted() -> None:
    for model in ridge_path(FEATURES[:3], np.array([1.0, 2.0, 3.0]), GROUPS):
        assert np.isfinite(model.weights).all()


def test_no_product_is_large_enough_for_threads() -> None:
    features = RANDOM.normal(size=(1000, 7))
    for outputs in (1, 4, 50):
        blocks = inputs_of(features, GROUPS, outputs).blocks
        assert blocks.shape[1] * blocks.shape[2] * outputs <= fitting._PRODUCT
        assert blocks.shape[0] * blocks.shape[1] >= 1000
