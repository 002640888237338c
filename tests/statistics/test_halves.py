from hypothesis import given
from hypothesis import strategies as st

from pointsman.statistics.halves import half_of, share_of, stem_of

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
