"""A text is read once, as long as it is among the most recently used ones."""

from collections import OrderedDict
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pointsman.encoder.encoding import UNREAD, Encoding
from pointsman.encoder.memory import EncodingMemory, text_key


def an_encoding(tokens: int) -> Encoding:
    return msgspec.structs.replace(UNREAD, tokens=tokens)


def test_what_was_put_is_found_again() -> None:
    memory = EncodingMemory()
    encoding = an_encoding(5)
    memory.put(text_key("a"), encoding)
    assert memory.get(text_key("a")) is encoding
    assert memory.get(text_key("b")) is None


def test_the_least_recently_used_text_is_forgotten_when_full() -> None:
    memory = EncodingMemory(capacity=2)
    for text in ("a", "b"):
        memory.put(text_key(text), an_encoding(1))
    memory.get(text_key("a"))
    memory.put(text_key("c"), an_encoding(1))
    assert [memory.get(text_key(t)) is not None for t in ("a", "b", "c")] == [True, False, True]
    assert len(memory) == 2


def test_putting_a_text_again_makes_it_recent_and_takes_no_more_room() -> None:
    memory = EncodingMemory(capacity=2)
    for text in ("a", "b", "a", "c"):
        memory.put(text_key(text), an_encoding(1))
    assert [memory.get(text_key(t)) is not None for t in ("a", "b", "c")] == [True, False, True]


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
            memory.put(text_key(text), model[text])
        else:
            assert memory.get(text_key(text)) is model.get(text)
        if text in model:
            model.move_to_end(text)
        if len(model) > capacity:
            model.popitem(last=False)
        assert len(memory) == len(model)


@pytest.mark.parametrize(("one", "other"), [("a", "b"), ("a", "a "), ("", "\0"), ("é", "e\u0301")])
def test_different_texts_have_different_keys(one: str, other: str) -> None:
    assert text_key(one) != text_key(other)


def test_a_key_does_not_hold_the_text_and_any_text_has_one() -> None:
    assert len(text_key("secret" * 1000)) == 16
    assert text_key("\ud83d") != text_key("\ude00")
