"""What an answer tells of its model's speed, and an answer that is held; tests hold the clock."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from pointsman.catalog.families import FAMILIES
from pointsman.catalog.models import Catalog, Endpoint, Model, Prices
from pointsman.config.schema import UpstreamConfig
from pointsman.exchange.plan import Forward
from pointsman.exchange.route import plan
from pointsman.gateway.accounts import Accounts
from pointsman.gateway.delivery import Answer, Delivery
from pointsman.gateway.speeds import Timed
from pointsman.gateway.upstream import Upstreams
from pointsman.policy.decide import decide
from pointsman.policy.question import Question
from pointsman.policy.rules import Policy, Rule
from pointsman.policy.world import World
from pointsman.signals.detector import Signals
from pointsman.wire.chat import ChatRequest
from pointsman.wire.usage import CompletionDetails, Usage

pytestmark = pytest.mark.e2e

TOKEN = b'data: {"choices":[{"index":0,"delta":{"content":"a"}}]}\n\n'
THOUGHT = b'data: {"choices":[{"index":0,"delta":{"reasoning_content":"hm"}}]}\n\n'
NO_THOUGHT = b'data: {"choices":[{"index":0,"delta":{"reasoning_content":"","content":"a"}}]}\n\n'
IDLE_S = 20.0


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 0.0

    def perf_counter(self) -> float:
        return self.now

    def monotonic(self) -> float:
        return self.now


UNLIMITED = Accounts(None, None, required=False)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    for module in ("delivery", "upstream"):
        monkeypatch.setattr(f"pointsman.gateway.{module}.time", clock)
    return clock


@pytest.fixture
async def upstreams() -> AsyncIterator[Upstreams]:
    upstreams = Upstreams(UpstreamConfig())
    yield upstreams
    await upstreams.close()


@pytest.fixture
def begin(
    upstreams: Upstreams,
    played: Any,
    a_request: Callable[..., ChatRequest],
    some_signals: Callable[..., Signals],
) -> Callable[..., Awaitable[Answer]]:
    """Send one request to a server that answers as a coroutine does; return its answer."""

    def planned(url: str, choices: int) -> tuple[Forward, World]:
        card = Model("m", "m", "generic", FAMILIES["generic"], Prices(), (Endpoint(url),), 1.0)
        world = World(Policy((Rule("all", ("m",), choose="static"),)), Catalog({"m": card}), ())
        question = Question(some_signals(), choices=choices)
        decision = decide(question, world.policy, world.catalog)
        return plan(a_request(), question, decision, world, decision_id="d"), world

    async def start(answer: Callable[[Any], Awaitable[None]], *, choices: int = 1) -> Answer:
        delivery = Delivery(*planned(await played(answer), choices), UNLIMITED)
        return await upstreams.send(delivery, {})

    return start


async def drained(answer: Answer) -> bytes:
    return b"".join([piece async for piece in answer.pieces(IDLE_S)])


async def timed_stream(
    begin: Any, clock: Clock, usage: Usage | None, *, piece: bytes, held_up_s: float, choices: int
) -> Timed | None:
    """Read a stream of eleven pieces whose first takes half a second, and the others two."""
    go_on = asyncio.Event()

    async def write(request: Any) -> None:
        clock.now += 0.5
        await request.send_events(piece)
        await go_on.wait()
        clock.now += 2.0
        await request.send(piece * 10)
        request.close()

    answer = await begin(write, choices=choices)
    pieces = answer.pieces(IDLE_S)
    assert await anext(pieces) == piece
    clock.now += held_up_s
    go_on.set()
    assert b"".join([rest async for rest in pieces]) == piece * 10
    found: Timed | None = answer.timed(usage)
    answer.close()
    return found


USAGE = Usage(9, 40, None, CompletionDetails(30))


@pytest.mark.parametrize(
    ("usage", "piece", "choices", "tokens", "hidden"),
    [
        (USAGE, TOKEN, 1, 40, 30),  # thirty tokens were thought, and none was shown
        (USAGE, NO_THOUGHT, 1, 40, 30),
        (USAGE, THOUGHT, 1, 40, 0),
        (USAGE, TOKEN, 4, 10, 7.5),
        (Usage(9, 40), TOKEN, 1, 40, 0),
        (None, TOKEN, 1, 11, 0),
        (None, TOKEN, 11, 1, 0),
    ],
)
async def test_a_stream_tells_how_its_time_was_spent(
    usage: Usage | None,
    piece: bytes,
    choices: int,
    tokens: float,
    hidden: float,
    begin: Any,
    clock: Clock,
) -> None:
    found = await timed_stream(begin, clock, usage, piece=piece, held_up_s=0.0, choices=choices)
    assert found == Timed(
        streamed=True, first_s=0.5, rest_s=2.0, tokens=tokens, hidden_tokens=hidden
    )


@pytest.mark.parametrize(("held_up_s", "tells"), [(0.4, True), (0.6, False)])
async def test_a_stream_that_waited_for_its_reader_tells_nothing(
    held_up_s: float, *, tells: bool, begin: Any, clock: Clock
) -> None:
    found = await timed_stream(begin, clock, None, piece=TOKEN, held_up_s=held_up_s, choices=1)
    assert (found is not None) == tells


async def test_a_held_answer_is_no_slower_for_its_reader(begin: Any, clock: Clock) -> None:
    async def write(request: Any) -> None:
        await request.send_events(TOKEN)
        clock.now += 1.0
        await request.send(TOKEN)
        request.close()

    answer = await begin(write)
    assert await answer.hold(IDLE_S, 10_000) == TOKEN * 2
    pieces = answer.pieces(IDLE_S)
    assert await anext(pieces) == TOKEN * 2
    clock.now += 99.0  # a slow reader
    assert [piece async for piece in pieces] == []
    assert answer.timed(None) is not None


async def test_a_whole_answer_tells_its_time(begin: Any, clock: Clock) -> None:
    async def write(request: Any) -> None:
        clock.now += 3.0
        await request.send_json(b"{}")

    answer = await begin(write)
    assert answer.timed(Usage(1, 60)) is None  # not yet
    assert await drained(answer) == b"{}"
    assert answer.timed(Usage(1, 60)) == Timed(streamed=False, first_s=3.0, rest_s=0.0, tokens=60)


async def test_an_error_tells_no_time(begin: Any) -> None:
    async def write(request: Any) -> None:
        await request.send(b"HTTP/1.1 422 X\r\ncontent-length: 2\r\n\r\n{}")

    answer = await begin(write)
    assert await drained(answer) == b"{}"
    assert answer.timed(Usage(1, 60)) is None


@pytest.mark.parametrize("most", [1, 60, 200])
async def test_an_answer_that_is_held_comes_out_whole_all_the_same(most: int, begin: Any) -> None:
    async def write(request: Any) -> None:
        await request.send_events(TOKEN, THOUGHT, TOKEN)
        request.close()

    whole = TOKEN + THOUGHT + TOKEN
    answer = await begin(write)
    assert await answer.hold(IDLE_S, most) == (whole if most >= len(whole) else None)
    assert await drained(answer) == whole


async def test_an_answer_that_broke_off_while_held_breaks_off_again_for_its_reader(
    begin: Any,
) -> None:
    async def write(request: Any) -> None:
        await request.send(b"HTTP/1.1 200 X\r\ncontent-length: 500\r\n\r\n{")
        request.close()

    answer = await begin(write)
    assert await answer.hold(IDLE_S, 10_000) == b"{"
    pieces = answer.pieces(IDLE_S)
    assert await anext(pieces) == b"{"
    assert answer.failure is not None
    with pytest.raises(type(answer.failure)):
        await anext(pieces)
    assert answer.timed(Usage(1, 60)) is None
    answer.close()
