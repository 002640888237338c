"""In which order requests are sent."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from pointsman.evaluation.live.questions import Question
from pointsman.evaluation.live.run import turns

ARMS = ("off", "on", "auto")


def some(count: int) -> list[Question]:
    return [Question(str(number), "a", f"{number}?", "AB", "A") for number in range(count)]


@given(st.integers(1, 30), st.integers(1, 3), st.lists(st.integers(1, 9), min_size=1, unique=True))
def test_every_question_is_asked_of_every_arm_under_every_cap_once(
    count: int, arms: int, caps: list[int]
) -> None:
    keys = [turn.key for turn in turns(some(count), ARMS[:arms], caps)]
    assert len(set(keys)) == len(keys) == count * arms * len(caps)


def test_the_requests_of_a_question_stand_together_and_no_arm_is_always_first() -> None:
    found = list(turns(some(12), ARMS, (1, 2)))
    blocks = [found[at : at + 6] for at in range(0, len(found), 6)]
    assert all(len({turn.question.id for turn in block}) == 1 for block in blocks)
    firsts = Counter((block[0].arm, block[0].cap) for block in blocks)
    assert firsts == {(arm, cap): 2 for arm in ARMS for cap in (1, 2)}
