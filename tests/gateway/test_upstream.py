"""Model servers that fail in every way a stand-in can: retries, fallbacks, deadlines, health."""

import socket
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from pointsman.catalog.families import FAMILIES
from pointsman.catalog.models import Catalog, Endpoint, Model, Prices
from pointsman.demo.standin import StandIn
from pointsman.errors import ConfigError
from pointsman.gateway.upstream import check_keys

pytestmark = pytest.mark.e2e


@pytest.fixture
def nowhere() -> Iterator[str]:
    """The URL of a port at which nobody listens, kept from others while the test runs."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{taken.getsockname()[1]}/v1"


async def test_an_upstream_that_cannot_be_reached_is_a_bad_gateway(
    serve: Any, ask: Any, nowhere: str
) -> None:
    gate = await serve({"m": {"url": nowhere}})
    response = await ask(gate)
    error = response.error()
    assert response.status == 502
    assert (error["type"], error["code"]) == ("server_error", "upstream_error")
    assert "model 'm' at http://127.0.0.1:" in error["message"]
    assert "cannot connect" in error["message"]
    (record,) = gate.records
    assert response.headers["x-pointsman-decision-id"] == record.id
    assert response.headers["x-pointsman-model"] == "m"
    assert (record.outcome, record.status) == ("failed", 502)
    assert [a.outcome for a in record.attempts] == ["cannot connect"]


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504, 529])
async def test_a_failing_endpoint_is_made_up_for_by_the_next(
    status: int, serve: Any, ask: Any, standin: StandIn, other: StandIn
) -> None:
    endpoints = [{"url": standin.url}, {"url": other.url}]
    gate = await serve({"m": {"endpoints": endpoints, "name": "tiny"}})
    standin.fault = f"status:{status}"
    response = await ask(gate)
    assert response.status == 200
    assert response.headers["x-pointsman-model"] == "m"
    assert standin.received[0].raw == other.received[0].raw
    (record,) = gate.records
    assert [(a.endpoint, a.outcome) for a in record.attempts] == [
        (standin.url, str(status)),
        (other.url, "200"),
    ]


async def test_a_model_whose_servers_all_fail_is_made_up_for_by_the_next_of_the_pool(
    serve: Any, pair: Any, ask: Any, standin: StandIn, other: StandIn
) -> None:
    pair["large"]["url"] = other.url
    gate = await serve(pair)
    standin.fault = "status:503"
    response = await ask(gate, x_future=1)
    assert response.status == 200
    assert response.headers["x-pointsman-model"] == "large"
    assert response.headers["x-selected-model"] == "large"
    # Each got the body in its own family's words, and none of the other's.
    first, second = standin.received[0].json(), other.received[0].json()
    assert first["chat_template_kwargs"] == {"enable_thinking": False}
    assert (second["model"], second["reasoning_effort"]) == ("huge", "low")
    assert "chat_template_kwargs" not in second
    assert second["x_future"] == 1
    (record,) = gate.records
    assert (record.model, record.outcome) == ("large", "answered")
    assert [(a.model, a.outcome) for a in record.attempts] == [("small", "503"), ("large", "200")]
    assert record.usd > 0


async def test_when_all_fail_the_last_ones_own_words_come_back(
    serve: Any, pair: Any, ask: Any, standin: StandIn, other: StandIn
) -> None:
    pair["large"]["url"] = other.url
    gate = await serve(pair)
    standin.fault, other.fault = "status:500", "status:429:7"
    response = await ask(gate)
    assert response.status == 429
    assert response.headers["retry-after"] == "7"
    assert b"was asked to fail" in response.body
    (record,) = gate.records
    assert [a.outcome for a in record.attempts] == ["500", "429"]


async def test_no_more_tries_are_made_than_the_operator_allows(
    serve: Any, ask: Any, standin: StandIn, other: StandIn
) -> None:
    endpoints = [{"url": standin.url}, {"url": other.url}]
    gate = await serve({"m": {"endpoints": endpoints, "name": "tiny"}}, upstream={"attempts": 1})
    standin.fault = other.fault = "status:503"
    assert (await ask(gate)).status == 503
    assert len(standin.received + other.received) == 1


@pytest.mark.parametrize("fault", ["status:503", "die_after:0", "hang"])
async def test_a_named_model_never_falls_back_to_another(
    fault: str, serve: Any, pair: Any, ask: Any, standin: StandIn, other: StandIn
) -> None:
    pair["large"]["url"] = other.url
    gate = await serve(pair, upstream={"first_byte_s": 0.1})
    standin.fault = fault
    response = await ask(gate, model="small")
    assert response.status in {502, 503, 504}
    assert response.headers["x-pointsman-model"] == "small"
    assert other.received == []


async def test_an_upstream_that_says_nothing_times_out(
    serve: Any, ask: Any, standin: StandIn, eventually: Any
) -> None:
    gate = await serve({"tiny": {"url": standin.url}}, upstream={"first_byte_s": 0.1})
    standin.fault = "hang"
    response = await ask(gate)
    error = response.error()
    assert (response.status, error["code"]) == (504, "upstream_timeout")
    assert "0.1 s" in error["message"]
    assert gate.records[0].attempts[0].outcome == "timeout"
    await eventually(lambda: standin.cancelled == 1)


async def test_a_hanging_endpoint_is_made_up_for_by_the_next(
    serve: Any, ask: Any, standin: StandIn, other: StandIn
) -> None:
    endpoints = [{"url": standin.url}, {"url": other.url}]
    gate = await serve(
        {"m": {"endpoints": endpoints, "name": "tiny"}}, upstream={"first_byte_s": 0.2}
    )
    standin.fault = "hang"
    assert (await ask(gate)).status == 200
    assert [a.outcome for a in gate.records[0].attempts] == ["timeout", "200"]


@pytest.mark.parametrize("end", ["close", "reset"])
async def test_a_connection_that_the_server_closed_meanwhile_is_no_failure(
    end: str, serve: Any, ask: Any, played: Any
) -> None:
    async def answer(request: Any) -> None:
        if request.turn == 0:
            await request.send_json(b"{}")
        else:  # it closes just when the second request is on its way
            getattr(request, end)()

    gate = await serve({"m": {"url": await played(answer)}})
    assert [(await ask(gate)).status for _ in range(2)] == [200, 200]
    assert [a.outcome for a in gate.records[1].attempts] == ["disconnected", "200"]
    assert gate.records[1].outcome == "answered"


async def test_a_server_that_always_closes_is_asked_twice_and_not_for_ever(
    serve: Any, ask: Any, played: Any
) -> None:
    async def answer(request: Any) -> None:
        request.close()

    gate = await serve({"m": {"url": await played(answer)}})
    assert (await ask(gate)).status == 502
    assert [a.outcome for a in gate.records[0].attempts] == ["disconnected"] * 2


@pytest.mark.parametrize("cut", [b"", b'{"choices":[{"mess'])
@pytest.mark.parametrize("end", ["close", "reset"])
async def test_an_answer_that_breaks_off_is_a_bad_gateway(
    cut: bytes, end: str, serve: Any, ask: Any, played: Any, eventually: Any
) -> None:
    sent = []

    async def answer(request: Any) -> None:
        head = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 500\r\n\r\n"
        await request.send(head + cut)
        sent.append(request)
        await eventually(lambda: gate.server.gateway.idle.is_set() or len(sent) > 0)
        getattr(request, end)()

    gate = await serve({"m": {"url": await played(answer)}})
    response = await ask(gate)
    error = response.error()
    assert (response.status, error["code"]) == (502, "upstream_error")
    (record,) = gate.records
    assert record.status == 502
    assert record.outcome in {"broken", "failed"}


async def test_an_answer_that_stands_still_times_out(serve: Any, ask: Any, played: Any) -> None:
    async def answer(request: Any) -> None:
        head = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 500\r\n\r\n"
        await request.send(head + b'{"choices":[')

    gate = await serve({"m": {"url": await played(answer)}}, upstream={"idle_s": 0.1})
    response = await ask(gate)
    error = response.error()
    assert (response.status, error["code"]) == (504, "upstream_timeout")
    assert gate.records[0].outcome == "broken"


async def test_an_answer_that_is_no_json_passes_as_it_is(
    gate: Any, ask: Any, standin: StandIn
) -> None:
    standin.fault = "garbage"
    response = await ask(gate)
    assert (response.status, response.body) == (200, b'{"choices": [')
    assert gate.records[0].usage is None


async def test_endpoints_get_their_shares(
    serve: Any, ask: Any, standin: StandIn, other: StandIn
) -> None:
    endpoints = [{"url": standin.url, "weight": 3}, {"url": other.url, "weight": 1}]
    gate = await serve({"m": {"endpoints": endpoints, "name": "tiny"}})
    for _ in range(12):
        assert (await ask(gate)).status == 200
    assert (len(standin.received), len(other.received)) == (9, 3)


async def test_an_endpoint_that_fails_three_times_is_left_alone_for_a_while(
    serve: Any, ask: Any, standin: StandIn, other: StandIn
) -> None:
    endpoints = [{"url": standin.url}, {"url": other.url}]
    gate = await serve({"m": {"endpoints": endpoints, "name": "tiny"}}, upstream={"cooldown_s": 99})
    standin.fault = "status:503"
    for _ in range(10):
        assert (await ask(gate)).status == 200
    assert len(standin.received) == 3
    assert len(other.received) == 10


async def test_when_all_endpoints_are_down_they_are_tried_all_the_same(
    serve: Any, ask: Any, standin: StandIn
) -> None:
    gate = await serve({"tiny": {"url": standin.url}}, upstream={"cooldown_s": 99})
    standin.fault = "status:503"
    for _ in range(4):
        assert (await ask(gate)).status == 503
    standin.fault = ""
    assert (await ask(gate)).status == 200


async def test_a_health_check_takes_an_endpoint_out_and_in_again(
    serve: Any,
    ask: Any,
    standin: StandIn,
    other: StandIn,
    eventually: Any,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def chats(server: StandIn) -> int:
        return Counter(received.path for received in server.received)["/v1/chat/completions"]

    endpoints = [{"url": standin.url}, {"url": other.url}]
    model = {"endpoints": endpoints, "name": "tiny", "health_path": "/health"}
    standin.healthy = False
    gate = await serve({"m": model}, upstream={"health_every_s": 0.02})
    await eventually(lambda: "fails its health check" in caplog.text)
    for _ in range(4):
        assert (await ask(gate)).status == 200
    assert (chats(standin), chats(other)) == (0, 4)
    standin.healthy = True
    await eventually(lambda: "is back" in caplog.text)
    for _ in range(4):
        assert (await ask(gate)).status == 200
    assert (chats(standin), chats(other)) == (2, 6)


def catalog(env: str) -> Catalog:
    endpoint = Endpoint("http://a/v1", api_key_env=env)
    family = FAMILIES["generic"]
    return Catalog({"m": Model("m", "m", "generic", family, Prices(), (endpoint,), 1.0)})


@pytest.mark.parametrize("value", [None, ""])
def test_a_key_that_is_missing_is_named_at_the_start(
    value: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SOME_KEY", raising=False)
    if value is not None:
        monkeypatch.setenv("SOME_KEY", value)
    with pytest.raises(ConfigError, match="SOME_KEY is not set") as caught:
        check_keys(catalog("SOME_KEY"))
    assert "SWORDFISH" not in caught.value.message


@pytest.mark.parametrize("key", ["sk-1\n", "sk-1\r\nx-evil: 1", "sk-\u20ac"])
def test_a_key_that_no_header_can_carry_is_refused_at_the_start(
    key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOME_KEY", key)
    with pytest.raises(ConfigError, match="SOME_KEY") as caught:
        check_keys(catalog("SOME_KEY"))
    assert "sk-" not in caught.value.message
