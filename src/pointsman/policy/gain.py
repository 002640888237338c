"""What each option is expected to bring and to cost.

The prior of a router without outcomes of its own: the encoder says how likely the light and the
heavy answer of its training outcomes are right; a target stands somewhere between the two.

    p(target) = p_light + (p_heavy - p_light) * share(target)
    share(target) = MODEL_SHARE * strength + (1 - MODEL_SHARE) * reasoning share

`MODEL_SHARE` and the efforts' shares are judgements, not measurements; a decision with the shipped
estimates says `prior` in its reasons. `pointsman learn` replaces the estimates by ones learned from
the operator's outcomes; the shares stay.
"""

import math

import msgspec

from pointsman.catalog.families import Effort
from pointsman.catalog.models import Catalog, Model, Target
from pointsman.signals.detector import Signals, value_of
from pointsman.signals.findings import Measure

MODEL_SHARE = 0.4
"""Part of the gap between light and heavy answers that a stronger model alone closes."""

EFFORT_SHARE: dict[Effort | None, float] = {None: 1.0, "low": 0.5, "medium": 0.85, "high": 1.0}
"""Part of reasoning's gain that an effort keeps; None is a family with only on and off."""

EFFORT_TOKENS: dict[Effort | None, float] = {None: 1.0, "low": 0.4, "medium": 1.0, "high": 2.0}
"""Reasoning tokens of an effort, relative to what the encoder expects."""

LEAST_REASONING_TOKENS = 200.0
"""Reasoning tokens at medium effort on a question that needs none: a model that is told to think
does, even about a greeting. A judgement; without it, thinking about easy questions looks free."""

ANSWER_TOKENS = 256
"""Output tokens of an answer without reasoning, when nothing is known of the model."""


_UNREAD = Measure({"p_light": math.nan, "p_heavy": math.nan, "extra_tokens": 0.0})


class Need(msgspec.Struct, frozen=True):
    """What pricing needs to know of a request.

    Tokens are estimates. `cached_tokens` of the prompt lie in the prefix cache of `cached_on`.
    """

    p_light: float
    p_heavy: float
    extra_tokens: float
    prompt_tokens: float
    output_cap: int | None = None
    choices: int = 1
    cached_on: str | None = None
    cached_tokens: float = 0.0


class Expected(msgspec.Struct, frozen=True):
    """What one target is expected to bring and cost; p_correct is NaN for an unread request."""

    p_correct: float
    usd: float
    output_tokens: float


def need_of(
    signals: Signals,
    *,
    output_cap: int | None = None,
    choices: int = 1,
    cached_on: str | None = None,
    cached_tokens: float = 0.0,
) -> Need:
    """Read a request's need off its signals."""
    reasoning, surface = signals.get("reasoning", _UNREAD), signals["surface"]
    return Need(
        p_light=value_of(reasoning, "p_light"),
        p_heavy=value_of(reasoning, "p_heavy"),
        extra_tokens=value_of(reasoning, "extra_tokens"),
        prompt_tokens=value_of(surface, "prompt_tokens"),
        output_cap=output_cap,
        choices=choices,
        cached_on=cached_on,
        cached_tokens=cached_tokens,
    )


def reasoning_tokens(target: Target, need: Need) -> float:
    """Return the reasoning tokens expected of a target."""
    if target.reasoning.mode != "on":
        return 0.0
    expected = max(need.extra_tokens, LEAST_REASONING_TOKENS)
    tokens = expected * EFFORT_TOKENS[target.reasoning.effort]
    budget = target.reasoning.budget_tokens
    return tokens if budget is None else min(tokens, float(budget))


def expect(target: Target, model: Model, need: Need) -> Expected:
    """Estimate what a target brings (probability of a right answer) and costs (US dollars)."""
    reasons = EFFORT_SHARE[target.reasoning.effort] if target.reasoning.mode == "on" else 0.0
    share = MODEL_SHARE * model.strength + (1 - MODEL_SHARE) * reasons
    output = ANSWER_TOKENS + reasoning_tokens(target, need)
    if need.output_cap is not None:
        output = min(output, float(need.output_cap))
    output *= need.choices
    cached = need.cached_tokens if need.cached_on == target.model else 0.0
    return Expected(
        p_correct=need.p_light + (need.p_heavy - need.p_light) * share,
        usd=model.prices.usd(prompt=need.prompt_tokens, output=output, cached=cached),
        output_tokens=output,
    )


def always_large(catalog: Catalog) -> Target:
    """Return what savings are measured against: the strongest model, always thinking its most."""
    model = catalog.strongest()
    return Target(model.name, model.family.choices()[-1])
