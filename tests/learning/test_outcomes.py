"""Recorded outcomes of two arms."""

from typing import Any

import pytest

from pointsman.errors import ConfigError, TooFewRowsError
from pointsman.learning.outcomes import Arms, arms_of, paired, read_outcomes


def row(model: str, text: str | None = "q", **fields: Any) -> dict[str, Any]:
    given = {"model": model, "correct": 1} | fields
    return given if text is None else given | {"text": text}


def recorded(file_of: Any, *rows: dict[str, Any]) -> Any:
    return read_outcomes(file_of(list(rows)))


def test_of_two_arms_the_one_with_fewer_tokens_is_the_light_one(file_of: Any) -> None:
    found = recorded(file_of, row("a", tokens=90), row("b", tokens=20))
    arms = arms_of(found, None, None)
    assert (arms.light, arms.heavy) == ("b", "a")
    assert arms.why == "it has the smaller mean of output tokens: 20 against 90"


def test_without_tokens_the_less_accurate_arm_is_the_light_one(file_of: Any) -> None:
    found = recorded(file_of, row("a", tokens=90), row("b", correct=0))
    arms = arms_of(found, None, None)
    assert (arms.light, arms.heavy) == ("b", "a")
    assert arms.why == "it has the smaller mean of share of right answers: 0 against 1"


@pytest.mark.parametrize(
    ("light", "heavy", "found"),
    [
        ("small", "large:on", Arms("small", "large:on")),
        ("large:on", "small", Arms("large:on", "small")),
        ("small", "other", Arms("small", "other:high")),
    ],
)
def test_arms_may_be_named_by_model_or_by_model_and_mode(
    file_of: Any, light: str, heavy: str, found: Arms
) -> None:
    rows = recorded(
        file_of,
        row("small"),
        row("large", mode="on"),
        row("large", mode="off"),
        row("other", mode="high"),
    )
    assert arms_of(rows, light, heavy) == found


ROWS = (row("small"), row("large", mode="on"), row("large", mode="off"))


@pytest.mark.parametrize(
    ("rows", "light", "heavy", "said"),
    [
        (ROWS, "small", None, "give both --light and --heavy"),
        (ROWS, "small", "small", "--light and --heavy are both small"),
        (ROWS, "small", "huge", "no outcome of the arm huge; the file holds large:off (1 q"),
        (ROWS, "small", "large", "several arms are modes of large, name one"),
        (ROWS, None, None, "name two arms with --light and --heavy; the file holds large:off"),
        (ROWS[:1], None, None, "expected outcomes of two arms, the file holds small (1 questions)"),
        ((), None, None, "expected outcomes of two arms, the file holds none"),
    ],
)
def test_two_arms_that_cannot_be_told_are_asked_for(
    file_of: Any, rows: Any, light: str | None, heavy: str | None, said: str
) -> None:
    with pytest.raises(ConfigError) as refused:
        arms_of(recorded(file_of, *rows), light, heavy)
    assert refused.value.message.startswith(said)


def test_too_few_questions_of_both_arms_say_how_many_are_missing(file_of: Any) -> None:
    found = recorded(file_of, row("a"), row("b"), row("a", "other"))
    with pytest.raises(TooFewRowsError, match="1 questions have an outcome of both a and b, at le"):
        paired(found, Arms("a", "b"), 3)
    assert len(paired(found, Arms("a", "b"), 1)) == 1


@pytest.mark.parametrize(
    ("light", "heavy", "extra"), [(10, 90, 80.0), (90, 10, 0.0), (None, 90, None)]
)
def test_extra_tokens_are_what_the_heavy_answer_takes_more(
    file_of: Any, light: float | None, heavy: float, extra: float | None
) -> None:
    found = recorded(file_of, row("a", tokens=light), row("b", tokens=heavy))
    (question,) = paired(found, Arms("a", "b"), 1)
    assert question.extra_tokens == extra
