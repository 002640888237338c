"""The operator's own words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pointsman.signals.keywords import KeywordDetector
from pointsman.signals.reading import NOTHING_READ
from pointsman.wire.chat import chat_from_object
from pointsman.wire.prompt import read_prompt


def found(words: tuple[str, ...], text: str) -> bool:
    prompt = read_prompt(chat_from_object({"messages": [{"role": "user", "content": text}]}))
    return KeywordDetector({"list": words})(prompt, NOTHING_READ).scores == {"list": 1.0}


@pytest.mark.parametrize(
    ("words", "text", "there"),
    [
        (("contract",), "Read this contract.", True),
        (("contract",), "CONTRACT?", True),
        (("contract",), "Contractors contracted.", False),
        (("contract",), "subcontract", False),
        (("contract",), "contract_v2", False),
        (("contract",), "contract-v2", True),
        (("credit card",), "My credit card was stolen", True),
        (("credit card",), "My credit, card was stolen", False),
        (("a", "b"), "x b y", True),
        (("b", "a"), "x a y", True),
        # Signs have no meaning of their own.
        (("c++",), "Is C++ faster?", True),
        (("c++",), "Is c+++ faster?", True),
        (("c",), "Is C++ faster?", True),
        ((".*",), "anything", False),
        ((".*",), "the pattern .* matches all", True),
        (("a|b",), "a", False),
        (("(",), "f(x)", True),
        (("(",), "f x", False),
        (("$5",), "costs $5.", True),
        (("\\d",), "5", False),
        # Other scripts and other cases of letters.
        (("ÜBUNG",), "eine übung", True),
        (("договор",), "Вот ДОГОВОР.", True),
        (("é",), "été", False),
        (("合同",), "请看这份合同的内容", True),
        (("合同",), "请看这份文件的内容", False),
        (("credit card",), "my credit\n card", True),
    ],
)
def test_whole_words_are_found_whatever_their_case(
    words: tuple[str, ...], text: str, *, there: bool
) -> None:
    assert found(words, text) is there


def test_only_what_the_user_says_now_is_searched() -> None:
    prompt = read_prompt(
        chat_from_object(
            {
                "messages": [
                    {"role": "system", "content": "urgent"},
                    {"role": "user", "content": "urgent " * 10},
                    {"role": "assistant", "content": "urgent"},
                    {"role": "user", "content": "Now tell me something about trains please."},
                ]
            }
        )
    )
    finding = KeywordDetector({"list": ("urgent",)})(prompt, NOTHING_READ)
    assert (finding.scores, finding.exclusive) == ({"list": 0.0}, False)


def test_each_list_is_searched_by_itself() -> None:
    prompt = read_prompt(chat_from_object({"messages": [{"role": "user", "content": "a b"}]}))
    detector = KeywordDetector({"first": ("a",), "second": ("c",)})
    assert detector.names == {"first", "second"}
    assert detector(prompt, NOTHING_READ).scores == {"first": 1.0, "second": 0.0}


@given(
    st.text(min_size=1, max_size=20).filter(str.strip), st.text(max_size=20), st.text(max_size=20)
)
def test_any_word_can_be_listed_and_stands_free_between_blanks(
    word: str, before: str, after: str
) -> None:
    assert found((word,), f"{before} {word} {after}")


def test_an_empty_list_finds_nothing() -> None:
    assert not found((), "anything")
    assert not found((" ",), "any thing")
