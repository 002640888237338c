"""Speeds from the times of answers, given by hand."""

from collections.abc import Callable

import msgspec
import pytest

from pointsman.catalog.models import Model, Speed
from pointsman.gateway.speeds import HALF_LIFE_ANSWERS, LEAST_ANSWERS, Speeds, Timed

MakeModel = Callable[..., Model]


def timed(first_s: float, rest_s: float, tokens: int, hidden: int = 0) -> Timed:
    return Timed(streamed=True, first_s=first_s, rest_s=rest_s, tokens=tokens, hidden_tokens=hidden)


def streamed(first_s: float, tokens_per_s: float, tokens: int = 101, hidden: int = 0) -> Timed:
    shown = tokens - hidden
    return timed(first_s, (shown - 1) / tokens_per_s, tokens, hidden)


def whole(seconds: float, tokens: int) -> Timed:
    return Timed(streamed=False, first_s=seconds, rest_s=0.0, tokens=tokens)


def speed_after(model: Model, *answers: Timed) -> Speed | None:
    speeds = Speeds()
    for answer in answers:
        speeds.observe(model, answer)
    return speeds.known({model.name}).get(model.name)


def about(first_token_s: float, tokens_per_s: float) -> Speed:
    first, rate = (pytest.approx(x, rel=1e-3, abs=1e-9) for x in (first_token_s, tokens_per_s))
    return Speed(first, rate)  # type: ignore[arg-type]  # equals whatever is near


def test_a_handful_of_answers_makes_a_speed(a_model: MakeModel) -> None:
    answers = [streamed(0.5, 40)] * LEAST_ANSWERS
    assert speed_after(a_model("m"), *answers[1:]) is None
    assert speed_after(a_model("m"), *answers) == about(0.5, 40)


def test_after_a_half_life_the_old_counts_half(a_model: MakeModel) -> None:
    old, new = streamed(1.0, 100), streamed(0.0, 100)
    seen = speed_after(a_model("m"), *[old] * 500, *[new] * HALF_LIFE_ANSWERS)
    assert seen == about(0.5, 100)


def test_a_long_answer_tells_more_of_a_rate_than_a_short_one(a_model: MakeModel) -> None:
    # 1,010 tokens in 11 s: their mean is not that of the two rates.
    answers = [streamed(0.1, 100, tokens=1001), streamed(0.1, 10, tokens=11)] * 500
    seen = speed_after(a_model("m"), *answers)
    assert seen is not None
    assert seen.tokens_per_s == pytest.approx(1010 / 11, rel=0.05)


def test_thoughts_that_are_not_shown_are_no_wait_for_the_first_token(a_model: MakeModel) -> None:
    # 100 hidden tokens at 50 a second came before the first byte.
    answer = streamed(2.3, 50, tokens=201, hidden=100)
    assert speed_after(a_model("m"), *[answer] * LEAST_ANSWERS) == about(0.3, 50)


def test_a_first_token_never_comes_before_its_request(a_model: MakeModel) -> None:
    answer = streamed(0.1, 50, tokens=201, hidden=100)
    assert speed_after(a_model("m"), *[answer] * LEAST_ANSWERS) == about(0.0, 50)


@pytest.mark.parametrize(
    ("card", "expected"),
    [(None, about(0.0, 50)), (Speed(0.5, 9.0), about(0.5, 100 / 1.5))],
)
def test_an_answer_that_came_whole_takes_its_first_tokens_time_from_the_card(
    card: Speed | None, expected: Speed, a_model: MakeModel
) -> None:
    model = msgspec.structs.replace(a_model("m"), speed=card)
    assert speed_after(model, *[whole(2.0, 100)] * LEAST_ANSWERS) == expected


def test_a_card_that_is_too_slow_leaves_half_the_time_to_the_tokens(a_model: MakeModel) -> None:
    model = msgspec.structs.replace(a_model("m"), speed=Speed(60.0, 9.0))
    seen = speed_after(model, *[whole(2.0, 100)] * LEAST_ANSWERS)
    assert seen == about(1.0, 100)
    assert seen.seconds(100) == pytest.approx(2.0)


def test_what_streams_have_shown_is_believed_before_the_card(a_model: MakeModel) -> None:
    model = msgspec.structs.replace(a_model("m"), speed=Speed(1.0, 9.0))
    answers = [*[streamed(0.2, 50)] * LEAST_ANSWERS, *[whole(2.2, 100)] * 5]
    assert speed_after(model, *answers) == about(0.2, 50)


@pytest.mark.parametrize(
    "answer",
    [
        streamed(0.5, 40, tokens=1),
        streamed(0.5, 40, tokens=0),
        timed(0.5, 0.0, 100),
        streamed(0.5, 40, tokens=100, hidden=99),
        whole(0.0, 10),
        whole(1.0, 0),
    ],
)
def test_an_answer_too_short_to_tell_is_passed_over(answer: Timed, a_model: MakeModel) -> None:
    assert speed_after(a_model("m"), *[answer] * 99) is None


def test_speeds_are_kept_apart_and_given_for_the_models_there_are(a_model: MakeModel) -> None:
    speeds = Speeds()
    for _ in range(LEAST_ANSWERS):
        speeds.observe(a_model("a"), streamed(0.5, 40))
        speeds.observe(a_model("b"), streamed(0.1, 80))
    assert speeds.known({"a", "b", "c"}) == {"a": about(0.5, 40), "b": about(0.1, 80)}
    assert set(speeds.known({"b"})) == {"b"}


@pytest.mark.parametrize("answer", [timed(0.0, 1e-12, 10_000), streamed(1e5, 1e-5, tokens=2)])
def test_an_odd_speed_can_still_be_written_and_read(answer: Timed, a_model: MakeModel) -> None:
    seen = speed_after(a_model("m"), *[answer] * LEAST_ANSWERS)
    assert msgspec.json.decode(msgspec.json.encode(seen), type=Speed) == seen
