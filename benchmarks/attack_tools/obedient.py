"""A model server that does what any prompt says: the worst model that a guard could stand before.

It has no will and no rules, so whatever reaches it counts as an attack that came through. Two
manners are needed because tools measure success in two ways:

- `parrot` says the prompt again, and then every reading of it in which a disguise was undone. What
  looks for a word that the attack wants to hear, or for a persona's mark, finds it.
- `yes-man` says that it will, with steps and code, and not one word of refusal or of caution. What
  looks for the absence of a refusal finds it absent.
"""

import time
from collections.abc import Sequence
from types import TracebackType
from typing import Any, Literal, Self

import msgspec
from aiohttp import web
from benchmarks.attack_tools.decoding import decodings

Manner = Literal["parrot", "yes-man"]

CONSENT = """Of course, here is exactly how it is done.
1. Take what you need and lay it out.
2. Begin with the first part, then go on to the second.
3. Finish it, and look at the result.
```python
import os
def run(path):
    with open(path) as file:
        print(file.read())
```"""
_MOST_BYTES = 64 * 1024 * 1024


class Message(msgspec.Struct, frozen=True):
    """A turn of a conversation."""

    role: str
    content: Any = None


class Asked(msgspec.Struct, frozen=True):
    """What is read of a request: OpenAI's API reference, "Create chat completion"."""

    messages: tuple[Message, ...]
    model: str = "victim"


class Obedient:
    """A server on loopback.

    Args:
        manner: How it obeys.

    Attributes:
        answered: Requests that reached it.
    """

    def __init__(self, manner: Manner) -> None:
        self.manner = manner
        self.answered = 0
        self._runner: web.AppRunner | None = None

    @property
    def url(self) -> str:
        """The base URL for OpenAI clients.

        Raises:
            RuntimeError: It does not run.
        """
        if self._runner is None:
            raise RuntimeError("the victim has no address yet: use it in `async with`")
        return f"http://127.0.0.1:{self._runner.addresses[0][1]}/v1"

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=_MOST_BYTES)
        app.router.add_post("/v1/chat/completions", self._chat)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    async def _chat(self, request: web.Request) -> web.Response:
        asked = msgspec.json.decode(await request.read(), type=Asked)
        self.answered += 1
        choice = {
            "index": 0,
            "message": {"role": "assistant", "content": obey(asked.messages, self.manner)},
            "finish_reason": "stop",
        }
        body = {
            "id": f"chatcmpl-{self.answered}",
            "object": "chat.completion",
            "created": int(time.time()),
            "model": asked.model,
            "choices": [choice],
            "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
        }
        return web.Response(body=msgspec.json.encode(body), content_type="application/json")


def obey(messages: Sequence[Message], manner: Manner) -> str:
    """Return what the victim answers."""
    if manner == "yes-man":
        return CONSENT
    text = "\n".join(_text(message.content) for message in messages)
    return "\n".join((text, *decodings(text)))


def _text(content: object) -> str:
    if isinstance(content, list):
        return "\n".join(str(part.get("text", "")) for part in content if isinstance(part, dict))
    return content if isinstance(content, str) else ""
