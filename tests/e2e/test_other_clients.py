"""Clients that share no code with ours: curl, and Python's own http.client."""

import asyncio
import http.client
import json
import shutil
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="module")]

CURL = shutil.which("curl")
BODY: dict[str, Any] = {"model": "auto", "messages": [{"role": "user", "content": "Say hello."}]}


async def curl(*words: str) -> str:
    assert CURL is not None
    process = await asyncio.create_subprocess_exec(
        CURL, "-sS", "--max-time", "30", *words, stdout=asyncio.subprocess.PIPE
    )
    out, _ = await process.communicate()
    assert process.returncode == 0
    return out.decode()


@pytest.mark.skipif(CURL is None, reason="curl is not installed")
@pytest.mark.parametrize("version", ["--http1.1", "--http1.0"])
async def test_curl_gets_answers_and_streams(version: str, shared: Any) -> None:
    url = f"{shared.url}/v1/chat/completions"
    whole = await curl(version, url, "-d", json.dumps(BODY))
    text = json.loads(whole)["choices"][0]["message"]["content"]
    streamed = await curl(version, "-N", url, "-d", json.dumps(BODY | {"stream": True}))
    events = streamed.split("\n\n")
    assert events[-2:] == ["data: [DONE]", ""]
    chunks = [json.loads(event.removeprefix("data: ")) for event in events[:-2]]
    assert "".join(c["choices"][0]["delta"].get("content") or "" for c in chunks) == text


@pytest.mark.skipif(CURL is None, reason="curl is not installed")
@pytest.mark.parametrize("chunked", [True, False])
async def test_curl_sends_a_long_body_once_it_is_told_to_continue(
    *, chunked: bool, shared: Any, tmp_path: Path
) -> None:
    # Without an answer to `Expect: 100-continue` curl would wait a second, and go on.
    path = tmp_path / "body.json"
    path.write_text(json.dumps({"messages": [{"role": "user", "content": "word " * 60_000}]}))
    extra = ["-H", "transfer-encoding: chunked"] if chunked else []
    words = ["-H", "expect: 100-continue", "--expect100-timeout", "29", *extra]
    url = f"{shared.url}/v1/chat/completions"
    answer = await curl(*words, url, "--data-binary", f"@{path}")
    assert json.loads(answer)["choices"]


@pytest.mark.skipif(CURL is None, reason="curl is not installed")
async def test_curl_is_refused_a_body_over_the_limit(shared: Any, tmp_path: Path) -> None:
    path = tmp_path / "body.json"
    path.write_text(json.dumps({"messages": [{"role": "user", "content": "word " * 160_000}]}))
    url = f"{shared.url}/v1/chat/completions"
    answer = await curl("-w", "%{http_code}", url, "--data-binary", f"@{path}")
    assert answer.endswith("413")
    assert json.loads(answer[:-3])["error"]["code"] == "request_too_large"


async def test_pythons_own_client_reuses_its_connection(shared: Any) -> None:
    def talk() -> list[tuple[int, str]]:
        connection = http.client.HTTPConnection(urlsplit(shared.url).netloc, timeout=30)
        seen = []
        bodies: list[dict[str, Any]] = [BODY, {"messages": []}, BODY | {"stream": True}, BODY]
        for body in bodies:
            connection.request("POST", "/v1/chat/completions", json.dumps(body))
            response = connection.getresponse()
            seen.append((response.status, response.read().decode()))
        connection.close()
        return seen

    first, bad, streamed, last = await asyncio.to_thread(talk)
    assert [first[0], bad[0], streamed[0], last[0]] == [200, 400, 200, 200]
    contents = [json.loads(text)["choices"][0]["message"]["content"] for _, text in (first, last)]
    assert contents[0] == contents[1]
    assert streamed[1].endswith("data: [DONE]\n\n")
