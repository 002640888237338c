"""What we measure in a request: an open set of signals, a closed set of findings.

To add a signal: write `signals/NAME.py` and add it to `default_detectors` below.
"""

from collections.abc import Iterator, Mapping

from pointsman.encoder.tagging import span_types
from pointsman.signals.attacks import ATTACKS, HEAD, AttackDetector
from pointsman.signals.coverage import CoverageDetector
from pointsman.signals.detector import (
    Detector,
    Signals,
    Vocabulary,
    asked_of,
    measure,
    vocabulary,
)
from pointsman.signals.disguised import DisguiseDetector
from pointsman.signals.domain import DomainDetector
from pointsman.signals.head_file import CLUSTER, GAIN, GainHead, Head, LabelHead, TableHead
from pointsman.signals.keywords import KeywordDetector
from pointsman.signals.language import LanguageDetector
from pointsman.signals.learned import (
    ClusterDetector,
    LabelDetector,
    LearnedReasoningDetector,
)
from pointsman.signals.pii import PiiDetector
from pointsman.signals.reading import NOTHING_READ, Reading, read
from pointsman.signals.reasoning import ReasoningDetector
from pointsman.signals.surface import SurfaceDetector

__all__ = [
    "NOTHING_READ",
    "Detector",
    "Reading",
    "Signals",
    "Vocabulary",
    "asked_of",
    "default_detectors",
    "measure",
    "read",
    "vocabulary",
]


def default_detectors(
    labels: Mapping[str, tuple[str, ...]],
    keywords: Mapping[str, tuple[str, ...]] | None = None,
    heads: Mapping[str, Head] | None = None,
) -> tuple[Detector, ...]:
    """Return the shelf of detectors, in the order they are measured.

    Args:
        labels: The encoder's classification heads and their labels; a signal whose head the
            bundle lacks is not on the shelf.
        keywords: The operator's word lists by name.
        heads: The heads that the operator has learned, by the name of their signal; one named
            `gain` takes the place of the shipped `reasoning`.
    """
    own = heads or {}
    gain = own.get(GAIN)
    whole = frozenset({HEAD, PiiDetector.name}) & frozenset(labels)
    return (
        DomainDetector(labels.get("domain", ())),
        LearnedReasoningDetector(gain) if isinstance(gain, GainHead) else ReasoningDetector(),
        *(AttackDetector(name) for name in ATTACKS if name in labels.get(HEAD, ())),
        *(PiiDetector(span_types(tags)) for tags in [labels.get("pii")] if tags),
        CoverageDetector(whole),
        DisguiseDetector(whole),
        SurfaceDetector(),
        KeywordDetector(keywords or {}),
        LanguageDetector(),
        *(LabelDetector(name, head) for name, head in own.items() if isinstance(head, LabelHead)),
        *_clusters(own.get(CLUSTER)),
    )


def _clusters(head: Head | None) -> Iterator[Detector]:
    if isinstance(head, TableHead) and head.layer is not None:
        yield ClusterDetector(head.labels, head.layer.linear())
