"""The Detector protocol and the walk along the shelf."""

from collections.abc import Mapping, Sequence
from typing import Protocol, assert_never

from pointsman.encoder.encoding import UNREAD, Encoding
from pointsman.signals.findings import Finding, Measure, Scores, Spans
from pointsman.wire.prompt import Prompt

Signals = Mapping[str, Finding]
"""Everything that was measured in one request, by signal name."""

Vocabulary = Mapping[str, frozenset[str]]
"""The names that a condition may ask of each signal: labels, measure names or span types."""


class Detector(Protocol):
    """Measures one thing; pure, deterministic, and never imports another detector."""

    @property
    def name(self) -> str:
        """The signal's name, unique on the shelf."""
        ...

    @property
    def reads(self) -> bool:
        """Whether it needs the encoder's reading; without one it is left out."""
        ...

    @property
    def names(self) -> frozenset[str]:
        """What its finding can hold."""
        ...

    def __call__(self, prompt: Prompt, encoding: Encoding) -> Finding:
        """Measure a prompt, given the encoding of its judged text."""
        ...


def measure(detectors: Sequence[Detector], prompt: Prompt, encoding: Encoding) -> Signals:
    """Walk the shelf; with `UNREAD`, only past the detectors that need no reading."""
    return {
        detector.name: detector(prompt, encoding)
        for detector in detectors
        if encoding is not UNREAD or not detector.reads
    }


def vocabulary(detectors: Sequence[Detector]) -> Vocabulary:
    """Return what conditions may speak of with these detectors."""
    return {detector.name: detector.names for detector in detectors}


def value_of(finding: Finding, name: str) -> float:
    """Return what a condition compares: a probability, a number, or a span type's highest p."""
    match finding:
        case Scores(scores=values) | Measure(values=values):
            return values.get(name, 0.0)
        case Spans(spans=spans):
            return max((span.p for span in spans if span.type == name), default=0.0)
        case _:
            assert_never(finding)
