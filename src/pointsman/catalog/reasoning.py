"""How hard a model should think: this project's own words, and what an effort is in tokens."""

import math
from collections.abc import Container, Mapping
from typing import Literal

import msgspec

Mode = Literal["on", "off", "default"]
Effort = Literal["low", "medium", "high"]
EFFORTS: tuple[Effort, ...] = ("low", "medium", "high")

TOKENS_OF_EFFORT: Mapping[Effort, int] = {"low": 1024, "medium": 8192, "high": 24576}
"""Reasoning tokens that an effort stands for: what Google's OpenAI-compatible API gives Gemini 2.5
(https://ai.google.dev/gemini-api/docs/openai, "Thinking"), the one such table in tokens that a
vendor publishes. That other families' efforts are about as long is a judgement."""


class Reasoning(msgspec.Struct, frozen=True):
    """How hard a model should think.

    `default` says nothing to the model: its family has no switch. `effort` is None where the
    family knows only on and off; `budget_tokens` is None unless a policy or the client caps it.
    """

    mode: Mode
    effort: Effort | None = None
    budget_tokens: int | None = None

    def __str__(self) -> str:
        """Return it as a person would say it: `on`, `on (high)`, `off`."""
        details = [self.effort] if self.effort else []
        if self.budget_tokens is not None:
            details.append(f"{self.budget_tokens} tokens")  # type: ignore[arg-type]  # joined only
        return f"{self.mode} ({', '.join(details)})" if details else self.mode


def nearest_effort(tokens: float, known: Container[str]) -> Effort | None:
    """Return which of the efforts that are known comes nearest to a number of reasoning tokens.

    Near is meant in proportion, as lengths of reasoning differ: low and medium meet at 2,896
    tokens, medium and high at 14,189, the geometric means. A judgement.

    Returns:
        The effort, the lesser of two that are as near, or None where none is known.
    """
    place = math.log(max(1.0, tokens))
    return min(
        (effort for effort in EFFORTS if effort in known),
        key=lambda effort: abs(place - math.log(TOKENS_OF_EFFORT[effort])),
        default=None,
    )
