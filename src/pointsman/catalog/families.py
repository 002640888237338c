"""How each model family switches reasoning on, off, to an effort or to a token budget.

A family is a row of edits to the request body. To add one: a row in `FAMILIES`, or in the
operator's config under `families`. "Off" is always said out loud: Qwen3 and others think unless
told not to, and a router that only removes the field leaves them thinking.
"""

from collections.abc import Mapping
from typing import Any, Literal

import msgspec

from pointsman.wire.chat import ChatRequest
from pointsman.wire.edit import Patch

Mode = Literal["on", "off", "default"]
Effort = Literal["low", "medium", "high"]
EFFORTS: tuple[Effort, ...] = ("low", "medium", "high")


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


class Family(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One family's words.

    Attributes:
        on: Body edits that switch reasoning on; None where no switch exists.
        off: Body edits that switch it off; None where it cannot be switched off.
        effort: Path of the field that takes an effort, such as `("reasoning_effort",)`.
        efforts: The family's word for each effort it knows.
        budget: Path of the field that caps reasoning tokens.
        min_budget_tokens: The smallest cap the family accepts.
        budget_required: Whether "on" must come with a cap.
    """

    on: Mapping[str, Any] | None = None
    off: Mapping[str, Any] | None = None
    effort: tuple[str, ...] = ()
    efforts: Mapping[Effort, str] = {}
    budget: tuple[str, ...] = ()
    min_budget_tokens: int = 0
    budget_required: bool = False

    @property
    def switches(self) -> bool:
        """Whether a request can say anything about reasoning to this family."""
        return self.on is not None

    def choices(self) -> tuple[Reasoning, ...]:
        """Return every way in which this family can be asked to reason, from least to most."""
        if not self.switches:
            return (Reasoning("default"),)
        on = tuple(Reasoning("on", effort) for effort in EFFORTS if effort in self.efforts)
        off = (Reasoning("off"),) if self.off is not None else ()
        return off + (on or (Reasoning("on"),))

    def edits(self, reasoning: Reasoning) -> Patch:
        """Return the merge patch that asks this family for this reasoning."""
        if reasoning.mode == "default" or self.on is None:
            return {}
        if reasoning.mode == "off":
            return self.off or {}
        patch: dict[str, Any] = dict(self.on)
        if reasoning.effort is not None and self.effort:
            patch = _with(patch, self.effort, self.efforts.get(reasoning.effort, reasoning.effort))
        budget = reasoning.budget_tokens
        if budget is None and self.budget_required:
            budget = self.min_budget_tokens
        if budget is not None and self.budget:
            patch = _with(patch, self.budget, max(budget, self.min_budget_tokens))
        return patch


def _with(patch: Mapping[str, Any], path: tuple[str, ...], value: object) -> dict[str, Any]:
    key, *rest = path
    inner = patch.get(key)
    if rest:
        value = _with(inner if isinstance(inner, Mapping) else {}, tuple(rest), value)
    return {**patch, key: value}


_BY_NAME: dict[Effort, str] = {effort: effort for effort in EFFORTS}

FAMILIES: Mapping[str, Family] = {
    # No switch: a model that never reasons, or always does.
    "generic": Family(),
    # Qwen3 model card, "Switching Between Thinking and Non-Thinking Mode"; vLLM's request field
    # thinking_token_budget (docs.vllm.ai, reasoning outputs) caps it where the server allows it.
    "qwen3": Family(
        on={"chat_template_kwargs": {"enable_thinking": True}},
        off={"chat_template_kwargs": {"enable_thinking": False}},
        budget=("thinking_token_budget",),
    ),
    # DeepSeek-V3.1 chat template: `thinking`; off by default.
    "deepseek": Family(
        on={"chat_template_kwargs": {"thinking": True}},
        off={"chat_template_kwargs": {"thinking": False}},
        budget=("thinking_token_budget",),
    ),
    # gpt-oss model card: low, medium, high; it cannot be switched off.
    "gpt-oss": Family(on={}, effort=("reasoning_effort",), efforts=_BY_NAME),
    # OpenAI API reference, reasoning_effort: gpt-5.1 and later know `none`.
    "openai": Family(
        on={},
        off={"reasoning_effort": "none"},
        effort=("reasoning_effort",),
        efforts=_BY_NAME,
    ),
    # Before gpt-5.1 `none` is refused and `minimal` is the least.
    "gpt-5": Family(
        on={},
        off={"reasoning_effort": "minimal"},
        effort=("reasoning_effort",),
        efforts=_BY_NAME,
    ),
    # The o series knows neither.
    "o-series": Family(on={}, effort=("reasoning_effort",), efforts=_BY_NAME),
    # Mistral's adjustable models: reasoning_effort is `none` or `high`.
    "mistral": Family(
        on={"reasoning_effort": "high"},
        off={"reasoning_effort": "none"},
    ),
    # Anthropic, extended thinking: at least 1,024 tokens, and fewer than max_tokens.
    "anthropic": Family(
        on={"thinking": {"type": "enabled"}},
        off={"thinking": {"type": "disabled", "budget_tokens": None}},
        budget=("thinking", "budget_tokens"),
        min_budget_tokens=1024,
        budget_required=True,
    ),
}


def stated_wish(request: ChatRequest) -> Reasoning | None:
    """Return the reasoning that the client itself asks for, in whatever family's words.

    A client that says nothing leaves the choice to the policy.
    """
    if request.thinking is not None and request.thinking.type:
        budget = request.thinking.budget_tokens
        if request.thinking.type == "disabled" or (budget is not None and budget <= 0):
            return Reasoning("off")
        return Reasoning("on", budget_tokens=budget)
    if request.reasoning_effort is not None:
        return _effort_wish(request.reasoning_effort)
    for key in ("enable_thinking", "thinking"):
        flag = (request.chat_template_kwargs or {}).get(key)
        if isinstance(flag, bool):
            return Reasoning("on" if flag else "off")
    return None


def _effort_wish(word: str) -> Reasoning:
    match word:
        case "none" | "minimal":
            return Reasoning("off")
        case "low" | "medium" | "high":
            return Reasoning("on", word)
        case _:  # xhigh, max and what comes: the strongest word that every family has
            return Reasoning("on", "high")
