"""A matrix of vectors: what is in it is found, in order, and what was removed is not."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pointsman.cache.vectors import SMALLEST, Vectors

from .answers import NOW, near, unit

UNITS = np.stack([unit(seed) for seed in range(24)])


def _of(*numbers: int, expires: float = NOW + 1) -> Vectors:
    vectors = Vectors()
    for number in numbers:
        vectors.add([number], UNITS[[number]], [expires])
    return vectors


def test_an_empty_matrix_finds_nothing() -> None:
    assert Vectors().nearest(unit(1), 5, NOW) == []


def test_it_doubles_when_it_is_full() -> None:
    vectors = Vectors()
    assert vectors.capacity == SMALLEST
    vectors.add(range(SMALLEST), UNITS[:SMALLEST], [NOW + 1] * SMALLEST)
    assert vectors.capacity == SMALLEST
    vectors.add([20], UNITS[[20]], [NOW + 1])
    assert vectors.capacity == 2 * SMALLEST
    assert [vectors.nearest(UNITS[n], 1, NOW)[0][0] for n in (0, SMALLEST - 1, 20)] == [0, 3, 20]


def test_many_at_once_are_found_as_one_after_another_are() -> None:
    at_once = Vectors()
    at_once.add(range(24), UNITS, [NOW + 1] * 24)
    assert at_once.nearest(unit(99), 24, NOW) == _of(*range(24)).nearest(unit(99), 24, NOW)


def test_none_are_asked_for_and_none_are_found() -> None:
    assert _of(1, 2).nearest(unit(1), 0, NOW) == []


def test_what_has_expired_is_not_found() -> None:
    vectors = _of(1, expires=NOW)
    vectors.add([2], near(unit(1), 0.3)[np.newaxis], [NOW + 1])
    assert [number for number, _ in vectors.nearest(unit(1), 5, NOW)] == [2]


@given(
    changes=st.lists(st.tuples(st.booleans(), st.integers(0, 23)), max_size=60),
    count=st.integers(1, 30),
)
def test_whatever_is_added_and_removed_the_rest_are_found_best_first(
    changes: list[tuple[bool, int]], count: int
) -> None:
    vectors, kept = Vectors(), set[int]()
    for added, number in changes:
        if not added:
            vectors.remove([number])
            kept.discard(number)
        elif number not in kept:
            vectors.add([number], UNITS[[number]], [NOW + 1])
            kept.add(number)
    assert len(vectors) == len(kept)
    found = vectors.nearest(unit(77), count, NOW)
    expected = sorted(kept, key=lambda number: -float(UNITS[number] @ unit(77)))
    assert [number for number, _ in found] == expected[:count]
    assert np.allclose([cosine for _, cosine in found], UNITS[expected[:count]] @ unit(77))
