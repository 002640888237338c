import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pointsman.training import calibrate

RANDOM = np.random.default_rng(11)


def drawn(logits: calibrate.Floats, temperature: float) -> calibrate.Indices:
    """Labels that follow softmax(logits / temperature)."""
    chances = calibrate.probabilities(logits, temperature)
    draws = RANDOM.random(len(logits))
    return np.asarray((chances.cumsum(axis=1) < draws[:, None]).sum(axis=1), dtype=np.intp)


def test_probabilities_of_known_logits() -> None:
    logits = np.log(np.array([[1.0, 3.0]]))
    assert calibrate.probabilities(logits) == pytest.approx(np.array([[0.25, 0.75]]))
    assert calibrate.probabilities(logits, 0.5) == pytest.approx(np.array([[0.1, 0.9]]))


def test_huge_logits_do_not_overflow() -> None:
    assert calibrate.probabilities(np.array([[1e6, 0.0]])).tolist() == [[1.0, 0.0]]


@pytest.mark.parametrize("temperature", [0.4, 1.0, 2.5])
def test_the_temperature_that_made_the_labels_is_found(temperature: float) -> None:
    logits = RANDOM.normal(0, 2, size=(20_000, 4))
    found = calibrate.fit_temperature(logits, drawn(logits, temperature))
    assert found == pytest.approx(temperature, rel=0.06)


def test_no_temperature_near_the_fitted_one_has_a_smaller_loss() -> None:
    logits = RANDOM.normal(0, 3, size=(500, 5))
    labels = drawn(logits, 1.7)
    best = calibrate.fit_temperature(logits, labels)
    least = calibrate.log_loss(calibrate.probabilities(logits, best), labels)
    for other in (0.9 * best, 1.1 * best):
        assert calibrate.log_loss(calibrate.probabilities(logits, other), labels) >= least


def test_log_loss_of_an_impossible_label_is_finite() -> None:
    assert np.isfinite(calibrate.log_loss(np.array([[1.0, 0.0]]), np.array([1])))


def test_calibration_error_of_known_bins() -> None:
    chances = np.array([0.1, 0.1, 0.9, 0.9])
    happened = np.array([False, False, True, False])
    # Two bins of two: |0.1 - 0| and |0.9 - 0.5|, weighing alike.
    assert calibrate.calibration_error(chances, happened, bins=2) == pytest.approx(0.25)


def test_what_always_comes_true_as_said_has_no_error() -> None:
    assert calibrate.calibration_error(np.ones(9), np.ones(9, bool)) == 0.0


def test_top_label_error_asks_whether_the_top_label_is_right() -> None:
    chances = np.array([[0.8, 0.2], [0.4, 0.6]])
    error = calibrate.top_label_error(chances, np.array([0, 0]), bins=1)
    assert error == pytest.approx(0.2)


def test_the_line_of_points_on_a_line_is_found() -> None:
    predictions = np.array([0.0, 1.0, 4.0])
    assert calibrate.fit_line(predictions, 2 - 0.5 * predictions) == pytest.approx((-0.5, 2.0))


@given(st.lists(st.floats(0.01, 12.0), min_size=1, max_size=30), st.floats(0.1, 10.0))
def test_the_smear_restores_the_mean(log_predictions: list[float], factor: float) -> None:
    logs = np.array(log_predictions)
    values = np.expm1(logs) * factor
    assert calibrate.fit_smear(logs, values) == pytest.approx(factor)


def test_a_head_that_predicts_nothing_cannot_be_smeared() -> None:
    with pytest.raises(ValueError, match="expected a positive one"):
        calibrate.fit_smear(np.zeros(3), np.ones(3))


def test_the_interval_holds_the_mean_and_narrows_with_rows() -> None:
    few, many = RANDOM.normal(5, 1, size=30), RANDOM.normal(5, 1, size=3000)
    low, high = calibrate.interval(lambda at: float(few[at].mean()), len(few))
    assert low < few.mean() < high
    tight = calibrate.interval(lambda at: float(many[at].mean()), len(many))
    assert tight[1] - tight[0] < (high - low) / 5


def test_the_interval_is_the_same_each_time() -> None:
    rows = RANDOM.random(40)
    one, two = (calibrate.interval(lambda at: float(rows[at].mean()), 40, draws=50) for _ in "12")
    assert one == two
