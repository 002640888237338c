"""The operator's policy: one dial and a list of rules; the first rule that holds decides."""

from typing import Annotated, Literal

import msgspec

from pointsman.catalog.families import Effort
from pointsman.policy.conditions import Condition

SelectorName = str


class ReasoningRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a rule says of reasoning.

    Attributes:
        mode: `auto` leaves it to the selection algorithm.
        effort: With `on`, the effort where the family knows efforts.
        budget_tokens: With `on` or `auto`, a cap on reasoning tokens where the family knows one.
        override: Whether it also overrides what the client itself asked for.
    """

    mode: Literal["auto", "on", "off"] = "auto"
    effort: Effort | None = None
    budget_tokens: Annotated[int, msgspec.Meta(ge=1)] | None = None
    override: bool = False


class Rule(msgspec.Struct, frozen=True):
    """When a condition holds, choose among these models in this way.

    Attributes:
        use: Names of the pool's models, the preferred one first.
        when: The condition; None always holds.
        choose: Name of the selection algorithm.
    """

    name: str
    use: tuple[str, ...]
    when: Condition | None = None
    choose: SelectorName = "gain"
    reasoning: ReasoningRule = ReasoningRule()


class Prefer(msgspec.Struct, frozen=True):
    """The dial between quality and cost; exactly one of the two is set.

    Attributes:
        trade: λ: how much probability of a right answer the operator gives up to save the whole
            cost of the strongest model with reasoning. 0 buys every gain; 1 hardly any.
        quality_loss_max: Of every single request, the most expected loss of that probability
            against the best option. The mean loss is then at most this too.
    """

    trade: float | None = None
    quality_loss_max: float | None = None


DEFAULT_PREFER = Prefer(trade=0.25)
SHIPPED_BASIS = "prior: gain and tokens as learned from public outcomes, not yet from your models'"


class Policy(msgspec.Struct, frozen=True):
    """Everything the operator wants of a decision.

    Attributes:
        rules: The last one always holds.
        basis: Where the estimate of gain and tokens comes from, in words, for the reasons.
    """

    rules: tuple[Rule, ...]
    prefer: Prefer = DEFAULT_PREFER
    basis: str = SHIPPED_BASIS
