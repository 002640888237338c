"""Sends planned requests to model servers: retries, fallbacks, deadlines, streaming."""

import asyncio
import io
import os
import time
from collections.abc import Mapping
from urllib.parse import urlsplit

import aiohttp

from pointsman.catalog.models import Catalog, Endpoint
from pointsman.config.schema import UpstreamConfig
from pointsman.errors import ConfigError, UpstreamError, UpstreamTimeoutError
from pointsman.exchange.plan import Forward
from pointsman.exchange.standing import Standing
from pointsman.gateway.delivery import Answer, Delivery
from pointsman.gateway.endpoints import Endpoints
from pointsman.gateway.speeds import Speeds
from pointsman.wire.usage import Usage

RETRIED = frozenset({408, 429, 500, 502, 503, 504, 529})
"""Answers that another endpoint or model may do better; 529 is Anthropic's overload."""

# Never a client's cookies or its key: the key upstream gets is the operator's.
_FORWARDED = (
    "accept",
    "baggage",
    "idempotency-key",
    "openai-beta",
    "openai-organization",
    "openai-project",
    "traceparent",
    "tracestate",
    "user-agent",
    "x-request-id",
)


class Upstreams:
    """The connections to all model servers, and what is known of these."""

    def __init__(self, config: UpstreamConfig) -> None:
        self.config = config
        self.endpoints = Endpoints()
        self.speeds = Speeds()
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=30),
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=config.connect_s),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
        )

    async def close(self) -> None:
        """Close all connections."""
        await self._session.close()

    def standing(self, catalog: Catalog) -> Standing:
        """Return what is known now of a catalog's models."""
        return Standing(
            down=self.endpoints.down(catalog, time.monotonic()),
            speeds=self.speeds.known(catalog.models),
        )

    def observe(self, answer: Answer, usage: Usage | None) -> None:
        """Note how fast a whole answer was."""
        timed = answer.timed(usage)
        if timed is not None:
            self.speeds.observe(answer.plan.card, timed)

    async def send(self, delivery: Delivery, client_headers: Mapping[str, str]) -> Answer:
        """Get an answer for a plan: from another endpoint, then another model, if need be.

        Nothing is retried once its first byte is here.

        Raises:
            UpstreamError: No endpoint of any allowed model answered.
        """
        while True:
            endpoint = self.endpoints.choose(delivery.plan.card, delivery.tried, time.monotonic())
            if endpoint is None:
                if await delivery.next_model():
                    continue
                raise delivery.last_error or UpstreamError("no endpoint to ask")
            last = len(delivery.attempts) + 1 >= self.config.attempts
            answer = await self._try(delivery, endpoint, client_headers, last=last)
            if answer is not None:
                return answer
            if last:
                raise delivery.last_error or UpstreamError("no endpoint answered")

    async def _try(
        self,
        delivery: Delivery,
        endpoint: Endpoint,
        client_headers: Mapping[str, str],
        *,
        last: bool,
    ) -> Answer | None:
        plan = delivery.plan
        where = f"model '{plan.model}' at {_origin(endpoint.url)}"
        try:
            async with asyncio.timeout(self.config.first_byte_s):
                answer = await self._ask(plan, endpoint, client_headers)
        except aiohttp.ConnectionTimeoutError:
            delivery.last_error = UpstreamTimeoutError(
                f"{where} took no connection within {self.config.connect_s:g} s"
            )
            outcome = "cannot connect"
        except TimeoutError:
            delivery.last_error = UpstreamTimeoutError(
                f"{where} sent nothing for {self.config.first_byte_s:g} s"
            )
            outcome = "timeout"
        except (aiohttp.ClientError, OSError) as error:
            delivery.last_error = UpstreamError(f"{where} failed: {_kind(error)}")
            outcome = _kind(error)
        else:
            delivery.note(endpoint, str(answer.status))
            if answer.status not in RETRIED:
                self.endpoints.succeeded(endpoint)
                return answer
            final = last or not self._has_alternative(delivery, endpoint)
            self._fail(delivery, endpoint)
            if final:
                return answer  # its own words say best what is wrong
            answer.close()
            delivery.last_error = UpstreamError(f"{where} answered {answer.status}")
            return None
        delivery.note(endpoint, outcome)
        self._fail(delivery, endpoint)
        return None

    def _has_alternative(self, delivery: Delivery, endpoint: Endpoint) -> bool:
        tried = [*delivery.tried, endpoint.url]
        untried = any(other.url not in tried for other in delivery.plan.card.endpoints)
        return untried or delivery.has_other_model()

    def _fail(self, delivery: Delivery, endpoint: Endpoint) -> None:
        # A kept-alive connection may have been closed meanwhile: once, the same server is asked
        # again before it counts as tried.
        attempt = delivery.attempts[-1]
        again = attempt.outcome == "disconnected" and delivery.attempts.count(attempt) == 1
        if not again:
            delivery.tried.append(endpoint.url)
            self.endpoints.failed(endpoint, time.monotonic(), self.config.cooldown_s)

    async def _ask(
        self, plan: Forward, endpoint: Endpoint, client_headers: Mapping[str, str]
    ) -> Answer:
        began = time.perf_counter()
        response = await self._session.post(
            endpoint.url.rstrip("/") + "/chat/completions",
            data=io.BytesIO(plan.body()),  # written in pieces: a long body must not block others
            headers=_headers(endpoint, client_headers),
            allow_redirects=False,
        )
        try:
            first = await response.content.readany()
        except BaseException:
            response.close()
            raise
        return Answer(plan, response, first, began)

    async def check_health(self, catalog: Catalog) -> list[tuple[Endpoint, bool]]:
        """Ask every endpoint that has a `health_path`; returns those whose state changed."""
        asked = [e for m in catalog.models.values() for e in m.endpoints if e.health_path]
        results = await asyncio.gather(*(self._lives(endpoint) for endpoint in asked))
        return [
            (endpoint, lives)
            for endpoint, lives in zip(asked, results, strict=True)
            if self.endpoints.checked(endpoint, lives=lives)
        ]

    async def _lives(self, endpoint: Endpoint) -> bool:
        url = _origin(endpoint.url) + (endpoint.health_path or "")
        try:
            async with (
                asyncio.timeout(self.config.connect_s),
                self._session.get(url, headers=_headers(endpoint, {})) as response,
            ):
                return response.status < 300  # noqa: PLR2004  # 2xx
        except (TimeoutError, aiohttp.ClientError, OSError):
            return False


def check_keys(catalog: Catalog) -> None:
    """Make sure that each key the config names is in the environment.

    Raises:
        ConfigError: One is missing.
    """
    for model in catalog.models.values():
        for endpoint in model.endpoints:
            name = endpoint.api_key_env
            if name is not None and not os.environ.get(name):
                raise ConfigError(
                    f"model `{model.name}`: the environment variable {name} is not set; set it to "
                    f"the key of {_origin(endpoint.url)}, or take `api_key_env` out"
                )
            if name is not None and not _fits_header(os.environ[name]):
                raise ConfigError(
                    f"model `{model.name}`: the environment variable {name} holds what no HTTP "
                    "header can carry, such as a line break; set it to the key alone"
                )


def for_another_body(client_headers: Mapping[str, str]) -> dict[str, str]:
    """Return the client's headers that may go with another body than the one it sent.

    Its idempotency key may not: a server that knows the key would give the first body's answer.
    """
    names = (name for name in _FORWARDED if name != "idempotency-key")
    return {name: client_headers[name] for name in names if name in client_headers}


def _headers(endpoint: Endpoint, client: Mapping[str, str]) -> dict[str, str]:
    headers = {name: client[name] for name in _FORWARDED if name in client}
    headers["content-type"] = "application/json"
    headers["accept-encoding"] = "identity"  # usage can only be read in plain text
    if endpoint.api_key_env is not None:
        headers["authorization"] = f"Bearer {os.environ.get(endpoint.api_key_env, '')}"
    return headers


def _fits_header(value: str) -> bool:
    return value.isascii() and value.isprintable()  # RFC 9110 section 5.5, without obs-text


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _kind(error: Exception) -> str:
    match error:
        case aiohttp.ClientConnectorError():
            return "cannot connect"
        case aiohttp.ServerDisconnectedError() | aiohttp.ClientOSError() | ConnectionResetError():
            return "disconnected"
        case aiohttp.ClientPayloadError():
            return "answer cut off"
        case _:
            return type(error).__name__
