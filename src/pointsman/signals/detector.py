"""The Detector protocol and the walk along the shelf."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, Protocol, assert_never

from pointsman.encoder.encoding import Asked, Heads
from pointsman.signals.findings import Finding, Measure, Scores, Spans
from pointsman.signals.reading import NOTHING_READ, Reading
from pointsman.wire.prompt import Prompt

Signals = Mapping[str, Finding]
"""Everything that was measured in one request, by signal name."""

Vocabulary = Mapping[str, frozenset[str]]
"""The names that a condition may ask of each signal: labels, measure names or span types."""

Kind = Literal["exclusive", "probabilities", "numbers"]
"""What a signal's values are: probabilities that sum to at most 1, others, or any numbers."""

NO_HEADS: Heads = frozenset()


class Detector(Protocol):
    """Measures one thing; pure, deterministic, and never imports another detector."""

    @property
    def name(self) -> str:
        """The signal's name, unique on the shelf."""
        ...

    @property
    def kind(self) -> Kind:
        """What its values are."""
        ...

    @property
    def judged(self) -> Heads:
        """The heads that it needs of the judged text."""
        ...

    @property
    def whole(self) -> Heads:
        """The heads that it needs of every text of the request."""
        ...

    @property
    def names(self) -> frozenset[str]:
        """What its finding can hold."""
        ...

    def __call__(self, prompt: Prompt, reading: Reading) -> Finding:
        """Measure a prompt, given what was read of it."""
        ...


def measure(detectors: Sequence[Detector], prompt: Prompt, reading: Reading) -> Signals:
    """Walk the shelf; a detector that needs what was not asked for is left out."""
    return {
        detector.name: detector(prompt, reading)
        for detector in detectors
        if detector.judged <= reading.asked.judged and detector.whole <= reading.asked.whole
    }


def unmeasured(detectors: Sequence[Detector], prompt: Prompt) -> Signals:
    """Return what is left where reading failed: counts, and findings that say nothing."""
    return {
        detector.name: _nothing_of(detector)
        if detector.judged or detector.whole
        else detector(prompt, NOTHING_READ)
        for detector in detectors
    }


def _nothing_of(detector: Detector) -> Finding:
    if detector.kind == "numbers":
        return Measure(dict.fromkeys(detector.names, 0.0))
    return Scores({}, exclusive=detector.kind == "exclusive")


def asked_of(detectors: Iterable[Detector], max_windows: int) -> Asked:
    """What the encoder must be asked for, so that all of these can measure."""
    shelf = tuple(detectors)
    return Asked(
        NO_HEADS.union(*(detector.judged for detector in shelf)),
        NO_HEADS.union(*(detector.whole for detector in shelf)),
        max_windows,
    )


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
