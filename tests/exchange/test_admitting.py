"""Plans within limits, played: what is reserved, what is given back, and where there is no room."""

from collections.abc import Callable, Generator
from typing import Any

import pytest

from pointsman.accounts.counters import Granted, Refused
from pointsman.accounts.limits import Limit
from pointsman.catalog.families import Reasoning
from pointsman.catalog.models import Catalog, Model, Prices, Target
from pointsman.errors import LimitError, NoCandidateError, QuotaError
from pointsman.exchange.claims import claim_of
from pointsman.exchange.effects import Effect, Release, Remember, Reserve
from pointsman.exchange.plan import Forward, Plan
from pointsman.exchange.route import admit, admit_alone, escalate, reroute, route
from pointsman.exchange.standing import Standing
from pointsman.policy.rules import Policy, Rule
from pointsman.policy.world import World
from pointsman.signals.surface import SurfaceDetector
from pointsman.wire.chat import ChatRequest

MakeRequest = Callable[..., ChatRequest]

COUNTED = Standing(key="k1", tenant="acme", limited=True)
NO_ROOM = Refused(limit=Limit(usd=1.0, window="day", per="model"), retry_after_s=60, asked=5)
FULL = Refused(limit=Limit(requests=3, window="hour"), retry_after_s=9, asked=1)


@pytest.fixture(scope="session")
def world(a_model: Callable[..., Model], a_catalog: Callable[..., Catalog]) -> World:
    small, large = (a_model(n, "generic", price=p) for n, p in (("small", 1.0), ("large", 9.0)))
    rules = (Rule("all", ("small", "large"), choose="static"),)
    return World(Policy(rules), a_catalog(small, large), (SurfaceDetector(),))


def played(
    exchange: Generator[Effect, Any, Plan], *answers: Granted | Refused
) -> tuple[Forward, list[Effect]]:
    """Play an exchange; each `Reserve` gets the next answer."""
    effects: list[Effect] = []
    left = list(answers)
    reply: Any = None
    while True:
        try:
            effects.append(exchange.send(reply))
        except StopIteration as end:
            assert not left
            return end.value, effects
        reply = left.pop(0) if isinstance(effects[-1], Reserve) else None


def granted(name: str) -> Granted:
    return Granted(reservation=name, pressure=0.0)


@pytest.fixture
def first(world: World, a_request: MakeRequest) -> Forward:
    """A plan for small with its reservation."""
    exchange = route(a_request(), world, decision_id="d", standing=COUNTED)
    plan, effects = played(exchange, granted("r1"))
    assert [type(effect) for effect in effects] == [Reserve, Remember]
    return plan


def test_what_a_request_may_use_is_reserved_before_it_is_remembered(first: Forward) -> None:
    assert (first.model, first.reservation) == ("small", "r1")


def test_who_is_not_counted_reserves_nothing(world: World, a_request: MakeRequest) -> None:
    plan, effects = played(route(a_request(), world, decision_id="d"))
    assert [type(effect) for effect in effects] == [Remember]
    assert plan.reservation is None
    assert played(admit(plan, world)) == (plan, [])
    assert played(admit_alone(plan)) == (plan, [])


def test_where_one_model_has_no_room_another_of_the_rule_is_taken(
    world: World, a_request: MakeRequest
) -> None:
    exchange = route(a_request(), world, decision_id="d", standing=COUNTED)
    plan, effects = played(exchange, NO_ROOM, granted("r2"))
    assert (plan.model, plan.reservation, plan.rule) == ("large", "r2", "all")
    assert [effect.claim.model for effect in effects if isinstance(effect, Reserve)] == [
        "small",
        "large",
    ]
    assert effects[-1] == Remember(plan.question.conversation, plan.decision.target)
    why = "the limit of 1 USD per day for each model has no room for it"
    assert plan.question.avoid == {"small": why}
    assert plan.record.options[0]["excluded"] == why


def test_where_no_model_has_room_the_first_limit_is_named(
    world: World, a_request: MakeRequest
) -> None:
    exchange = route(a_request(), world, decision_id="d", standing=COUNTED)
    with pytest.raises(QuotaError, match="the limit of 1 USD per day for each model has") as caught:
        played(exchange, NO_ROOM, FULL)
    assert caught.value.retry_after_s == 60


def test_a_named_model_without_room_has_no_substitute(world: World, a_request: MakeRequest) -> None:
    exchange = route(a_request(model="small"), world, decision_id="d", standing=COUNTED)
    with pytest.raises(LimitError, match="3 requests per hour"):
        played(exchange, FULL)


def test_a_copy_gets_its_own_room_or_none(first: Forward) -> None:
    plan, effects = played(admit_alone(first), granted("r9"))
    assert (plan.reservation, effects) == ("r9", [Reserve(claim_of(first))])
    with pytest.raises(LimitError):
        played(admit_alone(first), FULL)


def test_what_a_failed_model_held_is_given_back_first(first: Forward, world: World) -> None:
    plan, effects = played(reroute(first, world), granted("r2"))
    assert effects == [Release("r1"), Reserve(claim_of(plan))]
    assert (plan.model, plan.reservation) == ("large", "r2")
    with pytest.raises(NoCandidateError):
        played(reroute(plan, world))


def test_who_is_not_counted_gives_nothing_back(world: World, a_request: MakeRequest) -> None:
    plan, _ = played(route(a_request(), world, decision_id="d"))
    other, effects = played(reroute(plan, world))
    assert (other.model, effects) == ("large", [])


def test_a_better_answer_is_reserved_beside_the_first(first: Forward, world: World) -> None:
    plan, effects = played(escalate(first, world), granted("r2"))
    assert effects == [Reserve(claim_of(plan))]  # what the first answer took was used
    assert plan.question.answered == (Target("small", Reasoning("default")),)
    assert (plan.model, plan.reservation, plan.record.id) == ("large", "r2", "d")
    with pytest.raises(NoCandidateError):
        played(escalate(plan, world))


@pytest.mark.parametrize(
    ("fields", "output"),
    [
        ({}, 32_768),
        ({"max_tokens": 50}, 50),
        ({"max_tokens": 50, "n": 3}, 150),
        ({"max_tokens": 9_000_000}, 9_000_000),
    ],
)
@pytest.mark.parametrize(
    ("prices", "each"), [(Prices(1.0, 2.0), 2.0), (Prices(1.0, 2.0, reasoning=5.0), 5.0)]
)
def test_what_is_reserved_is_the_most_that_the_request_can_take(
    fields: dict[str, Any],
    output: int,
    prices: Prices,
    each: float,
    a_model: Callable[..., Model],
    a_request: MakeRequest,
) -> None:
    catalog = Catalog({"m": a_model("m", "generic", prices=prices)})
    world = World(Policy((Rule("all", ("m",), choose="static"),)), catalog, (SurfaceDetector(),))
    text = "Why?" * 10
    plan, _ = played(
        route(a_request(text, **fields), world, decision_id="d", standing=COUNTED), granted("r")
    )
    claim = claim_of(plan)
    prompt = claim.tokens - output
    assert 40 <= prompt <= 40 + 64  # no more tokens than bytes, and what a template adds
    assert claim.usd == pytest.approx((prompt * 1.0 + output * each) / 1e6)
    assert (claim.model, claim.key, claim.tenant) == ("m", "k1", "acme")
