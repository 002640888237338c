"""Reads a request's body from a client, with its limits."""

import asyncio

from aiohttp import web

from pointsman.errors import RequestError, SlowBodyError, TooLargeError


async def read_body(request: web.BaseRequest, max_bytes: int, read_s: float) -> bytes:
    """Read a request's body.

    Raises:
        TooLargeError: It is larger than allowed; no more of it is kept than that.
        SlowBodyError: It has not come whole within `read_s` seconds.
        RequestError: Its chunks or its compression are broken.
    """
    announced = request.content_length or 0
    pieces: list[bytes] = []
    size = 0
    if announced <= max_bytes:
        await _invite(request)
        try:
            async with asyncio.timeout(read_s):
                async for piece in request.content.iter_any():
                    size += len(piece)
                    if size > max_bytes:
                        break
                    pieces.append(piece)
        except TimeoutError:
            raise SlowBodyError(f"the body did not come whole within {read_s:g} s") from None
        except web.RequestPayloadError:  # it quotes the bytes: it may go nowhere
            raise RequestError(
                "the body cannot be read: its chunks or its compression are broken"
            ) from None
    if max(announced, size) > max_bytes:
        raise TooLargeError(
            f"the body has {max(announced, size)} bytes or more; at most {max_bytes} are allowed"
        )
    return b"".join(pieces)


async def _invite(request: web.BaseRequest) -> None:
    """Answer `Expect: 100-continue`, as RFC 9110 section 10.1.1 asks before the body is read."""
    if request.headers.get("expect", "").lower() == "100-continue":
        await request.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        request.writer.output_size = 0  # the answer itself has not begun
