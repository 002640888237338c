"""A question as if something else had been measured of it."""

from collections.abc import Iterator, Mapping
from typing import assert_never

import msgspec

from pointsman.policy.conditions import All, Any_, Asks, Condition, Not
from pointsman.policy.question import Question
from pointsman.signals.detector import value_of
from pointsman.signals.findings import Finding, Measure, Scores, Span, Spans

REASONING = "reasoning"
GAIN = "p_gain"


def with_p_gain(question: Question, p_gain: float) -> Question:
    """Return the question as if p_gain had been measured differently.

    The other three outcome probabilities keep their proportions, so that each value of the signal
    is a straight line in p_gain.
    """
    measured = question.signals[REASONING]
    old = value_of(measured, GAIN)
    rest = (1 - p_gain) / (1 - old) if old < 1 else 0.0
    p_loss = value_of(measured, "p_loss") * rest
    both = (value_of(measured, "p_heavy") - old) * rest
    values = {
        GAIN: p_gain,
        "p_loss": p_loss,
        "p_light": both + p_loss,
        "p_heavy": both + p_gain,
        "extra_tokens": value_of(measured, "extra_tokens"),
    }
    return _with(question, REASONING, Measure(values))


def with_value(question: Question, signal: str, name: str, value: float) -> Question:
    """Return the question as if one value of one signal had been measured differently.

    Labels that exclude one another keep their proportions in what is left of 1.
    """
    return _with(question, signal, _changed(question.signals[signal], name, value))


def _with(question: Question, signal: str, finding: Finding) -> Question:
    return msgspec.structs.replace(question, signals={**question.signals, signal: finding})


def _changed(finding: Finding, name: str, value: float) -> Finding:
    match finding:
        case Measure(values=values):
            return Measure({**values, name: value})
        case Scores(scores=scores, exclusive=False):
            return Scores({**scores, name: value}, exclusive=False)
        case Scores(scores=scores):
            return Scores(_renormalised(scores, name, value))
        case Spans(spans=spans):
            others = tuple(span for span in spans if span.type != name)
            return Spans((*others, Span(name, 0, 0, 0, value)))
        case _:
            assert_never(finding)


def _renormalised(scores: Mapping[str, float], name: str, value: float) -> dict[str, float]:
    rest = sum(p for label, p in scores.items() if label != name)
    whole = rest + scores.get(name, 0.0)
    factor = max(0.0, whole - value) / rest if rest > 0 else 0.0
    return {
        label: value if label == name else p * factor
        for label, p in ({name: 0.0} | dict(scores)).items()
    }


def asks_of(condition: Condition) -> Iterator[Asks]:
    """Yield everything that a condition asks."""
    match condition:
        case Asks():
            yield condition
        case Not(of=part):
            yield from asks_of(part)
        case All(of=parts) | Any_(of=parts):
            for part in parts:
                yield from asks_of(part)
        case _:
            assert_never(condition)
