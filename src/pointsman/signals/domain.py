"""What a request is about: MMLU-Pro's 14 categories (Wang et al. 2024), `other` among them."""

from pointsman.signals.detector import NO_HEADS, Kind
from pointsman.signals.findings import Scores
from pointsman.signals.reading import Reading
from pointsman.wire.prompt import Prompt


class DomainDetector:
    """Hands on the encoder's domain head."""

    name = "domain"
    kind: Kind = "exclusive"
    judged = frozenset({"domain"})
    whole = NO_HEADS

    def __init__(self, labels: tuple[str, ...]) -> None:
        self.names = frozenset(labels)

    def __call__(self, prompt: Prompt, reading: Reading) -> Scores:  # noqa: ARG002  # protocol
        """Return the probability of each domain."""
        return Scores(reading.judged.scores["domain"])
