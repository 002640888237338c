"""Exact matches: what is spelt the same, and what only looks so."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pointsman.cache.normal import is_code, normalised, plain

SAME = [
    ("What is DNA?", "what is dna"),
    ("What is DNA?", "WHAT IS DNA?"),
    ("what  is\tDNA ?  ", "What is DNA"),
    ("\nWhat is DNA?\r\n", "what is DNA…"),
    ("It\u2019s \u201cnew\u201d \u2013 really", 'it\'s "new" - really'),
    ("Cafe\u0301 in Paris", "café in Paris"),
    ("What\u00a0is\u200b DNA", "what is DNA."),
    ("One line.\r\n\r\nAnother line.", "one line.\n\nanother line."),
    ("Who is president of the US?", "who is president of the us"),
    ("US history in short", "us history in short"),
    ("A pact in US history", "a pact in us history"),
    ("WHAT DID IT COST THE US?", "what did it cost the us?"),
    ("An IT firm", "an it firm"),
    ("Who won in May 2012?", "who won in may 2012"),
    ("On 5 May, who won?", "on 5 may, who won"),
    ("May I go?", "may I go?"),
    ("I am here. May I go?", "I am here. may I go?"),
    ("A loan of $5M", "a loan of $5m"),
    ("Let me ask, is it true?", "let me ask, is it true?"),
    ("New World Trade Centre May Open in March", "new world trade centre may open in march"),
    ("Import duties on wine", "import duties on wine"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_case_spaces_and_the_end_of_a_sentence_make_no_difference(one: str, other: str) -> None:
    assert normalised(one) == normalised(other)


DIFFERENT = [
    ("What is C?", "What is C#?"),
    ("What is 1.5?", "What is 15?"),
    ("Is p<0.05 enough?", "Is p>0.05 enough?"),
    ("What is 5!", "What is 5"),
    ("What is (n+1)!?", "What is (n+1)?"),
    ("What is x²?", "What is x2?"),
    ("Can you help us?", "Can you help US?"),
    ("In us all", "In US all"),
    ("Teach us history", "Teach US history"),
    ("What does it cost?", "What does IT cost?"),
    ("IT works", "It works"),
    ("Do they think who matters?", "Do they think WHO matters?"),
    ("They may not come", "They May not come"),
    ("Is the mass march planned?", "Is the mass March planned?"),
    ("A line of 5 MB", "A line of 5 Mb"),
    ("A line of 5MB", "A line of 5Mb"),
    ("Solve x + X for me", "Solve X + x for me"),
    ("ssh with -p or not", "ssh with -P or not"),
    ("Open main.py now", "Open Main.py now"),
    ("Call getUser() there", "Call getuser() there"),
    ("Set my_Var there", "Set my_var there"),
    ("See https://a.org/B", "See https://a.org/b"),
    ('Spell "Polish" for me', 'Spell "polish" for me'),
    ("Spell 'New  York' for me", "Spell 'New York' for me"),
    ("Run `ls -A` here", "Run `ls -a` here"),
    ("```\nA = 1\n```", "```\na = 1\n```"),
    ("if x:\n    a()\n    b()", "if x:\n    a()\nb()"),
    ("def f(x):\n\treturn x", "def f(x):\n return x"),
    ("let A = 1", "let a = 1"),
    ("SELECT A FROM t", "SELECT a FROM t"),
    ("one\ntwo", "one two"),
]


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_what_may_change_a_meaning_is_kept(one: str, other: str) -> None:
    assert normalised(one) != normalised(other)


@given(
    st.text(
        alphabet=st.sampled_from("aA iIuUsSx 1.5!?'\"`\n\t,-$(){}:_MmBb\u2019\u00e9"), max_size=40
    )
)
def test_a_normal_form_is_its_own_normal_form(text: str) -> None:
    assert normalised(normalised(text)) == normalised(text)


@given(st.text(max_size=60))
def test_any_text_has_a_normal_form(text: str) -> None:
    assert normalised(normalised(text)) == normalised(text)


@pytest.mark.parametrize("text", ["", "???", " \n "])
def test_what_says_nothing_does_not_become_something(text: str) -> None:
    assert normalised(text) == text.strip()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("For the list below:\nname the first", False),
        ("If a train leaves at noon:\nwhen is it there?", False),
        ("import os", True),
        ("for x in y:", True),
        ("while True:", True),
        ("    indented\nnot", True),
        ("x = 1;", True),
        ("#include <a.h>", True),
        ("<div class='a'>", True),
        ("Return policy of the shop", False),
        ("Class of 1984", False),
    ],
)
def test_code_is_told_from_prose(text: str, expected: bool) -> None:  # noqa: FBT001
    assert is_code(text) is expected


@pytest.mark.parametrize(
    "sign", ["(", "a(", "!", "a.", "<a ", "if (", "with (", " .", "'a", '"', "\n"]
)
def test_no_text_takes_more_than_linear_time(sign: str) -> None:
    """In quadratic time, so long a text would take hours, and the test would time out."""
    assert normalised(sign * (200_000 // len(sign))) is not None


def test_plain_text_keeps_its_case_and_its_lines() -> None:
    assert plain("“A”\u00a0B\nC…") == '"A" B\nC...'
