"""What reaches the model and what comes back: every byte that is not ours to change."""

import json
from typing import Any

import aiohttp
import pytest

from pointsman.demo.standin import StandIn, StandInModel

pytestmark = pytest.mark.e2e

# Spacing, number forms, escapes, key order, unknown and repeated nested keys: nothing may change.
ODD = (
    rb'{ "future_field" : {"b":1.50, "a":[1e3, -0, 12345678901234567890123], "b":2},'
    rb' "messages":[{"role":"user","name":"zo\u00eb","content":"h\/i \ud83d\ude00 '
    + "\N{GRINNING FACE}".encode()
    + b'","x":null}],\n\t"model":"auto" ,"seed":7,"logit_bias":{"50256":-100}, "temperature":0.70}'
)


async def post(client: aiohttp.ClientSession, gate: Any, body: bytes) -> Any:
    """Send a body; return the response and what is in its body."""
    async with client.post(gate.chat, data=body) as response:
        answer = await response.read()
    return response, json.loads(answer) if response.content_type == "application/json" else answer


async def test_only_the_model_and_the_reasoning_switch_change(
    gate: Any, client: Any, standin: StandIn
) -> None:
    response, _ = await post(client, gate, ODD)
    assert response.status == 200
    expected = ODD.replace(b'"auto"', b'"tiny"')[:-1]
    assert standin.received[0].raw == (
        expected + b',"chat_template_kwargs":{"enable_thinking":false}}'
    )


async def test_a_stream_is_asked_for_its_usage_too(
    gate: Any, client: Any, standin: StandIn
) -> None:
    body = ODD[:-1] + b', "stream" : true}'
    await post(client, gate, body)
    expected = body.replace(b'"auto"', b'"tiny"')[:-1]
    assert standin.received[0].raw == (
        expected + b',"chat_template_kwargs":{"enable_thinking":false},'
        b'"stream_options":{"include_usage":true}}'
    )


async def test_a_stream_is_not_asked_for_its_usage_when_the_operator_says_so(
    serve: Any, pair: Any, client: Any, standin: StandIn
) -> None:
    gate = await serve(pair, server={"ask_usage": False})
    body = b'{"model":"tiny","messages":[{"role":"user","content":"hi"}],"stream":true}'
    await post(client, gate, body)
    assert standin.received[0].raw == body


async def test_the_clients_own_stream_options_survive(
    gate: Any, client: Any, standin: StandIn
) -> None:
    options = b'"stream_options": {"include_obfuscation": false, "include_usage":false}'
    body = b'{"model":"tiny","messages":[{"role":"user","content":"hi"}],"stream":true,'
    await post(client, gate, body + options + b"}")
    expected = options.replace(b'_usage":false', b'_usage":true')
    assert standin.received[0].raw == body + expected + b"}"


@pytest.mark.parametrize("name", ["tiny", "huge"])
async def test_a_named_model_gets_the_body_as_it_is(
    name: str, gate: Any, client: Any, standin: StandIn
) -> None:
    body = ODD.replace(b'"auto"', b'"%s"' % name.encode())
    response, _ = await post(client, gate, body)
    assert standin.received[0].raw == body
    assert response.headers["x-pointsman-rule"] == "named"
    assert response.headers["x-pointsman-reasoning"] == "default"


async def test_a_model_named_as_the_config_names_it_gets_its_servers_name(
    gate: Any, client: Any, standin: StandIn
) -> None:
    await post(client, gate, ODD.replace(b'"auto"', b'"small"'))
    assert standin.received[0].raw == ODD.replace(b'"auto"', b'"tiny"')


async def test_a_request_without_a_model_gets_one(gate: Any, client: Any, standin: StandIn) -> None:
    await post(client, gate, b'{"messages":[{"role":"user","content":"hi"}]}')
    assert standin.received[0].raw == (
        b'{"messages":[{"role":"user","content":"hi"}],"model":"tiny",'
        b'"chat_template_kwargs":{"enable_thinking":false}}'
    )


@pytest.mark.parametrize(
    ("family", "mode", "switch", "thinks"),
    [
        ("qwen3", "off", {"chat_template_kwargs": {"enable_thinking": False}}, False),
        ("qwen3", "on", {"chat_template_kwargs": {"enable_thinking": True}}, True),
        ("deepseek", "off", {"chat_template_kwargs": {"thinking": False}}, False),
        ("deepseek", "on", {"chat_template_kwargs": {"thinking": True}}, True),
        ("gpt-oss", "off", {"reasoning_effort": "low"}, True),  # it has no off
        ("gpt-oss", "on", {"reasoning_effort": "low"}, True),
        ("openai", "off", {"reasoning_effort": "none"}, False),
        ("openai", "on", {"reasoning_effort": "low"}, True),
        ("gpt-5", "off", {"reasoning_effort": "minimal"}, True),
        ("gpt-5", "on", {"reasoning_effort": "low"}, True),
        ("o-series", "off", {"reasoning_effort": "low"}, True),
        ("mistral", "off", {"reasoning_effort": "none"}, False),
        ("mistral", "on", {"reasoning_effort": "high"}, True),
        ("anthropic", "off", {"thinking": {"type": "disabled"}}, False),
        ("generic", "off", {}, False),
        ("generic", "on", {}, False),
    ],
)
async def test_reasoning_is_switched_in_the_familys_own_words(
    family: str, mode: str, switch: dict[str, Any], thinks: Any, serve: Any, client: Any
) -> None:
    known: Any = "none" if family == "generic" else family
    async with StandIn(StandInModel(name="m", family=known)) as standin:
        gate = await serve(
            {"m": {"url": standin.url, "family": family}},
            rules=[{"name": "first", "choose": "static", "reasoning": mode}],
        )
        body = b'{"model":"auto","messages":[{"role":"user","content":"hi"}]}'
        response, answer = await post(client, gate, body)
        sent = standin.received[0].json()
    assert response.status == 200
    assert sent == json.loads(body) | {"model": "m"} | switch
    spent = answer["usage"]["completion_tokens_details"]["reasoning_tokens"]
    assert (spent > 0) is thinks


async def test_a_family_that_needs_a_budget_gets_one(serve: Any, client: Any) -> None:
    async with StandIn(StandInModel(name="m", family="anthropic")) as standin:
        gate = await serve(
            {"m": {"url": standin.url, "family": "anthropic"}},
            rules=[{"name": "first", "choose": "static", "reasoning": "on"}],
        )
        await post(client, gate, b'{"messages":[{"role":"user","content":"hi"}]}')
        thinking = standin.received[0].json()["thinking"]
    assert thinking["type"] == "enabled"
    assert thinking["budget_tokens"] >= 1024


async def test_the_clients_own_wish_to_reason_is_kept_beside_its_other_words(
    gate: Any, client: Any, standin: StandIn
) -> None:
    wish = b'"chat_template_kwargs":{"tone":"dry", "enable_thinking":true}'
    body = b'{"model":"auto","messages":[{"role":"user","content":"hi"}],' + wish + b"}"
    response, _ = await post(client, gate, body)
    assert standin.received[0].raw == body.replace(b'"auto"', b'"tiny"')
    assert response.headers["x-pointsman-reasoning"] == "on"


async def test_an_answer_is_the_upstreams_byte_for_byte(
    serve: Any, client: Any, played: Any
) -> None:
    answer = b'{ "future":[1.50,1e3],"choices":[{"message":{"content":"\\u00eb"}}] }\n'
    url = await played(lambda request: request.send_json(answer))
    gate = await serve({"m": {"url": url}})
    async with client.post(gate.chat, data=ODD) as response:
        assert await response.read() == answer
    assert response.content_type == "application/json"


EVENTS = (
    b": a comment\r\n\r\n",
    b'data: {"choices":[{"delta":{"content":"on\\u00e9 "},"index":0}],"x":1.50}\n\n',
    b'event: future\ndata: {"choices":[\ndata: {"delta":{},"finish_reason":"stop"}]}\n\n',
    b'data: {"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":5,"x":[]}}\n\n',
    b"data: [DONE]\n\n",
)


@pytest.mark.parametrize("asked", [True, False])
@pytest.mark.parametrize("cut", [None, 1, 7, 100])
async def test_a_stream_is_the_upstreams_byte_for_byte_but_for_usage_nobody_asked_for(
    *, asked: bool, cut: int | None, serve: Any, client: Any, played: Any
) -> None:
    whole = b"".join(EVENTS)
    pieces = [whole[at : at + cut] for at in range(0, len(whole), cut)] if cut else list(EVENTS)

    async def answer(request: Any) -> None:
        await request.send_events(*pieces)
        request.close()

    gate = await serve({"m": {"url": await played(answer)}})
    options = {"stream": True, "stream_options": {"include_usage": asked}}
    body = {"messages": [{"role": "user", "content": "hi"}]} | options
    async with client.post(gate.chat, json=body) as response:
        received = await response.read()
    assert received == (whole if asked else b"".join(e for e in EVENTS if b'"usage"' not in e))
    (record,) = gate.records
    assert (record.usage.prompt_tokens, record.usage.completion_tokens) == (3, 5)
    assert record.outcome == "answered"


async def test_the_upstreams_own_headers_come_back_beside_ours(
    serve: Any, client: Any, played: Any
) -> None:
    async def answer(request: Any) -> None:
        await request.send(
            b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nX-Request-Id: 7\r\nX-RateLimit-Left: 3\r\n"
            b"Connection: X-Private\r\nKeep-Alive: timeout=5\r\nX-Private: 1\r\n"
            b"X-Selected-Model: theirs\r\nServer-Timing: a\r\nServer-Timing: b\r\n\r\n{}"
        )

    gate = await serve({"m": {"url": await played(answer)}})
    async with client.post(gate.chat, data=ODD) as response:
        headers = response.headers
    assert (headers["x-request-id"], headers["x-ratelimit-left"]) == ("7", "3")
    assert headers.getall("x-selected-model") == ["m"]
    assert headers.getall("server-timing") == ["a", "b"]
    assert "keep-alive" not in headers
    assert "x-private" not in headers  # RFC 9110 section 7.6.1: named by Connection


@pytest.mark.parametrize("status", [400, 401, 403, 404, 413, 422])
async def test_a_refusal_of_the_model_passes_as_it_is_and_is_not_retried(
    status: int, serve: Any, client: Any, standin: StandIn, other: StandIn
) -> None:
    model = {"endpoints": [{"url": standin.url}, {"url": other.url}], "name": "tiny"}
    gate = await serve({"m": model})
    standin.fault = other.fault = f"status:{status}"
    async with client.post(gate.chat, data=ODD) as response:
        body = await response.read()
    assert response.status == status
    assert b"was asked to fail" in body
    assert response.headers["x-pointsman-model"] == "m"
    assert len(standin.received + other.received) == 1
    (record,) = gate.records
    assert (record.outcome, record.status) == ("answered", status)
    assert [attempt.outcome for attempt in record.attempts] == [str(status)]


async def test_a_redirect_is_the_clients_to_follow(serve: Any, client: Any, played: Any) -> None:
    # Following it would carry the operator's key to wherever it points.
    async def answer(request: Any) -> None:
        await request.send(
            b"HTTP/1.1 307 Temporary\r\nlocation: http://example.org/\r\ncontent-length: 0\r\n\r\n"
        )

    gate = await serve({"m": {"url": await played(answer)}})
    async with client.post(gate.chat, data=ODD, allow_redirects=False) as response:
        assert response.status == 307


async def test_the_client_s_secrets_stay_here_and_the_operators_key_goes_up(
    serve: Any, pair: Any, client: Any, standin: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UPSTREAM_KEY", "sk-operator")
    pair["small"]["api_key_env"] = "UPSTREAM_KEY"
    gate = await serve(pair)
    headers = {
        "Authorization": "Bearer sk-client",
        "Cookie": "session=client",
        "X-Api-Key": "sk-client",
        "Proxy-Authorization": "Basic client",
        "X-Session-Id": "client",
        "X-Request-Id": "trace-7",
        "Traceparent": "00-1-2-01",
        "Connection": "keep-alive",
    }
    async with client.post(gate.chat, data=ODD, headers=headers) as response:
        assert response.status == 200
    sent = standin.received[0].headers
    assert sent["authorization"] == "Bearer sk-operator"
    assert (sent["x-request-id"], sent["traceparent"]) == ("trace-7", "00-1-2-01")
    assert "client" not in " ".join(sent.values())


async def test_without_a_key_of_the_operators_none_is_sent(
    gate: Any, client: Any, standin: StandIn
) -> None:
    headers = {"Authorization": "Bearer sk-client"}
    async with client.post(gate.chat, data=ODD, headers=headers) as response:
        assert response.status == 200
    assert "authorization" not in standin.received[0].headers
