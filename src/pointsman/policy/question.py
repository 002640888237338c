"""Everything about a request that a decision depends on, as one value."""

from collections.abc import Mapping

import msgspec

from pointsman.catalog.families import Reasoning
from pointsman.catalog.models import Speed, Target
from pointsman.signals.detector import Signals


class Question(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is decided: written into records, so that it can be decided again.

    Attributes:
        signals: What was measured.
        named: The model the client insists on, or None for "you choose".
        wish: The reasoning the client itself asks for, or None.
        output_cap: The most output tokens per choice that the client allows.
        choices: Answers asked for (`n`).
        images: Whether image parts are in the request.
        current: The model this conversation is on.
        in_tool_loop: Whether the current model waits for a tool's result that is in this request.
        carried_share: Share of the prompt that an earlier call of the conversation already had.
        conversation: Hash of the conversation; it keeps its assignments.
        caller: Hash of the caller, or its key's id.
        avoid: Models that cannot take this request now, and why.
        answered: Targets whose answer to this request was not good enough.
        down: Models none of whose endpoints answers; asked only when nothing else is left.
        speeds: How fast models have been lately.
        trade: λ at this moment, where it follows what is spent.
        pressure: How far between its soft (0) and its hard limit (1) the tightest budget is.
        tenant: Whom the client's key belongs to.
        failed: Whether measuring failed, so that the signals say nothing.
    """

    signals: Signals = {}
    named: str | None = None
    wish: Reasoning | None = None
    output_cap: int | None = None
    choices: int = 1
    images: bool = False
    current: str | None = None
    in_tool_loop: bool = False
    carried_share: float = 0.0
    conversation: str = ""
    caller: str = ""
    avoid: Mapping[str, str] = {}
    answered: tuple[Target, ...] = ()
    down: frozenset[str] = frozenset()
    speeds: Mapping[str, Speed] = {}
    trade: float | None = None
    pressure: float = 0.0
    tenant: str = ""
    failed: bool = False
