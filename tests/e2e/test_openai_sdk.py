"""The official OpenAI client against a real `pointsman serve`."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import openai
import pytest
import pytest_asyncio

from pointsman.demo.answering import PREAMBLE

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="module")]

HELLO: Any = [{"role": "user", "content": "Say hello."}]
WEATHER: Any = {
    "type": "function",
    "function": {
        "name": "weather",
        "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string"}},
            "required": ["city"],
        },
    },
}


@pytest_asyncio.fixture(loop_scope="module")
async def sdk(shared: Any) -> AsyncIterator[openai.AsyncOpenAI]:
    url = f"{shared.url}/v1"
    async with openai.AsyncOpenAI(base_url=url, api_key="sk-test", max_retries=0) as client:
        yield client


@pytest.fixture(autouse=True)
def _calm(models: Any) -> Any:
    """No fault of one test befalls the next."""
    yield
    models.fault = ""
    models.received.clear()


def fail(fault: str) -> Any:
    """The stand-in's own field that asks it to fail; it shows that unknown fields pass."""
    return {"standin": {"fail": fault}}


async def test_a_chat_is_answered(sdk: Any, models: Any) -> None:
    answer = await sdk.chat.completions.create(model="auto", messages=HELLO, temperature=0.7)
    assert answer.choices[0].message.content.startswith(PREAMBLE)
    assert answer.choices[0].finish_reason == "stop"
    assert answer.model == "tiny"
    assert answer.usage.completion_tokens == 40
    assert models.received[-1].json()["temperature"] == 0.7


async def test_the_synchronous_client_is_answered_and_streamed_to(shared: Any) -> None:
    def talk() -> tuple[str, list[str]]:
        with openai.OpenAI(base_url=f"{shared.url}/v1", api_key="sk-test") as client:
            whole = client.chat.completions.create(model="auto", messages=HELLO)
            with client.chat.completions.create(
                model="auto", messages=HELLO, stream=True
            ) as stream:
                pieces = [c.choices[0].delta.content or "" for c in stream if c.choices]
            return whole.choices[0].message.content or "", pieces

    whole, pieces = await asyncio.to_thread(talk)
    assert "".join(pieces) == whole
    assert len([piece for piece in pieces if piece]) == 40


async def test_a_stream_comes_token_by_token_and_in_order(sdk: Any, models: Any) -> None:
    models.fault = "slow:0.01"
    stream = await sdk.chat.completions.create(model="auto", messages=HELLO, stream=True)
    pieces: list[str] = []
    before_its_end = 0
    answered = models.answered
    async for chunk in stream:
        pieces += [choice.delta.content or "" for choice in chunk.choices]
        before_its_end += models.answered == answered
    assert before_its_end > 20
    assert "".join(pieces).startswith(PREAMBLE)
    assert len([piece for piece in pieces if piece]) == 40


async def test_usage_comes_at_the_end_of_a_stream_when_it_is_asked_for(
    sdk: Any, shared: Any, eventually: Any
) -> None:
    seen = len(shared.records())
    usages = []
    for options in ({"include_usage": True}, openai.omit):
        stream = await sdk.chat.completions.create(
            model="auto", messages=HELLO, stream=True, stream_options=options
        )
        chunks = [chunk async for chunk in stream]
        usages.append([chunk.usage for chunk in chunks if chunk.usage])
        assert all(chunk.choices for chunk in chunks) is (options is openai.omit)
    ((asked,), not_asked) = usages
    assert asked.completion_tokens == 40
    assert not_asked == []
    await eventually(lambda: len(shared.records()) == seen + 2)
    for record in shared.records()[seen:]:
        assert record["usage"]["completion_tokens"] == 40


async def test_a_tool_is_called_and_its_result_answered(sdk: Any) -> None:
    messages: Any = [{"role": "user", "content": "What is the weather in Oslo?"}]
    asked = await sdk.chat.completions.create(model="auto", messages=messages, tools=[WEATHER])
    message = asked.choices[0].message
    (call,) = message.tool_calls
    assert asked.choices[0].finish_reason == "tool_calls"
    assert call.function.name == "weather"
    assert set(json.loads(call.function.arguments)) == {"city"}
    result = {"role": "tool", "tool_call_id": call.id, "content": "sunny"}
    turn = [*messages, message.model_dump(exclude_none=True), result]
    said = await sdk.chat.completions.create(model="auto", messages=turn, tools=[WEATHER])
    assert said.choices[0].message.content.startswith(PREAMBLE)


async def test_a_tool_call_streams_in_fragments(sdk: Any) -> None:
    name, arguments, fragments = "", "", 0
    async with sdk.chat.completions.stream(model="auto", messages=HELLO, tools=[WEATHER]) as stream:
        async for event in stream:
            if event.type == "chunk":
                for call in event.chunk.choices[0].delta.tool_calls or ():
                    name += call.function.name or ""
                    arguments += call.function.arguments or ""
                    fragments += 1
        final = await stream.get_final_completion()
    assert name == "weather"
    assert fragments > 2
    assert final.choices[0].message.tool_calls[0].function.arguments == arguments
    assert set(json.loads(arguments)) == {"city"}


async def test_two_answers_come_when_two_are_asked_for(sdk: Any) -> None:
    answer = await sdk.chat.completions.create(model="auto", messages=HELLO, n=2)
    assert [choice.index for choice in answer.choices] == [0, 1]
    stream = await sdk.chat.completions.create(model="auto", messages=HELLO, n=2, stream=True)
    indices = [choice.index async for chunk in stream for choice in chunk.choices]
    assert indices[:4] == [0, 1, 0, 1]


async def test_a_response_format_is_kept(sdk: Any, models: Any) -> None:
    shape: Any = {
        "type": "json_schema",
        "json_schema": {"name": "answer", "schema": WEATHER["function"]["parameters"]},
    }
    answer = await sdk.chat.completions.create(model="auto", messages=HELLO, response_format=shape)
    assert set(json.loads(answer.choices[0].message.content)) == {"city"}
    assert models.received[-1].json()["response_format"] == shape


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Say hello.", {"model": "small", "rule": "rest", "reasoning": "off"}),
        ("What is 2+2?", {"model": "large", "rule": "sums", "reasoning": "on (low)"}),
    ],
)
async def test_headers_say_what_was_decided(
    text: str, expected: dict[str, str], sdk: Any, shared: Any, eventually: Any
) -> None:
    raw = await sdk.chat.completions.with_raw_response.create(
        model="auto", messages=[{"role": "user", "content": text}]
    )
    ours = {name: raw.headers[f"x-pointsman-{name}"] for name in expected}
    assert ours == expected
    assert raw.headers["x-pointsman-cache"] == "off"
    assert raw.headers["x-selected-model"] == expected["model"]
    assert raw.headers["x-vsr-selected-model"] == expected["model"]
    assert raw.headers["x-vsr-selected-decision"] == expected["rule"]
    assert raw.headers["x-vsr-selected-algorithm"] == "static"
    assert raw.headers["x-vsr-selected-reasoning"] == expected["reasoning"][:3].strip()
    assert raw.headers["x-vsr-selected-category"]
    assert raw.parse().choices
    decision = raw.headers["x-pointsman-decision-id"]
    await eventually(lambda: decision in {record["id"] for record in shared.records()})


async def test_models_are_listed_and_found(sdk: Any) -> None:
    names = [model.id async for model in sdk.models.list()]
    assert names[0] == "auto"
    assert names[-2:] == ["small", "large"]
    for name in names:
        assert (await sdk.models.retrieve(name)).id == name
    with pytest.raises(openai.NotFoundError):
        await sdk.models.retrieve("gpt-99")


async def test_an_unknown_model_raises_not_found(sdk: Any) -> None:
    with pytest.raises(openai.NotFoundError) as caught:
        await sdk.chat.completions.create(model="gpt-99", messages=HELLO)
    assert caught.value.code == "model_not_found"
    assert caught.value.param == "model"
    assert "known are: auto, small, large" in caught.value.message


async def test_a_bad_request_raises_ours_or_the_models_own_words(sdk: Any) -> None:
    with pytest.raises(openai.BadRequestError, match="at least one message"):
        await sdk.chat.completions.create(model="auto", messages=[])
    with pytest.raises(openai.BadRequestError, match="`n` between 1 and 128"):
        await sdk.chat.completions.create(model="auto", messages=HELLO, n=999)


async def test_a_body_over_the_limit_raises_a_413(sdk: Any) -> None:
    long: Any = [{"role": "user", "content": "a" * 600_000}]
    with pytest.raises(openai.APIStatusError) as caught:
        await sdk.chat.completions.create(model="auto", messages=long)
    assert caught.value.status_code == 413
    assert caught.value.code == "request_too_large"


@pytest.mark.parametrize(
    ("fault", "status"),
    [("status:500", 500), ("status:503", 503), ("die_after:0", 502), ("hang", 504)],
)
async def test_a_failing_model_raises_an_internal_server_error(
    fault: str, status: int, sdk: Any
) -> None:
    with pytest.raises(openai.InternalServerError) as caught:
        await sdk.chat.completions.create(model="small", messages=HELLO, extra_body=fail(fault))
    assert caught.value.status_code == status
    assert caught.value.response.headers["x-pointsman-model"] == "small"


async def test_a_refused_rate_raises_a_rate_limit_error_with_its_wait(sdk: Any) -> None:
    with pytest.raises(openai.RateLimitError) as caught:
        await sdk.chat.completions.create(
            model="small", messages=HELLO, extra_body=fail("status:429:7")
        )
    assert caught.value.response.headers["retry-after"] == "7"


@pytest.mark.parametrize("fault", ["die_after:5", "stall_after:5", "error_after:5"])
async def test_a_stream_that_breaks_off_raises_after_the_tokens_that_came(
    fault: str, sdk: Any
) -> None:
    stream = await sdk.chat.completions.create(
        model="auto", messages=HELLO, stream=True, extra_body=fail(fault)
    )
    chunks: list[Any] = []

    async def read() -> None:
        async for chunk in stream:
            chunks.append(chunk)  # noqa: PERF401 - the error comes amid them

    with pytest.raises(openai.APIError):
        await read()
    assert len(chunks) == 5


async def test_a_client_that_closes_its_stream_stops_the_model(
    sdk: Any, models: Any, shared: Any, eventually: Any
) -> None:
    models.fault = "slow:0.05"
    cancelled, seen = models.cancelled, len(shared.records())
    stream = await sdk.chat.completions.create(model="auto", messages=HELLO, stream=True)
    await anext(aiter(stream))
    await stream.close()
    await eventually(lambda: models.cancelled == cancelled + 1)
    await eventually(lambda: len(shared.records()) > seen)
    assert shared.records()[-1]["outcome"] == "cancelled"
