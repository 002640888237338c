"""How a client's wish is read, and how each family is spoken to."""

from typing import Any

import pytest

from pointsman.catalog.families import FAMILIES, Effort, Family, Reasoning, stated_wish
from pointsman.wire.chat import chat_from_object

USER = {"role": "user", "content": "2 + 2?"}
ON, OFF = Reasoning("on"), Reasoning("off")


# The words of each family, as its own documentation has them (sources stand beside each row).
@pytest.mark.parametrize(
    ("family", "reasoning", "edits"),
    [
        ("generic", Reasoning("default"), {}),
        ("generic", ON, {}),
        ("generic", OFF, {}),
        ("qwen3", ON, {"chat_template_kwargs": {"enable_thinking": True}}),
        ("qwen3", OFF, {"chat_template_kwargs": {"enable_thinking": False}}),
        (
            "qwen3",
            Reasoning("on", budget_tokens=900),
            {"chat_template_kwargs": {"enable_thinking": True}, "thinking_token_budget": 900},
        ),
        # A family without efforts has no word for one.
        ("qwen3", Reasoning("on", "high"), {"chat_template_kwargs": {"enable_thinking": True}}),
        ("deepseek", ON, {"chat_template_kwargs": {"thinking": True}}),
        ("deepseek", OFF, {"chat_template_kwargs": {"thinking": False}}),
        ("gpt-oss", Reasoning("on", "low"), {"reasoning_effort": "low"}),
        ("gpt-oss", Reasoning("on", "high"), {"reasoning_effort": "high"}),
        ("gpt-oss", OFF, {}),
        ("openai", Reasoning("on", "medium"), {"reasoning_effort": "medium"}),
        ("openai", OFF, {"reasoning_effort": "none"}),
        ("gpt-5", OFF, {"reasoning_effort": "minimal"}),
        ("o-series", Reasoning("on", "high"), {"reasoning_effort": "high"}),
        ("mistral", ON, {"reasoning_effort": "high"}),
        ("mistral", OFF, {"reasoning_effort": "none"}),
        ("anthropic", OFF, {"thinking": {"type": "disabled", "budget_tokens": None}}),
        # Thinking of Anthropic's needs a budget of at least 1,024.
        ("anthropic", ON, {"thinking": {"type": "enabled", "budget_tokens": 1024}}),
        (
            "anthropic",
            Reasoning("on", budget_tokens=10),
            {"thinking": {"type": "enabled", "budget_tokens": 1024}},
        ),
        (
            "anthropic",
            Reasoning("on", budget_tokens=4096),
            {"thinking": {"type": "enabled", "budget_tokens": 4096}},
        ),
    ],
)
def test_a_family_is_spoken_to_in_its_own_words(
    family: str, reasoning: Reasoning, edits: dict[str, Any]
) -> None:
    assert FAMILIES[family].edits(reasoning) == edits


@pytest.mark.parametrize(
    ("family", "choices"),
    [
        ("generic", "default"),
        ("qwen3", "off, on"),
        ("gpt-oss", "on (low), on (medium), on (high)"),
        ("openai", "off, on (low), on (medium), on (high)"),
        ("mistral", "off, on"),
        ("anthropic", "off, on"),
    ],
)
def test_a_familys_choices_go_from_least_to_most(family: str, choices: str) -> None:
    assert ", ".join(map(str, FAMILIES[family].choices())) == choices


def test_an_operators_family_may_name_only_some_efforts_in_its_own_words() -> None:
    family = Family(
        on={"think": {"mode": "yes"}},
        effort=("think", "level"),
        efforts={"low": "little", "high": "a lot"},
        budget=("think", "most", "tokens"),
    )
    assert [c.effort for c in family.choices()] == ["low", "high"]
    assert family.edits(Reasoning("on", "high", 5)) == {
        "think": {"mode": "yes", "level": "a lot", "most": {"tokens": 5}}
    }
    # A word of its own that the family does not know is passed on as it is.
    assert family.edits(Reasoning("on", "medium")) == {"think": {"mode": "yes", "level": "medium"}}


def test_a_path_through_what_is_no_object_makes_one() -> None:
    family = Family(on={"think": True}, budget=("think", "tokens"))
    assert family.edits(Reasoning("on", budget_tokens=5)) == {"think": {"tokens": 5}}


def test_edits_share_nothing_with_the_table() -> None:
    family = FAMILIES["anthropic"]
    before = family.edits(ON)
    family.edits(Reasoning("on", budget_tokens=9999))
    assert family.edits(ON) == before


@pytest.mark.parametrize(
    ("reasoning", "words"),
    [
        (Reasoning("default"), "default"),
        (OFF, "off"),
        (ON, "on"),
        (Reasoning("on", "high"), "on (high)"),
        (Reasoning("on", budget_tokens=0), "on (0 tokens)"),
        (Reasoning("on", "low", 2048), "on (low, 2048 tokens)"),
    ],
)
def test_reasoning_is_said_as_a_person_would(reasoning: Reasoning, words: str) -> None:
    assert str(reasoning) == words


@pytest.mark.parametrize(
    ("fields", "wish"),
    [
        ({}, None),
        # OpenAI
        ({"reasoning_effort": None}, None),
        ({"reasoning_effort": "none"}, OFF),
        ({"reasoning_effort": "minimal"}, OFF),
        ({"reasoning_effort": "low"}, Reasoning("on", "low")),
        ({"reasoning_effort": "medium"}, Reasoning("on", "medium")),
        ({"reasoning_effort": "high"}, Reasoning("on", "high")),
        ({"reasoning_effort": "xhigh"}, Reasoning("on", "high")),
        ({"reasoning_effort": "max"}, Reasoning("on", "high")),
        # vLLM
        ({"chat_template_kwargs": {"enable_thinking": True}}, ON),
        ({"chat_template_kwargs": {"enable_thinking": False}}, OFF),
        ({"chat_template_kwargs": {"thinking": True}}, ON),
        ({"chat_template_kwargs": {"thinking": False}}, OFF),
        ({"chat_template_kwargs": {"enable_thinking": "false"}}, None),
        ({"chat_template_kwargs": {"enable_thinking": None, "thinking": True}}, ON),
        ({"chat_template_kwargs": {"documents": []}}, None),
        ({"chat_template_kwargs": None}, None),
        # Anthropic
        ({"thinking": {"type": "disabled"}}, OFF),
        ({"thinking": {"type": "disabled", "budget_tokens": 9}}, OFF),
        ({"thinking": {"type": "enabled"}}, ON),
        ({"thinking": {"type": "enabled", "budget_tokens": 0}}, OFF),
        ({"thinking": {"type": "enabled", "budget_tokens": -1}}, OFF),
        ({"thinking": {"type": "adaptive"}}, ON),
        (
            {"thinking": {"type": "enabled", "budget_tokens": 4096}},
            Reasoning("on", budget_tokens=4096),
        ),
        ({"thinking": {}}, None),
        ({"thinking": None}, None),
        # Several at once: the most explicit form first.
        ({"thinking": {"type": "disabled"}, "reasoning_effort": "high"}, OFF),
        (
            {"reasoning_effort": "low", "chat_template_kwargs": {"enable_thinking": False}},
            Reasoning("on", "low"),
        ),
    ],
)
def test_a_clients_wish_is_read_in_any_familys_words(
    fields: dict[str, Any], wish: Reasoning | None
) -> None:
    assert stated_wish(chat_from_object({"messages": [USER], **fields})) == wish


@pytest.mark.parametrize("effort", ["low", "medium", "high"])
@pytest.mark.parametrize("family", ["gpt-oss", "openai", "gpt-5", "o-series"])
def test_an_effort_said_to_a_family_is_read_back_as_the_same_wish(
    family: str, effort: Effort
) -> None:
    said = FAMILIES[family].edits(Reasoning("on", effort))
    assert stated_wish(chat_from_object({"messages": [USER], **said})) == Reasoning("on", effort)


@pytest.mark.parametrize("family", [name for name, f in FAMILIES.items() if f.off is not None])
def test_off_said_to_a_family_is_read_back_as_off(family: str) -> None:
    said = FAMILIES[family].edits(OFF)
    assert stated_wish(chat_from_object({"messages": [USER], **said})) == OFF
