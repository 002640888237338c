"""Decisions that know how the models are: which of them answer, and how fast."""

import math
from typing import Any

import pytest

from pointsman.demo.standin import StandIn, StandInModel
from pointsman.gateway.endpoints import FAILURES_BEFORE_COOLDOWN
from pointsman.gateway.speeds import LEAST_ANSWERS

pytestmark = pytest.mark.e2e


def excluded(record: Any) -> dict[str, str]:
    """Why each option of a decision was left out."""
    return {option["target"]: option["excluded"] for option in record.options if option["excluded"]}


@pytest.fixture(autouse=True)
def every_stream_tells_a_speed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine holds up streams, which would then tell nothing."""
    monkeypatch.setattr("pointsman.gateway.delivery.HELD_UP", math.inf)


async def test_a_model_that_fails_its_health_check_is_not_chosen_until_it_is_back(
    serve: Any,
    pair: Any,
    ask: Any,
    standin: StandIn,
    other: StandIn,
    eventually: Any,
    caplog: pytest.LogCaptureFixture,
) -> None:
    pair["large"]["url"] = other.url
    pair["small"]["health_path"] = "/health"
    standin.healthy = False
    gate = await serve(pair, upstream={"health_every_s": 0.02})
    await eventually(lambda: "fails its health check" in caplog.text)
    reply = await ask(gate)
    assert (reply.status, reply.headers["x-pointsman-model"]) == (200, "large")
    (record,) = gate.records
    assert record.question.down == {"small"}
    assert excluded(record)["small, reasoning off"] == "none of its endpoints answers"
    assert [a.model for a in record.attempts] == ["large"]  # it was decided, not found out
    standin.healthy = True
    await eventually(lambda: "is back" in caplog.text)
    assert (await ask(gate)).headers["x-pointsman-model"] == "small"
    assert gate.records[1].question.down == frozenset()


async def test_a_model_whose_server_failed_three_times_is_not_chosen_until_its_cooldown_ends(
    serve: Any,
    pair: Any,
    ask: Any,
    standin: StandIn,
    other: StandIn,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pair["large"]["url"] = other.url
    gate = await serve(pair, upstream={"cooldown_s": 1000})
    standin.fault = "status:503"
    for _ in range(FAILURES_BEFORE_COOLDOWN):
        assert (await ask(gate)).headers["x-pointsman-model"] == "large"
    assert (await ask(gate)).headers["x-pointsman-model"] == "large"
    tried = [[a.model for a in record.attempts] for record in gate.records]
    assert tried == [["small", "large"]] * FAILURES_BEFORE_COOLDOWN + [["large"]]
    standin.fault = ""
    upstreams = gate.server.gateway.upstreams
    lives = upstreams.endpoints.lives
    later = 2000.0  # seconds: the cooldown is over
    monkeypatch.setattr(upstreams.endpoints, "lives", lambda e, now: lives(e, now + later))
    assert (await ask(gate)).headers["x-pointsman-model"] == "small"


async def test_when_all_models_are_down_they_are_asked_all_the_same(
    serve: Any, pair: Any, ask: Any, standin: StandIn
) -> None:
    gate = await serve(pair, upstream={"cooldown_s": 1000})
    standin.fault = "status:503"
    for _ in range(FAILURES_BEFORE_COOLDOWN):
        assert (await ask(gate)).status == 503
    standin.fault = ""
    assert (await ask(gate)).headers["x-pointsman-model"] == "small"
    assert gate.records[-1].question.down == frozenset()


async def test_a_named_model_is_asked_though_it_is_down(
    serve: Any, pair: Any, ask: Any, standin: StandIn, other: StandIn
) -> None:
    pair["large"]["url"] = other.url
    gate = await serve(pair, upstream={"cooldown_s": 1000})
    standin.fault = "status:503"
    for _ in range(FAILURES_BEFORE_COOLDOWN):
        await ask(gate, model="small")
    standin.fault = ""
    reply = await ask(gate, model="small")
    assert (reply.status, reply.headers["x-pointsman-model"]) == (200, "small")
    assert gate.records[-1].question.down == {"small"}


@pytest.mark.parametrize("streamed", [False, True])
async def test_a_speed_that_was_seen_takes_the_place_of_the_stated_one(
    *, streamed: bool, serve: Any, ask: Any
) -> None:
    slow = StandInModel(name="slow", tokens_per_second=200, answer_tokens=20)
    steady = StandInModel(name="steady", answer_tokens=20)
    async with StandIn(slow, steady) as server:
        fast, slower = ({"first_token_s": 0.0, "tokens_per_s": rate} for rate in (10_000, 1_000))
        models = {
            "slow": {"url": server.url, "speed": fast, "strength": 0.5},
            "steady": {"url": server.url, "speed": slower, "strength": 0.5},
        }
        gate = await serve(models, rules=[{"name": "quick", "choose": "latency"}])
        for _ in range(LEAST_ANSWERS):
            reply = await ask(gate, stream=streamed)
            assert reply.headers["x-pointsman-model"] == "slow"
        assert (await ask(gate)).headers["x-pointsman-model"] == "steady"
    before, after = gate.records[0], gate.records[-1]
    assert before.question.speeds == {}
    assert set(after.question.speeds) == {"slow"}
    assert 1 < after.question.speeds["slow"].tokens_per_s < 1_000


async def test_failures_tell_no_speed(serve: Any, ask: Any, standin: StandIn) -> None:
    gate = await serve({"tiny": {"url": standin.url}})
    for fault in ("status:422", "garbage", "error_after:3", "die_after:3"):
        standin.fault = fault
        for _ in range(LEAST_ANSWERS):
            await ask(gate, stream=fault.endswith("3"))
    assert gate.server.gateway.upstreams.speeds.known({"tiny"}) == {}


async def test_chunks_are_counted_where_no_usage_is_told(
    serve: Any, ask: Any, standin: StandIn
) -> None:
    gate = await serve({"tiny": {"url": standin.url}}, server={"ask_usage": False})
    for _ in range(LEAST_ANSWERS):
        await ask(gate, stream=True)
    assert gate.records[-1].usage is None
    assert set(gate.server.gateway.upstreams.speeds.known({"tiny"})) == {"tiny"}
