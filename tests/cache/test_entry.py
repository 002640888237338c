"""Entries that cannot be are refused where they are made."""

from typing import Any

import numpy as np
import pytest

from pointsman.cache.entry import NO_VECTOR, ROW_BYTES, Bounds, excess

from .answers import an_entry, unit


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"scope": b"short"}, "found 5 and 32"),
        ({"key": b""}, "found 32 and 0"),
        ({"vector": unit(1).astype(np.float64)}, "found float64 of shape"),
        ({"vector": unit(1)[:383]}, r"found float32 of shape \(383,\)"),
        ({"vector": unit(1)[np.newaxis]}, r"found float32 of shape \(1, 384\)"),
        ({"vector": np.zeros(384, np.float32)}, "length 1, .*found 0"),
        ({"vector": np.full(384, np.nan, np.float32)}, "length 1, .*found nan"),
        ({"vector": 2 * unit(1)}, "length 1, .*found 2"),
    ],
)
def test_a_wrong_digest_or_vector_is_named(fields: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        an_entry(**fields)


def test_a_vector_that_was_rounded_to_16_bits_is_of_length_1() -> None:
    rounded = unit(1).astype(np.float16).astype(np.float32)
    assert an_entry(vector=rounded).size_bytes == an_entry().size_bytes


def test_its_bytes_are_those_of_text_answer_and_vector() -> None:
    assert an_entry(text="é\ud83d", answer=b"123", vector=NO_VECTOR).size_bytes == ROW_BYTES + 5 + 3
    assert an_entry(text="", answer=b"").size_bytes == ROW_BYTES + 4 * 384


@pytest.mark.parametrize(
    ("entries", "size", "going"),
    [
        (3, 30, []),
        (4, 30, [1]),
        (5, 30, [1, 2]),
        (3, 31, [1]),
        (3, 41, [1, 2]),
        (9, 90, [1, 2, 3]),  # there are no more to choose from
    ],
)
def test_as_many_go_as_are_too_many(entries: int, size: int, going: list[int]) -> None:
    unused = [(1, 10), (2, 10), (3, 10)]
    assert excess(entries, size, Bounds(entries=3, bytes=30), unused) == going
