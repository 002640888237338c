"""Whether and how long a stand-in thinks: each model family's switch, and a simulation.

The switches, with what happens when the request says nothing:

| family | switch in the request | default |
|---|---|---|
| `qwen3` | `chat_template_kwargs.enable_thinking` (Qwen3 model card, "Switching Between Thinking and Non-Thinking Mode") | thinks |
| `deepseek` | `chat_template_kwargs.thinking` (DeepSeek-V3.1 model card, chat template) | does not |
| `gpt-oss` | `reasoning_effort` low, medium, high (gpt-oss model card, "Variable effort reasoning") | medium |
| `openai` | `reasoning_effort` none, minimal, low, medium, high (OpenAI API reference; none by default since gpt-5.1) | none |
| `gpt-5` | `reasoning_effort` minimal, low, medium, high (the same, as gpt-5 took it) | medium |
| `o-series` | `reasoning_effort` low, medium, high (the same, as o1 and o3 took it) | medium |
| `mistral` | `reasoning_effort` high, none (Mistral API reference, "Reasoning") | none |
| `anthropic` | `thinking: {type: enabled, budget_tokens}` (Anthropic API, "Extended thinking") | does not |
| `none` | there is none | does not |

A switch of another family is ignored, as a chat template ignores what it does not read;
a value of `reasoning_effort` that the family does not know is refused with status 400.
"""  # noqa: E501 - a table's rows are long

import re
from typing import assert_never

from pointsman.demo.asking import Asked, Family, Refusal, last_user_text

__all__ = ["difficulty", "effort", "thought_length"]

EFFORT_FACTOR = {"none": 0.0, "minimal": 0.1, "low": 0.25, "medium": 1.0, "high": 2.5}
"""How long an effort thinks, relative to medium. A simulation, measured on no model."""

_EFFORTS: dict[Family, tuple[str, ...]] = {
    "gpt-oss": ("medium", "low", "high"),
    "openai": ("none", "minimal", "low", "medium", "high"),
    "gpt-5": ("medium", "minimal", "low", "high"),
    "o-series": ("medium", "low", "high"),
    "mistral": ("none", "high"),
}
"""The efforts that a family knows, its default first."""

_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_MATHS = re.compile(
    r"[=^√∑∫≤≥<>+*/]|\b(?:pro(?:ve|of)|solve|integral|derivative|theorem|equation|probability"
    r"|irrational|prime|matrix|limit|optimi[sz]e|complexity|beweise\w*|démontre\w*)\b",
    re.IGNORECASE,
)


def effort(family: Family, asked: Asked) -> str:
    """The effort that the request's switch asks of this family, a key of `EFFORT_FACTOR`.

    Raises:
        Refusal: status 400, if the family does not know the `reasoning_effort`.
    """
    template = asked.chat_template_kwargs or {}
    match family:
        case "qwen3":
            return "none" if template.get("enable_thinking") is False else "medium"
        case "deepseek":
            return "medium" if template.get("thinking") is True else "none"
        case "gpt-oss" | "openai" | "gpt-5" | "o-series" | "mistral":
            return _named_effort(_EFFORTS[family], asked.reasoning_effort)
        case "anthropic":
            thinks = asked.thinking is not None and asked.thinking.type == "enabled"
            return "medium" if thinks else "none"
        case "none":
            return "none"
        case _:
            assert_never(family)


def _named_effort(known: tuple[str, ...], named: str | None) -> str:
    if named is None:
        return known[0]
    if named not in known:
        expected = ", ".join(known)
        raise Refusal(400, f"Expected `reasoning_effort` of {expected}; got `{named}`.")
    return named


def difficulty(text: str) -> float:
    """A rough, deterministic measure of how long a thinker would think; 1.0 is middling.

    It grows with the text's length, its numbers and its mathematical words and signs,
    each up to a cap, and lies in [0.25, 4.0].
    """
    length = min(1.0, len(text.split()) / 60)
    numbers = min(1.0, 0.15 * len(_NUMBER.findall(text)))
    maths = min(1.75, 0.35 * len(_MATHS.findall(text)))
    return 0.25 + length + numbers + maths


def thought_length(family: Family, asked: Asked, middling_tokens: int) -> int:
    """How many tokens the stand-in thinks before it answers, 0 if it does not think.

    Args:
        family: whose switch is read.
        asked: the request, which may hold a thinking budget in any of three dialects.
        middling_tokens: the length for a question of difficulty 1.0 at medium effort.

    Raises:
        Refusal: status 400, if the family does not know the `reasoning_effort`.
    """
    factor = EFFORT_FACTOR[effort(family, asked)]
    if factor == 0:
        return 0
    wanted = max(1, round(middling_tokens * factor * difficulty(last_user_text(asked))))
    return min([wanted, *_budgets(asked)])


def _budgets(asked: Asked) -> list[int]:
    given = (
        asked.thinking_token_budget,
        (asked.chat_template_kwargs or {}).get("thinking_budget"),
        asked.thinking.budget_tokens if asked.thinking else None,
    )
    return [max(0, budget) for budget in given if isinstance(budget, int)]
