"""Limits: what they cap, whom they count for, and when their windows start."""

from datetime import UTC, datetime
from typing import Any, get_args

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pointsman.accounts.limits import (
    MAX_AMOUNT,
    NANO,
    Claim,
    Limit,
    Spent,
    Window,
    in_words,
    seconds_to_next,
    window_of,
)

CLAIM = Claim(model="large", usd=0.25, tokens=900, key="key_1", tenant="acme")
WINDOWS = get_args(Window)


def at(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("window", "now", "starts", "ends"),
    [
        ("minute", "2027-03-28T01:59:59.9", "2027-03-28T01:59:00", "2027-03-28T02:00:00"),
        ("hour", "2027-03-28T01:00:00", "2027-03-28T01:00:00", "2027-03-28T02:00:00"),
        # The night in which the clocks of Europe are put forward: a day of 24 hours all the same.
        ("day", "2027-03-28T12:30:00", "2027-03-28T00:00:00", "2027-03-29T00:00:00"),
        ("month", "2027-02-28T23:59:59", "2027-02-01T00:00:00", "2027-03-01T00:00:00"),
        ("month", "2028-02-29T23:59:59", "2028-02-01T00:00:00", "2028-03-01T00:00:00"),
        ("month", "2027-12-31T23:59:59", "2027-12-01T00:00:00", "2028-01-01T00:00:00"),
    ],
)
def test_windows_are_those_of_the_calendar_in_utc(
    window: Window, now: str, starts: str, ends: str
) -> None:
    assert window_of(window, at(now)) == (at(starts), at(ends))
    assert seconds_to_next(window, at(now)) == pytest.approx(at(ends) - at(now))


def test_the_window_total_never_ends() -> None:
    assert window_of("total", 1.8e9) == (0, None)
    assert seconds_to_next("total", 1.8e9) is None


@given(st.sampled_from([w for w in WINDOWS if w != "total"]), st.floats(0, 4e9))
def test_every_moment_is_in_one_window_and_the_next_begins_where_it_ends(
    window: Window, now: float
) -> None:
    starts, ends = window_of(window, now)
    assert ends is not None
    assert starts <= now < ends
    assert window_of(window, starts) == (starts, ends)
    assert window_of(window, ends)[0] == ends


@pytest.mark.parametrize(
    ("limit", "subject"),
    [
        (Limit(usd=1, window="day"), ()),
        (Limit(usd=1, window="day", per="tenant"), ("acme",)),
        (Limit(usd=1, window="day", per=("model", "key")), ("key_1", "large")),
        (Limit(usd=1, window="day", tenant="acme", per="model"), ("large",)),
        (Limit(usd=1, window="day", tenant="zeta"), None),
        (Limit(usd=1, window="day", tenant="acme", model="small"), None),
        (Limit(usd=1, window="day", key="key_1", model="large"), ()),
    ],
)
def test_a_limit_counts_for_whom_it_names(limit: Limit, subject: tuple[str, ...] | None) -> None:
    assert limit.subject(CLAIM) == subject


def test_requests_without_a_key_count_as_one_key_and_one_tenant() -> None:
    nobody = Claim(model="large", usd=0.0, tokens=1)
    assert Limit(usd=1, window="day", per=("key", "tenant")).subject(nobody) == ("", "")
    assert Limit(usd=1, window="day", tenant="acme").subject(nobody) is None


@pytest.mark.parametrize(
    ("same", "other"),
    [
        (True, Limit(usd=9, window="day", per="tenant", soft=0.2)),
        (True, Limit(usd=5, window="day", per=("tenant",))),
        (False, Limit(tokens=5, window="day", per="tenant")),
        (False, Limit(usd=5, window="month", per="tenant")),
        (False, Limit(usd=5, window="day", per="key")),
        (False, Limit(usd=5, window="day", per="tenant", model="large")),
        (False, Limit(usd=5, window="day", per="tenant", tenant="large")),
        (False, Limit(usd=5, window="day", per="tenant", model='large" tenant="acme')),
    ],
)
def test_all_but_the_cap_and_the_soft_share_makes_a_limits_counters_its_own(
    *, same: bool, other: Limit
) -> None:
    assert (Limit(usd=5, window="day", per="tenant").id == other.id) is same


def test_an_id_cannot_be_forged_by_a_name() -> None:
    plain = Limit(usd=5, window="day", tenant="acme", model="large")
    forged = Limit(usd=5, window="day", tenant='acme" model="large')
    assert plain.id == 'usd/day/all tenant="acme" model="large"'
    assert forged.id == r'usd/day/all tenant="acme\" model=\"large"'


@pytest.mark.parametrize(
    ("limit", "words"),
    [
        (Limit(usd=50, window="day", per="tenant"), "50 USD per day for each tenant"),
        (Limit(usd=0.25, window="hour"), "0.25 USD per hour"),
        (Limit(tokens=2_000_000, window="total"), "2,000,000 tokens in total"),
        (
            Limit(requests=60, window="minute", per=("key", "model"), tenant="acme"),
            "60 requests per minute for each key and model of tenant 'acme'",
        ),
    ],
)
def test_a_limit_says_what_it_is(limit: Limit, words: str) -> None:
    assert str(limit) == words


def test_a_limit_is_read_from_a_config() -> None:
    written = {"usd": 50, "window": "day", "per": ["tenant", "model"], "soft": 0.5}
    limit = Limit(usd=50.0, window="day", per=("tenant", "model"), soft=0.5)
    assert msgspec.convert(written, Limit) == limit


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ({"window": "day"}, "expected exactly one of `usd`, `tokens` and `requests`, got 0"),
        ({"window": "day", "usd": 1, "tokens": 1}, "got 2"),
        ({"usd": 1}, "missing required field `window`"),
        ({"usd": 1, "window": "week"}, "Invalid enum value 'week'"),
        ({"usd": 1, "window": "day", "per": "user"}, "per"),
        ({"usd": -1, "window": "day"}, ">= 0"),
        ({"usd": 1, "window": "day", "soft": 0}, "> 0"),
        ({"usd": 1, "window": "day", "soft": 1.1}, "<= 1"),
        ({"usd": 1, "window": "day", "cap": 3}, "unknown field `cap`"),
    ],
)
def test_a_wrong_limit_in_a_config_is_named(written: dict[str, Any], message: str) -> None:
    with pytest.raises(msgspec.ValidationError, match=message):
        msgspec.convert([written], list[Limit])


@pytest.mark.parametrize(
    "wrong",
    [
        {"usd": -1.0},
        {"usd": float("nan")},
        {"usd": float("inf")},
        {"tokens": -1},
        {"requests": 1, "soft": 0.0},
        {"requests": 1, "soft": 1.5},
    ],
)
def test_a_wrong_limit_in_code_is_refused_too(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="expected"):
        Limit(window="day", **wrong)


@pytest.mark.parametrize(
    ("usd", "nano"),
    [(0.07, 70_000_000), (1e-9, 1), (1e-10, 0), (-1.0, 0), (1e30, MAX_AMOUNT)],
)
def test_money_is_counted_in_whole_nano_dollars_within_bounds(usd: float, nano: int) -> None:
    assert Claim(model="m", usd=usd, tokens=1).amount("usd") == nano
    assert Spent(usd=usd, tokens=1).amount("usd") == nano


@given(st.integers(0, 10**9), st.integers(1, 10**6))
def test_a_price_of_whole_nano_dollars_is_counted_exactly(nano: int, times: int) -> None:
    spent = Spent(usd=nano / NANO, tokens=0).amount("usd")
    assert spent * times == nano * times


@pytest.mark.parametrize(("tokens", "amount"), [(5, 5), (-3, 0), (10**30, MAX_AMOUNT)])
def test_tokens_stay_within_bounds_whatever_a_server_reports(tokens: int, amount: int) -> None:
    assert Spent(usd=0.0, tokens=tokens).amount("tokens") == amount


def test_every_request_is_one_request() -> None:
    assert CLAIM.amount("requests") == Spent(usd=9.0, tokens=9).amount("requests") == 1


def test_an_amount_that_is_no_number_is_refused() -> None:
    with pytest.raises(ValueError, match="NaN"):
        Spent(usd=float("nan"), tokens=0).amount("usd")


def test_amounts_are_said_in_their_unit() -> None:
    assert in_words("usd", 1_250_000_000) == "1.25 USD"
    assert in_words("tokens", 12_000) == "12,000 tokens"
