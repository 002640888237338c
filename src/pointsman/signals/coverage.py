"""How much of a request was read: what no window reached must not pass for harmless."""

from pointsman.signals.detector import NO_HEADS, Kind
from pointsman.signals.findings import Measure
from pointsman.signals.reading import Reading
from pointsman.wire.prompt import Prompt


class CoverageDetector:
    """Counts characters that the windows did not reach, and passes that were taken."""

    name = "coverage"
    kind: Kind = "numbers"
    judged = NO_HEADS
    names = frozenset({"unread_characters", "passes"})

    def __init__(self, whole: frozenset[str]) -> None:
        self.whole = whole

    def __call__(self, prompt: Prompt, reading: Reading) -> Measure:  # noqa: ARG002  # protocol
        """Return counts; `{coverage: unread_characters}` holds when a part stayed unread."""
        unread = sum(part.unread for part in reading.parts)
        # A seam's characters are those of two parts: they are not counted twice.
        unread = unread or sum(seam.unread for seam in reading.seams)
        passes = sum(encoding.passes for encoding in reading.encodings)
        return Measure({"unread_characters": float(unread), "passes": float(passes)})
