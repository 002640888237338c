"""What becomes of one request, over real connections."""

import socket
from typing import Any

import msgspec
import pytest

from pointsman.evaluation.live.call import Call, Failed, Reply
from pointsman.evaluation.live.client import ATTEMPTS, Asker

BODY = msgspec.json.encode(
    {"model": "m", "messages": [{"role": "user", "content": "?"}], "max_tokens": 50}
)


async def ask(url: str, timeout_s: float = 30.0, key: str | None = None) -> Reply | Failed:
    async with Asker.open(timeout_s) as asker:
        return await asker.ask(Call(f"{url}/chat/completions", BODY, key))


async def test_a_streamed_answer_is_read_and_timed(model: Any) -> None:
    reply = await ask(model.url)
    assert isinstance(reply, Reply)
    assert reply.written.answer == "The answer is (B)."
    assert reply.first_s is not None
    assert 0 < reply.first_s <= reply.total_s
    assert reply.routed is None


async def test_what_deciding_took_counts_into_the_times(model: Any) -> None:
    async with Asker.open(30.0) as asker:
        call = Call(f"{model.url}/chat/completions", BODY, spent_s=1000.0)
        reply = await asker.ask(call)
    assert isinstance(reply, Reply)
    assert reply.first_s is not None
    assert 1000 < reply.first_s <= reply.total_s


async def test_the_key_is_sent_as_a_bearer_token(model: Any) -> None:
    await ask(model.url, key="sk-1")
    await ask(model.url)
    assert model.keys == ["Bearer sk-1", None]


@pytest.mark.parametrize("status", [429, 500, 503, 0])
async def test_a_busy_server_is_asked_again(status: int, model: Any) -> None:
    model.statuses.extend([status] * (ATTEMPTS - 1))
    assert isinstance(await ask(model.url), Reply)
    assert len(model.bodies) == ATTEMPTS


async def test_a_server_that_stays_busy_is_not_asked_for_ever(model: Any) -> None:
    model.statuses.extend([503] * 99)
    assert await ask(model.url) == Failed("status 503", "not now")
    assert len(model.bodies) == ATTEMPTS


async def test_a_server_that_always_hangs_up_is_a_failure(model: Any) -> None:
    model.statuses.extend([0] * 99)
    assert await ask(model.url) == Failed("disconnected")
    assert len(model.bodies) == ATTEMPTS


@pytest.mark.parametrize(("status", "said"), [(400, "not now"), (404, "not now"), (401, "")])
async def test_a_refusal_is_not_asked_again(status: int, said: str, model: Any) -> None:
    model.statuses.append(status)
    assert await ask(model.url) == Failed(f"status {status}", said)
    assert len(model.bodies) == 1


async def test_a_connection_that_ends_amid_the_answer_is_a_failure(model: Any) -> None:
    model.cut_after = 2
    assert await ask(model.url) == Failed("ClientPayloadError")
    assert len(model.bodies) == 1


async def test_an_answer_that_never_comes_ends_at_the_time_limit(model: Any) -> None:
    model.before = lambda _number: True
    assert await ask(model.url, timeout_s=0.05) == Failed("no whole answer within 0.05 s")


async def test_a_server_that_is_not_there_is_a_failure() -> None:
    with socket.socket() as taken:  # bound, and not listening
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        assert await ask(url) == Failed("cannot connect")
