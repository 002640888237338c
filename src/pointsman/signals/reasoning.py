"""What reasoning would gain on a request, and what it would cost.

The encoder's `outcome` head estimates, for an answer given at once ("light") and one reasoned out
by a stronger model ("heavy"), which of the two are right. It was learned from recorded outcomes.
"""

from pointsman.signals.detector import NO_HEADS, Kind
from pointsman.signals.findings import Measure
from pointsman.signals.outcome import NEEDS, need_measure
from pointsman.signals.reading import Reading
from pointsman.wire.prompt import Prompt


class ReasoningDetector:
    """Turns the outcome head's four probabilities into what a policy asks."""

    name = "reasoning"
    kind: Kind = "numbers"
    judged = frozenset({"outcome", "extra_tokens"})
    whole = NO_HEADS
    names = NEEDS

    def __call__(self, prompt: Prompt, reading: Reading) -> Measure:  # noqa: ARG002  # protocol
        """Return probabilities in [0, 1] and tokens, as `need_measure` says."""
        encoding = reading.judged
        return need_measure(encoding.scores["outcome"], encoding.measures["extra_tokens"])
