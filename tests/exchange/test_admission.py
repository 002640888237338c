"""Exchanges that must reserve, played: the replies are given by hand."""

from collections.abc import Callable, Generator
from typing import Any

import msgspec
import pytest

from pointsman.accounts.counters import Granted, Refused
from pointsman.accounts.limits import Limit
from pointsman.catalog.models import Catalog, Model
from pointsman.errors import LimitError, NoCandidateError, QuotaError
from pointsman.exchange.claims import claim_of
from pointsman.exchange.effects import Effect, Encode, Recollect, Release, Remember, Reserve
from pointsman.exchange.plan import Forward, Plan
from pointsman.exchange.route import admit_alone, escalate, reroute, route
from pointsman.exchange.standing import Standing
from pointsman.policy.rules import Policy, Rule
from pointsman.policy.world import World
from pointsman.signals import asked_of, default_detectors
from pointsman.wire.chat import ChatRequest

LIMITED = Standing(key="k1", tenant="acme", limited=True)
MONEY = Limit(usd=1.0, window="day", per="tenant")
TOKENS = Limit(tokens=10, window="day")
MODELS = ("small", "middle", "large")

MakeRequest = Callable[..., ChatRequest]


@pytest.fixture(scope="session")
def world(a_model: Callable[..., Model], a_catalog: Callable[..., Catalog]) -> World:
    """Three models in the order of their price, taken in the order of the pool."""
    detectors = [d for d in default_detectors({}) if d.name == "surface"]
    return World(
        Policy((Rule("all", MODELS, choose="static"),)),
        a_catalog(*(a_model(name, price=10.0**power) for power, name in enumerate(MODELS))),
        tuple(detectors),
        asked=asked_of(detectors, 1),
    )


class Counted:
    """Answers what an exchange asks for; refuses the models that have no room.

    Attributes:
        said: What it was asked, in words.
        reserved: What is reserved and was not released.
    """

    def __init__(self, *full: str, limit: Limit = MONEY) -> None:
        self._full = full
        self._limit = limit
        self.said: list[str] = []
        self.reserved: list[str] = []
        self.claims: list[Any] = []

    def answer(self, effect: Effect) -> Any:
        match effect:
            case Reserve(claim=claim):
                self.said.append(f"reserve {claim.model}")
                self.claims.append(claim)
                if claim.model in self._full:
                    return Refused(self._limit, 60, asked=5)
                self.reserved.append(f"r{len(self.said)}")
                return Granted(self.reserved[-1], 0.0)
            case Release(reservation=reservation):
                self.said.append(f"release {reservation}")
                self.reserved.remove(reservation)
            case Remember(target=target):
                self.said.append(f"remember {target.model}")
            case Recollect() | Encode():
                self.said.append(type(effect).__name__)
        return None

    def play(self, exchange: Generator[Effect, Any, Plan]) -> Forward:
        reply: Any = None
        while True:
            try:
                effect = exchange.send(reply)
            except StopIteration as end:
                plan: Forward = end.value
                return plan
            reply = self.answer(effect)


@pytest.fixture
def routed(world: World, a_request: MakeRequest) -> Callable[..., Forward]:
    def run(counted: Counted, standing: Standing = LIMITED, **fields: Any) -> Forward:
        request = a_request("How?", max_tokens=10, **{"model": "auto"} | fields)
        return counted.play(route(request, world, decision_id="d", standing=standing))

    return run


def test_where_nothing_is_limited_nothing_is_reserved(routed: Any) -> None:
    counted = Counted()
    plan = routed(counted, msgspec.structs.replace(LIMITED, limited=False))
    assert (plan.reservation, counted.said) == (None, ["remember small"])


def test_what_is_sent_was_reserved_before(routed: Any) -> None:
    counted = Counted()
    plan = routed(counted)
    assert counted.said == ["reserve small", "remember small"]
    assert counted.claims == [claim_of(plan)]
    assert (counted.claims[0].key, counted.claims[0].tenant) == ("k1", "acme")
    assert [plan.reservation] == counted.reserved


def test_a_model_that_no_limit_has_room_for_makes_way_for_the_next(routed: Any) -> None:
    counted = Counted("small", "middle")
    plan = routed(counted)
    assert counted.said == ["reserve small", "reserve middle", "reserve large", "remember large"]
    assert (plan.model, [plan.reservation]) == ("large", counted.reserved)
    assert len({claim.usd for claim in counted.claims}) == 3  # each at its own price
    light = plan.record.options[::-1]  # of each model the least reasoning comes last, and counts
    why = {option["target"].split(",")[0]: option["excluded"] for option in light}
    said = f"the limit of {MONEY} has no room for it"
    assert (why["small"], why["middle"], why["large"]) == (said, said, None)


@pytest.mark.parametrize(("limit", "kind"), [(MONEY, QuotaError), (TOKENS, LimitError)])
def test_where_no_model_has_room_the_first_refusal_is_the_clients(
    limit: Limit, kind: type[LimitError], routed: Any
) -> None:
    counted = Counted(*MODELS, limit=limit)
    with pytest.raises(kind, match=str(limit)) as caught:
        routed(counted)
    assert type(caught.value) is kind
    assert caught.value.retry_after_s == 60
    assert counted.said == [f"reserve {model}" for model in MODELS]
    assert counted.reserved == []


def test_a_request_that_names_its_model_gets_no_other(routed: Any) -> None:
    counted = Counted("middle")
    with pytest.raises(QuotaError):
        routed(counted, model="middle")
    assert counted.said == ["reserve middle"]


def test_a_fallback_gives_back_before_it_reserves(world: World, routed: Any) -> None:
    counted = Counted()
    first = routed(counted)
    second = counted.play(reroute(first, world))
    assert counted.said[2:] == [f"release {first.reservation}", "reserve middle"]
    assert (second.model, [second.reservation]) == ("middle", counted.reserved)


def test_a_fallback_goes_on_past_models_that_have_no_room(world: World, routed: Any) -> None:
    counted = Counted("middle")
    assert counted.play(reroute(routed(counted), world)).model == "large"


@pytest.mark.parametrize(
    ("full", "fields", "error"),
    [
        (("middle", "large"), {}, LimitError),
        ((), {"model": "small"}, NoCandidateError),
    ],
)
def test_a_fallback_that_cannot_be_leaves_nothing_reserved(
    full: tuple[str, ...],
    fields: dict[str, str],
    error: type[Exception],
    world: World,
    routed: Any,
) -> None:
    counted = Counted(*full)
    first = routed(counted, **fields)
    with pytest.raises(error):
        counted.play(reroute(first, world))
    assert counted.reserved == []


def test_a_fallback_without_limits_counts_nothing(world: World, routed: Any) -> None:
    counted = Counted()
    first = routed(counted, Standing())
    assert counted.play(reroute(first, world)).model == "middle"
    assert counted.said == ["remember small"]


def test_a_better_answer_is_reserved_beside_the_first(world: World, routed: Any) -> None:
    counted = Counted()
    first = routed(counted)
    better = counted.play(escalate(first, world))
    assert better.decision.target != first.decision.target
    assert counted.reserved == [first.reservation, better.reservation]


def test_alone_there_is_no_other_model(routed: Any) -> None:
    plan = routed(Counted(), Standing())
    limited = msgspec.structs.replace(plan, standing=LIMITED)
    counted = Counted("small")
    with pytest.raises(QuotaError):
        counted.play(admit_alone(limited))
    assert counted.said == ["reserve small"]
    counted = Counted()
    assert [counted.play(admit_alone(limited)).reservation] == counted.reserved
    assert counted.play(admit_alone(plan)) is plan
