"""What was foreseen of recorded questions, beside what happened: what a dial is solved on."""

import msgspec


class OutcomePoint(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A question, or several of which about the same was foreseen; numbers alone, no text.

    Attributes:
        p_light: Probability foreseen that the light arm answers rightly; of several, the mean.
        p_heavy: The same of the heavy arm.
        extra_tokens: Output tokens foreseen that the heavy arm takes more.
        outcomes: Questions, or shares of one, that both, only the heavy, only the light and
            neither arm answered rightly.
    """

    p_light: float
    p_heavy: float
    extra_tokens: float
    outcomes: tuple[float, float, float, float]

    @property
    def weight(self) -> float:
        """How many questions it stands for."""
        return sum(self.outcomes)
