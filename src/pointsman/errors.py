"""Every error pointsman raises on purpose, as one tree; each knows the HTTP status it becomes.

PointsmanError
├── ConfigError            the operator's file is wrong; names the path inside it and the mend
├── BundleError            the encoder bundle is missing, damaged or of another format
├── TooFewRowsError        a threshold or a head cannot be fitted on so few rows
├── MissingExtraError      a command needs an optional package that is not installed
├── LimitError             429  a limit on requests or tokens has no room for the request
│   └── QuotaError         429  a limit on money has no room for the request
├── RequestError           400  the client's request is wrong
│   ├── AuthError          401  no key, or one that is unknown, expired or revoked
│   ├── MalformedJSONError 400  the body is not JSON, not UTF-8, or too deep
│   ├── TooLargeError      413  the body is over the configured limit
│   ├── SlowBodyError      408  the body has not come whole in time
│   ├── UnknownModelError  404  a model name that the catalog does not hold
│   ├── NotFoundError      404  a path that is not served
│   ├── MethodError        405  a path that is served, with another method
│   └── NoCandidateError   400  no model of the pool can take this request
│       └── RefusedError   403  the guard refuses it
└── ServiceError           503  the request is fine, the service is not
    ├── OverloadedError    503  more requests wait for the encoder than the operator allows
    ├── UncheckedError     503  the guard could not read it, and nothing goes unread
    ├── LedgerError        503  keys and spending cannot be read or written
    ├── CacheError         503  answers to reuse cannot be read or written; no client sees it
    ├── UpstreamError      502  every endpoint tried failed
    └── UpstreamTimeoutError 504 every endpoint tried was too slow

The body form is OpenAI's: https://platform.openai.com/docs/guides/error-codes/api-errors
Messages never hold prompt text or secrets.
"""

from typing import ClassVar


class PointsmanError(Exception):
    """Root of the tree."""

    status: ClassVar[int] = 500
    type: ClassVar[str] = "server_error"
    code: ClassVar[str | None] = None

    def __init__(
        self, message: str, *, param: str | None = None, retry_after_s: int | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.param = param
        self.retry_after_s = retry_after_s

    def body(self) -> dict[str, dict[str, str | None]]:
        """Return the OpenAI error body of this error."""
        return {
            "error": {
                "message": self.message,
                "type": self.type,
                "param": self.param,
                "code": self.code,
            }
        }


class ConfigError(PointsmanError):
    """The configuration cannot be used; raised when it is loaded, never later."""

    code = "config_error"


class BundleError(PointsmanError):
    """The encoder bundle cannot be used; raised at start, so that no score is ever made up."""

    code = "bundle_error"


class TooFewRowsError(PointsmanError):
    """Fewer rows than it takes to say anything; the message says how many are needed."""

    code = "too_few_rows"


class MissingExtraError(PointsmanError):
    """An optional dependency is not installed; the message holds the install line."""

    code = "missing_extra"


class LimitError(PointsmanError):
    """A limit on requests or tokens has no room; the message names it and the mend.

    OpenAI's API answers so, and its clients try again after `retry_after_s`; None where waiting
    does not help.
    """

    status = 429
    type = "rate_limit_exceeded"
    code = "rate_limit_exceeded"


class QuotaError(LimitError):
    """A limit on money has no room; OpenAI's word for it is an insufficient quota."""

    type = "insufficient_quota"
    code = "insufficient_quota"


class RequestError(PointsmanError):
    """The client's request is wrong."""

    status = 400
    type = "invalid_request_error"
    code = "invalid_request"


class AuthError(RequestError):
    """The request has no key, or one that is unknown, expired or revoked; which of them, not."""

    status = 401
    code = "invalid_api_key"


class MalformedJSONError(RequestError):
    """The body is not a JSON object in UTF-8."""

    code = "invalid_json"


class TooLargeError(RequestError):
    """The body is over the configured limit."""

    status = 413
    code = "request_too_large"


class SlowBodyError(RequestError):
    """The body has not come whole in time."""

    status = 408
    code = "request_timeout"


class UnknownModelError(RequestError):
    """The request names a model that is not in the catalog."""

    status = 404
    code = "model_not_found"


class NotFoundError(RequestError):
    """No such path is served."""

    status = 404
    code = "not_found"


class MethodError(RequestError):
    """The path is served with another method."""

    status = 405
    code = "method_not_allowed"


class NoCandidateError(RequestError):
    """Every model of the pool was excluded, such as by its context window."""

    code = "no_candidate"


class RefusedError(NoCandidateError):
    """The guard refuses the request.

    Attributes:
        reasons: What was seen, in the words of headers; never a word of the request.
        told: The same with probabilities and bounds, for the record.
    """

    status = 403
    code = "content_filter"

    def __init__(self, message: str, *, reasons: tuple[str, ...], told: tuple[str, ...]) -> None:
        super().__init__(message)
        self.reasons = reasons
        self.told = told


class ServiceError(PointsmanError):
    """The request is fine, the service is not."""

    status = 503
    code = "unavailable"


class OverloadedError(ServiceError):
    """Too many requests wait for the encoder; an unread request is never passed on."""

    code = "overloaded"


class UncheckedError(ServiceError):
    """The guard could not read the request, and the operator lets nothing go on unread."""

    code = "guard_unavailable"


class LedgerError(ServiceError):
    """Keys and spending cannot be read or written; an uncounted request is never passed on."""

    code = "ledger_unavailable"


class CacheError(ServiceError):
    """Answers to reuse cannot be read or written.

    At start it says what is wrong with the place. Later, whoever asks the cache takes it as a miss:
    a request never fails because there is nothing to reuse.
    """

    code = "cache_unavailable"


class UpstreamError(ServiceError):
    """Every endpoint that was tried failed before its first byte."""

    status = 502
    code = "upstream_error"


class UpstreamTimeoutError(UpstreamError):
    """Every endpoint that was tried was too slow to begin its answer."""

    status = 504
    code = "upstream_timeout"
