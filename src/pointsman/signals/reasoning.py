"""What reasoning would gain on a request, and what it would cost.

The encoder's `outcome` head estimates, for an answer given at once ("light") and one reasoned out
by a stronger model ("heavy"), which of the two are right. It was learned from recorded outcomes.
"""

from pointsman.encoder.encoding import Encoding
from pointsman.signals.findings import Measure
from pointsman.wire.prompt import Prompt


class ReasoningDetector:
    """Turns the outcome head's four probabilities into what a policy asks."""

    name = "reasoning"
    reads = True
    names = frozenset({"p_gain", "p_loss", "p_light", "p_heavy", "extra_tokens"})

    def __call__(self, prompt: Prompt, encoding: Encoding) -> Measure:  # noqa: ARG002  # protocol
        """Return probabilities in [0, 1] and tokens.

        p_gain: only the heavy answer is right. p_loss: only the light one is. p_light and p_heavy:
        the light, the heavy answer is right. extra_tokens: output tokens the heavy one adds.
        """
        outcome = encoding.scores["outcome"]
        return Measure(
            {
                "p_gain": outcome["heavy_only"],
                "p_loss": outcome["light_only"],
                "p_light": outcome["both"] + outcome["light_only"],
                "p_heavy": outcome["both"] + outcome["heavy_only"],
                "extra_tokens": encoding.measures["extra_tokens"],
            }
        )
