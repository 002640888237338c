"""What a client that goes away is charged, whenever it does; nothing stays reserved."""

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from pointsman.accounts.sql_ledger import SqlLedger
from pointsman.demo.standin import StandIn

from .counting import A_TOKEN, CAP, CLAIM, PRICES, Books, billed, frozen, money

pytestmark = pytest.mark.e2e

RESERVED = CLAIM * A_TOKEN


@pytest.fixture(autouse=True)
def books(tmp_path: Path) -> Iterator[Books]:
    """The state file; when all has ended, nothing may be reserved in it."""
    books = Books(tmp_path / "state.db")
    yield books
    assert books.open_reservations() == 0


@pytest.fixture
def booked(serve: Any, standin: StandIn, books: Books, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Start a gateway that counts money, in front of `small`."""
    frozen(monkeypatch)

    async def start() -> Any:
        models = {"small": {"url": standin.url, "name": "tiny", "usd_per_million": PRICES}}
        return await serve(models, limits=[money(100.0)], state=str(books.path))

    return start


async def test_a_client_that_goes_away_in_a_stream_is_charged_as_reserved(
    booked: Any, client: aiohttp.ClientSession, standin: StandIn, books: Books, eventually: Any
) -> None:
    gate = await booked()
    standin.fault = "stall_after:3"
    body = {"model": "auto", "messages": [{"role": "user", "content": "What is 2+2?"}]}
    async with client.post(gate.chat, json=body | {"stream": True, "max_tokens": CAP}) as reply:
        await reply.content.readuntil(b"\n\n")
        assert books.sums() == pytest.approx((0, RESERVED))
        reply.close()
    await eventually(lambda: len(gate.records) == 1)
    (record,) = gate.records
    assert (record.outcome, record.usd_estimated) == ("cancelled", True)
    assert books.sums() == pytest.approx((RESERVED, 0))
    assert record.usd == pytest.approx(RESERVED)


async def test_a_client_that_goes_away_before_the_answer_is_charged_as_reserved(
    booked: Any, ask: Any, standin: StandIn, books: Books, eventually: Any
) -> None:
    gate = await booked()
    standin.fault = "hang"
    task = asyncio.create_task(ask(gate, max_tokens=CAP))
    await eventually(lambda: standin.active == 1)
    task.cancel()
    await eventually(lambda: len(gate.records) == 1)
    assert gate.records[0].usd_estimated
    assert books.sums() == pytest.approx((RESERVED, 0))


@pytest.mark.parametrize("during", ["reserve", "settle"])
async def test_a_client_that_goes_away_while_it_is_counted_leaves_nothing_reserved(
    during: str,
    booked: Any,
    ask: Any,
    standin: StandIn,
    books: Books,
    eventually: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    counting, go_on = threading.Event(), threading.Event()
    real = getattr(SqlLedger, during)

    def slow(*arguments: Any) -> Any:
        counting.set()
        assert go_on.wait(20)
        return real(*arguments)

    monkeypatch.setattr(SqlLedger, during, slow)
    gate = await booked()
    handled = gate.server.gateway._running
    task = asyncio.create_task(ask(gate, max_tokens=CAP))
    await eventually(counting.is_set)
    task.cancel()
    await eventually(lambda: handled._count == (0 if during == "reserve" else 1))
    go_on.set()
    await eventually(lambda: books.open_reservations() == 0)
    await gate.server.stop()
    if during == "reserve":
        assert (books.spent(), standin.received, gate.records) == (0, [], [])
    else:
        (record,) = gate.records
        assert books.spent() == pytest.approx(record.usd) == pytest.approx(billed(gate))
        assert record.usage.completion_tokens > 0
