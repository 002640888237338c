"""The verifier: its probability, its threshold, and what is served with it."""

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pointsman.cache.match import compare
from pointsman.cache.verify import (
    FEATURES,
    FILE,
    Step,
    Verifier,
    bound_of,
    features_of,
    read_verifier,
    steps_of,
)
from pointsman.encoder.bundle import DEFAULT_BUNDLE
from pointsman.errors import BundleError

WEIGHTS = (4.0, *([0.0] * 7), 2.0)


def _verifier(*steps: tuple[float, int, int]) -> Verifier:
    return Verifier(FEATURES, WEIGHTS, -4.0, tuple(Step(*step) for step in steps))


SHIPPED = read_verifier((DEFAULT_BUNDLE.parent / "cache" / FILE).read_bytes(), FILE)


@pytest.mark.parametrize(
    ("steps", "error_max", "expected"),
    [
        ([(0.9, 299, 0)], 0.01, 0.9),
        ([(0.9, 298, 0)], 0.01, None),
        ([(0.99, 10, 0), (0.9, 299, 0)], 0.01, 0.9),
        ([(0.99, 299, 0), (0.9, 400, 1), (0.8, 9000, 1)], 0.01, 0.99),
        ([(0.99, 299, 1), (0.9, 9000, 1)], 0.01, None),
        ([(0.99, 299, 0), (0.9, 473, 1)], 0.01, 0.9),
        ([(0.9, 0, 0)], 0.5, None),
        ([], 0.5, None),
    ],
)
def test_the_threshold_is_the_last_step_before_the_first_that_fails(
    steps: list[tuple[float, int, int]], error_max: float, expected: float | None
) -> None:
    assert _verifier(*steps).threshold(error_max) == expected


@given(st.floats(0.001, 0.5), st.floats(0.001, 0.5))
def test_who_allows_more_errors_has_no_higher_threshold(one: float, other: float) -> None:
    verifier = _verifier((0.99, 300, 0), (0.9, 500, 1), (0.5, 900, 20))
    strict, loose = sorted((one, other))
    high, low = verifier.threshold(strict), verifier.threshold(loose)
    assert high is None or (low is not None and low <= high)


def test_the_same_words_are_served_whatever_the_verifier_says() -> None:
    found = _verifier().judge("What is DNA?", "what is dna", -1.0, None)
    assert (found.served, found.p, found.why) == (True, 1.0, "exact")


def test_what_a_guard_refuses_is_not_served_however_alike() -> None:
    found = _verifier().judge("Is the list in Paris long?", "Is the list in Rome long?", 1.0, 0.0)
    assert (found.served, found.why) == (False, "names")


def test_a_pair_is_served_from_the_threshold_on() -> None:
    pair = ("What is osmosis?", "Define osmosis.")
    p = _verifier().probability(*pair, 0.8)
    assert p == pytest.approx(1 / (1 + np.exp(-(4 * 0.8 + 2 - 4))))
    assert [_verifier().judge(*pair, 0.8, bar).why for bar in (p, p + 0.01, None)] == [
        "alike",
        "unsure",
        "unsure",
    ]


def test_features_are_the_same_in_both_directions_and_lie_in_their_range() -> None:
    one, other = "How can two dogs run 5 km?", "Why do 6 cats not sleep in the red house?"
    left = features_of(compare(one, other), 0.95)
    assert left == pytest.approx(features_of(compare(other, one), 0.95))
    assert left.shape == (len(FEATURES),)
    assert left[0] == 0.9  # what the embedding knows by heart must not decide
    assert ((left >= 0) & (left <= 1)).all()


def test_a_text_is_like_itself_in_all() -> None:
    for text in ("How can two dogs run 5 km?", "What is it?"):
        assert features_of(compare(text, text), 0.9)[1:-1].tolist() == [1.0] * 7


def test_words_in_order_are_counted_from_both_ends() -> None:
    found = features_of(compare("a red dog eats fish", "a red cat eats fish"), 0.0)
    assert found[FEATURES.index("words in order")] == 3 / 4
    longer = features_of(compare("dog dog", "dog dog dog"), 0.0)
    assert longer[FEATURES.index("words in order")] == 2 / 3


def test_steps_count_what_each_threshold_lets_through() -> None:
    chances = np.array([0.99, 0.95, 0.9, 0.4])
    steps = steps_of(chances, np.array([True, False, True, False]), (0.99, 0.9, 0.0))
    assert steps == [Step(0.99, 1, 0), Step(0.9, 3, 1), Step(0.0, 4, 2)]
    assert bound_of(Step(0.9, 299, 0)) == pytest.approx(0.01, abs=1e-4)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"format": 2}, "verifier.json: no verifier of this version"),
        ({"weights": [1.0]}, "1 weights"),
        ({"features": ["similarity"]}, "features similarity; expected one for each of"),
    ],
)
def test_a_file_of_another_version_is_refused(change: dict[str, object], message: str) -> None:
    raw = msgspec.json.decode(msgspec.json.encode(SHIPPED)) | change
    with pytest.raises(BundleError, match=message):
        read_verifier(msgspec.json.encode(raw), FILE)


def test_the_shipped_verifier_serves_at_one_percent_and_not_at_one_in_a_thousand() -> None:
    assert SHIPPED.threshold(0.01) is not None
    assert SHIPPED.threshold(0.001) is None


def test_no_weight_of_the_shipped_verifier_speaks_against_likeness() -> None:
    assert min(SHIPPED.weights) >= 0
