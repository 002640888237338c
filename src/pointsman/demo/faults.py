"""The faults that a stand-in plays on demand, so that tests can see what a router does.

| text | what happens |
|---|---|
| `status:503` | an OpenAI error body with this status |
| `status:429:7` | the same, with `Retry-After: 7` |
| `die_after:5` | the connection closes after 5 stream chunks; without a stream, before the answer |
| `stall_after:5` | 5 stream chunks, then silence; without a stream, silence |
| `error_after:5` | 5 stream chunks, then an error as a stream event, and the stream ends |
| `hang` | never an answer |
| `slow:0.2` | each token takes 0.2 seconds |
| `garbage` | status 200 and a body that is no JSON |
"""

import msgspec

from pointsman.demo.asking import Refusal

__all__ = [
    "DieAfter",
    "ErrorAfter",
    "Fault",
    "Garbage",
    "Hang",
    "Slow",
    "StallAfter",
    "Status",
    "parse_fault",
    "spoils",
]


class Status(msgspec.Struct, frozen=True):
    """Answer with this HTTP status and an OpenAI error body."""

    status: int
    retry_after_s: int | None = None


class DieAfter(msgspec.Struct, frozen=True):
    """Close the connection after this many stream chunks."""

    chunks: int


class StallAfter(msgspec.Struct, frozen=True):
    """Fall silent after this many stream chunks."""

    chunks: int


class ErrorAfter(msgspec.Struct, frozen=True):
    """Send an error as a stream event after this many stream chunks."""

    chunks: int


class Hang(msgspec.Struct, frozen=True):
    """Never answer."""


class Slow(msgspec.Struct, frozen=True):
    """Take this long for each token."""

    token_s: float


class Garbage(msgspec.Struct, frozen=True):
    """Answer with status 200 and a body that is no JSON."""


Fault = Status | DieAfter | StallAfter | ErrorAfter | Hang | Slow | Garbage

_KINDS: dict[str, type[Fault]] = {
    "status": Status,
    "die_after": DieAfter,
    "stall_after": StallAfter,
    "error_after": ErrorAfter,
    "hang": Hang,
    "slow": Slow,
    "garbage": Garbage,
}


def parse_fault(text: str) -> Fault | None:
    """Read a fault's text, a name and numbers between colons; an empty text is no fault.

    Raises:
        Refusal: status 400, if the text is no fault.
    """
    if not text:
        return None
    name, *numbers = text.split(":")
    kind = _KINDS.get(name)
    if kind is not None and len(numbers) <= len(kind.__struct_fields__):
        named = dict(zip(kind.__struct_fields__, numbers, strict=False))
        try:
            return msgspec.convert(named, kind, strict=False)
        except msgspec.ValidationError:
            pass
    raise Refusal(400, f"`{text}` is no fault; faults look like `status:503` or `die_after:5`.")


def spoils(fault: Fault | None) -> bool:
    """Whether an exchange with this fault ends without its whole answer."""
    return fault is not None and not isinstance(fault, Slow)
