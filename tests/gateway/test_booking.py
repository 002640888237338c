"""What each kind of request is booked with in the end, and that nothing stays reserved."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pointsman.demo.standin import StandIn

from .counting import A_TOKEN, CAP, CLAIM, PRICES, Books, Clock, billed, frozen, money

pytestmark = pytest.mark.e2e

USAGE = {"prompt_tokens": 10, "completion_tokens": 20}
GOOD = {"content": "Four."}
UNSURE = {"content": ""}
RESERVED = CLAIM * A_TOKEN


@pytest.fixture(autouse=True)
def books(tmp_path: Path) -> Iterator[Books]:
    """The state file; when all has ended, nothing may be reserved in it."""
    books = Books(tmp_path / "state.db")
    yield books
    assert books.open_reservations() == 0


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return frozen(monkeypatch)


@pytest.fixture
def booked(serve: Any, standin: StandIn, other: StandIn, books: Books) -> Any:
    """Start a gateway that counts money, in front of `small`, and `large` at the same price."""

    async def start(
        *limits: dict[str, Any], rule: dict[str, Any] | None = None, **sections: Any
    ) -> Any:
        models = {
            "small": {"url": standin.url, "name": "tiny", "usd_per_million": PRICES},
            "large": {"url": other.url, "name": "huge", "usd_per_million": PRICES},
        }
        rules = [{"name": "any", "use": "small", "choose": "static"} | (rule or {})]
        sections = {"rules": rules, "state": str(books.path)} | sections
        models = sections.pop("models", models)
        return await serve(models, limits=limits or (money(100.0),), **sections)

    return start


@pytest.fixture
def playing(booked: Any, played: Any) -> Any:
    """Start such a gateway whose models answer with given bytes; empty ones hang up."""

    async def start(answers: dict[str, bytes], *limits: dict[str, Any], **sections: Any) -> Any:
        async def answer(request: Any) -> None:
            reply = answers[json.loads(request.body)["model"]]
            await request.send(reply)
            request.close()

        url = await played(answer)
        models = {name: {"url": url, "usd_per_million": PRICES} for name in answers}
        return await booked(*limits, models=models, **sections)

    return start


def whole(message: dict[str, Any], usage: Any = USAGE, finish: str = "stop") -> bytes:
    choice = {"index": 0, "message": message, "finish_reason": finish}
    body = json.dumps({"choices": [choice], "usage": usage}).encode()
    head = f"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {len(body)}"
    return head.encode() + b"\r\n\r\n" + body


def cost(usage: dict[str, int] = USAGE) -> float:
    return A_TOKEN * (usage["prompt_tokens"] + usage["completion_tokens"])


@pytest.mark.parametrize("streamed", [False, True])
async def test_what_a_server_reports_is_booked(
    *, streamed: bool, booked: Any, ask: Any, books: Books, eventually: Any
) -> None:
    gate = await booked()
    assert (await ask(gate, max_tokens=CAP, stream=streamed)).status == 200
    await eventually(gate.server.gateway.idle.is_set)
    (record,) = gate.records
    tokens = record.usage.prompt_tokens + record.usage.completion_tokens
    assert record.usd == pytest.approx(A_TOKEN * tokens)
    assert books.sums() == pytest.approx((record.usd, 0))
    assert not record.usd_estimated


@pytest.mark.parametrize("streamed", [False, True])
async def test_where_a_server_reports_nothing_the_reservation_is_charged(
    *, streamed: bool, booked: Any, playing: Any, ask: Any, books: Books, eventually: Any
) -> None:
    if streamed:
        gate = await booked(server={"ask_usage": False})
    else:
        gate = await playing({"small": whole(GOOD, usage=None)})
    assert (await ask(gate, max_tokens=CAP, stream=streamed)).status == 200
    await eventually(gate.server.gateway.idle.is_set)
    (record,) = gate.records
    assert record.outcome == "answered"
    assert books.sums() == pytest.approx((RESERVED, 0))
    assert (record.usd, record.usd_estimated) == (pytest.approx(RESERVED), True)


@pytest.mark.parametrize("status", [400, 404, 422])
@pytest.mark.parametrize("streamed", [False, True])
async def test_what_a_model_refuses_costs_nothing(
    status: int,
    *,
    streamed: bool,
    booked: Any,
    ask: Any,
    standin: StandIn,
    books: Books,
    eventually: Any,
) -> None:
    gate = await booked()
    standin.fault = f"status:{status}"
    assert (await ask(gate, max_tokens=CAP, stream=streamed)).status == status
    await eventually(gate.server.gateway.idle.is_set)
    assert books.sums() == (0, 0)
    assert (gate.records[0].usd, gate.records[0].usd_estimated) == (None, False)


async def test_a_stream_that_breaks_is_charged_as_reserved(
    booked: Any, ask: Any, standin: StandIn, books: Books, eventually: Any
) -> None:
    gate = await booked()
    standin.fault = "die_after:3"
    await ask(gate, max_tokens=CAP, stream=True)
    await eventually(gate.server.gateway.idle.is_set)
    assert (gate.records[0].outcome, gate.records[0].usd_estimated) == ("broken", True)
    assert books.sums() == pytest.approx((RESERVED, 0))


async def test_an_answer_that_breaks_off_is_charged_as_reserved(
    playing: Any, ask: Any, books: Books
) -> None:
    gate = await playing({"small": whole(GOOD)[:-40]})
    assert (await ask(gate, max_tokens=CAP)).status == 502
    assert (gate.records[0].outcome, gate.records[0].usd_estimated) == ("broken", True)
    assert books.sums() == pytest.approx((RESERVED, 0))


REFUSED = b"HTTP/1.1 400 Bad Request\r\ncontent-length: 2\r\n\r\n{}"
CASCADE = {"use": ["small", "large"], "choose": "cascade"}


@pytest.mark.parametrize(
    ("small", "large", "spent", "estimated"),
    [
        (whole(UNSURE), whole(GOOD), 2 * cost(), False),
        (whole(UNSURE, usage=None), whole(GOOD), RESERVED + cost(), True),
        (whole(UNSURE), whole(GOOD, usage=None), cost() + RESERVED, True),
        (whole(UNSURE), b"", cost(), False),  # it hangs up: the first answer is delivered
        (whole(UNSURE), REFUSED, cost(), False),
        (whole(UNSURE), whole(GOOD)[:-40], cost() + RESERVED, True),  # it breaks off
        (whole(UNSURE, usage=None), b"", RESERVED, True),
    ],
)
async def test_a_cascade_books_every_answer(
    small: bytes, large: bytes, spent: float, *, estimated: bool, playing: Any, ask: Any,
    books: Books,
) -> None:  # fmt: skip
    gate = await playing({"small": small, "large": large}, rule=CASCADE)
    assert (await ask(gate, max_tokens=CAP)).status == 200
    assert books.sums() == pytest.approx((spent, 0))
    (record,) = gate.records
    assert (record.usd, record.usd_estimated) == (pytest.approx(spent), estimated)


async def test_a_cascade_whose_last_attempt_fails_books_the_answer_it_delivers(
    playing: Any, ask: Any, books: Books
) -> None:
    answers = {"small": whole(UNSURE), "large": b""}
    gate = await playing(answers, rule=CASCADE, upstream={"attempts": 2})
    assert (await ask(gate, max_tokens=CAP)).status == 200
    assert len(gate.records[0].attempts) == 2
    assert books.sums() == pytest.approx((cost(), 0))


@pytest.mark.parametrize("why", ["attempts", "limit"])
async def test_a_cascade_that_may_not_go_on_books_the_answer_it_delivers(
    why: str, playing: Any, ask: Any, books: Books
) -> None:
    limits = (money(100.0), *([money(0.001, model="large")] if why == "limit" else []))
    upstream = {"attempts": 1} if why == "attempts" else {}
    answers = {"small": whole(UNSURE), "large": whole(GOOD)}
    gate = await playing(answers, *limits, rule=CASCADE, upstream=upstream)
    reply = await ask(gate, max_tokens=CAP)
    assert (reply.status, reply.headers["x-pointsman-model"]) == (200, "small")
    total, _ = books.sums("[]")
    assert total == pytest.approx(gate.records[0].usd) == pytest.approx(cost())


SHADOWED = {"shadow": "large"}


async def test_a_copy_is_booked(booked: Any, ask: Any, books: Books, eventually: Any) -> None:
    gate = await booked(rule=SHADOWED)
    assert (await ask(gate, max_tokens=CAP)).status == 200
    await eventually(lambda: len(gate.records) == 2)
    assert {record.model for record in gate.records} == {"small", "large"}
    assert all(record.usd > 0 for record in gate.records)
    assert books.sums() == pytest.approx((billed(gate), 0))


async def test_a_copy_that_fails_costs_nothing(
    booked: Any, ask: Any, books: Books, other: StandIn, eventually: Any
) -> None:
    gate = await booked(rule=SHADOWED)
    other.fault = "die_after:0"
    assert (await ask(gate, max_tokens=CAP)).status == 200
    await eventually(lambda: len(gate.records) == 2)
    (served,) = [record for record in gate.records if record.shadow_of is None]
    assert books.sums() == pytest.approx((served.usd, 0))


@pytest.mark.parametrize("streamed", [False, True])
async def test_a_copy_that_no_limit_has_room_for_is_dropped_unseen(
    *, streamed: bool, booked: Any, ask: Any, books: Books, other: StandIn, eventually: Any
) -> None:
    gate = await booked(money(0.001, model="large"), money(100.0), rule=SHADOWED)
    reply = await ask(gate, max_tokens=CAP, stream=streamed)
    await eventually(gate.server.gateway.idle.is_set)
    assert (reply.status, reply.headers["x-pointsman-model"]) == (200, "small")
    assert (len(gate.records), other.received) == (1, [])
    assert books.spent() == pytest.approx(gate.records[0].usd)


async def test_a_copy_under_way_when_the_gateway_ends_is_charged_as_reserved(
    booked: Any, ask: Any, books: Books, other: StandIn, eventually: Any
) -> None:
    gate = await booked(rule=SHADOWED, server={"drain_s": 0.05})
    other.fault = "hang"
    assert (await ask(gate, max_tokens=CAP)).status == 200
    await eventually(lambda: other.active == 1)
    await gate.server.stop()
    copy = gate.records[-1]
    assert (copy.outcome, copy.usd_estimated) == ("cancelled", True)
    assert books.sums() == pytest.approx((billed(gate), 0))
