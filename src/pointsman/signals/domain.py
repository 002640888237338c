"""What a request is about: MMLU-Pro's 14 categories (Wang et al. 2024), `other` among them."""

from pointsman.encoder.encoding import Encoding
from pointsman.signals.findings import Scores
from pointsman.wire.prompt import Prompt


class DomainDetector:
    """Hands on the encoder's domain head."""

    name = "domain"
    reads = True

    def __init__(self, labels: tuple[str, ...]) -> None:
        self.names = frozenset(labels)

    def __call__(self, prompt: Prompt, encoding: Encoding) -> Scores:  # noqa: ARG002  # protocol
        """Return the probability of each domain."""
        return Scores(encoding.scores["domain"])
