"""The encoder beside the event loop: each text once, bounded, and nobody waits for others."""

import asyncio
import threading
from collections.abc import Callable, Iterator

import msgspec
import pytest

from pointsman.encoder.encoding import UNREAD, Asked, Encoding
from pointsman.encoder.memory import EncodingMemory
from pointsman.encoder.pool import EncoderPool, default_workers
from pointsman.errors import OverloadedError

ASKED = Asked(frozenset({"domain"}))


class SlowEncoder:
    """Counts its passes, and ends none before it is told to."""

    def __init__(self) -> None:
        self.go = threading.Event()
        self.begun = threading.Semaphore(0)
        self.texts: list[str] = []
        self.asked: list[Asked] = []

    def encode(self, text: str, asked: Asked) -> Encoding:
        self.texts.append(text)
        self.asked.append(asked)
        self.begun.release()
        self.go.wait()
        if text.startswith("bad"):
            raise ValueError(text)
        return msgspec.structs.replace(UNREAD, tokens=len(text), passes=2 if text == "long" else 1)

    async def has_begun(self) -> None:
        """Wait until one more pass has begun."""
        await asyncio.to_thread(self.begun.acquire)


@pytest.fixture
def slow() -> Iterator[SlowEncoder]:
    encoder = SlowEncoder()
    yield encoder
    encoder.go.set()


MakePool = Callable[..., EncoderPool]


@pytest.fixture
def a_pool(slow: SlowEncoder) -> Iterator[MakePool]:
    pools: list[EncoderPool] = []

    def build(*, workers: int = 1, queue: int = 8, remember: int = 100) -> EncoderPool:
        pool = EncoderPool(slow, workers=workers, queue=queue, memory=EncodingMemory(remember))
        pools.append(pool)
        return pool

    yield build
    slow.go.set()
    for pool in pools:
        pool.close()


async def test_a_text_is_read_once_and_then_remembered(a_pool: MakePool, slow: SlowEncoder) -> None:
    slow.go.set()
    pool = a_pool()
    first = await pool.encode("abc", ASKED)
    assert first.tokens == 3
    recalled = await pool.encode("abc", ASKED)
    assert (first.passes, recalled.passes, recalled.tokens) == (1, 0, 3)
    assert (pool.passes, slow.texts, slow.asked) == (1, ["abc"], [ASKED])


async def test_a_text_is_read_again_for_other_heads(a_pool: MakePool, slow: SlowEncoder) -> None:
    slow.go.set()
    pool = a_pool()
    more = Asked(frozenset({"domain", "outcome"}))
    for asked in (ASKED, more, ASKED, more):
        await pool.encode("abc", asked)
    assert slow.asked == [ASKED, more]


async def test_passes_are_counted_as_the_encoder_counts_them(
    a_pool: MakePool, slow: SlowEncoder
) -> None:
    slow.go.set()
    pool = a_pool()
    await pool.encode("long", ASKED)
    await pool.encode("abc", ASKED)
    assert pool.passes == 3


async def test_a_forgotten_text_is_read_again(a_pool: MakePool, slow: SlowEncoder) -> None:
    slow.go.set()
    pool = a_pool(remember=1)
    for text in ("a", "b", "a"):
        await pool.encode(text, ASKED)
    assert slow.texts == ["a", "b", "a"]


async def test_many_who_send_the_same_text_share_one_pass(
    a_pool: MakePool, slow: SlowEncoder
) -> None:
    pool = a_pool(workers=2)
    clients = [asyncio.ensure_future(pool.encode("the same", ASKED)) for _ in range(50)]
    await slow.has_begun()
    slow.go.set()
    encodings = await asyncio.gather(*clients)
    assert slow.texts == ["the same"]
    assert all(encoding is encodings[0] for encoding in encodings)


async def test_the_loop_goes_on_while_a_text_is_read(a_pool: MakePool, slow: SlowEncoder) -> None:
    pool = a_pool()
    reading = asyncio.ensure_future(pool.encode("long", ASKED))
    await slow.has_begun()
    turns = 0
    for _ in range(1000):
        await asyncio.sleep(0)
        turns += 1
    assert turns == 1000
    assert not reading.done()
    slow.go.set()
    assert (await reading).tokens == 4


async def test_as_many_texts_are_read_at_once_as_there_are_workers(
    a_pool: MakePool, slow: SlowEncoder
) -> None:
    pool = a_pool(workers=2)
    clients = [asyncio.ensure_future(pool.encode(text, ASKED)) for text in "abc"]
    await slow.has_begun()
    await slow.has_begun()
    assert sorted(slow.texts) == ["a", "b"]
    slow.go.set()
    await asyncio.gather(*clients)
    assert pool.passes == 3


async def test_when_too_many_wait_the_next_is_told_when_to_come_back(
    a_pool: MakePool, slow: SlowEncoder
) -> None:
    pool = a_pool(workers=1, queue=2)
    clients = [asyncio.ensure_future(pool.encode(text, ASKED)) for text in "abc"]
    await slow.has_begun()
    with pytest.raises(OverloadedError, match="2 texts already wait") as caught:
        await pool.encode("d", ASKED)
    assert caught.value.status == 503
    assert caught.value.retry_after_s is not None
    assert caught.value.retry_after_s >= 1
    # A text that is on its way already takes no more room.
    sharing = asyncio.ensure_future(pool.encode("c", ASKED))
    slow.go.set()
    await asyncio.gather(*clients, sharing)
    # And when they are done, there is room again.
    assert (await pool.encode("d", ASKED)).tokens == 1
    assert slow.texts == ["a", "b", "c", "d"]


async def test_a_remembered_text_is_answered_even_when_too_many_wait(
    a_pool: MakePool, slow: SlowEncoder
) -> None:
    pool = a_pool(workers=1, queue=1)
    slow.go.set()
    await pool.encode("known", ASKED)
    slow.go.clear()
    clients = [asyncio.ensure_future(pool.encode(text, ASKED)) for text in "ab"]
    await slow.has_begun()
    with pytest.raises(OverloadedError):
        await pool.encode("c", ASKED)
    assert (await pool.encode("known", ASKED)).tokens == 5
    slow.go.set()
    await asyncio.gather(*clients)


async def test_a_client_that_goes_away_cancels_nobody_elses_pass(
    a_pool: MakePool, slow: SlowEncoder
) -> None:
    pool = a_pool()
    leaving, staying = (asyncio.ensure_future(pool.encode("shared", ASKED)) for _ in "ab")
    await slow.has_begun()
    leaving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await leaving
    slow.go.set()
    assert (await staying).tokens == 6
    assert slow.texts == ["shared"]


async def test_a_pass_that_all_have_left_is_still_remembered(
    a_pool: MakePool, slow: SlowEncoder
) -> None:
    pool = a_pool()
    leaving = asyncio.ensure_future(pool.encode("left", ASKED))
    await slow.has_begun()
    leaving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await leaving
    slow.go.set()
    assert (await pool.encode("left", ASKED)).tokens == 4
    assert slow.texts == ["left"]


async def test_a_failure_reaches_all_who_wait_and_is_not_remembered(
    a_pool: MakePool, slow: SlowEncoder
) -> None:
    pool = a_pool()
    clients = [asyncio.ensure_future(pool.encode("bad", ASKED)) for _ in range(3)]
    await slow.has_begun()
    slow.go.set()
    failures = await asyncio.gather(*clients, return_exceptions=True)
    assert [type(failure) for failure in failures] == [ValueError] * 3
    with pytest.raises(ValueError, match="bad"):
        await pool.encode("bad", ASKED)
    assert slow.texts == ["bad", "bad"]
    assert pool.passes == 0


async def test_a_failure_that_nobody_waits_for_makes_no_noise(
    a_pool: MakePool, slow: SlowEncoder
) -> None:
    pool = a_pool()
    leaving = asyncio.ensure_future(pool.encode("bad", ASKED))
    await slow.has_begun()
    leaving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await leaving
    slow.go.set()
    assert (await pool.encode("good", ASKED)).tokens == 4


async def test_closing_lets_the_pass_that_runs_end_and_drops_what_waits(
    a_pool: MakePool, slow: SlowEncoder
) -> None:
    pool = a_pool(workers=1)
    running, waiting = (
        asyncio.ensure_future(pool.encode(text, ASKED)) for text in ("runs", "waits")
    )
    await slow.has_begun()
    closing = asyncio.ensure_future(asyncio.to_thread(pool.close))
    with pytest.raises(asyncio.CancelledError):
        await waiting
    slow.go.set()
    await closing
    assert (await running).tokens == 4
    assert slow.texts == ["runs"]


def test_passes_that_outlive_their_loop_are_in_nobodys_way(
    a_pool: MakePool, slow: SlowEncoder
) -> None:
    pool = a_pool(workers=1, queue=1)

    async def leave(*texts: str) -> None:
        clients = [asyncio.ensure_future(pool.encode(text, ASKED)) for text in texts]
        await slow.has_begun()
        for client in clients:
            client.cancel()
        await asyncio.gather(*clients, return_exceptions=True)

    asyncio.run(leave("left", "waiting"))
    slow.go.set()
    assert asyncio.run(pool.encode("left", ASKED)).tokens == 4
    assert asyncio.run(pool.encode("new", ASKED)).tokens == 3


def test_there_is_at_least_one_worker() -> None:
    assert default_workers() >= 1
