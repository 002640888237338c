"""The demo's last act with `--real-model`: a real language model streams through the router."""

import time

import aiohttp
import msgspec
from rich.console import Console
from rich.markup import escape

from pointsman.wire.sse import ChatStream

PROMPTS = (
    "Write one sentence about the sea.",
    "Name three colours.",
    "What is the capital of France?",
)


class _Delta(msgspec.Struct):
    content: str | None = None


class _Choice(msgspec.Struct):
    delta: _Delta


class _Chunk(msgspec.Struct):
    choices: tuple[_Choice, ...] = ()


async def show_real_model(url: str, model: str, console: Console) -> None:
    """Stream three answers, then leave one in the middle, as a client that goes away would."""
    console.print(
        f"\n[bold]A real model behind the router[/bold]: {model} (it is tiny: judge the plumbing, "
        "not the answers)"
    )
    async with aiohttp.ClientSession() as session:
        for prompt in PROMPTS:
            console.print(f"[bold]> {escape(prompt)}[/bold]")
            await _stream(session, url, model, prompt, console)
        body = _body(model, "Count from one to one hundred in words.")
        async with session.post(f"{url}/v1/chat/completions", json=body) as response:
            await response.content.readany()
        console.print("[dim]and one stream left in the middle: the router stops the model[/dim]")


def _body(model: str, prompt: str) -> dict[str, object]:
    return {
        "model": model,
        "stream": True,
        "stream_options": {"include_usage": True},
        "max_tokens": 48,
        "messages": [{"role": "user", "content": prompt}],
    }


async def _stream(
    session: aiohttp.ClientSession, url: str, model: str, prompt: str, console: Console
) -> None:
    events = ChatStream()
    began = time.perf_counter()
    first_s: float | None = None
    async with session.post(f"{url}/v1/chat/completions", json=_body(model, prompt)) as response:
        async for piece in response.content.iter_any():
            for line in events.feed(piece).splitlines():
                if text := _text(line):
                    first_s = first_s or time.perf_counter() - began
                    console.print(escape(text), end="")
    took_s = time.perf_counter() - began
    tokens = events.usage.completion_tokens if events.usage else 0
    console.print(
        f"\n[dim]first token after {first_s or took_s:.2f} s, {tokens} tokens, "
        f"{tokens / took_s:.0f} tokens/s[/dim]"
    )


def _text(line: bytes) -> str:
    if not line.startswith(b"data: {"):
        return ""
    chunk = msgspec.json.decode(line[6:], type=_Chunk)
    return "".join(choice.delta.content or "" for choice in chunk.choices)
