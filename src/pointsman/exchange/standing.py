"""What is known of the world when a request comes: who asks, and how the models are."""

from collections.abc import Mapping

import msgspec

from pointsman.catalog.models import Speed


class Standing(msgspec.Struct, frozen=True):
    """What a front end knows before it routes; a library without one knows nothing.

    Attributes:
        caller: Who asks; conversations of different callers never mix.
        key: Id of the client's key, if it has one.
        tenant: Whom the key belongs to.
        down: Models none of whose endpoints answers.
        speeds: How fast models have been lately.
        trade: λ at this moment, where it follows what is spent.
        pressure: How far between its soft (0) and its hard limit (1) the tightest budget is.
        limited: Whether limits are counted: then money is reserved before a request is sent.
    """

    caller: str = ""
    key: str = ""
    tenant: str = ""
    down: frozenset[str] = frozenset()
    speeds: Mapping[str, Speed] = {}
    trade: float | None = None
    pressure: float = 0.0
    limited: bool = False


NOBODY = Standing()
