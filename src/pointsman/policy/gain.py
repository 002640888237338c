"""What each option is expected to bring and to cost.

The prior of a router without outcomes of its own: the encoder says how likely the light and the
heavy answer of its training outcomes are right; a target stands somewhere between the two.

    p(target) = p_light + (p_heavy - p_light) * place(target)
    share(target) = MODEL_SHARE * strength + (1 - MODEL_SHARE) * reasoning share
    place(target) = (share(target) - share(light)) / (share(heavy) - share(light)), within 0 and 1

A gain below `LEAST_GAIN` counts as none. The prior takes share(light) as 0 and share(heavy) as 1.
`pointsman learn` replaces the estimates by ones learned from the operator's outcomes; where the
arms of these are models of the catalog, their own shares are the two ends. `MODEL_SHARE` and the
efforts' shares are judgements, not measurements; a decision with the shipped estimates says `prior`
in its reasons. A table of outcomes (`policy/tables.py`) needs no shares at all.
"""

import math
from collections.abc import Mapping

import msgspec

from pointsman.catalog.families import Effort
from pointsman.catalog.models import ANSWER_TOKENS, Model, Speed, Target
from pointsman.policy.tables import Table
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

LEAST_GAIN = 0.05
"""A smaller difference between the heavy and the light answer's probability is taken for none: the
estimates' own calibration error is 0.046 on questions unseen, and a greeting must not be thought
about because thinking is cheap. A judgement."""

_UNREAD = Measure({"p_light": math.nan, "p_heavy": math.nan, "extra_tokens": 0.0})


class Ends(msgspec.Struct, frozen=True):
    """The shares of the light and the heavy arm that the estimates were learned from."""

    light: float = 0.0
    heavy: float = 1.0


WHOLE = Ends()


class Need(msgspec.Struct, frozen=True):
    """What pricing needs to know of a request.

    Tokens are estimates. `cached_tokens` of the prompt lie in the prefix cache of `cached_on`.
    `speeds` are those seen lately, by model; they take the place of the model cards' own.
    """

    p_light: float
    p_heavy: float
    extra_tokens: float
    prompt_tokens: float
    output_cap: int | None = None
    choices: int = 1
    cached_on: str | None = None
    cached_tokens: float = 0.0
    speeds: Mapping[str, Speed] = {}


class Expected(msgspec.Struct, frozen=True):
    """What one target is expected to bring and cost.

    `p_correct` is NaN for an unread request, `seconds` where the model's speed is not known.
    """

    p_correct: float
    usd: float
    output_tokens: float
    seconds: float = math.nan


def need_of(
    signals: Signals,
    *,
    output_cap: int | None = None,
    choices: int = 1,
    cached_on: str | None = None,
    cached_share: float = 0.0,
    speeds: Mapping[str, Speed] | None = None,
) -> Need:
    """Read a request's need off its signals; `cached_share` of its prompt lies in a cache."""
    reasoning, surface = signals.get("reasoning", _UNREAD), signals["surface"]
    prompt_tokens = value_of(surface, "prompt_tokens")
    return Need(
        p_light=value_of(reasoning, "p_light"),
        p_heavy=value_of(reasoning, "p_heavy"),
        extra_tokens=value_of(reasoning, "extra_tokens"),
        prompt_tokens=prompt_tokens,
        output_cap=output_cap,
        choices=choices,
        cached_on=cached_on,
        cached_tokens=cached_share * prompt_tokens,
        speeds=speeds or {},
    )


def reasoning_tokens(target: Target, need: Need) -> float:
    """Return the reasoning tokens expected of a target."""
    reasoning = target.reasoning
    if reasoning.mode != "on":
        return 0.0
    tokens = max(need.extra_tokens, LEAST_REASONING_TOKENS) * EFFORT_TOKENS[reasoning.effort]
    budget = reasoning.budget_tokens
    return tokens if budget is None else min(tokens, float(budget))


def share_of(target: Target, model: Model) -> float:
    """Return where a target stands between a weak model at once and a strong one that reasons."""
    reasons = EFFORT_SHARE[target.reasoning.effort] if target.reasoning.mode == "on" else 0.0
    return MODEL_SHARE * model.strength + (1 - MODEL_SHARE) * reasons


def place_of(target: Target, model: Model, ends: Ends = WHOLE) -> float:
    """Return where a target stands between the two arms of the estimates, within 0 and 1."""
    share = share_of(target, model)
    if ends.heavy <= ends.light:
        return float(share >= ends.heavy)
    return min(1.0, max(0.0, (share - ends.light) / (ends.heavy - ends.light)))


def expect(
    target: Target,
    model: Model,
    need: Need,
    ends: Ends = WHOLE,
    known: tuple[Table, Signals] | None = None,
) -> Expected:
    """Estimate what a target brings (probability of a right answer) and costs (US dollars, time).

    Args:
        target: Model and reasoning.
        model: The model's card.
        need: What the request needs.
        ends: The arms of the estimates.
        known: A table of recorded outcomes and the signals to look it up by: what it knows of a
            target takes the place of the estimate.
    """
    thought = reasoning_tokens(target, need)
    output = model.answer_tokens + thought
    gain = need.p_heavy - need.p_light
    if -LEAST_GAIN < gain < LEAST_GAIN:
        gain = 0.0
    p_correct = need.p_light + gain * place_of(target, model, ends)
    if known is not None and (row := known[0].row_of(target)) is not None:
        p_correct, recorded = known[0].look_up(row, known[1])
        output = output if math.isnan(recorded) else recorded
        thought = min(thought, output)
    if need.output_cap is not None and output > need.output_cap:
        output = float(need.output_cap)
        thought = min(thought, output)
    cached = need.cached_tokens if need.cached_on == target.model else 0.0
    speed = need.speeds.get(target.model, model.speed)
    return Expected(
        p_correct=p_correct,
        usd=model.prices.usd(
            prompt=need.prompt_tokens,
            output=output * need.choices,
            cached=cached,
            reasoning=thought * need.choices,
        ),
        output_tokens=output * need.choices,
        # Answers of one request are written side by side.
        seconds=math.nan if speed is None else speed.seconds(output),
    )


__all__ = [
    "ANSWER_TOKENS",
    "EFFORT_SHARE",
    "EFFORT_TOKENS",
    "LEAST_GAIN",
    "LEAST_REASONING_TOKENS",
    "MODEL_SHARE",
    "WHOLE",
    "Ends",
    "Expected",
    "Need",
    "expect",
    "need_of",
    "place_of",
    "reasoning_tokens",
    "share_of",
]
