"""The lexicon: values are found where they stand as whole words, in any script."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pointsman.wire.lexicon import Lexicon, cuts_word, spreads


def found(text: str, *values: str) -> list[str]:
    """Say what is found in a text."""
    lexicon = Lexicon({value: value for value in values})
    matches = list(lexicon.find(text))
    assert not matches or lexicon.touches(text)
    return [text[start:end] for start, end, _ in matches]


@pytest.mark.parametrize(
    ("text", "values", "matches"),
    [
        ("Jane, Jane's (Jane)", ["Jane"], ["Jane"] * 3),
        ("Janet jane JANE Jane2 2Jane", ["Jane"], []),
        ("_Jane_ my_Jane", ["Jane"], ["Jane", "Jane"]),  # the underscore is a mark of stress
        ("Jane Smith, Jane Smithson", ["Jane", "Jane Smith"], ["Jane Smith", "Jane"]),
        ("Jane Smith Corp", ["Jane Smith", "Smith Corp"], ["Jane Smith"]),
        ("+49 170 1 x+49 170 1, 1+49 170 11", ["+49 170 1"], ["+49 170 1"] * 2),
        ("a@b.org, xa@b.org, a@b.orgs, a@b.org.", ["a@b.org"], ["a@b.org"] * 2),
        ("我叫王小明,他叫王小明明", ["王小明"], ["王小明", "王小明"]),
        ("김철수는 김철수", ["김철수"], ["김철수", "김철수"]),
        ("ผมชื่อสมชายครับ", ["สมชาย"], ["สมชาย"]),
        ("我叫Jane的", ["Jane"], ["Jane"]),
        ("اسمي أحمد علي.", ["أحمد علي"], ["أحمد علي"]),
        ("мария и Мария", ["Мария"], ["Мария"]),
        ("🚂Jane🚂", ["Jane", "🚂"], ["🚂", "Jane", "🚂"]),
        # JSON inside a text.
        ('{"a": "x\\nJane", "b": "\\u00e9"}', ["Jane"], ["Jane"]),
        ('{"a": "\\u7cfbJane\\ud83d\\ude82Jane"}', ["Jane"], ["Jane", "Jane"]),
        ("C:\\nina", ["nina"], ["nina"]),
        ('{"a": "say \\"Jo\\" b"}', ['"Jo" b'], ['\\"Jo\\" b']),
        ('{"a": "Ren\\u00e9"} René', ["René"], ["Ren\\u00e9", "René"]),
        ("Jo Li", ["Jo Li Smith", "Jo Li"], ["Jo Li"]),
        ("", ["Jane"], []),
        ("Jane", [], []),
        ("a b", [" "], []),
    ],
)
def test_values_are_found_as_whole_words(text: str, values: list[str], matches: list[str]) -> None:
    assert found(text, *values) == matches


@pytest.mark.parametrize(
    ("value", "spread"),
    [
        ("Jan", True),
        ("Al", False),
        ("A.", False),
        ("...", False),
        ("", False),
        ("王明", True),
        ("王", False),
        ("1984", False),
        ("12345", True),
        ("12-34", False),
        ("12-345", True),
        ("+49 1", False),
        ("A1b", True),
    ],
)
def test_a_value_that_is_too_common_is_only_replaced_where_it_was_seen(
    value: str, *, spread: bool
) -> None:
    assert spreads(value) is spread


def test_very_many_values_that_begin_alike_take_one_walk() -> None:
    # One search per value would take minutes here, at the mercy of whoever sends the body.
    values = [f"info@{number:06}.org" for number in range(100_000)]
    assert len(found(" ".join(values), *values)) == len(values)


_LETTERS = st.text(st.sampled_from("ab1 .王é\\n_"), max_size=14)


@given(_LETTERS, st.sets(st.text(st.sampled_from("ab1.王é"), min_size=1, max_size=4), max_size=4))
def test_no_value_is_left_standing_and_none_is_cut_out_of_a_word(
    text: str, values: set[str]
) -> None:
    lexicon = Lexicon(dict.fromkeys(values, "#"))
    rest, at = [], 0
    for start, end, _ in lexicon.find(text):
        assert at <= start < end <= len(text)
        assert not cuts_word(text, start) or text[start - 2] == "\\"
        assert not cuts_word(text, end)
        rest.append(text[at:start])
        at = end
    assert not list(lexicon.find("#".join([*rest, text[at:]])))
