"""Where the lines that a decision weighs cross: of options in p_gain and in λ, of rules' bounds."""

from collections.abc import Iterator
from typing import assert_never

import msgspec

from pointsman.catalog.models import Catalog, Target
from pointsman.policy.conditions import All, Any_, Asks, Condition, Not, holds
from pointsman.policy.decide import weighed
from pointsman.policy.gain import LEAST_GAIN
from pointsman.policy.question import Question
from pointsman.policy.rules import Policy
from pointsman.policy.selection import Weighed
from pointsman.policy.what_if import REASONING, asks_of
from pointsman.signals.detector import Signals, value_of
from pointsman.signals.findings import Finding


class Line(msgspec.Struct, frozen=True):
    """A rule, by its name, and all that its weighing depends on."""

    rule: str
    policy: Policy
    catalog: Catalog

    def weighed(self, question: Question) -> tuple[Weighed, ...]:
        """Return each option's expected quality and relative cost; empty if it weighs nothing."""
        rule = next(rule for rule in self.policy.rules if rule.name == self.rule)
        return weighed(rule, question, self.policy, self.catalog)

    def trade(self, question: Question) -> float:
        """Return the λ that it weighs with."""
        return self.policy.prefer.trade if question.trade is None else question.trade


def bounds_crossed(policy: Policy, at_none: Question, at_all: Question) -> Iterator[float]:
    """Yield each p_gain at which a value that a rule asks of it meets its bound.

    Rules that can hold at no p_gain are passed over, and those behind one that holds at each.
    """
    none, whole = at_none.signals[REASONING], at_all.signals[REASONING]
    for rule in policy.rules:
        if rule.when is None:
            return
        can, must = _can_and_must(rule.when, at_none.signals)
        if can:
            yield from _met(rule.when, none, whole)
        if must:
            return


def least_gain_met(at_none: Question, at_all: Question) -> Iterator[float]:
    """Yield each p_gain at which the gain is just too small to count, on either side of none."""
    ends = (at_none.signals[REASONING], at_all.signals[REASONING])
    low, high = (value_of(end, "p_heavy") - value_of(end, "p_light") for end in ends)
    # With a gain of 1 nothing is lost, with one of 0 nothing is gained: the two ends differ.
    yield from ((bound - low) / (high - low) for bound in (-LEAST_GAIN, LEAST_GAIN))


def _met(condition: Condition, none: Finding, whole: Finding) -> Iterator[float]:
    for asks in asks_of(condition):
        if asks.signal != REASONING:
            continue
        low, high = value_of(none, asks.name), value_of(whole, asks.name)
        for bound in [bound for bound in (asks.above, asks.below) if bound is not None] or [0.0]:
            if low != high:
                yield (bound - low) / (high - low)


def _can_and_must(condition: Condition, signals: Signals) -> tuple[bool, bool]:
    """Whether a condition can hold, and must hold, whatever the need of reasoning is."""
    match condition:
        case Asks(signal=signal) if signal == REASONING:
            return True, False
        case Asks():
            found = holds(condition, signals)
            return found, found
        case Not(of=part):
            can, must = _can_and_must(part, signals)
            return not must, not can
        case All(of=parts) | Any_(of=parts):
            both = [_can_and_must(part, signals) for part in parts]
            every = all if isinstance(condition, All) else any
            return every(can for can, _ in both), every(must for _, must in both)
        case _:
            assert_never(condition)


def options_crossed(
    line: Line, target: Target, one: tuple[float, Question], other: tuple[float, Question]
) -> Iterator[float]:
    """Yield each p_gain at which an option of the rule is worth as much as that of a target.

    Args:
        line: The rule.
        target: What was decided.
        one: A p_gain, and the question with it.
        other: Another one; between the two, and as far as no bound is crossed, worths are straight.
    """
    (here, question), (there, another) = one, other
    low = {option.target: option.worth for option in line.weighed(question)}
    high = {option.target: option.worth for option in line.weighed(another)}
    if target not in low or target not in high:
        return
    for rival in low.keys() & high.keys():
        ahead, later = low[target] - low[rival], high[target] - high[rival]
        if ahead != later:
            yield here + (there - here) * ahead / (ahead - later)


def trades_crossed(line: Line, target: Target, question: Question) -> Iterator[float]:
    """Yield each λ at which an option of the rule is worth as much as that of a target."""
    options = {one.target: one for one in line.weighed(question)}
    if target not in options:
        return
    chosen = options[target]
    for other in options.values():
        if other.cost != chosen.cost:
            trade = (other.quality - chosen.quality) / (other.cost - chosen.cost)
            if trade >= 0:
                yield trade / chosen.factor
