"""What each conversation was sent to last, in memory.

Extension point: replicas that share conversations will keep this in their shared store; `route()`
only sees the effects `Recollect` and `Remember`.
"""

from collections import OrderedDict
from threading import Lock

from pointsman.catalog.models import Target

DEFAULT_TTL_S = 1800.0
"""How long a conversation is remembered; prompt caches of servers live minutes to an hour."""


class Sessions:
    """The most recent conversations; safe to share between threads."""

    def __init__(self, *, capacity: int = 100_000, ttl_s: float = DEFAULT_TTL_S) -> None:
        self._capacity = capacity
        self._ttl_s = ttl_s
        self._kept: OrderedDict[str, tuple[float, Target]] = OrderedDict()
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._kept)

    def recollect(self, conversation: str, now: float) -> Target | None:
        """Return what a conversation was sent to within the last `ttl_s` seconds, or None."""
        with self._lock:
            kept = self._kept.get(conversation)
        if kept is None or now - kept[0] > self._ttl_s:
            return None
        return kept[1]

    def remember(self, conversation: str, target: Target, now: float) -> None:
        """Note what a conversation is sent to; the oldest one is forgotten when full."""
        with self._lock:
            self._kept[conversation] = (now, target)
            self._kept.move_to_end(conversation)
            if len(self._kept) > self._capacity:
                self._kept.popitem(last=False)
