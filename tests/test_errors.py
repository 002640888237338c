"""Every error knows its HTTP status, its OpenAI type and code, and is drawn in the tree."""

from collections.abc import Iterator

import pytest

from pointsman import errors
from pointsman.errors import OverloadedError, PointsmanError, RequestError, ServiceError


def _tree(root: type[PointsmanError]) -> Iterator[type[PointsmanError]]:
    yield root
    for child in root.__subclasses__():
        if child.__module__ == errors.__name__:
            yield from _tree(child)


ALL = tuple(_tree(PointsmanError))


@pytest.mark.parametrize(
    ("name", "status", "code"),
    [
        ("ConfigError", 500, "config_error"),
        ("BundleError", 500, "bundle_error"),
        ("MissingExtraError", 500, "missing_extra"),
        ("RequestError", 400, "invalid_request"),
        ("MalformedJSONError", 400, "invalid_json"),
        ("TooLargeError", 413, "request_too_large"),
        ("UnknownModelError", 404, "model_not_found"),
        ("NotFoundError", 404, "not_found"),
        ("MethodError", 405, "method_not_allowed"),
        ("NoCandidateError", 400, "no_candidate"),
        ("ServiceError", 503, "unavailable"),
        ("OverloadedError", 503, "overloaded"),
        ("AuthError", 401, "invalid_api_key"),
        ("LimitError", 429, "rate_limit_exceeded"),
        ("QuotaError", 429, "insufficient_quota"),
        ("LedgerError", 503, "ledger_unavailable"),
        ("CacheError", 503, "cache_unavailable"),
        ("UncheckedError", 503, "guard_unavailable"),
        ("SlowBodyError", 408, "request_timeout"),
        ("UpstreamError", 502, "upstream_error"),
        ("UpstreamTimeoutError", 504, "upstream_timeout"),
    ],
)
def test_an_error_becomes_this_status_and_code(name: str, status: int, code: str) -> None:
    kind = getattr(errors, name)
    assert (kind.status, kind.code) == (status, code)


@pytest.mark.parametrize("kind", ALL)
def test_every_error_is_drawn_in_the_tree_and_says_when_it_occurs(
    kind: type[PointsmanError],
) -> None:
    assert kind.__name__ in (errors.__doc__ or "")
    assert kind.__doc__


@pytest.mark.parametrize("kind", [k for k in ALL if issubclass(k, RequestError)])
def test_a_clients_fault_is_a_4xx_and_an_invalid_request(kind: type[PointsmanError]) -> None:
    assert 400 <= kind.status < 500
    assert kind.type == "invalid_request_error"


@pytest.mark.parametrize("kind", [k for k in ALL if issubclass(k, ServiceError)])
def test_our_fault_is_a_5xx_and_a_server_error(kind: type[PointsmanError]) -> None:
    assert kind.status >= 500
    assert kind.type == "server_error"


def test_the_body_has_exactly_openais_four_fields() -> None:
    assert RequestError("wrong", param="messages[0].role").body() == {
        "error": {
            "message": "wrong",
            "type": "invalid_request_error",
            "param": "messages[0].role",
            "code": "invalid_request",
        }
    }


def test_the_seconds_to_wait_travel_with_the_error_but_not_in_its_body() -> None:
    error = OverloadedError("later", retry_after_s=3)
    assert error.retry_after_s == 3
    assert "retry" not in str(error.body())
