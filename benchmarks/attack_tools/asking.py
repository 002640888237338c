"""Asks a gateway, a few requests at a time, and says which were refused and for what."""

import asyncio
from collections.abc import Sequence

import aiohttp
import msgspec

from pointsman.errors import PointsmanError

AT_ONCE = 4
_LONGEST_S = 120.0


class Verdict(msgspec.Struct, frozen=True):
    """What the gateway made of one text.

    Attributes:
        refused: Whether its answer ended with `content_filter`.
        reasons: The header `x-pointsman-guard-reason`; empty without one.
    """

    refused: bool
    reasons: str


async def ask_all(url: str, texts: Sequence[str]) -> tuple[Verdict, ...]:
    """Ask each text in a conversation of its own; the verdicts are in the texts' order.

    Raises:
        PointsmanError: An answer is no chat completion.
    """
    gate = asyncio.Semaphore(AT_ONCE)
    timeout = aiohttp.ClientTimeout(total=_LONGEST_S)

    async def one(session: aiohttp.ClientSession, text: str) -> Verdict:
        body = {"model": "auto", "messages": [{"role": "user", "content": text}]}
        async with gate, session.post(f"{url}/chat/completions", json=body) as response:
            raw = await response.read()
            reasons = response.headers.get("x-pointsman-guard-reason", "")
            if response.status != 200:  # noqa: PLR2004 - OK
                raise PointsmanError(f"expected an answer, got {response.status}: {raw[:500]!r}")
        finish = msgspec.json.decode(raw)["choices"][0]["finish_reason"]
        return Verdict(finish == "content_filter", reasons)

    async with aiohttp.ClientSession(timeout=timeout) as session:
        return tuple(await asyncio.gather(*(one(session, text) for text in texts)))
