"""Turns among endpoints, with a clock that the tests hold."""

from collections import Counter

import pytest

from pointsman.catalog.families import FAMILIES
from pointsman.catalog.models import Catalog, Endpoint, Model, Prices
from pointsman.gateway.endpoints import FAILURES_BEFORE_COOLDOWN, Endpoints

A, B, C = (Endpoint(f"http://{name}/v1") for name in "abc")


def model(*endpoints: Endpoint, name: str = "m") -> Model:
    return Model(name, name, "generic", FAMILIES["generic"], Prices(), endpoints, 1.0)


def chosen(endpoints: Endpoints, card: Model, turns: int, now: float = 0.0) -> list[str]:
    found = [endpoints.choose(card, [], now) for _ in range(turns)]
    return [endpoint.url for endpoint in found if endpoint is not None]


def test_equal_endpoints_take_turns() -> None:
    assert chosen(Endpoints(), model(A, B), 4) == [A.url, B.url, A.url, B.url]


@pytest.mark.parametrize("weights", [(1, 1), (5, 1, 1), (3, 2), (0.5, 0.25, 0.25)])
def test_each_endpoint_gets_its_share(weights: tuple[float, ...]) -> None:
    card = model(*(Endpoint(f"http://{n}/v1", weight) for n, weight in enumerate(weights)))
    counts = Counter(chosen(Endpoints(), card, 420))
    for endpoint in card.endpoints:
        assert counts[endpoint.url] == round(420 * endpoint.weight / sum(weights))


def test_turns_are_smooth() -> None:
    # The example of nginx's upstream module: weights 5, 1, 1 give a a b a c a a.
    heavy = Endpoint("http://a/v1", 5.0)
    order = chosen(Endpoints(), model(heavy, B, C), 7)
    assert "".join(url[7] for url in order) == "aabacaa"


def test_what_was_tried_is_not_chosen_again() -> None:
    endpoints = Endpoints()
    assert endpoints.choose(model(A, B), [A.url], 0.0) == B
    assert endpoints.choose(model(A, B), [A.url, B.url], 0.0) is None


def test_three_failures_in_a_row_cool_an_endpoint_down() -> None:
    endpoints = Endpoints()
    for failure in range(FAILURES_BEFORE_COOLDOWN):
        assert endpoints.lives(A, now=failure)
        endpoints.failed(A, now=failure, cooldown_s=10)
    assert chosen(endpoints, model(A, B), 4, now=11.9) == [B.url] * 4
    assert not endpoints.lives(A, now=11.9)
    assert endpoints.lives(A, now=12.0)


def test_an_answer_between_failures_starts_the_count_anew() -> None:
    endpoints = Endpoints()
    for _ in range(FAILURES_BEFORE_COOLDOWN - 1):
        endpoints.failed(A, now=0, cooldown_s=10)
    endpoints.succeeded(A)
    endpoints.failed(A, now=0, cooldown_s=10)
    assert endpoints.lives(A, now=0)


def test_one_more_failure_after_the_cooldown_cools_down_again() -> None:
    endpoints = Endpoints()
    for _ in range(FAILURES_BEFORE_COOLDOWN):
        endpoints.failed(A, now=0, cooldown_s=10)
    endpoints.failed(A, now=10, cooldown_s=10)
    assert not endpoints.lives(A, now=19)


def test_when_all_are_down_all_are_tried() -> None:
    endpoints = Endpoints()
    for endpoint in (A, B):
        endpoints.checked(endpoint, lives=False)
    assert sorted(chosen(endpoints, model(A, B), 2)) == [A.url, B.url]


def test_a_health_check_is_news_only_when_it_changes_something() -> None:
    endpoints = Endpoints()
    results = [endpoints.checked(A, lives=lives) for lives in (True, False, False, True)]
    assert results == [False, True, False, True]
    assert endpoints.lives(A, now=0)


def test_health_is_kept_apart_by_url() -> None:
    endpoints = Endpoints()
    endpoints.checked(A, lives=False)
    assert not endpoints.lives(A, now=0)
    assert endpoints.lives(B, now=0)


@pytest.mark.parametrize(
    ("dead", "down"),
    [
        ([], set()),
        ([A], {"a"}),
        ([B], set()),  # its model has another endpoint
        ([A, B], {"a"}),
        ([B, C], {"bc"}),
        ([A, B, C], set()),  # one of them must be asked
    ],
)
def test_a_model_is_down_when_none_of_its_endpoints_lives(
    dead: list[Endpoint], down: set[str]
) -> None:
    catalog = Catalog({"a": model(A, name="a"), "bc": model(B, C, name="bc")})
    endpoints = Endpoints()
    for endpoint in dead:
        endpoints.checked(endpoint, lives=False)
    assert endpoints.down(catalog, now=0) == down


def test_a_model_is_up_again_after_its_cooldown() -> None:
    catalog = Catalog({"a": model(A, name="a"), "b": model(B, name="b")})
    endpoints = Endpoints()
    for _ in range(FAILURES_BEFORE_COOLDOWN):
        endpoints.failed(A, now=0, cooldown_s=10)
    assert endpoints.down(catalog, now=9.9) == {"a"}
    assert endpoints.down(catalog, now=10.0) == set()
