"""Each family thinks exactly when its own switch says so."""

from typing import Any

import msgspec
import pytest

from pointsman.demo.asking import Family, Refusal, parse
from pointsman.demo.thinking import difficulty, effort, thought_length

HARD = "Prove that for every prime p > 3 the number p^2 - 1 is divisible by 24."
EASY = "Hello there!"


def length(family: Family, text: str = HARD, **fields: Any) -> int:
    body = {"model": "m", "messages": [{"role": "user", "content": text}]} | fields
    return thought_length(family, parse(msgspec.json.encode(body)), 120)


@pytest.mark.parametrize(
    ("family", "fields"),
    [
        ("qwen3", {}),
        ("qwen3", {"chat_template_kwargs": {"enable_thinking": True}}),
        ("qwen3", {"chat_template_kwargs": {"thinking": False}}),
        ("qwen3", {"reasoning_effort": "none"}),
        ("deepseek", {"chat_template_kwargs": {"thinking": True}}),
        ("gpt-oss", {}),
        ("gpt-oss", {"reasoning_effort": "low"}),
        ("gpt-oss", {"chat_template_kwargs": {"enable_thinking": False}}),
        ("openai", {"reasoning_effort": "minimal"}),
        ("openai", {"reasoning_effort": "high"}),
        ("gpt-5", {}),
        ("gpt-5", {"reasoning_effort": "minimal"}),
        ("o-series", {}),
        ("mistral", {"reasoning_effort": "high"}),
        ("anthropic", {"thinking": {"type": "enabled", "budget_tokens": 2048}}),
    ],
)
def test_a_family_thinks_when_its_switch_or_its_default_says_so(
    family: Family, fields: Any
) -> None:
    assert length(family, **fields) > 0


@pytest.mark.parametrize(
    ("family", "fields"),
    [
        ("qwen3", {"chat_template_kwargs": {"enable_thinking": False}}),
        ("deepseek", {}),
        ("deepseek", {"chat_template_kwargs": {"enable_thinking": True}}),
        ("openai", {}),
        ("openai", {"reasoning_effort": "none"}),
        ("mistral", {}),
        ("mistral", {"reasoning_effort": "none"}),
        ("anthropic", {}),
        ("anthropic", {"thinking": {"type": "disabled"}}),
        ("anthropic", {"reasoning_effort": "high"}),
        ("none", {"reasoning_effort": "high"}),
        ("none", {"chat_template_kwargs": {"enable_thinking": True, "thinking": True}}),
    ],
)
def test_a_family_does_not_think_for_another_familys_switch(family: Family, fields: Any) -> None:
    assert length(family, **fields) == 0


@pytest.mark.parametrize(
    ("family", "word"),
    [
        ("gpt-oss", "none"),
        ("gpt-5", "none"),
        ("o-series", "minimal"),
        ("mistral", "low"),
        ("openai", "maximal"),
    ],
)
def test_an_unknown_effort_is_refused(family: Family, word: str) -> None:
    with pytest.raises(Refusal, match="Expected `reasoning_effort`"):
        length(family, reasoning_effort=word)


@pytest.mark.parametrize(
    ("family", "efforts"),
    [
        ("gpt-oss", ("low", "medium", "high")),
        ("openai", ("none", "minimal", "low", "medium", "high")),
    ],
)
def test_more_effort_thinks_longer(family: Family, efforts: tuple[str, ...]) -> None:
    lengths = [length(family, reasoning_effort=word) for word in efforts]
    assert lengths == sorted(set(lengths))


def test_harder_questions_are_thought_about_longer() -> None:
    assert difficulty(EASY) < difficulty("What is 17 + 25?") < difficulty(HARD) <= 4.0
    assert length("qwen3", EASY) < length("qwen3", HARD)


def test_the_same_request_is_thought_about_equally_long() -> None:
    assert length("qwen3") == length("qwen3")


@pytest.mark.parametrize(
    ("family", "fields"),
    [
        ("qwen3", {"thinking_token_budget": 7}),
        ("qwen3", {"chat_template_kwargs": {"thinking_budget": 7}}),
        ("gpt-oss", {"thinking_token_budget": 7, "reasoning_effort": "high"}),
        ("anthropic", {"thinking": {"type": "enabled", "budget_tokens": 7}}),
        ("qwen3", {"thinking_token_budget": 7, "chat_template_kwargs": {"thinking_budget": 9}}),
    ],
)
def test_a_budget_caps_the_thought(family: Family, fields: Any) -> None:
    assert length(family, **fields) == 7


def test_a_budget_of_nothing_leaves_no_thought() -> None:
    assert length("qwen3", thinking_token_budget=0) == 0


def test_only_the_last_user_message_is_weighed() -> None:
    asked = [{"role": "user", "content": HARD}, {"role": "user", "content": EASY}]
    assert length("qwen3", messages=asked) == length("qwen3", EASY)


def test_effort_names_the_default() -> None:
    body = {"model": "m", "messages": [{"role": "user", "content": "hi"}]}
    assert effort("gpt-oss", parse(msgspec.json.encode(body))) == "medium"
