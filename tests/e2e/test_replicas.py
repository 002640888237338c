"""Two real `pointsman serve` that share what they count: together they keep within a limit."""

import asyncio
import json
import signal
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from pointsman.accounts.counters import Tally
from pointsman.accounts.limits import NANO, Limit
from pointsman.accounts.state import open_ledger
from pointsman.demo.standin import StandIn, StandInModel

from ..accounts.conftest import postgres, server  # noqa: F401, TID252  # fixtures, by their names

pytestmark = pytest.mark.e2e

MONEY = Limit(usd=2.0, window="total")
REQUESTS = Limit(requests=60, window="total")
CROWD = 200
PRICES = {"input": 1000, "output": 1000}
ASKED = {
    "model": "small",
    "messages": [{"role": "user", "content": "What is 2+2?"}],
    "max_tokens": 50,
}


@pytest.fixture
async def standin() -> AsyncIterator[StandIn]:
    tiny = StandInModel(name="tiny", family="qwen3", answer_tokens=30)
    async with StandIn(tiny) as model_server:
        yield model_server


@pytest.fixture(params=["sqlite", "postgres"])
def state(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of each place that replicas can share."""
    if request.param == "sqlite":
        return str(tmp_path / "state.db")
    return str(request.getfixturevalue("postgres"))


@pytest.fixture
def two(
    start: Any, standin: StandIn, state: str, tmp_path: Path
) -> Callable[..., Awaitable[list[Any]]]:
    """Start two replicas with the same limit, each with its own config file and records."""

    async def run(**limit: Any) -> list[Any]:
        model = {"url": standin.url, "name": "tiny", "family": "qwen3", "usd_per_million": PRICES}
        config = {
            "models": {"small": model},
            "server": {"port": 0, "drain_s": 20},
            "state": state,
            "limits": [{"window": "total", **limit}],
        }
        replicas = []
        for name in ("one", "two"):
            path = tmp_path / name / "pointsman.yaml"
            path.parent.mkdir()
            records = {"file": str(path.with_name("decisions.jsonl"))}
            path.write_text(json.dumps(config | {"records": records}))
            replicas.append(await start(path))
        await asyncio.gather(*(replica.listening() for replica in replicas))
        return replicas

    return run


async def asked_at_once(replicas: list[Any], **fields: Any) -> Counter[int]:
    """Send a crowd of requests to the replicas in turn; returns the statuses."""
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:

        async def one(number: int) -> int:
            url = f"{replicas[number % len(replicas)].url}/v1/chat/completions"
            async with session.post(url, json=ASKED | fields) as reply:
                await reply.read()
                return reply.status

        # Each replica gets one first: the quicker of them may take all that is left for the rest.
        first = [await one(number) for number in range(len(replicas))]
        rest = await asyncio.gather(*map(one, range(len(replicas), CROWD)))
        return Counter([*first, *rest])


async def records_of(replicas: list[Any]) -> list[list[Any]]:
    """Let the replicas end, and return the records of each."""
    for replica in replicas:
        replica.send(signal.SIGTERM)
    assert [await replica.ended() for replica in replicas] == [0, 0]
    assert all("Traceback" not in replica.said for replica in replicas)
    return [replica.records() for replica in replicas]


def tally_of(state: str, limit: Limit) -> Tally:
    with closing(open_ledger(state)) as ledger:
        return ledger.spent(limit, (), 0.0)


@pytest.mark.parametrize("streamed", [False, True])
async def test_two_replicas_together_never_use_more_than_the_money(
    *, streamed: bool, two: Any, state: str, standin: StandIn
) -> None:
    replicas = await two(usd=MONEY.usd)
    statuses = await asked_at_once(replicas, stream=streamed)
    assert set(statuses) == {200, 429}
    one, other = await records_of(replicas)
    tally = tally_of(state, MONEY)
    assert (tally.reserved, 0 < tally.spent <= MONEY.cap) == (0, True)
    assert sum(record["usd"] for record in one + other) == pytest.approx(tally.spent / NANO)
    assert len(one + other) == statuses[200] == standin.answered
    assert one
    assert other


async def test_two_replicas_together_pass_on_no_more_than_the_requests(
    two: Any, state: str, standin: StandIn
) -> None:
    replicas = await two(requests=REQUESTS.requests)
    statuses = await asked_at_once(replicas)
    assert statuses == {200: 60, 429: CROWD - 60}
    await records_of(replicas)
    assert standin.answered == 60
    assert tally_of(state, REQUESTS) == Tally(spent=60, reserved=0)


async def test_what_a_replica_that_was_killed_had_reserved_still_counts(
    two: Any, state: str, standin: StandIn, eventually: Any
) -> None:
    replicas = await two(usd=MONEY.usd)
    standin.fault = "hang"
    async with aiohttp.ClientSession() as session:
        url = f"{replicas[0].url}/v1/chat/completions"
        asking = asyncio.create_task(session.post(url, json=ASKED | {"max_tokens": 1900}))
        await eventually(lambda: standin.active == 1)
        await replicas[0].kill()
        with pytest.raises(aiohttp.ClientError):
            await asking
    standin.fault = ""
    reserved = tally_of(state, MONEY).reserved
    assert reserved > 0.95 * MONEY.cap
    statuses = await asked_at_once(replicas[1:], max_tokens=100)
    assert statuses == {429: CROWD}
    replicas[1].send(signal.SIGTERM)
    assert await replicas[1].ended() == 0
    assert tally_of(state, MONEY) == Tally(spent=0, reserved=reserved)
