"""What the front end does with good and bad HTTP, over real connections."""

import gzip
import json
import logging
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from pointsman.demo.standin import StandIn

pytestmark = pytest.mark.e2e

HELLO = b'{"model":"auto","messages":[{"role":"user","content":"hello"}]}'
JSON = {"content-type": "application/json"}


@pytest.fixture
def raw(plug: Any) -> Any:
    """Send bytes; return all that comes until the server closes."""

    async def send(gate: Any, request: bytes) -> bytes:
        line = await plug(gate)
        line.send(request)
        return bytes(await line.rest())

    return send


def checked_error(response: aiohttp.ClientResponse, body: bytes) -> dict[str, Any]:
    """Check that a response is an OpenAI error body; return what is in it."""
    assert response.content_type == "application/json"
    error = json.loads(body)["error"]
    assert set(error) == {"message", "type", "param", "code"}
    assert error["message"]
    return dict(error)


def checked_plain_error(answer: bytes) -> None:
    """Check that bytes are a response with status 400 and an OpenAI error body."""
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.split()[1] == b"400"
    assert b"content-type: application/json" in head.lower()
    assert json.loads(body)["error"]["type"] == "invalid_request_error"
    assert b"SWORDFISH" not in answer


@pytest.mark.parametrize(
    ("body", "status", "code", "said"),
    [
        (b"", 400, "invalid_json", "not valid JSON"),
        (b"{", 400, "invalid_json", "not valid JSON"),
        (b"hello", 400, "invalid_json", "not valid JSON"),
        (HELLO + b"x", 400, "invalid_json", "not valid JSON"),
        (b"[]", 400, "invalid_json", "object"),
        (b"null", 400, "invalid_json", "object"),
        (b"{}", 400, "invalid_request", "messages"),
        (b'{"messages":[]}', 400, "invalid_request", "empty list"),
        (b'{"messages":null}', 400, "invalid_request", "array"),
        (b'{"messages":"hi"}', 400, "invalid_request", "array"),
        (b'{"messages":["hi"]}', 400, "invalid_request", "object"),
        (b'{"messages":[{"content":"hi"}]}', 400, "invalid_request", "role"),
        (b'{"messages":[{"role":"user","content":7}]}', 400, "invalid_request", "content"),
        (b'{"model":7,"messages":[{"role":"user","content":"a"}]}', 400, "invalid_request", "str"),
        (b'{"stream":"yes","messages":[{"role":"user"}]}', 400, "invalid_request", "bool"),
        (b'{"max_tokens":"9","messages":[{"role":"user"}]}', 400, "invalid_request", "int"),
        (HELLO.replace(b"auto", b"gpt-99"), 404, "model_not_found", "gpt-99"),
        (HELLO.replace(b"hello", b"\xff\xfe"), 400, "invalid_json", "UTF-8"),
        (HELLO.replace(b"hello", b"\xed\xa0\x80"), 400, "invalid_json", "UTF-8"),
        (HELLO.replace(b"hello", rb"\ud800"), 400, "invalid_json", "stands alone"),
        (HELLO[:-1] + b',"model":"auto"}', 400, "invalid_json", "twice"),
        (HELLO[:-1] + b',"x":' + b"[" * 9999 + b"]" * 9999 + b"}", 400, "invalid_json", "deep"),
    ],
)
async def test_a_bad_body_earns_an_openai_error_and_reaches_no_model(
    body: bytes, status: int, code: str, said: str, gate: Any, client: Any, standin: StandIn
) -> None:
    async with client.post(gate.chat, data=body, headers=JSON) as response:
        error = checked_error(response, await response.read())
    assert (response.status, error["code"]) == (status, code)
    assert error["type"] == "invalid_request_error"
    assert said in error["message"]
    assert standin.received == []


@pytest.mark.parametrize("announced", [True, False])
async def test_a_body_over_the_limit_is_refused(
    announced: bool,  # noqa: FBT001 - a case of the table
    serve: Any,
    pair: Any,
    client: Any,
    standin: StandIn,
) -> None:
    gate = await serve(pair, server={"max_body_bytes": 1000})
    body = HELLO.replace(b"hello", b"a" * 1000)

    async def pieces() -> AsyncIterator[bytes]:
        for start in range(0, len(body), 100):
            yield body[start : start + 100]

    data = body if announced else pieces()
    async with client.post(gate.chat, data=data, headers=JSON) as response:
        error = checked_error(response, await response.read())
    assert (response.status, error["code"]) == (413, "request_too_large")
    assert "1000" in error["message"]
    assert standin.received == []


async def test_the_limit_holds_for_a_body_once_it_is_unpacked(
    serve: Any, pair: Any, client: Any
) -> None:
    gate = await serve(pair, server={"max_body_bytes": 100_000})
    packed = gzip.compress(HELLO.replace(b"hello", b"a" * 1_000_000))
    assert len(packed) < 2000
    headers = {**JSON, "content-encoding": "gzip"}
    async with client.post(gate.chat, data=packed, headers=headers) as response:
        error = checked_error(response, await response.read())
    assert (response.status, error["code"]) == (413, "request_too_large")


async def test_a_body_may_come_packed(gate: Any, client: Any, standin: StandIn) -> None:
    headers = {**JSON, "content-encoding": "gzip"}
    async with client.post(gate.chat, data=gzip.compress(HELLO), headers=headers) as response:
        assert response.status == 200
    (received,) = standin.received
    assert received.json()["messages"] == [{"role": "user", "content": "hello"}]
    assert "content-encoding" not in received.headers


async def test_a_body_that_cannot_be_unpacked_is_the_clients_fault(
    gate: Any, client: Any, standin: StandIn
) -> None:
    headers = {**JSON, "content-encoding": "gzip"}
    async with client.post(gate.chat, data=HELLO, headers=headers) as response:
        error = checked_error(response, await response.read())
    assert response.status == 400
    assert error["type"] == "invalid_request_error"
    assert standin.received == []


async def test_a_broken_chunked_body_is_the_clients_fault_and_is_not_logged(
    gate: Any, raw: Any, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        answer = await raw(
            gate,
            b"POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n"
            b"4\r\nabcd\r\nMy secret is SWORDFISH\r\n",
        )
    checked_plain_error(answer)
    assert "SWORDFISH" not in caplog.text


async def test_a_client_that_leaves_amid_its_body_is_forgotten(
    gate: Any, plug: Any, caplog: pytest.LogCaptureFixture, eventually: Any
) -> None:
    with caplog.at_level(logging.DEBUG):
        line = await plug(gate)
        head = b"POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n"
        line.send(head + b"\r\n4\r\nabcd\r\n")
        await eventually(lambda: not gate.server.gateway.idle.is_set())
        line.send(b"My secret is SWORDFISH\r\n")
        line.writer.close()
        await eventually(gate.server.gateway.idle.is_set)
    assert "SWORDFISH" not in caplog.text
    assert gate.records == []


async def test_what_is_no_http_is_not_logged(
    gate: Any, raw: Any, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        answer = await raw(gate, b"My secret is SWORDFISH\r\n\r\n")
    checked_plain_error(answer)
    assert "SWORDFISH" not in caplog.text


@pytest.mark.parametrize("characters", [200_000, 3_000_000])
async def test_a_long_prompt_passes(characters: int, gate: Any, ask: Any, standin: StandIn) -> None:
    text = ("Lange Wörter, 長い文章. " * (characters // 20))[:characters]
    assert (await ask(gate, text)).status == 200
    (received,) = standin.received
    assert received.json()["messages"][0]["content"] == text


@pytest.mark.parametrize("path", ["/", "/v1", "/v2/chat/completions", "/v1/embeddings", "/%C3%BC"])
async def test_an_unknown_path_is_not_found(path: str, gate: Any, client: Any) -> None:
    async with client.post(gate.server.url + path, data=HELLO) as response:
        error = checked_error(response, await response.read())
    assert (response.status, error["code"]) == (404, "not_found")


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("GET", "/v1/chat/completions", "POST"),
        ("PUT", "/v1/chat/completions", "POST"),
        ("OPTIONS", "/v1/chat/completions", "POST"),
        ("POST", "/v1/models", "GET, HEAD"),
        ("DELETE", "/v1/models/small", "GET, HEAD"),
        ("POST", "/health", "GET, HEAD"),
        ("POST", "/ready", "GET, HEAD"),
    ],
)
async def test_another_method_is_refused_with_those_that_are_taken(
    method: str, path: str, allowed: str, gate: Any, client: Any
) -> None:
    async with client.request(method, gate.server.url + path) as response:
        error = checked_error(response, await response.read())
    assert (response.status, error["code"]) == (405, "method_not_allowed")
    assert response.headers["allow"] == allowed  # RFC 9110 section 15.5.6: must be there


@pytest.mark.parametrize("path", ["/health", "/ready", "/v1/models", "/v1/models/small"])
async def test_head_answers_as_get_without_a_body(path: str, gate: Any, client: Any) -> None:
    async with client.get(gate.server.url + path) as got:
        await got.read()
    async with client.head(gate.server.url + path) as response:
        assert await response.read() == b""
    assert (got.status, response.status) == (200, 200)
    assert response.headers["content-length"] == got.headers["content-length"]


async def test_a_trailing_slash_does_no_harm(gate: Any, client: Any) -> None:
    async with client.post(gate.chat + "/", data=HELLO) as response:
        assert response.status == 200
    async with client.get(gate.server.url + "/v1/models/") as response:
        assert (await response.json())["object"] == "list"


async def test_a_replica_says_that_it_is_ready_and_what_reads(gate: Any, client: Any) -> None:
    async with client.get(gate.server.url + "/ready") as response:
        body = await response.json()
    assert body["status"] == "ready"
    assert body["bundle"]


@pytest.mark.parametrize("name", ["small", "tiny", "auto", "vllm-sr%2Fauto", "vllm-sr/auto"])
async def test_a_single_model_can_be_asked_for(name: str, gate: Any, client: Any) -> None:
    async with client.get(f"{gate.server.url}/v1/models/{name}") as response:
        assert response.status == 200


async def test_an_unknown_single_model_is_not_found(gate: Any, client: Any) -> None:
    async with client.get(f"{gate.server.url}/v1/models/gpt-99") as response:
        error = checked_error(response, await response.read())
    assert (response.status, error["code"]) == (404, "model_not_found")


async def test_a_client_that_expects_a_100_is_told_to_continue(
    gate: Any, plug: Any, standin: StandIn
) -> None:
    line = await plug(gate)
    head = (
        "POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\n"
        f"connection: close\r\ncontent-length: {len(HELLO)}\r\n\r\n"
    )
    line.send(head.encode())
    assert await line.head() == b"HTTP/1.1 100 Continue\r\n\r\n"
    line.send(HELLO)
    assert (await line.rest()).startswith(b"HTTP/1.1 200 OK\r\n")
    assert len(standin.received) == 1


async def test_a_client_that_expects_a_100_for_too_much_need_not_send_it(
    serve: Any, pair: Any, plug: Any
) -> None:
    gate = await serve(pair, server={"max_body_bytes": 1000})
    line = await plug(gate)
    line.send(
        b"POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\n"
        b"content-length: 5000\r\n\r\n"
    )
    head = (await line.head()).lower()
    assert head.startswith(b"http/1.1 413 ")
    assert b"connection: close" in head  # what is left of the body is no next request


async def test_a_client_of_http_1_0_is_answered(gate: Any, raw: Any) -> None:
    body = HELLO.replace(b'"auto"', b'"auto","stream":true')
    head = f"POST /v1/chat/completions HTTP/1.0\r\ncontent-length: {len(body)}\r\n\r\n"
    answer = await raw(gate, head.encode() + body)
    assert answer.startswith(b"HTTP/1.0 200 ")
    assert b"chunked" not in answer
    assert answer.endswith(b"data: [DONE]\n\n")


async def test_one_connection_takes_good_and_bad_requests_in_turn(
    gate: Any, standin: StandIn
) -> None:
    connector = aiohttp.TCPConnector(limit=1)
    async with aiohttp.ClientSession(connector=connector) as session:
        for body, status in ((HELLO, 200), (b"{", 400), (HELLO, 200)):
            async with session.post(gate.chat, data=body) as response:
                await response.read()
                assert response.status == status
    assert len(standin.received) == 2


async def test_a_bug_inside_is_an_openai_error_and_the_server_goes_on(
    gate: Any, ask: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    said = "SWORDFISH"

    def broken() -> None:
        raise RuntimeError(said)

    with monkeypatch.context() as patch:
        patch.setattr(gate.server.gateway.router, "pool", broken)
        reply = await ask(gate)
    assert (reply.status, reply.error()["type"]) == (500, "server_error")
    assert said not in reply.body.decode()
    assert "a request failed inside pointsman: RuntimeError" in caplog.text
    assert "gateway/http.py" in caplog.text
    assert said not in caplog.text, "a library's message may quote a prompt"
    assert (await ask(gate)).status == 200


async def test_a_body_that_does_not_come_in_time_is_given_up(
    serve: Any, pair: Any, raw: Any
) -> None:
    gate = await serve(pair, server={"read_s": 0.05})
    answer = await raw(
        gate, b"POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{"
    )
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 408 ")
    assert json.loads(body)["error"]["code"] == "request_timeout"


async def test_a_models_cookies_do_not_reach_the_client(serve: Any, played: Any, ask: Any) -> None:
    async def answer(asked: Any) -> None:
        await asked.send(
            b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nset-cookie: a=b\r\n"
            b"x-other: c\r\ncontent-length: 2\r\n\r\n{}"
        )

    gate = await serve({"m": {"url": await played(answer)}})
    reply = await ask(gate)
    assert reply.headers["x-other"] == "c"
    assert "set-cookie" not in reply.headers
