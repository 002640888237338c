"""What a policy would have to know of a request that was not measured of it.

A value that was not measured is not 0: a rule that asks for it is neither true nor false (Kleene's
logic of three values). Where that leaves open which rule holds, the request cannot be decided;
where it does not, any value in its place gives the same decision.
"""

import math
from collections.abc import Iterable
from typing import assert_never

import msgspec

from pointsman.policy.conditions import All, Any_, Asks, Condition, Not, holds
from pointsman.policy.question import Question
from pointsman.policy.rules import Policy, Rule
from pointsman.policy.selection import SELECTORS
from pointsman.policy.what_if import REASONING
from pointsman.signals.detector import Signals
from pointsman.signals.findings import Finding, Measure, Scores, Spans

Lacks = frozenset[str]
"""Values that are missing, as `signal.name`, or whole signals."""

_NONE: Lacks = frozenset()
_SURFACE = "surface"
_NAMES_ONLY_THE_LIKELY = frozenset({"language"})
"""Signals that leave out labels whose probability is next to nothing (`signals/language.py`)."""
_ESTIMATE = ("p_light", "p_heavy", "extra_tokens")
_UNREAD = Measure({"p_light": math.nan, "p_heavy": math.nan, "extra_tokens": 0.0})
_ANYTHING = Measure({})


def missing_in(question: Question, policy: Policy) -> Lacks:
    """Return what a policy needs to decide a question and lacks; empty where it can decide."""
    signals = question.signals
    if _SURFACE not in signals:
        return frozenset({_SURFACE})  # every prompt is counted, to price it
    unchecked = policy.guards.signals - set(signals)
    if unchecked and not question.failed:
        return frozenset(unchecked)
    if question.named is not None:
        return _NONE
    known = ((rule, *_held(rule, signals)) for rule in policy.rules)
    # The last rule of a policy always holds.
    rule, held, lacks = next(each for each in known if each[1] is not False)
    return lacks if held is None else _weighing(rule, policy, signals)


def filled(question: Question, asked: Iterable[str]) -> Question:
    """Return a question with something in the place of signals that were not measured.

    Only for questions that lack nothing, see `missing_in`: then it does not matter what it is.
    """
    signals = question.signals
    lacking = {
        name: _UNREAD if name == REASONING else _ANYTHING for name in asked if name not in signals
    }
    if not lacking:
        return question
    return msgspec.structs.replace(question, signals={**signals, **lacking})


def _weighing(rule: Rule, policy: Policy, signals: Signals) -> Lacks:
    """What the rule's algorithm weighs by and lacks."""
    algorithm = SELECTORS[rule.choose]
    lacks = set()
    if algorithm.weighs:
        estimate = signals.get(REASONING)
        lacks = {f"{REASONING}.{name}" for name in _ESTIMATE if not _has(estimate, REASONING, name)}
    if algorithm.table is not None:
        signal = policy.tables[algorithm.table].signal
        lacks |= set() if isinstance(signals.get(signal), Scores) else {signal}
    return frozenset(lacks)


def _held(rule: Rule, signals: Signals) -> tuple[bool | None, Lacks]:
    return (True, _NONE) if rule.when is None else _known(rule.when, signals)


def _known(condition: Condition, signals: Signals) -> tuple[bool | None, Lacks]:
    """Say whether a condition holds; None, with what is missing, where that is not known."""
    match condition:
        case Asks(signal=signal, name=name):
            if not _has(signals.get(signal), signal, name):
                return None, frozenset({f"{signal}.{name}"})
            return holds(condition, signals), _NONE
        case Not(of=part):
            held, lacks = _known(part, signals)
            return (None if held is None else not held), lacks
        case All(of=parts):
            return _settled([_known(part, signals) for part in parts], by=False)
        case Any_(of=parts):
            return _settled([_known(part, signals) for part in parts], by=True)
        case _:
            assert_never(condition)


def _settled(parts: list[tuple[bool | None, Lacks]], *, by: bool) -> tuple[bool | None, Lacks]:
    """Join parts, one of which settles the whole by being true (or false)."""
    if any(held is by for held, _ in parts):
        return by, _NONE
    lacks = _NONE.union(*(lacks for _, lacks in parts))
    return (None if lacks else not by), lacks


def _has(finding: Finding | None, signal: str, name: str) -> bool:
    match finding:
        case None:
            return False
        case Measure(values=values):
            return name in values
        case Scores(scores=scores):
            return name in scores or signal in _NAMES_ONLY_THE_LIKELY
        case Spans():
            return True  # a type of which none was found
        case _:
            assert_never(finding)
