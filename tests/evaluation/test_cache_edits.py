"""Edits that change what is asked, and variants that do not."""

import pytest

from pointsman.cache.match import differs
from pointsman.cache.normal import normalised
from pointsman.evaluation.cache_edits import CHANGES, VARIANTS, edits, variants

TEXTS = [
    "Is it true that Anna met Bob's friend Carl in 1990?",
    "How many of the 12 boys can run for 3 hours before the day ends?",
    "A man gives 5.5 dollars to the girl for two apples.",
    "She may buy it with $20, so what is left?",
    "It grew by 5% in two weeks?",
    "They saw Dora with Emil, and Dora was glad.",
]


def test_there_are_edits_of_each_class() -> None:
    assert {edit.kind for edit in edits(TEXTS)} == set(CHANGES)


def test_an_edit_changes_a_text_and_a_class_is_bounded() -> None:
    made = edits(TEXTS, 2)
    assert all(edit.asked != edit.stored for edit in made)
    assert all(edit.stored in TEXTS for edit in made)
    assert max([edit.kind for edit in made].count(kind) for kind in CHANGES) == 2


def test_the_same_texts_give_the_same_edits_in_any_order() -> None:
    assert edits(TEXTS) == edits(TEXTS[::-1])
    assert variants(TEXTS) == variants(TEXTS[::-1])


@pytest.mark.parametrize(
    ("kind", "stored", "asked"),
    [
        ("number changed", "Take three eggs", "Take two eggs"),
        ("number changed", "Three eggs", "Two eggs"),
        ("negation added", "Is it so", "Is not it so"),
        ("negation added", "You can go", "You can't go"),
        ("negation added", "You may go", "You may not go"),
        ("two exchanged", "does Anna love Carl", "does Carl love Anna"),
        ("two exchanged", "A dog sees a cat", "A cat sees a dog"),
        ("unit changed", "a 5-mile run", "a 5-kilometer run"),
        ("unit changed", "for $5", "for €5"),
        ("unit changed", "at 5%", "at 5 dollars"),
        ("antonym", "More of it", "Less of it"),
    ],
)
def test_what_an_edit_changes(kind: str, stored: str, asked: str) -> None:
    texts = [stored, "so does Carl"]
    found = {edit.asked for edit in edits(texts) if (edit.kind, edit.stored) == (kind, stored)}
    assert asked in found


def test_a_name_is_replaced_by_one_of_another_text() -> None:
    texts = ["so does Anna", *(f"so does {name}" for name in ("Bob", "Carl", "Dora"))]
    made = [edit for edit in edits(texts) if edit.kind == "entity replaced"]
    assert made
    for edit in made:
        assert edit.asked in texts
        assert edit.asked != edit.stored


def test_no_edit_of_these_is_served_and_every_variant_is() -> None:
    assert [edit for edit in edits(TEXTS) if differs(edit.asked, edit.stored) is None] == []
    made = variants(TEXTS)
    assert {edit.kind for edit in made} == set(VARIANTS)
    for edit in made:
        assert normalised(edit.asked) == normalised(edit.stored)


def test_what_stands_in_quotes_keeps_its_letters() -> None:
    assert VARIANTS["capitals"]('say "a b" \u201cc\u201d now') == 'SAY "a b" \u201cc\u201d NOW'
