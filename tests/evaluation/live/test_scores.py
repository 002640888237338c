"""Numbers of a run, against numbers worked out by hand."""

from collections import Counter
from typing import Any

import msgspec
import pytest

from pointsman.evaluation.live.outcomes import Outcome
from pointsman.evaluation.live.scores import ArmScores, scores_of_cap

BASE = Outcome(
    id="0",
    text="?",
    model="m",
    mode="off",
    correct=1,
    tokens=10,
    category="math",
    cap=100,
    finish_reason="stop",
    parsed="A",
    answer="A",
    reasoned=False,
    asked_to_reason=False,
    reasoning_tokens=None,
    prompt_tokens=5,
    tokens_from="usage",
    ttft_ms=20.0,
    total_ms=100.0,
)


def made(**changes: Any) -> Outcome:
    return msgspec.structs.replace(BASE, **changes)


def both(count: int, off_right: int, on_right: int) -> list[Outcome]:
    """`count` questions: `off` right on the first so many, `on` too; 10 tokens against 40."""
    off = [made(id=str(n), correct=int(n < off_right)) for n in range(count)]
    on = [
        made(
            id=str(n),
            mode="on",
            correct=int(n < on_right),
            tokens=40,
            total_ms=500.0,
            reasoned=True,
            asked_to_reason=True,
        )
        for n in range(count)
    ]
    return off + on


def arms(outcomes: list[Outcome], *names: str) -> list[ArmScores]:
    return list(scores_of_cap(100, names or ("off", "on"), outcomes, Counter()).arms)


def test_arms_are_compared_over_the_questions_that_both_have_answered() -> None:
    off, on = arms(both(20, 10, 16))
    assert (off.n, off.accuracy and off.accuracy.share) == (20, 0.5)
    assert (on.n, on.accuracy and on.accuracy.share) == (20, 0.8)
    assert off.from_on is not None
    assert off.from_on.value == pytest.approx(-0.3)
    assert -0.55 < off.from_on.low < -0.3 < off.from_on.high < -0.05
    assert on.from_off is not None
    assert on.from_off.value == pytest.approx(0.3)
    assert (off.from_off, on.from_on) == (None, None)
    assert off.tokens_saved is not None
    assert off.tokens_saved.value == pytest.approx(0.75)
    assert off.time_saved is not None
    assert off.time_saved.value == pytest.approx(0.8)
    assert (off.tokens_mean, on.tokens_mean) == (10, 40)
    assert (off.reasoned, on.reasoned) == (0, 1)


def test_a_question_that_one_arm_has_not_answered_is_not_compared() -> None:
    # Off is right on the first two, on on the first six; of on, only the last four are there.
    outcomes = [one for one in both(6, 2, 6) if one.mode == "off" or int(one.id) >= 2]
    off, on = arms(outcomes)
    assert (off.n, on.n) == (6, 4)
    assert off.from_on is not None
    assert off.from_on.value == -1.0
    assert (off.from_on.low, off.from_on.high) == (-1.0, -1.0)


def test_what_went_wrong_is_counted_apart() -> None:
    outcomes = [
        made(id="0"),
        made(id="1", correct=0, parsed=None, finish_reason="length"),
        made(id="2", correct=0, parsed=None),
        made(id="3", reasoned=True, tokens_from="pieces", ttft_ms=None),
    ]
    (off,) = arms(outcomes, "off")
    assert (off.truncated, off.unparsed, off.reasoned) == (0.25, 0.25, 0.25)
    assert (off.violations, off.uncounted) == (1, 1)
    assert off.ttft_p50_ms == 20


def test_times_are_those_measured() -> None:
    times = [(10.0, 100.0), (30.0, 300.0), (20.0, 800.0)]
    outcomes = [
        made(id=str(n), ttft_ms=first, total_ms=total) for n, (first, total) in enumerate(times)
    ]
    (off,) = arms(outcomes, "off")
    assert (off.ttft_p50_ms, off.total_p50_ms, off.total_mean_ms) == (20, 300, 400)


def test_another_cap_is_another_table() -> None:
    outcomes = [*both(4, 4, 4), made(id="9", cap=200, correct=0)]
    assert [arm.n for arm in arms(outcomes)] == [4, 4]
    (other,) = scores_of_cap(200, ("off",), outcomes, Counter()).arms
    assert (other.n, other.accuracy and other.accuracy.hits) == (1, 0)


def test_failures_are_those_of_the_arm_and_the_cap() -> None:
    failures = Counter({("off", 100, "status 503"): 2, ("on", 100, "x"): 1, ("off", 9, "x"): 4})
    off, on = scores_of_cap(100, ("off", "on"), [made()], failures).arms
    assert off.failed == {"status 503": 2}
    assert on == ArmScores("on", 0, failed={"x": 1})


def test_where_the_router_sent_the_questions_is_counted() -> None:
    auto = {"mode": "auto", "asked_to_reason": None, "routed_model": "m"}
    said = ["off", "off", "on (high)"]
    outcomes = [made(id=str(n), routed_reasoning=one, **auto) for n, one in enumerate(said)]
    (arm,) = arms(outcomes, "auto")
    assert arm.routed == {"m, off": 2, "m, on (high)": 1}


def test_categories_stand_apart() -> None:
    outcomes = [*both(3, 1, 2), made(id="l", category="law")]
    scores = scores_of_cap(100, ("off", "on"), outcomes, Counter())
    found = {
        category: {arm: (one.hits, one.rows) for arm, one in by_arm.items()}
        for category, by_arm in scores.categories.items()
    }
    assert found == {"law": {"off": (1, 1)}, "math": {"off": (1, 3), "on": (2, 3)}}
