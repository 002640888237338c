"""How a client's wish is read, and how each family is spoken to."""

from typing import Any

import pytest

from pointsman.catalog.families import FAMILIES, Effort, Family, Reasoning, stated_wish
from pointsman.catalog.reasoning import EFFORTS, TOKENS_OF_EFFORT
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
        ("dashscope", ON, {"enable_thinking": True}),
        ("dashscope", OFF, {"enable_thinking": False}),
        (
            "dashscope",
            Reasoning("on", budget_tokens=50),
            {"enable_thinking": True, "thinking_budget": 50},
        ),
        (
            "openrouter",
            Reasoning("on", "medium"),
            {"reasoning": {"enabled": True, "effort": "medium", "max_tokens": None}},
        ),
        # "One of the following (not both)".
        (
            "openrouter",
            Reasoning("on", "low", 2000),
            {"reasoning": {"enabled": True, "effort": None, "max_tokens": 2000}},
        ),
        (
            "openrouter",
            OFF,
            {"reasoning": {"enabled": None, "effort": "none", "max_tokens": None}},
        ),
        ("gemini", Reasoning("on", "low"), {"reasoning_effort": "low"}),
        ("gemini", OFF, {"reasoning_effort": "none"}),
        ("gemini-3", Reasoning("on", "high"), {"reasoning_effort": "high"}),
        ("gemini-3", OFF, {}),
        ("glm", ON, {"thinking": {"type": "enabled", "budget_tokens": None}}),
        ("glm", OFF, {"thinking": {"type": "disabled", "budget_tokens": None}}),
        ("kimi", OFF, {"thinking": {"type": "disabled", "budget_tokens": None}}),
        ("hunyuan", ON, {"thinking": {"type": "enabled", "budget_tokens": None}}),
        (
            "deepseek-api",
            Reasoning("on", "high"),
            {
                "thinking": {"type": "enabled", "budget_tokens": None},
                "reasoning_effort": "high",
            },
        ),
        (
            "deepseek-api",
            OFF,
            {
                "thinking": {"type": "disabled", "budget_tokens": None},
                "reasoning_effort": None,
            },
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
        ("dashscope", "off, on"),
        ("openrouter", "off, on (low), on (medium), on (high)"),
        ("gemini", "off, on (low), on (medium), on (high)"),
        ("gemini-3", "on (low), on (medium), on (high)"),
        ("glm", "off, on"),
        ("deepseek-api", "off, on (low), on (high)"),
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
    ("family", "wish", "adapted"),
    [
        # A cap becomes an effort where the family knows no caps.
        ("openai", Reasoning("on", budget_tokens=500), Reasoning("on", "low")),
        ("gpt-oss", Reasoning("on", budget_tokens=9000), Reasoning("on", "medium")),
        ("gemini", Reasoning("on", budget_tokens=24576), Reasoning("on", "high")),
        ("o-series", Reasoning("on", "high", 500), Reasoning("on", "high")),
        # An effort becomes a cap where it knows no efforts.
        ("dashscope", Reasoning("on", "low"), Reasoning("on", budget_tokens=1024)),
        ("anthropic", Reasoning("on", "high"), Reasoning("on", budget_tokens=24576)),
        ("anthropic", Reasoning("on", "high", 2000), Reasoning("on", budget_tokens=2000)),
        # vLLM without a reasoning parser refuses a cap, so that none is made up.
        ("qwen3", Reasoning("on", "high"), ON),
        ("qwen3", Reasoning("on", "high", 900), Reasoning("on", budget_tokens=900)),
        ("deepseek", Reasoning("on", "low"), ON),
        # An effort without a word becomes the nearest that has one.
        ("deepseek-api", Reasoning("on", "medium"), Reasoning("on", "high")),
        ("deepseek-api", Reasoning("on", budget_tokens=100), Reasoning("on", "low")),
        # A family with both is told the cap; the effort says how long that is.
        ("openrouter", Reasoning("on", budget_tokens=2000), Reasoning("on", "low", 2000)),
        ("openrouter", Reasoning("on", "high"), Reasoning("on", "high")),
        # A family with neither is told to reason, and no more.
        ("glm", Reasoning("on", "high", 500), ON),
        ("mistral", Reasoning("on", budget_tokens=500), ON),
        # Nothing to adapt.
        ("openai", ON, ON),
        ("openai", OFF, OFF),
        ("generic", Reasoning("on", "high"), Reasoning("on", "high")),
        ("qwen3", Reasoning("default"), Reasoning("default")),
    ],
)
def test_a_wish_is_translated_into_what_a_family_can_be_told(
    family: str, wish: Reasoning, adapted: Reasoning
) -> None:
    assert FAMILIES[family].adapted(wish) == adapted


def test_a_cap_made_of_an_effort_is_never_under_the_familys_least() -> None:
    family = Family(on={}, budget=("cap",), min_budget_tokens=2000)
    assert family.budget_for("low") == 2000
    assert family.budget_for("medium") == TOKENS_OF_EFFORT["medium"]


def test_an_effort_for_a_number_of_tokens_is_one_that_the_family_knows() -> None:
    assert FAMILIES["deepseek-api"].effort_for(8192) == "high"
    assert FAMILIES["openai"].effort_for(8192) == "medium"
    assert FAMILIES["qwen3"].effort_for(8192) is None
    assert FAMILIES["generic"].effort_for(8192) is None


@pytest.mark.parametrize("effort", EFFORTS)
@pytest.mark.parametrize(
    "family", [name for name, f in FAMILIES.items() if f.efforts.keys() == set(EFFORTS)]
)
def test_an_effort_said_to_a_family_is_read_back_as_the_same_wish(
    family: str, effort: Effort
) -> None:
    said = FAMILIES[family].edits(Reasoning("on", effort))
    assert stated_wish(chat_from_object({"messages": [USER], **said})) == Reasoning("on", effort)


@pytest.mark.parametrize("family", [name for name, f in FAMILIES.items() if f.off is not None])
def test_off_said_to_a_family_is_read_back_as_off(family: str) -> None:
    said = FAMILIES[family].edits(OFF)
    assert stated_wish(chat_from_object({"messages": [USER], **said})) == OFF
