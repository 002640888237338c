"""What a dial is solved on until an operator has outcomes of their own."""

import numpy as np
import pytest

from pointsman.encoder.bundle import load_bundle
from pointsman.training.prior import bins_of


def test_questions_of_about_the_same_gain_share_a_bin_and_every_outcome_is_counted() -> None:
    foreseen = np.array([[0.5, 0.9, 300.0], [0.8, 0.8, 10.0], [0.4, 0.7, 100.0], [0.7, 0.8, 30.0]])
    happened = np.array([1, 0, 2, 3], dtype=np.intp)
    plain, hard = bins_of(foreseen, happened, 2)
    assert [plain.p_light, plain.p_heavy, plain.extra_tokens] == pytest.approx([0.75, 0.8, 20.0])
    assert list(plain.outcomes) == [1, 0, 0, 1]
    assert [hard.p_light, hard.p_heavy, hard.extra_tokens] == pytest.approx([0.45, 0.8, 200.0])
    assert list(hard.outcomes) == [0, 1, 1, 0]


def test_there_are_no_more_bins_than_questions() -> None:
    (only,) = bins_of(np.array([[0.5, 0.5, 0.0]]), np.array([3], dtype=np.intp), 20)
    assert list(only.outcomes) == [0, 0, 0, 1]


def test_the_shipped_bundle_foresees_more_gain_bin_by_bin() -> None:
    outcomes = load_bundle().manifest.outcomes
    gains = [one.p_heavy - one.p_light for one in outcomes]
    assert gains == sorted(gains)
    assert sum(sum(one.outcomes) for one in outcomes) > 1000
