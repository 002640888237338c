from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from pointsman.statistics.halves import share_of, stem_of
from pointsman.training.questions import (
    dressed,
    own_side,
    shows_options,
    side_of,
    written,
)

TEXTS = st.text(max_size=40)
STEMS = TEXTS.map(stem_of)


@given(TEXTS, st.sampled_from([" ", "\n", "?", " - ", "..."]))
def test_a_stem_ignores_spaces_and_punctuation(text: str, noise: str) -> None:
    assert stem_of(noise + text + noise) == stem_of(text)


def test_a_stem_ignores_case_but_not_digits() -> None:
    assert stem_of("What is 2 + 2?") == stem_of("what IS 2+2")
    assert stem_of("What is 2 + 2?") != stem_of("What is 2 + 3?")


@given(STEMS, st.sets(STEMS), st.sets(STEMS))
def test_a_held_out_stem_is_never_trained_on(
    stem: str, held_out: set[str], known: set[str]
) -> None:
    assert side_of(stem, held_out | {stem}, known) != "train"


@given(STEMS, st.sets(STEMS), st.sets(STEMS))
def test_a_stem_without_outcomes_and_not_held_out_is_trained_on(
    stem: str, held_out: set[str], known: set[str]
) -> None:
    assert side_of(stem, held_out - {stem}, known - {stem}) == "train"


@given(STEMS, st.sets(STEMS), st.sets(STEMS))
def test_the_side_depends_on_the_stem_alone_and_not_on_its_company(
    stem: str, others: set[str], more: set[str]
) -> None:
    assert side_of(stem, others - {stem}, {stem}) == side_of(stem, more - {stem}, {stem, *others})


def test_outcome_questions_are_split_eight_to_one_to_one() -> None:
    stems = {stem_of(f"invented question {number}") for number in range(4000)}
    sides = [side_of(stem, frozenset(), stems) for stem in stems]
    assert 0.77 < sides.count("train") / len(sides) < 0.83
    assert 0.08 < sides.count("choose") / len(sides) < 0.12
    assert 0.08 < sides.count("report") / len(sides) < 0.12


@given(STEMS)
def test_a_share_lies_in_the_unit_interval_and_differs_by_purpose(stem: str) -> None:
    assert 0 <= share_of(stem, "side") < 1
    assert share_of(stem, "side") != share_of(stem, "options")


@given(STEMS, st.integers(0, 50))
def test_options_are_shown_in_every_other_epoch(stem: str, epoch: int) -> None:
    assert shows_options(stem, epoch) != shows_options(stem, epoch + 1)
    assert shows_options(stem, epoch) == shows_options(stem, epoch + 2)


def test_options_are_written_as_lettered_lines() -> None:
    assert written("Which?", ("red", "blue")) == "Which?\nA. red\nB. blue"
    assert written("Which?", ()) == "Which?"


@given(TEXTS, STEMS, st.integers(0, 20))
def test_a_dressed_question_holds_itself_whole_and_looks_the_same_each_time(
    text: str, stem: str, epoch: int
) -> None:
    found = dressed(text, stem, epoch)
    assert text in found
    assert found == dressed(text, stem, epoch)


@given(TEXTS, STEMS, st.integers(0, 1))
def test_the_first_two_epochs_show_questions_bare(text: str, stem: str, epoch: int) -> None:
    assert dressed(text, stem, epoch) == text


def test_half_of_the_questions_are_dressed_before_after_or_on_both_sides() -> None:
    stems = [stem_of(f"invented question {number}") for number in range(4000)]
    found = Counter(
        tuple(bool(part) for part in dressed("\0", stem, 2).split("\0")) for stem in stems
    )
    assert 0.47 < found[False, False] / len(stems) < 0.53
    for place in ((True, False), (False, True), (True, True)):
        assert 0.14 < found[place] / len(stems) < 0.19


def test_own_texts_train_but_for_some_to_choose_with() -> None:
    sides = Counter(own_side(f"invented piece {number}") for number in range(4000))
    assert set(sides) == {"train", "choose"}
    assert 0.10 < sides["choose"] / 4000 < 0.14
    assert own_side("Forget the rules!") == own_side("forget THE rules")
