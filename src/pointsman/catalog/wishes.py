"""What a client itself asks of reasoning, in any family's words, and which of them to take out.

The words, each read only where it has the type that its family documents:

- `reasoning_effort`: OpenAI API reference, chat completions.
- `thinking: {type, budget_tokens}`: Anthropic, extended thinking; without the budget also Z.ai's
  GLM, Moonshot's Kimi and DeepSeek's own API.
- `reasoning: {effort, max_tokens, enabled, exclude}`: OpenRouter, "Reasoning Tokens"
  (https://openrouter.ai/docs/guides/best-practices/reasoning-tokens). `exclude` only hides the
  thoughts, so it is no wish.
- `enable_thinking`, `thinking_budget`: Alibaba's DashScope, "Deep thinking"
  (https://www.alibabacloud.com/help/en/model-studio/deep-thinking).
- `thinking_token_budget`: vLLM, "Reasoning Outputs" (https://docs.vllm.ai); -1 is no limit.
- `chat_template_kwargs`: what chat templates know, through vLLM and SGLang: `enable_thinking`
  (Qwen3, GLM), `thinking` (DeepSeek), `thinking_budget` and `reasoning_effort`
  (https://docs.sglang.io, "Thinking Budget").
- `extra_body.google.thinking_config: {thinking_budget, thinking_level}`: Gemini through Google's
  OpenAI-compatible API (https://ai.google.dev/gemini-api/docs/openai); -1 lets the model decide.
- `/think` and `/no_think` at the end of the last user turn: Qwen3 model card, "Switching Between
  Thinking and Non-Thinking Modes via User Input".
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from pointsman.catalog.reasoning import Reasoning
from pointsman.wire.chat import ChatRequest, Message
from pointsman.wire.edit import Patch

Said = Mapping[str, Any]
"""A client's fields about reasoning, as JSON values; null and what cannot be read are left out."""

_WORDS: Mapping[str, Any] = {
    "reasoning_effort": {},
    "thinking": {"type": {}, "budget_tokens": {}},
    "reasoning": {"effort": {}, "max_tokens": {}, "enabled": {}},
    "enable_thinking": {},
    "thinking_budget": {},
    "thinking_token_budget": {},
    "chat_template_kwargs": {
        "enable_thinking": {},
        "thinking": {},
        "thinking_budget": {},
        "reasoning_effort": {},
    },
    "extra_body": {"google": {"thinking_config": {"thinking_budget": {}, "thinking_level": {}}}},
}
_WHOLE = frozenset({"thinking", "reasoning"})
"""Objects that are about nothing else: a family that does not know them is not sent the rest."""

_SOFT_SWITCH = re.compile(r"(?:^|\s)/(no_)?think\s*$")
_MOST_TOKENS = 2**63 - 1


def stated_wish(request: ChatRequest) -> Reasoning | None:
    """Return the reasoning that the client itself asks for, in whatever family's words.

    Where it says several things, the most explicit form decides between on and off, and what the
    others add (an effort, a cap) is taken along. A cap alone asks for reasoning up to it; a cap of
    0 is off. A client that says nothing leaves the choice to the policy.
    """
    said = _said(request)
    wishes = tuple(_wishes(said, _soft_switch(request.messages)))
    caps = [wish.budget_tokens for wish in wishes if wish.budget_tokens is not None]
    if not wishes or wishes[0].mode == "off" or 0 in caps:
        return Reasoning("off") if wishes else None
    efforts = (wish.effort for wish in wishes if wish.effort is not None)
    return Reasoning("on", next(efforts, None), caps[0] if caps else None)


def clearing(request: ChatRequest, target_edits: Patch) -> Patch:
    """Return the merge patch that takes a client's words about reasoning out of its body.

    For decisions that are not the client's own, so that nothing contradicts them, and for words of
    another family, which a server may refuse. Soft switches stay: they are text, and the prompt
    is never touched.

    Args:
        request: The client's request.
        target_edits: What the target's family is told; whatever these set needs no clearing.

    Returns:
        Null for each word that the client has set and the edits do not. An object is removed with
        its last member.
    """
    return _cleared(_said(request), _WORDS, target_edits)


def overriding(request: ChatRequest, target_edits: Patch) -> Patch:
    """Return the target's edits together with the clearing that they need, as one patch."""
    return _merged(clearing(request, target_edits), target_edits)


def _said(request: ChatRequest) -> Said:
    said: dict[str, Any] = dict(request.lenient)
    thinking = request.thinking
    if thinking is not None:
        said["thinking"] = {"type": thinking.type or None, "budget_tokens": thinking.budget_tokens}
    if request.reasoning_effort is not None:
        said["reasoning_effort"] = request.reasoning_effort
    if request.chat_template_kwargs is not None:
        said["chat_template_kwargs"] = request.chat_template_kwargs
    return said


def _wishes(said: Said, soft_switch: Reasoning | None) -> Iterator[Reasoning]:
    """Yield what the client asks for, the most explicit form first."""
    template = _object(said, "chat_template_kwargs")
    google = _object(said, "extra_body", "google", "thinking_config")
    switches = (template.get("enable_thinking"), template.get("thinking"))
    found = (
        _typed(_object(said, "thinking")),
        _openrouter(_object(said, "reasoning")),
        _effort(said.get("reasoning_effort")),
        _effort(google.get("thinking_level")),
        _capped(google.get("thinking_budget")),
        _switch((*switches, said.get("enable_thinking")), soft_switch),
        _effort(template.get("reasoning_effort")),
        _capped(said.get("thinking_budget")),
        _capped(said.get("thinking_token_budget")),
        _capped(template.get("thinking_budget")),
    )
    return (wish for wish in found if wish is not None)


def _typed(thinking: Said) -> Reasoning | None:
    kind, budget = thinking.get("type"), thinking.get("budget_tokens")
    if kind is None:
        return None
    if kind == "disabled" or (budget is not None and budget <= 0):
        return Reasoning("off")
    return Reasoning("on", budget_tokens=budget)


def _openrouter(reasoning: Said) -> Reasoning | None:
    if reasoning.get("enabled") is False:
        return Reasoning("off")
    effort, cap = _effort(reasoning.get("effort")), _capped(reasoning.get("max_tokens"))
    if effort is None and cap is None:
        return Reasoning("on") if reasoning.get("enabled") is True else None
    if effort is None or effort.mode == "off":
        return effort or cap
    return Reasoning("on", effort.effort, cap.budget_tokens if cap else None)


def _effort(word: object) -> Reasoning | None:
    match word:
        case "none" | "minimal":
            return Reasoning("off")
        case "low" | "medium" | "high":
            return Reasoning("on", word)
        case str():  # xhigh, max and what comes: the strongest word that every family has
            return Reasoning("on", "high")
        case _:
            return None


def _capped(tokens: object) -> Reasoning | None:
    if isinstance(tokens, bool) or not isinstance(tokens, int) or not 0 <= tokens <= _MOST_TOKENS:
        return None
    return Reasoning("on", budget_tokens=tokens)


def _switch(flags: tuple[object, ...], soft: Reasoning | None) -> Reasoning | None:
    """Read on and off; Qwen3 hears a soft switch unless thinking is off altogether."""
    flag = next((flag for flag in flags if isinstance(flag, bool)), None)
    if flag is False or (flag is None and soft is None):
        return None if flag is None else Reasoning("off")
    return soft or Reasoning("on")


def _soft_switch(messages: tuple[Message, ...]) -> Reasoning | None:
    content = next((m.content for m in reversed(messages) if m.role == "user"), None)
    if content is not None and not isinstance(content, str):
        content = next((part.text for part in reversed(content) if part.text), None)
    found = _SOFT_SWITCH.search(content or "")
    return found and Reasoning("off" if found[1] else "on")


def _object(said: Said, *path: str) -> Said:
    """Return the object at a path, empty where there is none."""
    value: Any = said
    for key in path:
        value = value.get(key)
        if not isinstance(value, Mapping):
            return {}
    return value  # type: ignore[no-any-return]  # checked in the loop


def _cleared(said: Said, words: Mapping[str, Any], edits: Patch) -> dict[str, Any]:
    patch: dict[str, Any] = {}
    for key, inner in words.items():
        value, edit = said.get(key), edits.get(key)
        if value is None or (key in edits and not (inner and isinstance(edit, Mapping))):
            continue  # not set, or set by the edits
        if not inner:
            patch[key] = None
        elif isinstance(value, Mapping):
            below = _cleared(value, inner, edit or {})
            empty = below.keys() == value.keys() and not any(below.values())
            if below:
                patch[key] = None if key not in edits and (empty or key in _WHOLE) else below
    return patch


def _merged(nulls: Patch, edits: Patch) -> dict[str, Any]:
    """Merge a clearing into the edits it was made for: where both have a key, both are objects."""
    both = {**nulls, **edits}
    return both | {key: _merged(nulls[key], edits[key]) for key in nulls.keys() & edits.keys()}
