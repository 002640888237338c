"""A model server on loopback that plays recorded answers, and live runs against it."""

import argparse
import asyncio
import json
import threading
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Self

import pytest
from aiohttp import web

from pointsman.evaluation import live, rows
from pointsman.evaluation.live.scores import LiveReport

Recorded = Mapping[str, Mapping[str, tuple[str, str]]]
"""By text and mode (`on`, `off`): the thought and the answer; a token is a word."""

THINKS = ("so many steps to take", "The answer is (B).")
SPEAKS = ("", "At once, the answer is (B).")
START_S = 20.0


class RecordedModel:
    """Plays recorded answers, in a thread of its own, as runs have a loop of their own.

    Attributes:
        recorded: What it answers; other texts get `THINKS` or `SPEAKS`.
        shows: Where thoughts are shown: a field, `<think>`, `</think>` (the opening mark is the
            template's), `parts` (Mistral's list) or nothing.
        obeys: Whether it knows the switch; if not, it thinks always or, where `thinks` is False,
            never.
        counts: Whether it reports usage, and in it reasoning tokens.
        statuses: What the next requests get instead of an answer: 200 is an answer, and 0 a
            connection that closes.
        cut_after: Words after which the connection ends without an end of the answer.
        before: Called with the number of each request, from 1; True holds its answer for ever.
        bodies: All bodies that came.
    """

    def __init__(self) -> None:
        self.recorded: Recorded = {}
        self.shows = "reasoning_content"
        self.obeys = self.thinks = True
        self.counts: tuple[bool, bool] = (True, True)
        self.statuses: deque[int] = deque()
        self.cut_after: int | None = None
        self.before: Callable[[int], bool] = lambda _number: False
        self.bodies: list[bytes] = []
        self.keys: list[str | None] = []
        self.url = ""
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._runner = web.AppRunner(
            self._app(), access_log=None, handler_cancellation=True, shutdown_timeout=0.05
        )

    @property
    def requests(self) -> list[Any]:
        return [json.loads(body) for body in self.bodies]

    def modes(self) -> list[str]:
        """Return the arm of each request, as its switch says it."""
        told = [body.get("chat_template_kwargs", {}) for body in self.requests]
        return ["off" if kwargs.get("enable_thinking") is False else "on" for kwargs in told]

    def __enter__(self) -> Self:
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._start(), self._loop).result(START_S)
        return self

    def __exit__(self, *_error: object) -> None:
        asyncio.run_coroutine_threadsafe(self._runner.cleanup(), self._loop).result(START_S)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _app(self) -> web.Application:
        app = web.Application()
        app.router.add_post("/v1/chat/completions", self._chat)
        return app

    async def _start(self) -> None:
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}/v1"

    async def _chat(self, request: web.Request) -> web.StreamResponse:
        self.bodies.append(await request.read())
        self.keys.append(request.headers.get("authorization"))
        if self.before(len(self.bodies)):
            await asyncio.Event().wait()
        status = self.statuses.popleft() if self.statuses else 200
        if status == 0:
            return _hang_up(request, web.Response())
        if status != 200:
            return web.Response(status=status, headers={"retry-after": "0"}, text="not now")
        response = web.StreamResponse(headers={"content-type": "text/event-stream"})
        await response.prepare(request)
        async for event in self._events(json.loads(self.bodies[-1])):
            if event is None:
                return _hang_up(request, response)
            await response.write(b"data: " + json.dumps(event).encode() + b"\n\n")
        await response.write(b"data: [DONE]\n\n")
        return response

    async def _events(self, body: Any) -> AsyncIterator[Any]:
        """Yield the chunks of an answer; None where the connection ends."""
        switch = body.get("chat_template_kwargs", {}).get("enable_thinking")
        thinks = switch is not False if self.obeys else self.thinks
        mode = "on" if thinks else "off"
        known = self.recorded.get(body["messages"][-1]["content"], {})
        thought, answer = known.get(mode) or (THINKS if thinks else SPEAKS)
        thoughts, words = thought.split(), answer.split(" ")
        cap = body["max_tokens"]
        tokens = len(thoughts) + len(words)
        deltas = [*self._thoughts(thoughts), *({"content": f"{word} "} for word in words)]
        marks = len(deltas) - tokens
        for number, delta in enumerate(deltas[: cap + marks]):
            if number == self.cut_after:
                yield None
                return
            yield _chunk(delta, None)
        yield _chunk({}, "length" if tokens > cap else "stop")
        if self.counts[0]:
            yield {"choices": [], "usage": self._usage(min(tokens, cap), len(thoughts))}

    def _thoughts(self, words: Sequence[str]) -> list[dict[str, Any]]:
        if not words:
            return []
        match self.shows:
            case "":
                return [{} for _ in words]
            case "<think>" | "</think>":
                opening = [{"content": "<think>"}] if self.shows == "<think>" else []
                inner = [{"content": f"{word} "} for word in words]
                return [*opening, *inner, {"content": "</think>"}]
            case "parts":
                texts = [[{"type": "text", "text": f"{word} "}] for word in words]
                return [{"content": [{"type": "thinking", "thinking": text}]} for text in texts]
            case field:
                return [{field: f"{word} "} for word in words]

    def _usage(self, tokens: int, thoughts: int) -> dict[str, Any]:
        usage: dict[str, Any] = {"prompt_tokens": 30, "completion_tokens": tokens}
        if self.counts[1]:
            usage["completion_tokens_details"] = {"reasoning_tokens": min(thoughts, tokens)}
        return usage


def _hang_up(request: web.Request, response: web.StreamResponse) -> web.StreamResponse:
    assert request.transport is not None
    request.transport.close()
    return response


def _chunk(delta: dict[str, Any], finish: str | None) -> dict[str, Any]:
    return {"choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}


@pytest.fixture
def model() -> Iterator[RecordedModel]:
    with RecordedModel() as server:
        yield server


@pytest.fixture
def questions(tmp_path: Path) -> Callable[..., Path]:
    """Write invented questions as JSON Lines, `count` of each category; (A) is right."""

    def write(count: int, categories: Sequence[str] = ("math", "law")) -> Path:
        path = tmp_path / "questions.jsonl"
        lines = [
            {
                "id": f"{category}-{number}",
                "question": f"Of {category}, what is number {number}?",
                "options": ["right", "wrong", "worse"],
                "answer": "A",
                "category": category,
            }
            for category in categories
            for number in range(count)
        ]
        path.write_text("".join(json.dumps(line) + "\n" for line in lines))
        return path

    return write


RunLive = Callable[..., LiveReport]


@pytest.fixture
def parse() -> Callable[..., argparse.Namespace]:
    """Read the words of a command line, as `pointsman bench` does."""

    def read(*words: str) -> argparse.Namespace:
        parser = argparse.ArgumentParser()
        rows.add_arguments(parser)
        live.add_arguments(parser)
        return parser.parse_args(["--live", *words])

    return read


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "outcomes.jsonl"


@pytest.fixture
def run(
    model: RecordedModel, parse: Callable[..., argparse.Namespace], out: Path, tmp_path: Path
) -> RunLive:
    """Measure the model, with the questions that were written, under one cap if none is said."""

    def call(*words: str) -> LiveReport:
        asked = ("--base-url", model.url, "--model", "m", "--outcomes", str(out))
        given = ("--questions", str(tmp_path / "questions.jsonl"), "--cap", "50")
        return live.measure(parse(*asked, *given, *words), lambda _what: None)

    return call


@pytest.fixture
def lines(out: Path) -> Callable[[], list[Any]]:
    """Read the outcomes that are in the file."""
    return lambda: [json.loads(line) for line in out.read_text().splitlines()]
