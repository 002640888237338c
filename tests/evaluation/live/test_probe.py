"""A run begins only where each arm does what its name says."""

from typing import Any

import pytest

from pointsman.errors import PointsmanError
from pointsman.evaluation.live.probe import PROBE, went_against


@pytest.mark.parametrize(
    ("wanted", "reasoned", "cut", "against"),
    [
        (True, True, False, False),
        (True, False, False, True),
        (True, False, True, False),  # a thought may show only by its end, which was cut off
        (False, False, False, False),
        (False, True, False, True),
        (False, True, True, True),
        (None, True, False, False),
        (None, False, False, False),
    ],
)
def test_an_answer_goes_against_the_switch_or_not(
    wanted: bool | None,  # noqa: FBT001 - a table of cases
    reasoned: bool,  # noqa: FBT001
    cut: bool,  # noqa: FBT001
    against: bool,  # noqa: FBT001
) -> None:
    assert went_against(wanted=wanted, reasoned=reasoned, cut=cut) == against


@pytest.mark.parametrize(
    "shows", ["reasoning_content", "reasoning", "<think>", "</think>", "parts"]
)
def test_reasoning_is_seen_where_it_is_shown_and_not_counted(
    shows: str, model: Any, run: Any, questions: Any
) -> None:
    model.shows, model.counts = shows, (True, False)
    questions(1, ("math",))
    report = run()
    assert [arm.reasoned for arm in report.caps[0].arms] == [0.0, 1.0]
    assert model.requests[0]["messages"][-1]["content"] == PROBE
    assert model.modes()[:2] == ["off", "on"]


def test_reasoning_that_is_hidden_is_seen_in_the_count(
    model: Any, run: Any, questions: Any
) -> None:
    model.shows = ""
    questions(1, ("math",))
    assert [arm.reasoned for arm in run().caps[0].arms] == [0.0, 1.0]


def test_a_model_that_always_reasons_is_told_apart_before_the_run(
    model: Any, run: Any, questions: Any, out: Any
) -> None:
    model.obeys = False
    questions(1)
    with pytest.raises(PointsmanError) as caught:
        run()
    for said in (
        "the arm `off` reasoned all the same",
        '{"chat_template_kwargs":{"enable_thinking":false}}',
        "22 characters of reasoning_content",
        "5 reasoning tokens",
        "--family",
    ):
        assert said in caught.value.message
    assert len(model.bodies) == 1
    assert out.read_bytes() == b""


def test_a_model_that_never_reasons_is_told_apart_before_the_run(
    model: Any, run: Any, questions: Any
) -> None:
    model.obeys = model.thinks = False
    model.counts = (True, False)
    questions(1)
    with pytest.raises(PointsmanError) as caught:
        run()
    assert "the arm `on` did not reason" in caught.value.message
    assert '{"chat_template_kwargs":{"enable_thinking":true}}' in caught.value.message
    assert "no thought, no count of reasoning tokens, finish_reason stop" in caught.value.message
    assert len(model.bodies) == 2


def test_an_answer_that_is_cut_off_without_a_thought_is_no_sign_of_one(
    model: Any, run: Any, questions: Any
) -> None:
    model.obeys = model.thinks = False
    model.recorded = {PROBE: {"off": ("", "word " * 3000)}}
    questions(1)
    with pytest.raises(PointsmanError, match=r"`on` did not reason.*finish_reason length"):
        run("--arms", "on")


def test_a_server_that_refuses_is_told_of_with_its_own_words(
    model: Any, run: Any, questions: Any
) -> None:
    model.statuses.append(400)
    questions(1)
    with pytest.raises(
        PointsmanError, match=r"arm `off` does not answer: status 400 from .*not now"
    ):
        run()


def test_an_address_that_is_no_gateway_cannot_be_the_router(
    model: Any, run: Any, questions: Any
) -> None:
    questions(1)
    with pytest.raises(PointsmanError, match=r"sends no x-pointsman-\* headers"):
        run("--arms", "auto", "--router-url", model.url)
