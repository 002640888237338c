"""A client's connection: what is no HTTP is answered in OpenAI's form and never logged."""

import logging

from aiohttp import web

from pointsman.errors import RequestError
from pointsman.gateway.replies import error_response

log = logging.getLogger("pointsman")


class Connection(web.RequestHandler):
    """One connection; aiohttp alone would quote what it could not read, in the log and back."""

    __slots__ = ()

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,  # noqa: ARG002  # aiohttp's signature
        exc: BaseException | None = None,
        message: str | None = None,  # noqa: ARG002  # aiohttp's signature
    ) -> web.StreamResponse:
        """Answer what could not be read; the connection closes."""
        log.info("%s sent what is no HTTP/1.1: %s", request.remote, type(exc).__name__)
        if request.writer.output_size > 0:
            raise ConnectionError("the answer has begun already")
        response = error_response(RequestError("what came is not a valid HTTP/1.1 request"))
        response.force_close()
        return response


class Listener(web.Server):
    """Makes a `Connection` for each client that connects."""

    def __call__(self) -> Connection:
        """Make one; aiohttp offers no other way to choose its class."""
        return Connection(self, loop=self._loop, **self._kwargs)
