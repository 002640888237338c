"""Which letter an answer states; a letter that is not stated is never guessed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pointsman.evaluation.live.answer import SYSTEM, letter_of, parted_thought

STATED = {
    "The answer is (C).": "C",
    "the answer is (C)": "C",
    "So the correct answer is: (B)": "B",
    "The final answer is **(D)**.": "D",
    "**The answer is (D)**": "D",
    "The answer is C.": "C",
    "The answer is C": "C",
    "The answer is C. 17 metres": "C",
    "The answer is (C) 17 metres": "C",
    r"The answer is $\boxed{C}$.": "C",
    r"The answer is \(\boxed{\text{C}}\)": "C",
    "The answer is (C), but (B) is near": "C",
    "The answer is (C), I think": "C",
    "The answer is (C) and I am sure": "C",
    "First, the answer is (A).\nNo: the answer is (B).": "B",
    "A is wrong, and so is B.\nC": "C",
    "Because it rolls.\n\n(C)": "C",
    "Because it rolls.\n**Answer: C**": "C",
    "Because it rolls.\nFinal answer: (C).": "C",
    "\\boxed{C}": "C",
}
NOT_STATED = (
    "",
    "C is right, I think",
    "I would say (C)",
    "The answer is a good one",
    "The answer is A good one",
    "The answer is (A) or (B).",
    "The answer is (A) and (B).",
    "The answer is (A), (B) and (C)",
    "The answer is (A), or B",
    "The answer is (A)/(B)",
    "The answer is A, B",
    "The answer is (A).\nOr the answer is (B) or (C).",
    "The answer is not (A)",
    "The answer is (Z).",
    "Z",
    "Let me see: A\nis the first option",
    "Option C",
)


@pytest.mark.parametrize(("answer", "letter"), STATED.items())
def test_a_stated_letter_is_read(answer: str, letter: str) -> None:
    assert letter_of(answer, "ABCD") == letter


@pytest.mark.parametrize("answer", NOT_STATED)
def test_what_is_not_stated_is_not_guessed(answer: str) -> None:
    assert letter_of(answer, "ABCD") is None


@given(st.text())
def test_a_letter_that_is_read_is_an_option_whatever_the_text(answer: str) -> None:
    assert letter_of(answer, "ABCD") in {None, "A", "B", "C", "D"}


@given(st.text(alphabet="xyz \n"), st.sampled_from("ABCD"))
def test_the_form_that_is_asked_for_is_read_after_any_text(before: str, letter: str) -> None:
    form = SYSTEM.rpartition(": ")[2].replace("X", letter)
    assert letter_of(f"{before}\n{form}", "ABCD") == letter


@pytest.mark.parametrize(
    ("text", "thought", "answer"),
    [
        ("The answer is (A).", "", "The answer is (A)."),
        ("<think>\nhm\n</think>\n\nThe answer is (A).", "hm", "The answer is (A)."),
        ("<think>\n\n</think>\n\nThe answer is (A).", "", "The answer is (A)."),
        ("hm</think>The answer is (A).", "hm", "The answer is (A)."),
        ("<think>so the answer is (B)", "so the answer is (B)", ""),
        ("<think>a</think>b<think>c</think>d", "abc", "d"),
    ],
)
def test_a_thought_is_no_part_of_the_answer(text: str, thought: str, answer: str) -> None:
    assert parted_thought(text) == (thought, answer)
