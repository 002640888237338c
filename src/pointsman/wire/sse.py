"""Server-sent events of a chat stream: bytes in, bytes out, usage read on the way. No IO.

Format: https://html.spec.whatwg.org/multipage/server-sent-events.html section 9.2.6. The chunks
and the final `data: [DONE]` are OpenAI's.
"""

import re
from typing import Any

import msgspec

from pointsman.wire.usage import Usage

DONE = b"data: [DONE]\n\n"

_EVENT_END = re.compile(rb"\r\n\r\n|\n\n|\r\r|\n\r\n")
_FINISH = re.compile(rb'"finish_reason"\s*:\s*"')
# An event that never ends must not fill the memory: beyond this, bytes go through unread.
_MAX_EVENT_BYTES = 4 * 1024 * 1024


class _Chunk(msgspec.Struct):
    usage: Usage | None = None
    choices: tuple[msgspec.Raw, ...] | None = None
    error: Any = None


_CHUNK = msgspec.json.Decoder(_Chunk)


class ChatStream:
    """Follows one streamed answer.

    Args:
        hide_usage: Drop the chunk that holds only usage, because this client did not ask for it.

    Attributes:
        usage: The usage of the answer, once its chunk has passed.
        done: Whether `data: [DONE]` has passed: the answer is complete.
        finished: Whether a choice has said why it ended, so that the answer is not cut off.
        failed: Whether the upstream reported an error inside the stream.
    """

    def __init__(self, *, hide_usage: bool = False) -> None:
        self._hide_usage = hide_usage
        self._held = b""
        self.usage: Usage | None = None
        self.done = False
        self.finished = False
        self.failed = False

    def feed(self, received: bytes) -> bytes:
        """Take bytes from upstream; return those that may go to the client now.

        Only whole events are returned, byte for byte as they came.
        """
        waiting = self._held + received
        # What is held has no border in it; one may begin in its last three bytes.
        search = _EVENT_END.finditer(waiting, max(0, len(self._held) - 3))
        at = 0
        out: list[bytes] = []
        for match in search:
            event = waiting[at : match.end()]
            at = match.end()
            if self._passes(event):
                out.append(event)
        self._held = waiting[at:]
        if len(self._held) > _MAX_EVENT_BYTES:
            out.append(self._held)
            self._held = b""
        return b"".join(out)

    def finish(self) -> bytes:
        """Upstream has ended: return what was held back of an event without its blank line."""
        rest, self._held = self._held, b""
        if rest.strip() and self._passes(rest):
            return rest
        return b""

    def _passes(self, event: bytes) -> bool:
        self.finished = self.finished or _FINISH.search(event) is not None
        if b'"usage"' not in event and b'"error"' not in event:
            self.done = self.done or (b"[DONE]" in event and _payload(event).strip() == b"[DONE]")
            return True
        try:
            chunk = _CHUNK.decode(_payload(event))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return True  # not ours to judge: the client gets what upstream said
        self.failed = self.failed or chunk.error is not None
        if chunk.usage is None:
            return True
        self.usage = chunk.usage
        return not (self._hide_usage and chunk.choices == ())


def _payload(event: bytes) -> bytes:
    lines = event.splitlines()
    return b"\n".join(line[5:].lstrip(b" ") for line in lines if line.startswith(b"data:"))


def error_event(body: object) -> bytes:
    """Return the event that tells a client that the stream broke off, in OpenAI's error form."""
    return b"data: " + msgspec.json.encode(body) + b"\n\n"
