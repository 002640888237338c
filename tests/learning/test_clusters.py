"""Neighbourhoods of the embedding."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pointsman.learning.clusters import belonging, centres_of
from pointsman.statistics.calibrate import probabilities


def unit(rows: object) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    points = np.asarray(rows, dtype=np.float64)
    return np.asarray(points / np.linalg.norm(points, axis=1, keepdims=True))


def three_bundles(count: int = 30) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    noise = np.random.default_rng(1).normal(0, 0.05, (count, 3))
    return unit(np.eye(3)[np.arange(count) % 3] + noise)


def test_bundles_that_lie_apart_get_a_centre_each() -> None:
    points = three_bundles()
    chances = probabilities(belonging(centres_of(points, 3, 0), 100.0)(points))
    assert {tuple(set(chances[at::3].argmax(axis=1))) for at in range(3)} == {(0,), (1,), (2,)}
    assert chances.max(axis=1).min() > 0.99


def test_the_nearer_centre_is_believed_the_more_the_sharper_it_is() -> None:
    centres = unit([[1, 0], [0, 1]])
    point = unit([[0.9, 0.5]])
    soft, sharp = (probabilities(belonging(centres, k)(point))[0, 0] for k in (1.0, 50.0))
    assert 0.5 < soft < sharp


def test_belonging_is_what_the_distances_say() -> None:
    points, centres = three_bundles(9), three_bundles(4) * 0.8
    squares = ((points[:, np.newaxis] - centres) ** 2).sum(axis=2)
    expected = probabilities(-15.0 * squares)
    assert np.allclose(probabilities(belonging(centres, 30.0)(points)), expected)


@given(st.integers(1, 9), st.integers(0, 5))
def test_points_that_are_all_the_same_do_no_harm(count: int, seed: int) -> None:
    points = np.tile(unit([[0.6, 0.8]]), (9, 1))
    assert np.allclose(centres_of(points, count, seed), points[:count])
