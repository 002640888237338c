"""What would change a decision: the nearest value at which it falls otherwise.

First of the need of reasoning (p_gain), along which every bound of a rule, and between bounds every
expectation, is a straight line, so that the nearest turn is found exactly; where none turns it, of
the values that rules ask, one at a time; then of λ. Each answer has been tried: the decision was
made again with it.
"""

import math
from collections.abc import Callable, Iterable, Iterator
from itertools import chain

import msgspec

from pointsman.catalog.models import Catalog, Target
from pointsman.errors import NoCandidateError
from pointsman.policy.conditions import least_of
from pointsman.policy.decide import Decision, decide
from pointsman.policy.lines import (
    Line,
    bounds_crossed,
    least_gain_met,
    options_crossed,
    trades_crossed,
)
from pointsman.policy.question import Question
from pointsman.policy.rules import Policy
from pointsman.policy.what_if import GAIN, REASONING, asks_of, with_p_gain, with_value
from pointsman.signals.detector import value_of
from pointsman.signals.findings import Finding, Measure

LAMBDA = "lambda"
_BEYOND = (1e-9, 1e-6, 1e-4)
"""How far beyond a turn the decision is tried: bounds are strict, and sums are rounded."""
_ROUNDED = 1e-9
"""A turn may be this far on the wrong side of a value by rounding alone, ties among them."""
_MOST_ASKED = 64
"""Values of rules that are tried, the nearest first: a bound, so that 1,000 rules cost no more."""

Changed = Callable[[float], Question]
Range = tuple[float, float]

_PROBABILITY: Range = (0.0, 1.0)
_NUMBER: Range = (0.0, math.inf)


class Counterfactual(msgspec.Struct, frozen=True):
    """Where the decision turns: at this value, below or above it, to this target and rule.

    Attributes:
        name: `p_gain`, `lambda`, or a signal and its value such as `domain.math`.
        tried: The value it was tried with: just beyond `value`, or `value` itself where there is
            nothing beyond it.
    """

    name: str
    value: float
    above: bool
    target: Target
    rule: str
    tried: float

    def __str__(self) -> str:
        """Return it as a sentence."""
        side = ">" if self.above else "<"
        if self.tried == self.value:
            side = "="
        # A λ may be small; `< 0.000` would say that it cannot be.
        said = f"{self.value:.3f}" if self.value >= 0.001 or not self.value else f"{self.value:.1e}"  # noqa: PLR2004
        return f"would go to {self.target} if {self.name} {side} {said}"


def counterfactual(
    question: Question, decision: Decision, policy: Policy, catalog: Catalog
) -> Counterfactual | None:
    """Find the nearest change that sends a request elsewhere.

    Returns None where nothing that was measured does, nor another λ: the rule leaves one choice, or
    the request names its model.
    """
    if question.named is not None:
        return None
    search = _Search(question, decision, policy, catalog)
    return search.by_gain() or search.by_asked() or search.by_trade()


class _Search:
    """One decision and what it would be otherwise."""

    def __init__(
        self, question: Question, decision: Decision, policy: Policy, catalog: Catalog
    ) -> None:
        self._question = question
        self._decision = decision
        self._policy = policy
        self._catalog = catalog

    def by_gain(self) -> Counterfactual | None:
        """The nearest p_gain that turns it, on either side."""
        if REASONING not in self._question.signals:
            return None
        here = value_of(self._question.signals[REASONING], GAIN)
        turns = (self._turn_of_gain(here, end) for end in _PROBABILITY if end != here)
        found = [turn for turn in turns if turn is not None]
        return min(found, key=lambda turn: abs(turn.value - here), default=None)

    def _turn_of_gain(self, here: float, end: float) -> Counterfactual | None:
        """The nearest turn on the way from here to an end."""
        ends, above = (self._at(0.0), self._at(1.0)), end > here
        bounds = chain(bounds_crossed(self._policy, *ends), least_gain_met(*ends))
        edges = _between(bounds, here, end)
        for start, stop in zip([here, *edges], [*edges, end], strict=True):
            for inner in self._crossings(start, stop):
                if turn := self._tried(GAIN, inner, self._at, _PROBABILITY, above=above):
                    return turn
            if turn := self._tried(GAIN, stop, self._at, _PROBABILITY, above=above):
                return turn
        return None

    def _crossings(self, start: float, stop: float) -> list[float]:
        """Where another option of the rule between two edges overtakes; the nearest first."""
        rule = self._rule_at((start + stop) / 2) if start != stop else None
        if rule is None:
            return []
        line = Line(rule, self._policy, self._catalog)
        quarters = [start + (stop - start) * share for share in (0.25, 0.75)]
        one, other = ((p_gain, self._at(p_gain)) for p_gain in quarters)
        return _between(options_crossed(line, self._decision.target, one, other), start, stop)

    def _rule_at(self, p_gain: float) -> str | None:
        there = self._decide(self._at(p_gain))
        return there.rule if there else None

    def _at(self, p_gain: float) -> Question:
        return with_p_gain(self._question, p_gain)

    def by_asked(self) -> Counterfactual | None:
        """The nearest bound of any rule at which one value turns it."""
        bounds = sorted(self._bounds(), key=lambda found: found[0])[:_MOST_ASKED]
        for _, signal, name, bound, above in bounds:

            def at(value: float, signal: str = signal, name: str = name) -> Question:
                return with_value(self._question, signal, name, value)

            within = _range_of(self._question.signals[signal], name)
            if turn := self._tried(f"{signal}.{name}", bound, at, within, above=above):
                return turn
        return None

    def _bounds(self) -> Iterator[tuple[float, str, str, float, bool]]:
        """Distance, signal, name, bound, and on which side of it the value would have to be."""
        signals = self._question.signals
        for rule in self._policy.rules:
            for asks in asks_of(rule.when) if rule.when else ():
                if asks.signal == REASONING or asks.signal not in signals:
                    continue
                finding = signals[asks.signal]
                value = value_of(finding, asks.name)
                bounds = [b for b in (asks.above, asks.below) if b is not None]
                bounds = bounds or [least_of(asks.name, number=isinstance(finding, Measure))]
                for bound in bounds:
                    above = value < bound or (value == bound and bound != asks.below)
                    distance = abs(bound - value) / max(abs(bound), abs(value), 1e-9)
                    yield distance, asks.signal, asks.name, bound, above

    def by_trade(self) -> Counterfactual | None:
        """The nearest λ that turns it."""
        line = Line(self._decision.rule, self._policy, self._catalog)
        here = line.trade(self._question)
        found = trades_crossed(line, self._decision.target, self._question)
        for trade in sorted(found, key=lambda one: abs(one - here)):
            tied = abs(trade - here) <= _ROUNDED
            for above in (False, True) if tied else (trade > here,):
                if turn := self._tried(LAMBDA, trade, self._with_trade, _NUMBER, above=above):
                    return turn
        return None

    def _with_trade(self, trade: float) -> Question:
        return msgspec.structs.replace(self._question, trade=trade)

    def _tried(
        self, name: str, value: float, at: Changed, within: Range, *, above: bool
    ) -> Counterfactual | None:
        """Decide just beyond a value; a turn only if the target is really another one."""
        low, high = within
        if not low <= value <= high:
            return None
        steps = [beyond * max(1.0, abs(value)) * (1 if above else -1) for beyond in _BEYOND]
        for tried in dict.fromkeys(min(high, max(low, value + step)) for step in steps):
            there = self._decide(at(tried))
            if there is not None and there.target != self._decision.target:
                return Counterfactual(name, value, above, there.target, there.rule, tried)
        return None

    def _decide(self, question: Question) -> Decision | None:
        try:
            return decide(question, self._policy, self._catalog)
        except NoCandidateError:
            return None


def _between(found: Iterable[float], start: float, stop: float) -> list[float]:
    """Return the values from start to stop, both included, the nearest to the start first."""
    low, high = sorted((start, stop))
    near = {min(high, max(low, p)) for p in found if low - _ROUNDED <= p <= high + _ROUNDED}
    return sorted(near, key=lambda p: abs(p - start))


def _range_of(finding: Finding, name: str) -> Range:
    """Return what a value can be at all; an attack's `p` stands in a measure."""
    number = isinstance(finding, Measure) and name != "p" and not name.startswith("p_")
    return _NUMBER if number else _PROBABILITY
