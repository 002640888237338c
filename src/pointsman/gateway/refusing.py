"""Answers a request that goes to no model."""

import time

from aiohttp import web

from pointsman.config.guard_schema import RefusalConfig
from pointsman.errors import PointsmanError, RefusedError
from pointsman.exchange.plan import Refuse, decision_headers
from pointsman.gateway.delivery import OK
from pointsman.gateway.replies import error_response
from pointsman.wire.refusal import refusal_body, refusal_events


def refusal_response(refused: Refuse, config: RefusalConfig) -> web.Response:
    """Return an ordinary answer or an error, as the operator says; a stream where one was asked.

    What could not be checked is an error whatever the operator says: the client may try again.
    """
    headers = dict(decision_headers(refused.record))
    request, id_, now = refused.request, refused.record.id, int(time.time())
    if config.status != OK or not isinstance(refused.error, RefusedError):
        response = error_response(_worded(refused, config))
        response.headers.update(headers)
        return response
    message = config.message or refused.error.message
    if request.stream:
        events = b"".join(refusal_events(request, message, id_=id_, created=now))
        headers["cache-control"] = "no-cache"
        return web.Response(body=events, headers=headers, content_type="text/event-stream")
    body = refusal_body(request, message, id_=id_, created=now)
    return web.Response(body=body, headers=headers, content_type="application/json")


def _worded(refused: Refuse, config: RefusalConfig) -> PointsmanError:
    error = refused.error
    if isinstance(error, RefusedError) and config.message:
        return RefusedError(config.message, reasons=error.reasons, told=error.told)
    return error
