"""Sends a request of a live run, times its streamed answer, asks again where that may help."""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Self

import aiohttp
import msgspec

from pointsman.evaluation.live.call import Call, Failed, Reply, Routed
from pointsman.evaluation.live.stream import AnswerReader, BrokenAnswerError

CONNECT_S = 10.0
ATTEMPTS = 4
"""Of one request: the first and at most three more, after 429 (too many), 5xx or a disconnection
before the first byte only."""
_FIRST_WAIT_S, _LONGEST_WAIT_S = 1.0, 30.0
_MOST_SAID = 300
_OK, _KEY_REFUSED, _TOO_MANY, _SERVER_ERRORS = 200, (401, 403), 429, 500


class Asker:
    """The connections of a run.

    Args:
        timeout_s: Most seconds of one attempt, from sending to the end of the answer.
    """

    def __init__(self, client: aiohttp.ClientSession, timeout_s: float) -> None:
        self._client = client
        self._timeout_s = timeout_s

    @classmethod
    @asynccontextmanager
    async def open(cls, timeout_s: float) -> AsyncIterator[Self]:
        """Make one, and close its connections at the end."""
        timeout = aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_S)
        connector = aiohttp.TCPConnector(limit=0)
        async with aiohttp.ClientSession(connector=connector, timeout=timeout) as client:
            yield cls(client, timeout_s)

    async def ask(self, call: Call) -> Reply | Failed:
        """Get an answer."""
        wait_s = _FIRST_WAIT_S
        for _ in range(ATTEMPTS - 1):
            answer = await self._try(call)
            if not isinstance(answer, _Busy):
                return answer
            asked_s = wait_s if answer.after_s is None else answer.after_s
            await asyncio.sleep(min(asked_s, _LONGEST_WAIT_S))
            wait_s *= 2
        answer = await self._try(call)
        return answer.failed if isinstance(answer, _Busy) else answer

    async def _try(self, call: Call) -> "Reply | Failed | _Busy":
        try:
            async with asyncio.timeout(self._timeout_s):
                return await self._send(call)
        except (aiohttp.ConnectionTimeoutError, aiohttp.ClientConnectorError):
            return Failed("cannot connect")
        except TimeoutError:
            return Failed(f"no whole answer within {self._timeout_s:g} s")
        except (aiohttp.ServerDisconnectedError, aiohttp.ClientOSError):
            # Before the first byte: most often a server that closes what it had kept alive.
            return _Busy(Failed("disconnected"), 0.0)
        except aiohttp.ClientError as error:
            return Failed(type(error).__name__)
        except BrokenAnswerError as error:
            return Failed(str(error))

    async def _send(self, call: Call) -> "Reply | Failed | _Busy":
        headers = {"content-type": "application/json", "accept": "text/event-stream"}
        if call.key is not None:
            headers["authorization"] = f"Bearer {call.key}"
        began = time.perf_counter() - call.spent_s
        async with self._client.post(
            call.url, data=call.body, headers=headers, allow_redirects=False
        ) as response:
            if response.status != _OK:
                return await _refusal(response)
            reader, first_s = AnswerReader(), None
            async for piece in response.content.iter_any():
                if reader.feed(piece) and first_s is None:
                    first_s = time.perf_counter() - began
            total_s = time.perf_counter() - began
            routed = call.routed or _routed(response.headers)
            return Reply(reader.finish(), first_s, total_s, routed)


class _Busy(msgspec.Struct, frozen=True):
    """An answer after which it may help to ask again."""

    failed: Failed
    after_s: float | None


async def _refusal(response: aiohttp.ClientResponse) -> "Failed | _Busy":
    said = (await response.content.read(_MOST_SAID)).decode(errors="replace")
    # What is said of a key may hold a part of it.
    failed = Failed(f"status {response.status}", "" if response.status in _KEY_REFUSED else said)
    if response.status != _TOO_MANY and response.status < _SERVER_ERRORS:
        return failed
    # RFC 9110 section 10.2.3; the form that is a date is left to our own waits.
    after = response.headers.get("retry-after", "")
    return _Busy(failed, float(after) if after.isdecimal() else None)


def _routed(headers: Mapping[str, str]) -> Routed | None:
    try:
        return Routed(
            headers["x-pointsman-model"],
            headers["x-pointsman-reasoning"],
            headers["x-pointsman-rule"],
        )
    except KeyError:
        return None
