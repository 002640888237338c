"""Which endings are cut off, and which stay."""

import pytest

from pointsman.cache.match_opposites import are_opposites
from pointsman.cache.match_stems import stem


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("makes", "making"), ("make", "making"), ("runs", "running"), ("cities", "city"),
        ("boxes", "box"), ("watches", "watching"), ("children", "child"), ("goes", "going"),
        ("falls", "falling"), ("kisses", "kiss"), ("has", "having"),
    ],
)  # fmt: skip
def test_forms_of_one_word(one: str, other: str) -> None:
    assert stem(one) == stem(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("beats", "beaten"), ("kill", "killed"), ("big", "bigger"), ("bus", "bu"), ("new", "news"),
        ("king", "k"), ("bring", "br"), ("universe", "university"), ("this", "thi"),
        ("string", "str"), ("glass", "glas"), ("virus", "viru"), ("sting", "st"),
    ],
)  # fmt: skip
def test_forms_of_two_words(one: str, other: str) -> None:
    assert stem(one) != stem(other)


def test_opposites_are_known_in_either_order() -> None:
    assert are_opposites({stem("increasing")}, {stem("decrease")})
    assert are_opposites(["off"], ["x", "on"])
    assert not are_opposites(["on"], ["on"])
    assert not are_opposites([], ["on"])
