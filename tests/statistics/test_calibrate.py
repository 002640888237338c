import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from pointsman.statistics import calibrate

RANDOM = np.random.default_rng(11)
_BEGINNING = RANDOM.bit_generator.state


@pytest.fixture(autouse=True)
def _the_same_numbers_in_whatever_order_tests_run() -> None:
    RANDOM.bit_generator.state = _BEGINNING


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


# --- Several readers ------------------------------------------------------------------------------


@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.0])
def test_with_one_reader_the_weight_is_one_over_the_temperature(temperature: float) -> None:
    logits = RANDOM.normal(0, 2, size=(4_000, 4))
    labels = drawn(logits, temperature)
    (weight,) = calibrate.fit_blend([logits], labels)
    assert weight == pytest.approx(1 / calibrate.fit_temperature(logits, labels), rel=1e-3)
    assert weight == pytest.approx(1 / temperature, rel=0.1)


def test_the_weights_that_made_the_labels_are_found() -> None:
    one, other = (RANDOM.normal(0, 2, size=(20_000, 4)) for _ in range(2))
    labels = drawn(0.7 * one + 0.4 * other, 1.0)
    assert calibrate.fit_blend([one, other], labels) == pytest.approx((0.7, 0.4), abs=0.05)


def test_no_weights_near_the_fitted_ones_have_a_smaller_loss() -> None:
    parts = [RANDOM.normal(0, 1, size=(600, 3)) for _ in range(2)]
    labels = drawn(0.9 * parts[0] + 0.6 * parts[1], 1.0)
    best = calibrate.fit_blend(parts, labels)

    def loss(weights: tuple[float, ...]) -> float:
        blended = sum(w * part for w, part in zip(weights, parts, strict=True))
        return calibrate.log_loss(calibrate.probabilities(np.asarray(blended)), labels)

    for step in ((0.05, 0.0), (-0.05, 0.0), (0.0, 0.05), (0.0, -0.05)):
        assert loss(tuple(np.add(best, step))) >= loss(best)


def test_a_reader_that_says_nothing_has_next_to_no_weight() -> None:
    logits, noise = (RANDOM.normal(0, 2, size=(20_000, 3)) for _ in range(2))
    own, other = calibrate.fit_blend([logits, noise], drawn(logits, 1.0))
    assert own == pytest.approx(1.0, abs=0.05)
    assert 0 <= other < 0.05


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 0, 2)])
def test_a_reader_whose_weight_would_be_negative_is_left_out(order: tuple[int, ...]) -> None:
    logits, contrary, third = (RANDOM.normal(0, 2, size=(4_000, 3)) for _ in range(3))
    labels = drawn(logits - 0.4 * contrary + 0.3 * third, 1.0)
    parts = [logits, contrary, third]
    weights = calibrate.fit_blend([parts[at] for at in order], labels)
    assert weights[order.index(1)] == 0
    kept = [parts[at] for at in order if at != 1]
    without = calibrate.fit_blend(kept, labels)
    assert all(weight > 0 for weight in without)
    assert [w for at, w in zip(order, weights, strict=True) if at != 1] == pytest.approx(without)


def test_readers_that_all_say_the_contrary_leave_one() -> None:
    one, other = (RANDOM.normal(0, 2, size=(2_000, 3)) for _ in range(2))
    first, second = calibrate.fit_blend([one, other], drawn(-one - other, 1.0))
    assert first < 0
    assert second == 0


def test_logits_that_are_no_numbers_come_to_an_end() -> None:
    logits = np.full((10, 2), np.nan)
    assert np.isnan(calibrate.fit_blend([logits], np.zeros(10, np.intp))).all()


def test_labels_that_are_told_apart_without_error_give_finite_weights() -> None:
    logits = np.eye(3)[np.arange(300) % 3] * 5
    (weight,) = calibrate.fit_blend([logits], np.arange(300) % 3)
    assert np.isfinite(weight)
    assert weight > 1


def happenings(chances: calibrate.Floats) -> NDArray[np.bool_]:
    return np.asarray(RANDOM.random(len(chances)) < chances)


def sigmoid(values: calibrate.Floats) -> calibrate.Floats:
    return np.asarray(1 / (1 + np.exp(-values)))


def test_the_sigmoid_that_made_the_happenings_is_found() -> None:
    one, other = (RANDOM.normal(0, 2, size=20_000) for _ in range(2))
    happened = happenings(sigmoid(0.8 * one + 0.5 * other - 1.0))
    assert calibrate.fit_sigmoid([one, other], happened) == pytest.approx(
        (0.8, 0.5, -1.0), abs=0.08
    )


def test_its_probabilities_mean_what_they_say() -> None:
    score = RANDOM.normal(0, 3, size=20_000)
    happened = happenings(sigmoid(0.4 * score + 0.7))
    weight, offset = calibrate.fit_sigmoid([score], happened)
    assert calibrate.calibration_error(sigmoid(weight * score + offset), happened) < 0.02


def test_a_score_whose_weight_would_be_negative_is_left_out() -> None:
    score, contrary = (RANDOM.normal(0, 2, size=4_000) for _ in range(2))
    happened = happenings(sigmoid(score - 0.6 * contrary - 0.5))
    first, second, offset = calibrate.fit_sigmoid([contrary, score], happened)
    assert first == 0
    assert (second, offset) == pytest.approx(calibrate.fit_sigmoid([score], happened))


def test_events_that_a_score_tells_apart_without_error_keep_short_of_certainty() -> None:
    """Platt's targets: 50 of each kind say at most 51 of 52."""
    score = np.concatenate([np.full(50, -1.0), np.full(50, 1.0)])
    weight, offset = calibrate.fit_sigmoid([score], score > 0)
    assert sigmoid(np.array([weight + offset]))[0] == pytest.approx(51 / 52, abs=1e-4)
    assert offset == pytest.approx(0, abs=1e-6)


def test_what_never_happened_is_improbable_and_not_impossible() -> None:
    weight, offset = calibrate.fit_sigmoid([RANDOM.normal(size=200)], np.zeros(200, bool))
    assert sigmoid(np.array([offset]))[0] == pytest.approx(1 / 202, abs=2e-3)
    assert abs(weight) < 0.1
