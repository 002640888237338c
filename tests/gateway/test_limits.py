"""Limits hold at the gateway: with many clients at once, failing models and new configs."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from pointsman.demo.standin import StandIn
from pointsman.gateway import pacing

from .counting import A_TOKEN, CAP, CLAIM, PRICES, Books, Clock, bearer, billed, frozen, money
from .counting import sampled as sampled_from

pytestmark = pytest.mark.e2e

ANY = [{"name": "any", "choose": "static"}]
CROWD = 200
HARD = "Prove that the square root of two is irrational."
"""A stronger model is expected to do better here."""


@pytest.fixture(autouse=True)
def books(tmp_path: Path) -> Iterator[Books]:
    """The state file; when all has ended, nothing may be reserved in it."""
    books = Books(tmp_path / "pointsman.db")
    yield books
    assert books.open_reservations() == 0


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return frozen(monkeypatch)


@pytest.fixture
def counted(serve: Any, standin: StandIn, other: StandIn, tmp_path: Path) -> Any:
    """Start a gateway with limits, in front of `small` and a `large` that costs ten times as much.

    `small` is on `standin`, `large` on `other`; rules take `large` first.
    """

    async def start(*limits: dict[str, Any], **sections: Any) -> Any:
        dear = {kind: 10 * price for kind, price in PRICES.items()}
        models: dict[str, Any] = {
            "large": {"url": other.url, "name": "huge", "usd_per_million": dear},
            "small": {"url": standin.url, "name": "tiny", "usd_per_million": PRICES},
        }
        sections = {"rules": ANY, "path": tmp_path / "pointsman.yaml"} | sections
        return await serve(models, limits=limits, **sections)

    return start


@pytest.fixture
def crowd(books: Books, eventually: Any) -> Any:
    """Send many requests at once; returns statuses, bodies and the most that was ever used."""

    async def send(
        gate: Any, *headers: dict[str, str], only: str = "%", **fields: Any
    ) -> tuple[list[Any], float]:
        body: dict[str, Any] = {
            "model": "small",
            "messages": [{"role": "user", "content": "What is 2+2?"}],
        }
        body |= {"max_tokens": CAP, **fields}
        ended = asyncio.Event()
        watching = asyncio.create_task(sampled_from(books, only, ended))
        connector = aiohttp.TCPConnector(limit=0)
        async with aiohttp.ClientSession(connector=connector) as session:

            async def one(number: int) -> Any:
                who = headers[number % len(headers)] if headers else {}
                async with session.post(gate.chat, json=body, headers=who) as reply:
                    text = await reply.text()
                    return reply.status, dict(reply.headers), text

            replies = await asyncio.gather(*map(one, range(CROWD)))
        await eventually(gate.server.gateway.idle.is_set)  # a stream is booked after its end
        ended.set()
        return replies, await watching

    return send


def with_status(replies: list[Any], status: int) -> list[Any]:
    return [reply for reply in replies if reply[0] == status]


@pytest.mark.parametrize("streamed", [False, True])
async def test_many_requests_at_once_never_use_more_than_a_tenants_money(
    *, streamed: bool, counted: Any, crowd: Any, books: Books, standin: StandIn
) -> None:
    keys = [books.make_key("acme"), books.make_key("acme", name="second")]
    gate = await counted(money(2.0, per="tenant"))
    replies, most = await crowd(gate, *map(bearer, keys), stream=streamed)
    answered, refused = with_status(replies, 200), with_status(replies, 429)
    assert len(answered) + len(refused) == CROWD
    assert 2.0 // (CLAIM * A_TOKEN) <= len(answered) < CROWD
    assert 0 < most <= 2.0
    assert billed(gate) == pytest.approx(books.spent())
    assert books.spent() <= 2.0
    assert standin.answered == len(answered)
    error = json.loads(refused[0][2])["error"]
    assert (error["code"], error["type"]) == ("insufficient_quota", "insufficient_quota")
    assert "2 USD per day for each tenant" in error["message"]
    assert refused[0][1]["Retry-After"] == str(12 * 3600)


async def test_tenants_have_money_of_their_own(
    counted: Any, crowd: Any, ask: Any, books: Books
) -> None:
    acme, zenith = books.make_key("acme"), books.make_key("zenith")
    gate = await counted(money(1.0, per="tenant"))
    _, most = await crowd(gate, bearer(acme), only="%acme%")
    assert most <= 1.0
    assert books.sums("%zenith%") == (0, 0)
    reply = await ask(gate, model="small", max_tokens=CAP, headers=bearer(zenith))
    assert reply.status == 200
    assert books.sums("%zenith%")[0] > 0
    assert {record.tenant for record in gate.records} == {"acme", "zenith"}


async def test_many_requests_at_once_never_are_more_than_a_minute_allows(
    counted: Any, crowd: Any, standin: StandIn, clock: Clock, ask: Any
) -> None:
    gate = await counted({"requests": 60, "window": "minute"})
    replies, _ = await crowd(gate)
    assert len(with_status(replies, 200)) == standin.answered == 60
    refused = with_status(replies, 429)
    assert len(refused) == CROWD - 60
    assert json.loads(refused[0][2])["error"]["code"] == "rate_limit_exceeded"
    assert refused[0][1]["Retry-After"] == "60"
    clock.now += 60
    assert (await ask(gate, model="small")).status == 200


async def test_a_request_that_is_over_the_limit_by_itself_is_not_told_to_wait(
    counted: Any, ask: Any, standin: StandIn
) -> None:
    gate = await counted(money(0.5))
    reply = await ask(gate, model="small", max_tokens=1000)
    assert (reply.status, reply.error()["code"]) == (429, "insufficient_quota")
    assert "Retry-After" not in reply.headers
    assert "`max_tokens`" in reply.error()["message"]
    assert standin.received == []


@pytest.mark.parametrize(
    "caps",
    [
        {"max_tokens": 1, "max_completion_tokens": 1000},
        {"max_tokens": 1000, "max_completion_tokens": 1},
        {"max_tokens": -1, "max_completion_tokens": 1},
    ],
)
async def test_the_larger_of_two_caps_is_reserved(
    caps: dict[str, int], counted: Any, ask: Any, standin: StandIn
) -> None:
    gate = await counted(money(0.5))
    assert (await ask(gate, model="small", **caps)).status == 429
    assert standin.received == []


async def test_where_one_models_money_is_used_up_another_answers(
    counted: Any, ask: Any, other: StandIn
) -> None:
    gate = await counted(money(1.0, model="large"))  # room for one of its requests
    first, second = [await ask(gate, max_tokens=CAP) for _ in range(2)]
    assert first.headers["x-pointsman-model"] == "large"
    assert (second.status, second.headers["x-pointsman-model"]) == (200, "small")
    why = {o["excluded"] for o in gate.records[1].options if o["target"].startswith("large")}
    assert why == {"the limit of 1 USD per day of model 'large' has no room for it"}
    assert [a.model for a in gate.records[1].attempts] == ["small"]  # large was not even asked
    named = await ask(gate, max_tokens=CAP, model="large")
    assert (named.status, named.error()["code"]) == (429, "insufficient_quota")
    assert len(other.received) == 1


async def test_a_budget_makes_choices_cheaper_before_it_is_used_up(counted: Any, ask: Any) -> None:
    rules = [{"name": "any", "choose": "budget", "reasoning": "off"}]
    policy = {"rules": rules, "prefer": {"lambda": 0}}
    gate = await counted(money(3.5, soft=0.01), policy=policy)
    replies = [await ask(gate, HARD, max_tokens=CAP) for _ in range(7)]
    models = [reply.headers["x-pointsman-model"] for reply in replies]
    assert (models[0], models[-1]) == ("large", "small")
    assert {record.question.pressure > 0 for record in gate.records[1:]} == {True}
    assert "of the way from its soft to its hard limit" in " ".join(gate.records[-1].reasons)


@pytest.mark.parametrize("fault", ["status:500", "die_after:0"])
async def test_what_was_reserved_for_a_model_that_fails_is_free_for_the_next(
    fault: str, counted: Any, ask: Any, other: StandIn, books: Books
) -> None:
    # Room for one request to large, and not for one to small beside it.
    gate = await counted(money(10 * CLAIM * A_TOKEN))
    other.fault = fault
    reply = await ask(gate, max_tokens=CAP)
    assert (reply.status, reply.headers["x-pointsman-model"]) == (200, "small")
    (record,) = gate.records
    assert books.sums() == pytest.approx((record.usd, 0))
    tokens = record.usage.prompt_tokens + record.usage.completion_tokens
    assert record.usd == pytest.approx(A_TOKEN * tokens)


async def test_what_does_not_connect_costs_nothing(
    counted: Any, ask: Any, books: Books, other: StandIn
) -> None:
    gate = await counted(money(1.0))
    await other.stop()
    reply = await ask(gate, max_tokens=CAP)
    assert (reply.status, reply.headers["x-pointsman-model"]) == (200, "small")
    assert books.spent() == pytest.approx(gate.records[0].usd)
    assert (await ask(gate, model="large", max_tokens=CAP)).status == 502
    assert books.spent() == pytest.approx(gate.records[0].usd)


@pytest.mark.parametrize("fault", ["status:500", "die_after:0"])
async def test_a_fallback_that_no_limit_has_room_for_is_not_used(
    fault: str, counted: Any, ask: Any, standin: StandIn, other: StandIn, books: Books
) -> None:
    gate = await counted(money(0.01, model="small"), money(5.0))
    other.fault = fault
    reply = await ask(gate, max_tokens=CAP)
    assert (reply.status, reply.error()["code"]) == (502, "upstream_error")
    assert (standin.received, books.spent()) == ([], 0)
    assert [a.model for a in gate.records[0].attempts] == ["large"] * len(gate.records[0].attempts)


async def test_a_failing_server_does_not_stop_requests_from_being_counted(
    counted: Any, ask: Any, other: StandIn
) -> None:
    gate = await counted({"requests": 2, "window": "minute", "model": "large"})
    other.fault = "status:500"
    replies = [await ask(gate, model="large", max_tokens=CAP) for _ in range(3)]
    assert [reply.status for reply in replies] == [500, 500, 429]


async def test_a_reload_changes_limits_and_keeps_what_was_counted(
    counted: Any, ask: Any, tmp_path: Path, books: Books
) -> None:
    gate = await counted(money(0.1), rules=[{"name": "any", "use": "small", "choose": "static"}])
    assert (await ask(gate, max_tokens=CAP)).status == 200
    assert (await ask(gate, max_tokens=CAP)).status == 429
    before = books.spent()
    await reloaded(gate, tmp_path, [money(0.3)])
    assert books.spent() == before
    assert (await ask(gate, max_tokens=CAP)).status == 200
    assert books.spent() > before
    await reloaded(gate, tmp_path, [money(0.05)])
    assert (await ask(gate, max_tokens=CAP)).status == 429
    await reloaded(gate, tmp_path, [])
    assert (await ask(gate, max_tokens=CAP)).status == 200


async def test_a_reload_brings_the_first_limits(
    counted: Any, ask: Any, tmp_path: Path, books: Books
) -> None:
    gate = await counted(rules=[{"name": "any", "use": "small", "choose": "static"}])
    assert (await ask(gate)).status == 200
    assert not books.path.exists()
    await reloaded(gate, tmp_path, [money(0.05)])
    assert (await ask(gate, max_tokens=CAP)).status == 429
    assert (await ask(gate, max_tokens=1)).status == 200


async def reloaded(gate: Any, folder: Path, limits: list[dict[str, Any]]) -> None:
    path = folder / "pointsman.yaml"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"limits": limits}))
    assert await gate.server.reload()


async def test_the_dials_day_is_never_overdrawn(counted: Any, crowd: Any, ask: Any) -> None:
    policy = {"rules": [{"name": "any", "choose": "gain"}], "prefer": {"usd_per_day": 2.0}}
    gate = await counted(policy=policy)
    replies, most = await crowd(gate, model="auto")
    assert 0 < most <= 2.0
    assert 0 < billed(gate) <= 2.0
    assert with_status(replies, 429)
    refused = await ask(gate, max_tokens=2000)
    assert (refused.status, refused.error()["code"]) == (429, "insufficient_quota")


async def test_lambda_follows_what_the_day_has_cost(
    counted: Any, ask: Any, monkeypatch: pytest.MonkeyPatch, eventually: Any
) -> None:
    monkeypatch.setattr(pacing, "EVERY_S", 0.01)
    policy = {"rules": [{"name": "any", "choose": "gain"}], "prefer": {"usd_per_day": 50.0}}
    gate = await counted(policy=policy)
    # While nothing is spent gains become cheaper, down to the least that lambda can be.
    await eventually(lambda: gate.server.gateway.pacer.trade < 0.01)
    for _ in range(5):  # each costs what the day has for minutes
        await ask(gate, model="large", max_tokens=CAP)
    await eventually(lambda: gate.server.gateway.pacer.trade > 1)
    assert (await ask(gate, max_tokens=CAP)).status == 200
    assert gate.records[0].question.trade < gate.records[-1].question.trade
    assert gate.records[-1].question.trade > 0.5
