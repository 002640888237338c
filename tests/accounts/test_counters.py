"""Which counters a claim touches, which of them refuses, and how strained they are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pointsman.accounts.counters import (
    Hold,
    Posting,
    Refused,
    error_of,
    expiring,
    refusal,
    reserving,
    settling,
    strain,
    touched,
)
from pointsman.accounts.limits import NANO, Claim, Limit, Spent
from pointsman.errors import LimitError, QuotaError

NOW = 1_800_000_000.0
CLAIM = Claim(model="large", usd=0.25, tokens=900, key="key_1", tenant="acme")
MONEY = Limit(usd=1, window="day", per="tenant")
TOKENS = Limit(tokens=1000, window="hour", per=("tenant", "model"))
REQUESTS = Limit(requests=3, window="minute")
LIMITS = (MONEY, TOKENS, REQUESTS, Limit(usd=3, window="total"), Limit(usd=1, window="month"))


@given(st.permutations(LIMITS))
def test_counters_come_in_one_order_however_the_limits_stand(limits: list[Limit]) -> None:
    touches = touched(limits, CLAIM, NOW)
    assert touches == touched(LIMITS, CLAIM, NOW)
    assert [touch.hold.key for touch in touches] == sorted(touch.hold.key for touch in touches)


def test_a_claim_holds_its_upper_bounds_of_the_counters_it_touches() -> None:
    touches = touched([TOKENS, MONEY, Limit(usd=1, window="day", tenant="zeta")], CLAIM, NOW)
    hour, day = NOW - NOW % 3600, NOW - NOW % 86400
    assert [touch.hold for touch in touches] == [
        Hold(
            "tokens/hour/tenant+model",
            '["acme","large"]',
            int(hour),
            int(hour) + 3600,
            "tokens",
            900,
        ),
        Hold("usd/day/tenant", '["acme"]', int(day), int(day) + 86400, "usd", NANO // 4),
    ]


@given(st.permutations([5.0, 2.0, 3.0]))
def test_of_limits_that_share_a_counter_the_tightest_stands(caps: list[float]) -> None:
    touches = touched([Limit(usd=cap, window="day") for cap in caps], CLAIM, NOW)
    assert [touch.limit.usd for touch in touches] == [2.0]


def test_subjects_that_would_read_alike_are_kept_apart() -> None:
    both = Limit(usd=1, window="day", per=("tenant", "model"))
    claims = [
        Claim(usd=1, tokens=1, tenant=tenant, model=model)
        for tenant, model in [("a", "b,c"), ("a,b", "c"), ('a","b', "c"), ("", "abc")]
    ]
    assert len({touched([both], one, NOW)[0].hold.key for one in claims}) == 4


@pytest.mark.parametrize(
    ("limits", "used", "refusing", "retry_after_s"),
    [
        ([REQUESTS], [3], None, None),
        ([REQUESTS], [4], REQUESTS, 60),
        ([MONEY, REQUESTS], [4, NANO + 1], MONEY, 57_600),  # the one that refuses for longest
        ([MONEY, REQUESTS], [4, NANO], REQUESTS, 60),
        ([REQUESTS, Limit(usd=1, window="total")], [4, 2 * NANO], LIMITS[3].id, None),
    ],
)
def test_the_limit_that_refuses_for_longest_is_named(
    limits: list[Limit], used: list[int], refusing: Limit | str | None, retry_after_s: int | None
) -> None:
    found = refusal(touched(limits, CLAIM, NOW), used, NOW)
    if refusing is None:
        assert found is None
    else:
        assert found is not None
        assert found.limit.id == getattr(refusing, "id", refusing)
        assert found.retry_after_s == retry_after_s


@pytest.mark.parametrize(("before_end", "retry_after_s"), [(60, 60), (0.4, 1), (1.2, 2)])
def test_the_seconds_to_wait_are_whole_and_reach_into_the_next_window(
    before_end: float, retry_after_s: int
) -> None:
    now = NOW + 60 - before_end
    found = refusal(touched([REQUESTS], CLAIM, now), [4], now)
    assert found is not None
    assert found.retry_after_s == retry_after_s


@pytest.mark.parametrize(
    ("soft", "cap", "used", "pressure"),
    [
        (0.8, 10, 8, 0.0),
        (0.8, 10, 9, 0.5),
        (0.8, 10, 10, 1.0),
        (0.8, 10, 25, 1.0),  # an answer used more than was reserved
        (1.0, 10, 9, 0.0),
        (1.0, 10, 10, 1.0),
        (0.8, 0, 0, 1.0),  # nothing is allowed at all
    ],
)
def test_pressure_is_the_way_from_soft_to_hard(
    soft: float, cap: int, used: int, pressure: float
) -> None:
    limit = Limit(requests=cap, window="day", soft=soft)
    assert strain(touched([limit], CLAIM, NOW), [used]) == pytest.approx(pressure)


def test_the_most_strained_counter_is_the_pressure_and_no_counter_is_none() -> None:
    touches = touched([REQUESTS, MONEY], CLAIM, NOW)
    assert strain(touches, [3, 0]) == 1.0
    assert strain((), []) == 0.0


@given(
    st.integers(0, 1000),
    st.integers(0, 1000),
    st.integers(1, 1000),
    st.floats(0.01, 1.0, exclude_min=True),
)
def test_pressure_never_falls_with_use(one: int, other: int, cap: int, soft: float) -> None:
    touches = touched([Limit(requests=cap, window="day", soft=soft)], CLAIM, NOW)
    less, more = (strain(touches, [used]) for used in sorted((one, other)))
    assert 0.0 <= less <= more <= 1.0


def test_a_reservation_becomes_what_was_used_and_an_expired_one_what_it_held() -> None:
    holds = [touch.hold for touch in touched([MONEY, REQUESTS], CLAIM, NOW)]
    requests, money = holds
    actual = Spent(usd=0.1, tokens=50)
    assert reserving(holds) == (
        Posting(requests.key, requests.ends, 0, 1),
        Posting(money.key, money.ends, 0, NANO // 4),
    )
    assert settling(holds, actual) == (
        Posting(requests.key, requests.ends, 1, -1),
        Posting(money.key, money.ends, NANO // 10, -NANO // 4),
    )
    assert expiring([*holds, *holds]) == (
        Posting(requests.key, requests.ends, 2, -2),
        Posting(money.key, money.ends, NANO // 2, -NANO // 2),
    )


@pytest.mark.parametrize(
    ("refused", "kind", "said"),
    [
        (
            Refused(MONEY, 90, NANO),
            QuotaError,
            (
                "the limit of 1 USD per day for each tenant has no room for this request; it "
                "starts anew in 90 s: wait, or ask the operator to raise it"
            ),
        ),
        (
            Refused(TOKENS, 5, 900),
            LimitError,
            "the limit of 1,000 tokens per hour for each tenant and model has no room",
        ),
        (
            Refused(Limit(requests=3, window="total"), None, 1),
            LimitError,
            "it does not start anew: ask the operator to raise it",
        ),
        (
            Refused(MONEY, None, 5 * NANO),
            QuotaError,
            (
                "this request alone may take up to 5 USD, over the limit of 1 USD per day for each "
                "tenant: ask for fewer tokens (`max_tokens`) or for a cheaper model"
            ),
        ),
    ],
)
def test_the_error_names_the_limit_and_the_mend(
    refused: Refused, kind: type[LimitError], said: str
) -> None:
    error = error_of(refused)
    assert type(error) is kind
    assert error.status == 429
    assert error.retry_after_s == refused.retry_after_s
    assert said in error.message


@pytest.mark.parametrize(
    ("limit", "word"), [(MONEY, "insufficient_quota"), (TOKENS, "rate_limit_exceeded")]
)
def test_the_errors_type_and_code_are_openais(limit: Limit, word: str) -> None:
    body = error_of(Refused(limit, 5, 1)).body()["error"]
    assert (body["type"], body["code"]) == (word, word)
