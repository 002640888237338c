"""Selection algorithms: choose one option of a pool.

To add one: a function of the same shape, and a line in `SELECTORS`.
"""

from collections.abc import Callable, Mapping, Sequence

import msgspec

from pointsman.catalog.models import Target
from pointsman.policy.gain import Expected
from pointsman.policy.rules import Prefer

STAY_MARGIN = 0.02
"""A conversation changes its model only when the other option is better by more than this: of the
probability of a right answer with `trade`, of the cost of always-large with `quality_loss_max`.
It keeps near-ties from bouncing; the price of the lost prompt cache is counted apart."""


class Option(msgspec.Struct, frozen=True):
    """One target a decision may choose, what is expected of it, and if and why it may not."""

    target: Target
    expected: Expected
    excluded: str | None = None


class Field(msgspec.Struct, frozen=True):
    """What a selector is given.

    Attributes:
        options: Options that are not excluded, in the pool's order; never empty.
        prefer: The operator's dial.
        usd_always_large: Cost of the strongest model with reasoning on the same request.
        current: The model this conversation is on, if any.
    """

    options: Sequence[Option]
    prefer: Prefer
    usd_always_large: float
    current: str | None = None


class Choice(msgspec.Struct, frozen=True):
    """What a selector chose, and why."""

    option: Option
    reasons: tuple[str, ...]


Selector = Callable[[Field], Choice]


def choose_static(field: Field) -> Choice:
    """Take the pool's first model in the least reasoning that the rule allows."""
    return Choice(field.options[0], ("the first of the pool",))


def choose_by_gain(field: Field) -> Choice:
    """Take the option with the best expected gain for its cost, on the operator's dial.

    With `trade` (λ), the highest of p_correct - λ · usd / usd_always_large. With
    `quality_loss_max`, the cheapest whose p_correct is within that of the best. On equal terms
    the cheaper option wins, then the pool's order.
    """
    limit = field.prefer.quality_loss_max
    if limit is not None:
        return _cheapest_within(field, limit)
    return _best_trade(field, field.prefer.trade or 0.0)


def _best_trade(field: Field, trade: float) -> Choice:
    def worth(option: Option) -> tuple[float, float]:
        cost = option.expected.usd
        relative = cost / field.usd_always_large if field.usd_always_large > 0 else 0.0
        stays = STAY_MARGIN if option.target.model == field.current else 0.0
        return option.expected.p_correct - trade * relative + stays, -cost

    best = max(field.options, key=worth)
    reason = (
        f"best of p_correct - {trade:g} x usd/usd_always_large: {worth(best)[0]:.3f} "
        f"(p_correct {best.expected.p_correct:.3f}, {_percent(best, field)} of always-large)"
    )
    return Choice(best, (reason,))


def _cheapest_within(field: Field, limit: float) -> Choice:
    top = max(option.expected.p_correct for option in field.options)
    within = [o for o in field.options if o.expected.p_correct >= top - limit - 1e-12]

    def cost(option: Option) -> float:
        stays = STAY_MARGIN if option.target.model == field.current else 0.0
        return option.expected.usd - stays * field.usd_always_large

    best = min(within, key=cost)
    reason = (
        f"cheapest that is expected to lose at most {limit:g} against the best "
        f"({top:.3f}): p_correct {best.expected.p_correct:.3f}, "
        f"{_percent(best, field)} of always-large"
    )
    return Choice(best, (reason,))


def _percent(option: Option, field: Field) -> str:
    if field.usd_always_large <= 0:
        return "no cost"
    return f"{option.expected.usd / field.usd_always_large:.0%}"


SELECTORS: Mapping[str, Selector] = {
    "gain": choose_by_gain,
    "static": choose_static,
}
