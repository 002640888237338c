"""An entry survives as bytes, and any change to them is noticed."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from pointsman.cache.entry import NO_VECTOR
from pointsman.cache.packing import packed, unpacked

from .answers import an_entry, same, unit


@given(
    text=st.text(st.characters(codec=None)),
    answer=st.binary(),
    model=st.text(),
    usd=st.floats(0, 1e6),
    times=st.tuples(st.floats(0, 1e10), st.floats(0, 1e10)),
    vector=st.sampled_from([NO_VECTOR, unit(1), unit(2)]),
)
def test_it_comes_back_to_the_bit(
    text: str,
    answer: bytes,
    model: str,
    usd: float,
    times: tuple[float, float],
    vector: NDArray[np.float32],
) -> None:
    entry = an_entry(
        text=text,
        answer=answer,
        model=model,
        usd=usd,
        created=times[0],
        expires=times[1],
        vector=vector,
    )
    assert same(unpacked(*packed(entry)), entry)


@given(place=st.integers(0), bit=st.integers(0, 7))
def test_a_bit_that_changed_is_noticed(place: int, bit: int) -> None:
    body, vector = packed(an_entry())
    whole = bytearray(body + vector)
    whole[place % len(whole)] ^= 1 << bit
    assert unpacked(bytes(whole[: len(body)]), bytes(whole[len(body) :])) is None


def test_bytes_that_were_cut_short_are_noticed() -> None:
    body, vector = packed(an_entry())
    for short in range(len(body)):
        assert unpacked(body[:short], vector) is None
    assert unpacked(body, vector[:-4]) is None
    assert unpacked(b"", b"") is None
