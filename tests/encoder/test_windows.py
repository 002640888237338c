"""Windows cover everything, overlap enough, and are all about equally long."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pointsman.encoder.windows import OVERLAP, Window, windows


@pytest.mark.parametrize(
    ("count", "room", "overlap", "expected"),
    [
        (0, 10, 2, [(0, 0)]),
        (1, 10, 2, [(0, 1)]),
        (10, 10, 2, [(0, 10)]),
        (11, 10, 2, [(0, 10), (1, 11)]),
        (18, 10, 2, [(0, 10), (8, 18)]),
        (19, 10, 2, [(0, 10), (4, 14), (9, 19)]),
        (26, 10, 2, [(0, 10), (8, 18), (16, 26)]),
        (20, 10, 0, [(0, 10), (10, 20)]),
        (4, 2, 1, [(0, 2), (1, 3), (2, 4)]),
        # An overlap that leaves no room for anything new is cut to half of it.
        (8, 4, 9, [(0, 4), (2, 6), (4, 8)]),
        (2, 1, 1, [(0, 1), (1, 2)]),
    ],
)
def test_these_are_the_windows(
    count: int, room: int, overlap: int, expected: list[tuple[int, int]]
) -> None:
    assert list(windows(count, room, overlap)) == [Window(*ends) for ends in expected]


@st.composite
def cases(draw: st.DrawFn) -> tuple[int, int, int]:
    return draw(st.integers(0, 20_000)), draw(st.integers(1, 300)), draw(st.integers(0, 400))


@given(cases())
def test_windows_cover_all_pieces_overlap_and_none_is_longer_than_there_is_room(
    case: tuple[int, int, int],
) -> None:
    count, room, overlap = case
    found = list(windows(count, room, overlap))
    assert (found[0].start, found[-1].end) == (0, count)
    assert all(window.end - window.start == min(count, room) for window in found)
    for one, following in pairwise(found):
        assert one.start < following.start
        assert one.end - following.start >= min(overlap, room // 2)


@given(st.integers(255, 100_000))
def test_the_shipped_room_and_overlap_lose_no_piece_at_a_border(count: int) -> None:
    found = list(windows(count, 254))
    assert all(one.end - following.start >= OVERLAP for one, following in pairwise(found))
    # No window more than it takes.
    assert len(found) == -(-(count - OVERLAP) // (254 - OVERLAP))
