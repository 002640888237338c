import pytest

from pointsman.training.outcomes import outcome_of, parted
from pointsman.training.questions import written
from pointsman.training.weights import OUTCOMES


@pytest.mark.parametrize(
    ("light_right", "heavy_right", "name"),
    [
        (True, True, "both"),
        (False, True, "heavy_only"),
        (True, False, "light_only"),
        (False, False, "neither"),
    ],
)
def test_two_marks_make_an_outcome(light_right: bool, heavy_right: bool, name: str) -> None:  # noqa: FBT001
    assert OUTCOMES[outcome_of(light_right=light_right, heavy_right=heavy_right)] == name


def test_a_prompt_with_options_is_taken_apart_and_put_together() -> None:
    prompt = "A tale.\nA second line?\nA. one\nB. two: B. of all"
    question, options = parted(prompt)
    assert question == "A tale.\nA second line?"
    assert options == ("one", "two: B. of all")
    assert written(question, options) == prompt


def test_a_prompt_without_options_stays_whole() -> None:
    assert parted("Just a question?") == ("Just a question?", ())
