"""Texts as word pieces of the shipped tokenizer: whole, cut, or in windows."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pointsman.encoder.bundle import Bundle
from pointsman.encoder.pieces import CHARACTERS_PER_PIECE, PieceReader

MAX_TOKENS = 32  # a small pass, so that short texts have windows
ROOM = MAX_TOKENS - 2


@pytest.fixture(scope="module")
def reader(bundle: Bundle) -> PieceReader:
    return PieceReader(bundle.file(bundle.manifest.tokenizer), MAX_TOKENS)


def words(count: int, word: str = "word") -> str:
    return " ".join([word] * count)


@pytest.mark.parametrize("count", [0, 1, 7, ROOM])
def test_a_text_that_fits_is_whole_and_framed(count: int, reader: PieceReader) -> None:
    pieces = reader.judged(words(count))
    assert (pieces.count, pieces.cut) == (count, False)
    assert pieces.ids.shape == (1, count + 2)
    assert pieces.ids.dtype == np.int32
    start, end = pieces.ids[0, 0], pieces.ids[0, -1]
    assert [start, end] == reader.judged("").ids[0].tolist()
    assert len(pieces.offsets()) == len(pieces.words()) == count


def test_pieces_know_their_place_in_code_points_and_their_word(reader: PieceReader) -> None:
    text = "Größe: \N{GRINNING FACE} unbelievably, 東京"
    pieces = reader.judged(text)
    numbers = [number for number in pieces.words() if number is not None]
    said: dict[int, str] = {}
    for (start, end), number in zip(pieces.offsets(), numbers, strict=True):
        said[number] = said.get(number, "") + text[start:end]
    assert numbers == sorted(numbers)
    assert list(said.values()) == [
        "Größe",
        ":",
        "\N{GRINNING FACE}",
        "unbelievably",
        ",",
        "東",
        "京",
    ]
    assert pieces.count > len(said)


@pytest.mark.parametrize("extra", [1, 2, 500])
def test_of_a_text_that_does_not_fit_the_first_and_the_last_half_are_kept(
    extra: int, reader: PieceReader
) -> None:
    half = ROOM // 2
    text = " ".join([words(half, "alpha"), words(extra, "beta"), words(half, "omega")])
    pieces = reader.judged(text)
    assert (pieces.count, pieces.cut) == (ROOM, True)
    assert np.array_equal(
        pieces.ids, reader.judged(f"{words(half, 'alpha')} {words(half, 'omega')}").ids
    )
    # Nobody can say any more where a piece stood.
    assert pieces.offsets() == []
    assert pieces.words() == []


def test_what_lies_in_the_middle_of_a_very_long_text_costs_nothing(reader: PieceReader) -> None:
    head, tail = words(8 * ROOM, "alpha"), words(8 * ROOM, "omega")
    cut = reader.judged(head + "\0" * 5_000_000 + tail)
    assert cut.cut
    assert np.array_equal(cut.ids, reader.judged(f"{head} {tail}").ids)


def test_a_text_of_few_pieces_but_many_characters_is_cut_too(reader: PieceReader) -> None:
    text = "a" + " " * (CHARACTERS_PER_PIECE * ROOM) + "b"
    pieces = reader.judged(text)
    assert (pieces.count, pieces.cut) == (2, True)
    (window,), unread = reader.windows(text, 9)
    assert (window.count, unread) == (2, 0)
    assert window.offsets() == [(0, 1), (len(text) - 1, len(text))]


@pytest.mark.parametrize("text", [" " * 5_000, "\0" * 5_000, "x" * 5_000])
def test_a_long_text_that_says_next_to_nothing_has_one_window(
    text: str, reader: PieceReader
) -> None:
    assert reader.judged(text).cut
    (window,), unread = reader.windows(text, 64)
    assert window.count <= 1
    assert unread == 0


def test_windows_cover_a_text_in_order_with_overlaps(bundle: Bundle) -> None:
    reader = PieceReader(bundle.file(bundle.manifest.tokenizer), 256)
    text = " ".join(f"number {n}," for n in range(400))
    windows, unread = reader.windows(text, 64)
    assert unread == 0
    assert [window.count for window in windows] == [254] * len(windows)
    covered: set[int] = set()
    for window in windows:
        assert window.ids.shape == (1, 256)
        assert len(window.offsets()) == len(window.words()) == 254
        covered |= {at for start, end in window.offsets() for at in range(start, end)}
    assert covered == {at for at, sign in enumerate(text) if sign != " "}
    # Neighbours share the last sentence or so.
    for one, following in pairwise(windows):
        assert following.offsets()[0][0] <= one.offsets()[-32][0]
        assert following.words()[0] in one.words()


def test_a_windows_pieces_are_those_of_the_text(bundle: Bundle) -> None:
    reader = PieceReader(bundle.file(bundle.manifest.tokenizer), 256)
    text = " ".join(f"number {n}," for n in range(400))
    for window in reader.windows(text, 64)[0]:
        (start, _), (_, end) = window.offsets()[0], window.offsets()[-1]
        alone = reader.judged(text[start:end])
        assert np.array_equal(alone.ids, window.ids)
        assert alone.offsets() == [(a - start, b - start) for a, b in window.offsets()]


@pytest.mark.parametrize("most", [1, 2, 5])
def test_what_the_windows_do_not_reach_is_counted_to_the_character(
    most: int, bundle: Bundle
) -> None:
    reader = PieceReader(bundle.file(bundle.manifest.tokenizer), 256)
    text = words(3_000)
    windows, unread = reader.windows(text, most)
    assert len(windows) == most
    assert unread == len(text) - windows[-1].offsets()[-1][1]
    # One window has 254 words of four letters and a space.
    if most == 1:
        assert unread == len(text) - (254 * 5 - 1)


def test_characters_that_are_not_even_split_are_counted_as_unread(bundle: Bundle) -> None:
    reader = PieceReader(bundle.file(bundle.manifest.tokenizer), 256)
    text = "a" + " " * 1_000_000
    (window,), unread = reader.windows(text, 2)
    assert window.count == 1
    assert unread == len(text) - 2 * 254 * CHARACTERS_PER_PIECE


@settings(max_examples=30)
@given(text=st.text(max_size=400).map(lambda text: text * 8), most=st.integers(1, 4))
def test_whatever_the_text_pieces_stand_in_order_within_it(
    text: str, most: int, bundle: Bundle, reader: PieceReader
) -> None:
    wide = PieceReader(bundle.file(bundle.manifest.tokenizer), 64)
    windows, unread = wide.windows(text, most)
    assert 0 <= unread <= len(text)
    assert 1 <= len(windows) <= most
    for window in (*windows, reader.judged(text)):
        offsets = window.offsets()
        assert all(0 <= start <= end <= len(text) for start, end in offsets)
        assert offsets == sorted(offsets)
        assert None not in window.words()
        assert window.count <= 62
