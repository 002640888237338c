"""What we measure in a request: an open set of signals, a closed set of findings.

To add a signal: write `signals/NAME.py` and add it to `default_detectors` below.
"""

from collections.abc import Mapping

from pointsman.signals.detector import Detector, Signals, Vocabulary, measure, vocabulary
from pointsman.signals.domain import DomainDetector
from pointsman.signals.keywords import KeywordDetector
from pointsman.signals.reasoning import ReasoningDetector
from pointsman.signals.surface import SurfaceDetector

__all__ = [
    "Detector",
    "Signals",
    "Vocabulary",
    "default_detectors",
    "measure",
    "vocabulary",
]


def default_detectors(
    labels: Mapping[str, tuple[str, ...]], keywords: Mapping[str, tuple[str, ...]] | None = None
) -> tuple[Detector, ...]:
    """Return the shelf of detectors, in the order they are measured.

    Args:
        labels: The encoder's classification heads and their labels.
        keywords: The operator's word lists by name.
    """
    return (
        DomainDetector(labels.get("domain", ())),
        ReasoningDetector(),
        SurfaceDetector(),
        KeywordDetector(keywords or {}),
    )
