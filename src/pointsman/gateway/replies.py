"""Answers of our own: JSON, and errors in OpenAI's form."""

import msgspec
from aiohttp import web

from pointsman.errors import MethodError, PointsmanError, SlowBodyError, TooLargeError


def error_response(error: PointsmanError) -> web.Response:
    """Return an error in OpenAI's form, with its status and, where it helps, Retry-After."""
    headers = {}
    if error.retry_after_s is not None:
        headers["retry-after"] = str(error.retry_after_s)
    response = json_reply(error.body(), status=error.status, headers=headers)
    if isinstance(error, TooLargeError | SlowBodyError):
        response.force_close()  # what is left of the body is no next request
    return response


def json_reply(
    value: object, *, status: int = 200, headers: dict[str, str] | None = None
) -> web.Response:
    """Return a value as JSON."""
    return web.Response(
        body=msgspec.json.encode(value),
        status=status,
        headers=headers,
        content_type="application/json",
    )


def wrong_method(request: web.BaseRequest, methods: tuple[str, ...]) -> web.Response:
    """Return the error for a path that is served with other methods."""
    allowed = ", ".join(methods)
    error = MethodError(f"{request.path} takes {allowed}, not {request.method[:20]}")
    response = error_response(error)
    response.headers["allow"] = allowed  # RFC 9110 section 15.5.6 asks for it
    return response
