"""What is sent and what comes back in a live run, whoever carries it. No IO."""

from typing import Protocol

import msgspec

from pointsman.evaluation.live.stream import Written


class Routed(msgspec.Struct, frozen=True):
    """What a router decided: the model, how hard it should think, the rule that held."""

    model: str
    reasoning: str
    rule: str

    @property
    def reasons(self) -> bool | None:
        """Whether the model was told to reason; None where it was told nothing."""
        mode = self.reasoning.partition(" ")[0]
        return {"on": True, "off": False}.get(mode)


class Call(msgspec.Struct, frozen=True):
    """A request that is ready to be sent.

    Attributes:
        url: Ends in `/chat/completions`.
        key: Sent as a bearer token, if any.
        spent_s: Seconds that deciding took before; part of every time measured.
        routed: The decision, where it was taken here.
    """

    url: str
    body: bytes
    key: str | None = None
    spent_s: float = 0.0
    routed: Routed | None = None


class Reply(msgspec.Struct, frozen=True):
    """A whole answer and its times, from the attempt that brought it.

    Attributes:
        first_s: Seconds until the first text or thought; None where neither came.
        total_s: Seconds until the end.
    """

    written: Written
    first_s: float | None
    total_s: float
    routed: Routed | None


class Failed(msgspec.Struct, frozen=True):
    """No answer: why, in words that hold nothing of the question; and what the server said."""

    why: str
    said: str = ""


class Asks(Protocol):
    """Whoever carries a request and brings its answer."""

    async def ask(self, call: Call) -> Reply | Failed:
        """Get an answer."""
        ...
