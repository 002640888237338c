"""The four outcomes of a light and a heavy answer, and what a policy asks of them."""

from collections.abc import Mapping

from pointsman.signals.findings import Measure

OUTCOMES = ("both", "heavy_only", "light_only", "neither")
"""Which of the two answers is right; exclusive. See docs/decisions/0003-outcome-head.md."""

NEEDS = frozenset({"p_gain", "p_loss", "p_light", "p_heavy", "extra_tokens"})


def need_measure(chances: Mapping[str, float], extra_tokens: float) -> Measure:
    """Return what a policy asks: probabilities in [0, 1], and tokens.

    p_gain: only the heavy answer is right. p_loss: only the light one is. p_light and p_heavy:
    the light, the heavy answer is right. extra_tokens: output tokens the heavy one adds.

    Args:
        chances: Of each outcome; they sum to 1.
        extra_tokens: At least 0.
    """
    return Measure(
        {
            "p_gain": chances["heavy_only"],
            "p_loss": chances["light_only"],
            "p_light": chances["both"] + chances["light_only"],
            "p_heavy": chances["both"] + chances["heavy_only"],
            "extra_tokens": extra_tokens,
        }
    )
