"""Disguise: how the texts of a request hide what they say."""

from pointsman.signals.detector import NO_HEADS, Kind
from pointsman.signals.disguise import TRICKS
from pointsman.signals.findings import Scores
from pointsman.signals.reading import Reading
from pointsman.wire.prompt import Prompt


class DisguiseDetector:
    """Names the tricks that were undone in any text of the request; costs nothing more.

    Args:
        whole: The heads for which the bundle's texts are read as a whole, and looked through.
    """

    name = "disguise"
    kind: Kind = "probabilities"
    judged = NO_HEADS
    names = TRICKS

    def __init__(self, whole: frozenset[str]) -> None:
        self.whole = whole

    def __call__(self, prompt: Prompt, reading: Reading) -> Scores:  # noqa: ARG002  # protocol
        """Return 1 for each trick that was found: `{disguise: base64}` holds for it."""
        found = (trick for part in reading.parts for trick in part.disguises)
        return Scores(dict.fromkeys(sorted(set(found)), 1.0), exclusive=False)
