"""How a text is taken apart: what is asked, words of content, and their marks."""

import pytest

from pointsman.cache.match_frames import asked
from pointsman.cache.match_words import Word, is_number, read


def _keys(text: str) -> list[str]:
    return list(read(text).keys)


def test_words_have_the_marks_that_stand_before_them() -> None:
    found = read("How do I not sort a list in Python?")
    assert found.asked == "how"
    assert [(word.key, word.marks) for word in found.words] == [
        ("sort", ("not",)),
        ("list", ()),
        ("python", ("in",)),
    ]
    assert found.words[2].named
    assert found.marks == ("not", "in")


def test_marks_at_the_end_are_kept() -> None:
    assert read("What is osmosis not?").last == ("not",)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("What is osmosis?", "define"),
        ("what osmosis means", "define"),
        ("What does osmosis mean?", "define"),
        ("Explain what osmosis is", "define"),
        ("Tell me what it does", "what"),
        ("Explain how it works", "how"),
        ("Explain why it works", "why"),
        ("Explain", ""),
        ("What", "what"),
        ("Who?", "who"),
        ("Who did it hit?", "who do"),
        ("Is it true?", "whether"),
        ("It is true?", "whether"),
        ("It is true.", ""),
        ("Thanks", ""),
        ("", ""),
    ],
)
def test_what_is_asked(text: str, kind: str) -> None:
    assert read(text).asked == kind


def test_politeness_around_nothing_is_kept() -> None:
    assert asked(["please"], is_question=False) == ("", [0])


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("can't won't cannot", []),
        ("She'd say we're off", ["say"]),
        ("Bob's dog", ["bob", "dog"]),
        ("5km at 7pm", ["#5", "km", "#7", "pm"]),
        ("two hundred and five men", ["#205", "man"]),
        ("3 million, 2 thousand", ["#3", "#1000000", "#2", "#1000"]),
        ("one two", ["#1", "#2"]),
        ("a hundred thousand", ["#100000"]),
        ("a dozen, twice", ["#12", "#2x"]),
        ("as well as 21st", ["#21th"]),
        ("more big cats", ["mor", "big", "cat"]),
        ("the IT of the US", ["it", "usa"]),
        ("at best", ["best"]),
        ("up to five", ["at-most", "#5"]),
        ("a.b(C) and A_b", ["=a.b(C)", "=A_b"]),
        ("p53 and H2O", ["=p53", "=h2o"]),
        ("ten minutes, the minute", ["#10", "minute", "minut"]),
    ],
)
def test_what_words_are_compared_by(text: str, keys: list[str]) -> None:
    assert _keys(f"Say {text}")[1:] == keys


def test_where_all_is_in_capitals_they_make_no_names() -> None:
    assert _keys("SAY IT TO US") == _keys("say it to us") == ["say", "it"]


def test_where_words_are_meant_as_such_no_ending_is_cut() -> None:
    assert _keys("Spell the word walking") == ["spell", "word", "walking"]


def test_quotes_and_code_are_kept_as_they_are() -> None:
    found = read('Say "A b" and `c D`')
    assert found.literals == ('"A b"', "`c D`")
    assert found.keys == ("say",)


def test_a_number_is_known_as_one() -> None:
    assert is_number(read("Say 5").words[1])
    assert not is_number(Word("five", "five"))
