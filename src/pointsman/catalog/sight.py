"""What may be seen of personal data: tables from its types to what is done about it."""

from collections.abc import Iterable, Mapping
from typing import Annotated, Literal

import msgspec

Action = Literal["allow", "mask", "mask_and_restore", "reroute", "refuse"]
"""Allow: the model sees it. Mask: it sees a placeholder. Mask and restore: so, and the client gets
its own values back. Re-route: another model must be found that may see it. Refuse: nobody may,
unless its model card says so."""

MASKS: frozenset[Action] = frozenset({"mask", "mask_and_restore"})
BARS: frozenset[Action] = frozenset({"reroute", "refuse"})

LEAST_P = 0.5
"""How sure a detector must be of a piece of personal data where the operator says nothing: rather
so than not. The probabilities are calibrated (docs/signals.md)."""

REST = "default"
"""Names, in a table, all types that it does not name."""


class PiiRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is done about one type.

    Attributes:
        action: `allow`, `mask`, `mask_and_restore`, `reroute` or `refuse`.
        above: How sure the detector must be; pieces that it is less sure of are let through.
    """

    action: Action
    above: Annotated[float, msgspec.Meta(ge=0, le=1)] = LEAST_P


PiiTable = Mapping[str, PiiRule]
"""Rules by type of personal data; `default` speaks for all types that are not named."""


def action_on(type_: str, p: float, tables: Iterable[PiiTable]) -> Action:
    """Return what is done about a piece of personal data.

    Args:
        type_: Its type.
        p: How sure the detector is of it.
        tables: The most particular one first; the first that speaks of the type decides.
    """
    for table in tables:
        rule = table.get(type_) or table.get(REST)
        if rule is not None:
            return rule.action if p > rule.above else "allow"
    return "allow"
