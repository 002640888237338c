"""The questions of recorded outcomes that a light and a heavy arm have both answered."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import msgspec
import numpy as np

from pointsman.errors import ConfigError, TooFewRowsError
from pointsman.observe.outcomes import Answer, Recorded, read_outcomes

__all__ = ["Answer", "Arms", "Question", "Recorded", "arms_of", "paired", "read_outcomes"]


class Question(msgspec.Struct, frozen=True):
    """A question that both arms have answered."""

    text: str
    light: Answer
    heavy: Answer

    @property
    def extra_tokens(self) -> float | None:
        """Output tokens that the heavy answer took more, at least 0; None where not recorded."""
        if self.light.tokens is None or self.heavy.tokens is None:
            return None
        return max(0.0, self.heavy.tokens - self.light.tokens)


class Arms(msgspec.Struct, frozen=True):
    """Which arm is the light one and which the heavy one, and why if the file has decided it."""

    light: str
    heavy: str
    why: str = ""


def arms_of(recorded: Sequence[Recorded], light: str | None, heavy: str | None) -> Arms:
    """Find the two arms: those that are named, or the only two that there are.

    Raises:
        ConfigError: Only one is named, a name is not in the file, or there are not two.
    """
    counts = Counter(arm for question in recorded for arm in question.answers)
    listed = ", ".join(f"{arm} ({rows} questions)" for arm, rows in sorted(counts.items()))
    if (light is None) != (heavy is None):
        raise ConfigError("give both --light and --heavy, or none of them")
    if light is not None and heavy is not None:
        found = Arms(_arm(light, counts, listed), _arm(heavy, counts, listed))
        if found.light == found.heavy:
            raise ConfigError(f"--light and --heavy are both {found.light}")
        return found
    if len(counts) < 2:  # noqa: PLR2004  # a light and a heavy one
        raise ConfigError(
            f"expected outcomes of two arms, the file holds {listed or 'none'}: record the same "
            "questions with a second model, or with the same model in another reasoning mode"
        )
    if len(counts) > 2:  # noqa: PLR2004
        raise ConfigError(f"name two arms with --light and --heavy; the file holds {listed}")
    return _ordered(sorted(counts), recorded)


def _arm(name: str, counts: Mapping[str, int], listed: str) -> str:
    """The arm of that name, or the only mode of the model of that name."""
    if name in counts:
        return name
    modes = [arm for arm in counts if arm.startswith(f"{name}:")]
    if len(modes) == 1:
        return modes[0]
    raise ConfigError(
        f"several arms are modes of {name}, name one; the file holds {listed}"
        if modes
        else f"no outcome of the arm {name}; the file holds {listed}"
    )


def _ordered(names: Sequence[str], recorded: Iterable[Recorded]) -> Arms:
    both = [question.answers for question in recorded if len(question.answers) == len(names)]
    tokens = {name: [answers[name].tokens for answers in both] for name in names}
    if both and all(each is not None for found in tokens.values() for each in found):
        means = {name: float(np.mean(np.array(tokens[name], dtype=float))) for name in names}
        what = "output tokens"
    else:
        means = {name: float(np.mean([a[name].score for a in both] or [0.0])) for name in names}
        what = "share of right answers"
    light, heavy = sorted(names, key=lambda name: means[name])
    why = f"it has the smaller mean of {what}: {means[light]:.4g} against {means[heavy]:.4g}"
    return Arms(light, heavy, why)


def paired(recorded: Sequence[Recorded], arms: Arms, minimum: int) -> list[Question]:
    """The questions that both arms have answered.

    Raises:
        TooFewRowsError: Fewer than `minimum` different texts.
    """
    questions = [
        Question(question.text, question.answers[arms.light], question.answers[arms.heavy])
        for question in recorded
        if arms.light in question.answers and arms.heavy in question.answers
    ]
    found = len({question.text for question in questions})
    if found < minimum:
        raise TooFewRowsError(
            f"{found} questions have an outcome of both {arms.light} and {arms.heavy}, at least "
            f"{minimum} are needed: record {minimum - found} more"
        )
    return questions
