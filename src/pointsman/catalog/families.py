"""How each model family switches reasoning on, off, to an effort or to a token budget.

A family is a row of edits to the request body. To add one: a row in `FAMILIES`, or in the
operator's config under `families`. "Off" is always said out loud: Qwen3 and others think unless
told not to, and a router that only removes the field leaves them thinking.
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from pointsman.catalog.reasoning import (
    EFFORTS,
    TOKENS_OF_EFFORT,
    Effort,
    Mode,
    Reasoning,
    nearest_effort,
)
from pointsman.catalog.wishes import stated_wish
from pointsman.wire.edit import Patch


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
        budget_replaces_effort: Whether a cap and an effort cannot be said together.
        budget_only_if_asked: Whether a cap is said only where a client or a rule asks for one, and
            none is made of an effort: servers that were not started for caps refuse them.
    """

    on: Mapping[str, Any] | None = None
    off: Mapping[str, Any] | None = None
    effort: tuple[str, ...] = ()
    efforts: Mapping[Effort, str] = {}
    budget: tuple[str, ...] = ()
    min_budget_tokens: int = 0
    budget_required: bool = False
    budget_replaces_effort: bool = False
    budget_only_if_asked: bool = False

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
            if self.budget_replaces_effort and self.effort:
                patch = _with(patch, self.effort, None)
        return patch

    def effort_for(self, tokens: float) -> Effort | None:
        """Return the effort nearest to a number of reasoning tokens; None without efforts."""
        return nearest_effort(tokens, self.efforts)

    def budget_for(self, effort: Effort) -> int | None:
        """Return the cap that stands for an effort, or None.

        None is for a family that has words for efforts or knows no caps, and for one where only a
        client or a rule may name a cap.
        """
        if self.efforts or not self.budget or self.budget_only_if_asked:
            return None
        return max(TOKENS_OF_EFFORT[effort], self.min_budget_tokens)

    def adapted(self, reasoning: Reasoning) -> Reasoning:
        """Return what comes nearest to a wish among what this family can be told.

        A cap becomes an effort where the family knows no caps, an effort becomes a cap where it
        knows no efforts, and an effort it has no word for becomes the nearest that it has. With a
        cap, a family that knows both gets the effort nearest to it, too.
        """
        if reasoning.mode != "on" or not self.switches:
            return reasoning
        effort, budget = reasoning.effort, reasoning.budget_tokens
        if budget is None and effort is not None:
            budget = self.budget_for(effort)
        if self.efforts and effort not in self.efforts:
            tokens = reasoning.budget_tokens if effort is None else TOKENS_OF_EFFORT[effort]
            effort = None if tokens is None else self.effort_for(tokens)
        return Reasoning("on", effort if self.efforts else None, budget if self.budget else None)


def _with(patch: Mapping[str, Any], path: tuple[str, ...], value: object) -> dict[str, Any]:
    key, *rest = path
    inner = patch.get(key)
    if rest:
        value = _with(inner if isinstance(inner, Mapping) else {}, tuple(rest), value)
    return {**patch, key: value}


_BY_NAME: Mapping[Effort, str] = {effort: effort for effort in EFFORTS}

# The switch that several vendors took over from Anthropic, without its budget.
_TYPED = Family(
    on={"thinking": {"type": "enabled", "budget_tokens": None}},
    off={"thinking": {"type": "disabled", "budget_tokens": None}},
)

FAMILIES: Mapping[str, Family] = {
    # No switch: a model that never reasons, or always does.
    "generic": Family(),
    # Qwen3 model card, "Switching Between Thinking and Non-Thinking Mode"; vLLM's request field
    # thinking_token_budget (docs.vllm.ai, reasoning outputs) caps it, and is refused by servers
    # without a reasoning parser. Hunyuan-A13B and GLM's open weights have the same switch.
    "qwen3": Family(
        on={"chat_template_kwargs": {"enable_thinking": True}},
        off={"chat_template_kwargs": {"enable_thinking": False}},
        budget=("thinking_token_budget",),
        budget_only_if_asked=True,
    ),
    # DeepSeek-V3.1 chat template: `thinking`; off by default.
    "deepseek": Family(
        on={"chat_template_kwargs": {"thinking": True}},
        off={"chat_template_kwargs": {"thinking": False}},
        budget=("thinking_token_budget",),
        budget_only_if_asked=True,
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
    # Alibaba Cloud Model Studio (DashScope), "Deep thinking": hybrid models, OpenAI-compatible API.
    "dashscope": Family(
        on={"enable_thinking": True},
        off={"enable_thinking": False},
        budget=("thinking_budget",),
    ),
    # OpenRouter, "Reasoning Tokens": effort or max_tokens, not both; `none` disables reasoning. A
    # model whose reasoning is mandatory there refuses that, and needs a family without an off.
    "openrouter": Family(
        on={"reasoning": {"enabled": True, "effort": None, "max_tokens": None}},
        off={"reasoning": {"enabled": None, "effort": "none", "max_tokens": None}},
        effort=("reasoning", "effort"),
        efforts=_BY_NAME,
        budget=("reasoning", "max_tokens"),
        budget_replaces_effort=True,
    ),
    # Google's OpenAI-compatible API, "Thinking": `none` turns 2.5 Flash and Flash-Lite off.
    "gemini": Family(
        on={},
        off={"reasoning_effort": "none"},
        effort=("reasoning_effort",),
        efforts=_BY_NAME,
    ),
    # The same page: 2.5 Pro and Gemini 3 cannot be turned off.
    "gemini-3": Family(on={}, effort=("reasoning_effort",), efforts=_BY_NAME),
    # Z.ai's API, docs.z.ai, GLM-4.5 and later: thinking.type; on by default.
    "glm": _TYPED,
    # Moonshot's API, platform.kimi.ai, "Models Overview": kimi-k2.5 and later.
    "kimi": _TYPED,
    # Tencent Cloud's API, document 1823/131208, "deep thinking": Hy3.
    "hunyuan": _TYPED,
    # DeepSeek's own API, api-docs.deepseek.com, "Thinking Mode": `medium` is heard as `high`.
    "deepseek-api": Family(
        on={"thinking": {"type": "enabled", "budget_tokens": None}},
        off={"thinking": {"type": "disabled", "budget_tokens": None}, "reasoning_effort": None},
        effort=("reasoning_effort",),
        efforts={"low": "low", "high": "high"},
    ),
}

__all__ = [
    "EFFORTS",
    "FAMILIES",
    "Effort",
    "Family",
    "Mode",
    "Reasoning",
    "stated_wish",
]
