import pytest
from hypothesis import given
from hypothesis import strategies as st

from pointsman.statistics.halves import half_of, parted, recorded_side, share_of, stem_of

TEXTS = st.text(max_size=40)


def test_case_spaces_and_punctuation_do_not_make_another_question() -> None:
    assert stem_of("Why is the sky blue?") == stem_of("why is  THE sky-blue")
    assert stem_of("Why is the sky blue?") != stem_of("Why is the sea blue?")


@given(TEXTS, TEXTS)
def test_a_share_depends_on_the_stem_and_its_purpose_alone(text: str, purpose: str) -> None:
    share = share_of(stem_of(text), purpose)
    assert 0 <= share < 1
    assert share == share_of(stem_of(text), purpose)


def test_shares_for_two_purposes_are_not_the_same() -> None:
    stems = [stem_of(f"question {number}") for number in range(20)]
    assert [share_of(s, "side") for s in stems] != [share_of(s, "options") for s in stems]


def test_about_half_of_many_questions_calibrates() -> None:
    halves = [half_of(stem_of(f"question number {number}")) for number in range(1000)]
    assert 430 < halves.count("choose") < 570


@given(TEXTS)
def test_a_question_held_out_is_halved_and_never_trained_on(text: str) -> None:
    assert recorded_side(stem_of(text), held_out=True) == half_of(stem_of(text))


@given(TEXTS)
def test_not_knowing_what_is_held_out_reports_on_nothing_that_was_trained_on(text: str) -> None:
    if recorded_side(stem_of(text), held_out=False) == "report":
        assert recorded_side(stem_of(text), held_out=True) == "report"


def test_other_questions_with_outcomes_are_split_eight_to_one_to_one() -> None:
    sides = [recorded_side(stem_of(f"question {n}"), held_out=False) for n in range(4000)]
    shares = {side: sides.count(side) / len(sides) for side in set(sides)}
    assert shares == pytest.approx({"train": 0.8, "choose": 0.1, "report": 0.1}, abs=0.02)


def test_a_prompt_with_options_is_taken_apart() -> None:
    question, options = parted("A tale.\nA second line?\nA. one\nB. two: B. of all")
    assert question == "A tale.\nA second line?"
    assert options == ("one", "two: B. of all")


def test_a_prompt_without_options_stays_whole() -> None:
    assert parted("Just a question?") == ("Just a question?", ())
