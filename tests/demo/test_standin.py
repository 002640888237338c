"""The stand-in over loopback: what a client sees, and what the stand-in saw."""

import asyncio
import json
from typing import Any

import aiohttp
import pytest

from pointsman.demo.answering import PREAMBLE
from pointsman.demo.standin import StandIn, StandInModel

QUESTION = {"messages": [{"role": "user", "content": "Tell me about rivers."}]}

WEATHER = {
    "type": "function",
    "function": {
        "name": "weather",
        "parameters": {
            "type": "object",
            "properties": {
                "city": {"type": "string"},
                "unit": {"type": "string", "enum": ["celsius", "fahrenheit"]},
                "days": {"type": "integer"},
            },
            "required": ["city", "unit"],
        },
    },
}

WEATHER_ARGUMENTS = {"city": "stand-in, no real model", "unit": "celsius"}


def joined(chunks: list[Any], field: str, choice: int = 0) -> str:
    deltas = [c["delta"] for chunk in chunks for c in chunk["choices"] if c["index"] == choice]
    return "".join(delta.get(field) or "" for delta in deltas)


async def test_every_answer_says_that_a_stand_in_wrote_it(ask: Any, stream: Any) -> None:
    _, whole = await ask()
    chunks = await stream()
    assert whole["choices"][0]["message"]["content"].startswith(PREAMBLE)
    assert joined(chunks, "content") == whole["choices"][0]["message"]["content"]
    for shape in (whole, *chunks):
        assert shape["system_fingerprint"] == "pointsman-standin"


async def test_models_are_listed_as_owned_by_the_stand_in(
    standin: StandIn, client: aiohttp.ClientSession
) -> None:
    async with client.get(f"{standin.url}/models") as response:
        cards = (await response.json())["data"]
    assert [card["id"] for card in cards] == list(standin.models)
    assert {card["owned_by"] for card in cards} == {"pointsman-standin"}


async def test_health_follows_the_switch(standin: StandIn, client: aiohttp.ClientSession) -> None:
    for healthy, status in ((True, 200), (False, 503)):
        standin.healthy = healthy
        async with client.get(f"{standin.origin}/health") as response:
            assert response.status == status


async def test_tokens_reach_the_client_one_by_one_and_in_order(
    client: aiohttp.ClientSession,
) -> None:
    async with StandIn(StandInModel(name="m", tokens_per_second=500, answer_tokens=30)) as server:
        body = {"model": "m", "stream": True, **QUESTION}
        async with client.post(f"{server.url}/chat/completions", json=body) as response:
            reads = [read async for read in response.content.iter_any()]
    events = b"".join(reads).decode().split("\n\n")
    chunks = [json.loads(event.removeprefix("data: ")) for event in events[:-2]]
    tokens = [chunk["choices"][0]["delta"].get("content") for chunk in chunks]
    assert len(reads) > 1
    assert tokens[0] == ""
    assert "".join(tokens[1:-1]).startswith(PREAMBLE)
    assert len(tokens[1:-1]) == 30
    assert chunks[-1]["choices"][0]["finish_reason"] == "stop"


async def test_a_stream_with_usage_ends_with_a_chunk_without_choices(stream: Any) -> None:
    *chunks, last = await stream("qwen3", stream_options={"include_usage": True})
    assert {chunk["usage"] for chunk in chunks} == {None}
    assert last["choices"] == []
    usage = last["usage"]
    sent = [
        chunk["choices"][0]["delta"].keys() & {"content", "reasoning_content"} for chunk in chunks
    ]
    assert usage["completion_tokens"] == sum(map(bool, sent)) - 1  # the opening delta is empty
    assert usage["total_tokens"] == usage["prompt_tokens"] + usage["completion_tokens"]
    assert usage["completion_tokens_details"]["reasoning_tokens"] > 0


async def test_a_stream_without_the_option_holds_no_usage(stream: Any) -> None:
    assert not any("usage" in chunk for chunk in await stream())


async def test_usage_is_the_same_with_and_without_a_stream(ask: Any, stream: Any) -> None:
    _, whole = await ask("qwen3", n=2)
    chunks = await stream("qwen3", n=2, stream_options={"include_usage": True})
    assert chunks[-1]["usage"] == whole["usage"]


async def test_a_thinker_thinks_before_it_answers(ask: Any, stream: Any) -> None:
    _, whole = await ask("qwen3")
    message = whole["choices"][0]["message"]
    chunks = await stream("qwen3")
    fields = ["".join(chunk["choices"][0]["delta"]) for chunk in chunks[1:-1]]
    assert fields == sorted(fields, reverse=True)  # reasoning_content, then content
    assert joined(chunks, "reasoning_content") == message["reasoning_content"]
    assert "no real model is thinking" in message["reasoning_content"]


@pytest.mark.parametrize("field", ["reasoning", ""])
async def test_thoughts_are_shown_where_the_model_says_or_only_counted(
    field: str, client: aiohttp.ClientSession
) -> None:
    model = StandInModel(name="m", family="qwen3", reasoning_field=field)
    async with StandIn(model) as server:
        body = {"model": "m", **QUESTION}
        async with client.post(f"{server.url}/chat/completions", json=body) as response:
            whole = await response.json()
        async with client.post(
            f"{server.url}/chat/completions", json=body | {"stream": True}
        ) as response:
            raw = await response.text()
    message = whole["choices"][0]["message"]
    assert [key for key in message if key.startswith("reasoning")] == ([field] if field else [])
    assert whole["usage"]["completion_tokens_details"]["reasoning_tokens"] > 0
    assert ('"reasoning":' in raw) is bool(field)


@pytest.mark.parametrize("bound", ["max_tokens", "max_completion_tokens"])
async def test_an_answer_cut_by_the_bound_finishes_with_length(
    bound: str, ask: Any, stream: Any
) -> None:
    _, whole = await ask(**{bound: 3})
    assert whole["choices"][0]["finish_reason"] == "length"
    assert whole["choices"][0]["message"]["content"] == "I am a"
    assert whole["usage"]["completion_tokens"] == 3
    assert (await stream(**{bound: 3}))[-1]["choices"][0]["finish_reason"] == "length"


async def test_a_thought_can_eat_the_whole_bound(ask: Any) -> None:
    _, whole = await ask("qwen3", max_tokens=5)
    assert whole["choices"][0]["message"]["content"] == ""
    assert whole["usage"]["completion_tokens_details"]["reasoning_tokens"] == 5


async def test_n_answers_come_side_by_side(ask: Any, stream: Any) -> None:
    _, whole = await ask(n=2)
    texts = [choice["message"]["content"] for choice in whole["choices"]]
    chunks = await stream(n=2)
    assert len(set(texts)) == 2
    assert [joined(chunks, "content", choice) for choice in range(2)] == texts
    assert [chunk["choices"][0]["index"] for chunk in chunks[:4]] == [0, 1, 0, 1]


async def test_a_tool_is_called_with_its_required_arguments(ask: Any) -> None:
    _, whole = await ask(tools=[WEATHER])
    choice = whole["choices"][0]
    (call,) = choice["message"]["tool_calls"]
    assert choice["finish_reason"] == "tool_calls"
    assert choice["message"]["content"] is None
    assert call["function"]["name"] == "weather"
    assert json.loads(call["function"]["arguments"]) == WEATHER_ARGUMENTS


async def test_a_tool_call_streams_its_arguments_in_fragments(stream: Any) -> None:
    chunks = await stream(tools=[WEATHER])
    calls = [
        call for chunk in chunks for call in chunk["choices"][0]["delta"].get("tool_calls", ())
    ]
    first, *fragments = calls
    assert first["function"] == {"name": "weather", "arguments": ""}
    assert first["id"].startswith("call_")
    assert len(fragments) > 1
    arguments = "".join(call["function"]["arguments"] for call in fragments)
    assert json.loads(arguments) == WEATHER_ARGUMENTS
    assert chunks[-1]["choices"][0]["finish_reason"] == "tool_calls"


async def test_a_tools_result_is_answered_with_text(ask: Any) -> None:
    messages = [
        {"role": "user", "content": "Weather?"},
        {"role": "assistant", "content": None, "tool_calls": []},
        {"role": "tool", "tool_call_id": "1", "content": "sunny"},
    ]
    _, whole = await ask(tools=[WEATHER], messages=messages)
    assert whole["choices"][0]["message"]["content"].startswith(PREAMBLE)


async def test_an_unknown_model_is_not_found(ask: Any) -> None:
    status, body = await ask("gpt-99")
    assert status == 404
    assert body["error"]["code"] == "model_not_found"


@pytest.mark.parametrize(
    "fields",
    [
        {"messages": []},
        {"messages": "hello"},
        {"n": 0},
        {"max_tokens": 0},
        {"tool_choice": {"type": "function", "function": {"name": "x"}}, "tools": [WEATHER]},
        {"standin": {"fail": "nonsense"}},
    ],
)
async def test_a_bad_request_earns_an_openai_error(fields: Any, ask: Any) -> None:
    status, body = await ask(**fields)
    assert status == 400
    assert body["error"]["type"] == "invalid_request_error"


async def test_a_strict_server_refuses_the_fields_it_does_not_know(
    client: aiohttp.ClientSession,
) -> None:
    async with StandIn(StandInModel(name="m", refuses=("chat_template_kwargs",))) as server:
        body = {"model": "m", "chat_template_kwargs": {}, **QUESTION}
        async with client.post(f"{server.url}/chat/completions", json=body) as response:
            assert response.status == 400
            assert "chat_template_kwargs" in await response.text()


async def test_what_reached_the_server_is_recorded_byte_by_byte(
    standin: StandIn, client: aiohttp.ClientSession
) -> None:
    raw = b'{"model":"none",  "messages":[{"role":"user","content":"hi"}], "x": 1.50}'
    headers = {"X-Trace": "7", "Content-Type": "application/json"}
    async with client.post(
        f"{standin.url}/chat/completions?a=b", data=raw, headers=headers
    ) as response:
        assert response.status == 200
    (received,) = standin.received
    assert (received.method, received.path) == ("POST", "/v1/chat/completions?a=b")
    assert received.raw == raw
    assert received.json()["x"] == 1.5
    assert received.headers["x-trace"] == "7"


@pytest.mark.parametrize("shape", ["stream", "body"])
async def test_a_client_that_leaves_stops_the_writing(
    shape: str, client: aiohttp.ClientSession, eventually: Any
) -> None:
    model = StandInModel(name="m", tokens_per_second=20, answer_tokens=1000)
    async with StandIn(model) as server:
        body = {"model": "m", "stream": shape == "stream", **QUESTION}
        post = client.post(f"{server.url}/chat/completions", json=body)
        if shape == "stream":
            async with post as response:
                await response.content.readany()
                response.close()
        else:
            task = asyncio.ensure_future(post)
            await eventually(lambda: server.active == 1)
            task.cancel()
        await eventually(lambda: server.cancelled == 1)
        assert server.active == 0
        assert server.answered == 0
        assert server.generated < 100


async def test_stopping_the_server_counts_no_client_as_gone(
    client: aiohttp.ClientSession, eventually: Any
) -> None:
    server = StandIn()
    await server.start()
    body = {"model": "standin", "standin": {"fail": "hang"}, **QUESTION}
    task = asyncio.ensure_future(client.post(f"{server.url}/chat/completions", json=body))
    await eventually(lambda: server.active == 1)
    await server.stop()
    with pytest.raises(aiohttp.ClientError):
        await task
    assert server.cancelled == 0


async def test_counters_follow_finished_exchanges(standin: StandIn, ask: Any) -> None:
    _, whole = await ask()
    assert (standin.answered, standin.cancelled, standin.active) == (1, 0, 0)
    assert standin.generated == whole["usage"]["completion_tokens"]


async def test_the_url_is_known_only_after_the_start() -> None:
    with pytest.raises(RuntimeError, match="await `start"):
        _ = StandIn().url


async def test_a_stopped_stand_in_starts_again_at_its_port() -> None:
    server = StandIn()
    await server.start()
    url = server.url
    await server.stop()
    await server.start(int(url.split(":")[2].removesuffix("/v1")))
    assert server.url == url
    await server.stop()
