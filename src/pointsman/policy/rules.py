"""The operator's policy: one dial and a list of rules; the first rule that holds decides."""

from collections.abc import Mapping
from typing import Annotated, Literal

import msgspec

from pointsman.catalog.families import Effort
from pointsman.policy.conditions import Condition
from pointsman.policy.gain import WHOLE, Ends
from pointsman.policy.guard import NO_GUARDS, Guard, Guards
from pointsman.policy.tables import Table

SelectorName = str
Tokens = Annotated[int, msgspec.Meta(ge=1)]
Share = Annotated[float, msgspec.Meta(ge=0, le=1)]


class ReasoningRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a rule says of reasoning.

    Attributes:
        mode: `auto` leaves it to the selection algorithm.
        effort: With `on`, the effort where the family knows efforts.
        budget_tokens: With `on` or `auto`, a cap on reasoning tokens where the family knows one;
            `predicted` caps at twice what this request is expected to take.
        override: Whether it also overrides what the client itself asked for.
    """

    mode: Literal["auto", "on", "off"] = "auto"
    effort: Effort | None = None
    budget_tokens: Tokens | Literal["predicted"] | None = None
    override: bool = False


class Shadow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A model that gets a copy of requests; its answers are measured and thrown away.

    Attributes:
        share: Of the rule's requests; conversations are in it or not as a whole.
    """

    model: str
    share: Share = 1.0


class Cascade(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When an answer is not good enough, so that a stronger option is asked.

    An answer that is empty, cut off by a limit that is not the client's, or not the JSON that was
    asked for, never is.

    Attributes:
        unsure: Phrases that an answer which is unsure of itself holds, in any case.
        logprob_below: Mean log-probability of the answer's tokens below which it is unsure, where
            the answer carries them.
    """

    unsure: tuple[str, ...] = ()
    logprob_below: float | None = None


class Rule(msgspec.Struct, frozen=True):
    """When a condition holds, choose among these models in this way.

    Attributes:
        use: Names of the pool's models, the preferred one first.
        when: The condition; None always holds.
        choose: Name of the selection algorithm.
        max_usd: Options that are expected to cost more are left out.
        weights: With `split`, each model's share of the requests.
        sticky: With `split` and `shadow`: what keeps its assignment.
        cascade: With `cascade`, when an answer is not good enough.
        guard: What the guard does otherwise where this rule holds.
    """

    name: str
    use: tuple[str, ...]
    when: Condition | None = None
    choose: SelectorName = "gain"
    reasoning: ReasoningRule = ReasoningRule()
    max_usd: float | None = None
    weights: Mapping[str, float] = {}
    sticky: Literal["conversation", "caller"] = "conversation"
    shadow: Shadow | None = None
    cascade: Cascade = Cascade()
    guard: Guard | None = None


class Prefer(msgspec.Struct, frozen=True):
    """The dial between quality and cost.

    Attributes:
        trade: λ: how much probability of a right answer the operator gives up to save the whole
            cost of the strongest model with reasoning. 0 buys every gain; 1 hardly any.
        weighs: What a cost is: money, or time.
        basis: How λ was found, in words; empty where the operator stated it.
        usd_per_day: Where λ follows what is spent, the most that a day may cost.
    """

    trade: float = 0.25
    weighs: Literal["usd", "seconds"] = "usd"
    basis: str = ""
    usd_per_day: float | None = None


DEFAULT_PREFER = Prefer()
SHIPPED_BASIS = "prior: gain and tokens as learned from public outcomes, not yet from your models'"


class Policy(msgspec.Struct, frozen=True):
    """Everything the operator wants of a decision.

    Attributes:
        rules: The last one always holds.
        basis: Where the estimate of gain and tokens comes from, in words, for the reasons.
        ends: Where the two arms of that estimate stand.
        tables: Tables of outcomes, by the name of the algorithm that chooses by them.
        guards: What is done about attacks and personal data.
    """

    rules: tuple[Rule, ...]
    prefer: Prefer = DEFAULT_PREFER
    basis: str = SHIPPED_BASIS
    ends: Ends = WHOLE
    tables: Mapping[str, Table] = {}
    guards: Guards = NO_GUARDS
