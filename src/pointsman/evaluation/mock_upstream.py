"""A model server that answers every request with the same bytes at once: run as a script.

It says `listening on PORT` on stdout, and ends when its stdin is closed, so that it never outlives
who started it.
"""

import asyncio
import json
import re
import sys

ANSWER = json.dumps(
    {
        "id": "chatcmpl-mock",
        "object": "chat.completion",
        "created": 1_700_000_000,
        "model": "mock",
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": "Four."},
                "finish_reason": "stop",
                "logprobs": None,
            }
        ],
        "usage": {"prompt_tokens": 150, "completion_tokens": 2, "total_tokens": 152},
    }
).encode()
_RESPONSE = (
    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: "
    + str(len(ANSWER)).encode()
    + b"\r\n\r\n"
    + ANSWER
)
_LENGTH = re.compile(rb"\r\ncontent-length:\s*(\d+)", re.IGNORECASE)


class MockUpstream(asyncio.Protocol):
    """One connection: reads requests that state their length (RFC 9112, section 6.2)."""

    def __init__(self) -> None:
        self._unread = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        assert isinstance(transport, asyncio.Transport)  # noqa: S101  # a TCP server's
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer each request that is complete."""
        self._unread += data
        while (end := self._end_of_request()) is not None:
            self._unread = self._unread[end:]
            self._transport.write(_RESPONSE)

    def _end_of_request(self) -> int | None:
        head = self._unread.find(b"\r\n\r\n")
        if head < 0:
            return None
        length = _LENGTH.search(self._unread, 0, head)
        end = head + 4 + (int(length[1]) if length else 0)
        return end if len(self._unread) >= end else None


async def main() -> None:
    """Listen on a free port of loopback until stdin is closed."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(MockUpstream, "127.0.0.1", 0)
    sys.stdout.write(f"listening on {server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await asyncio.to_thread(sys.stdin.read)
    server.close()


if __name__ == "__main__":
    asyncio.run(main())
