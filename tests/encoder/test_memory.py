"""A text is read once, as long as it is among the most recently used ones."""

from collections import OrderedDict
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pointsman.encoder.encoding import UNREAD, Asked, Encoding
from pointsman.encoder.memory import EncodingMemory, Key, text_key

HEADS = Asked(frozenset({"domain", "outcome"}), frozenset({"pii"}))


def key(text: str, asked: Asked = HEADS) -> Key:
    return text_key(text, asked)


def an_encoding(tokens: int) -> Encoding:
    return msgspec.structs.replace(UNREAD, tokens=tokens)


def test_what_was_put_is_found_again() -> None:
    memory = EncodingMemory()
    encoding = an_encoding(5)
    memory.put(key("a"), encoding)
    assert memory.get(key("a")) is encoding
    assert memory.get(key("b")) is None


def test_what_is_recalled_takes_no_passes() -> None:
    memory = EncodingMemory()
    memory.put(key("a"), msgspec.structs.replace(an_encoding(5), passes=3, unread=7))
    found = memory.get(key("a"))
    assert found is not None
    assert (found.tokens, found.passes, found.unread) == (5, 0, 7)


def test_the_least_recently_used_text_is_forgotten_when_full() -> None:
    memory = EncodingMemory(capacity=2)
    for text in ("a", "b"):
        memory.put(key(text), an_encoding(1))
    memory.get(key("a"))
    memory.put(key("c"), an_encoding(1))
    assert [memory.get(key(t)) is not None for t in ("a", "b", "c")] == [True, False, True]
    assert len(memory) == 2


def test_putting_a_text_again_makes_it_recent_and_takes_no_more_room() -> None:
    memory = EncodingMemory(capacity=2)
    for text in ("a", "b", "a", "c"):
        memory.put(key(text), an_encoding(1))
    assert [memory.get(key(t)) is not None for t in ("a", "b", "c")] == [True, False, True]


@given(
    st.integers(1, 4),
    st.lists(st.tuples(st.sampled_from("gp"), st.sampled_from("abcdef")), max_size=30),
)
def test_it_behaves_as_a_list_that_is_kept_in_order_of_use(
    capacity: int, steps: list[tuple[str, str]]
) -> None:
    memory, model = EncodingMemory(capacity), OrderedDict[str, Any]()
    for number, (step, text) in enumerate(steps):
        if step == "p":
            model[text] = an_encoding(number)
            memory.put(key(text), model[text])
        else:
            assert memory.get(key(text)) is model.get(text)
        if text in model:
            model.move_to_end(text)
        if len(model) > capacity:
            model.popitem(last=False)
        assert len(memory) == len(model)


@pytest.mark.parametrize(("one", "other"), [("a", "b"), ("a", "a "), ("", "\0"), ("é", "e\u0301")])
def test_different_texts_have_different_keys(one: str, other: str) -> None:
    assert key(one) != key(other)


@pytest.mark.parametrize(
    "other",
    [
        Asked(frozenset({"domain"}), frozenset({"pii"})),
        Asked(frozenset({"domain", "outcome"}), frozenset()),
        Asked(frozenset({"domain", "outcome", "pii"}), frozenset()),
        Asked(frozenset({"domain", "outcome"}), frozenset({"attacks"})),
        Asked(frozenset({"domain", "outcome"}), frozenset({"pii"}), max_windows=1),
    ],
)
def test_an_encoding_is_not_known_where_something_else_is_asked(other: Asked) -> None:
    assert key("a", other) != key("a")


def test_the_order_in_which_heads_are_asked_for_says_nothing() -> None:
    names = [f"head {number}" for number in range(50)]
    assert key("a", Asked(frozenset(names))) == key("a", Asked(frozenset(reversed(names))))


@given(st.text(max_size=4), st.text(max_size=4), st.sets(st.text(max_size=2), max_size=2))
def test_no_text_passes_for_another_with_other_heads(one: str, other: str, heads: set[str]) -> None:
    asked = Asked(frozenset(heads))
    assert (key(one, asked) == key(other, asked)) == (one == other)
    if heads:
        assert key(one, asked) != key(other, Asked())


def test_a_key_does_not_hold_the_text_and_any_text_has_one() -> None:
    assert len(key("secret" * 1000)) == 16
    assert key("\ud83d") != key("\ude00")
