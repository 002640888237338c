import pytest

from pointsman.errors import ConfigError
from pointsman.evaluation.replay.pairs import CHOICE_PAIRS, MODE_PAIRS, chosen_pairs

MMLU = "mmlu:mixtral_8x7b->gpt4_1106"


def test_no_two_pairs_have_one_name() -> None:
    names = [pair.name for pair in (*MODE_PAIRS, *CHOICE_PAIRS)]
    assert len(set(names)) == len(names) == 7


def test_what_stands_before_a_colon_is_not_of_the_models_name() -> None:
    (pair,) = (pair for pair in CHOICE_PAIRS if pair.name == MMLU)
    assert (pair.light_model, pair.heavy) == ("mixtral_8x7b", "gpt4_1106")


def test_pairs_are_chosen_by_name_and_keep_their_order() -> None:
    assert chosen_pairs(CHOICE_PAIRS, None) == CHOICE_PAIRS
    first, last = CHOICE_PAIRS[0], CHOICE_PAIRS[-1]
    assert chosen_pairs(CHOICE_PAIRS, [last.name, first.name]) == (first, last)


def test_a_pair_that_is_none_is_told_with_those_there_are() -> None:
    with pytest.raises(ConfigError, match="no pair `a->b`") as caught:
        chosen_pairs(MODE_PAIRS, ["a->b"])
    assert all(pair.name in caught.value.message for pair in MODE_PAIRS)


def test_a_mode_pair_says_that_it_is_a_surrogate() -> None:
    assert all("a surrogate" in pair.note and "two models" in pair.note for pair in MODE_PAIRS)
