from hypothesis import given
from hypothesis import strategies as st

from pointsman.training.questions import share_of, shows_options, side_of, stem_of, written

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
