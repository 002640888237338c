"""What a client is heard to wish, and what is taken out so that nothing contradicts a decision."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pointsman.catalog.reasoning import Reasoning
from pointsman.catalog.wishes import clearing, overriding, stated_wish
from pointsman.wire.chat import chat_from_object, parse_chat
from pointsman.wire.edit import apply_patch

USER = {"role": "user", "content": "2 + 2?"}
ON, OFF = Reasoning("on"), Reasoning("off")


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
        # OpenRouter
        ({"reasoning": {"effort": "low"}}, Reasoning("on", "low")),
        ({"reasoning": {"effort": "xhigh"}}, Reasoning("on", "high")),
        ({"reasoning": {"effort": "none"}}, OFF),
        ({"reasoning": {"effort": "minimal", "max_tokens": 9}}, OFF),
        ({"reasoning": {"max_tokens": 2000}}, Reasoning("on", budget_tokens=2000)),
        ({"reasoning": {"max_tokens": 0}}, OFF),
        ({"reasoning": {"effort": "low", "max_tokens": 2000}}, Reasoning("on", "low", 2000)),
        ({"reasoning": {"enabled": True}}, ON),
        ({"reasoning": {"enabled": False}}, OFF),
        ({"reasoning": {"enabled": False, "effort": "high"}}, OFF),
        ({"reasoning": {"enabled": True, "effort": "none"}}, OFF),
        ({"reasoning": {"exclude": True}}, None),
        ({"reasoning": {"effort": "low", "exclude": True}}, Reasoning("on", "low")),
        ({"reasoning": {}}, None),
        ({"reasoning": None}, None),
        # DashScope
        ({"enable_thinking": True}, ON),
        ({"enable_thinking": False}, OFF),
        ({"enable_thinking": False, "thinking_budget": 500}, OFF),
        ({"enable_thinking": True, "thinking_budget": 500}, Reasoning("on", budget_tokens=500)),
        ({"thinking_budget": 500}, Reasoning("on", budget_tokens=500)),
        ({"thinking_budget": 0}, OFF),
        # vLLM's cap; -1 is no limit.
        ({"thinking_token_budget": 500}, Reasoning("on", budget_tokens=500)),
        ({"thinking_token_budget": 0}, OFF),
        ({"thinking_token_budget": -1}, None),
        (
            {"thinking_token_budget": 5, "chat_template_kwargs": {"enable_thinking": True}},
            Reasoning("on", budget_tokens=5),
        ),
        ({"thinking_token_budget": -1, "reasoning_effort": "low"}, Reasoning("on", "low")),
        ({"thinking_token_budget": 9, "reasoning_effort": "low"}, Reasoning("on", "low", 9)),
        ({"thinking_token_budget": 0, "reasoning_effort": "low"}, OFF),
        # Chat templates
        ({"chat_template_kwargs": {"reasoning_effort": "low"}}, Reasoning("on", "low")),
        ({"chat_template_kwargs": {"thinking_budget": 64}}, Reasoning("on", budget_tokens=64)),
        (
            {"chat_template_kwargs": {"enable_thinking": False, "reasoning_effort": "high"}},
            OFF,
        ),
        (
            {"chat_template_kwargs": {"thinking": True, "reasoning_effort": "high"}},
            Reasoning("on", "high"),
        ),
        # Gemini
        (
            {"extra_body": {"google": {"thinking_config": {"thinking_budget": 800}}}},
            Reasoning("on", budget_tokens=800),
        ),
        ({"extra_body": {"google": {"thinking_config": {"thinking_budget": 0}}}}, OFF),
        ({"extra_body": {"google": {"thinking_config": {"thinking_budget": -1}}}}, None),
        (
            {"extra_body": {"google": {"thinking_config": {"thinking_level": "low"}}}},
            Reasoning("on", "low"),
        ),
        ({"extra_body": {"google": {"thinking_config": {"include_thoughts": True}}}}, None),
        ({"extra_body": {"google": {}}}, None),
        ({"extra_body": {}}, None),
        # DeepSeek's and Z.ai's own APIs take an effort beside the switch.
        (
            {"thinking": {"type": "enabled"}, "reasoning_effort": "high"},
            Reasoning("on", "high"),
        ),
        # Several at once: the most explicit form first.
        ({"thinking": {"type": "disabled"}, "reasoning_effort": "high"}, OFF),
        (
            {"reasoning_effort": "low", "chat_template_kwargs": {"enable_thinking": False}},
            Reasoning("on", "low"),
        ),
        ({"reasoning": {"effort": "none"}, "reasoning_effort": "high"}, OFF),
        ({"reasoning": {"effort": "low"}, "enable_thinking": False}, Reasoning("on", "low")),
        (
            {"enable_thinking": False, "chat_template_kwargs": {"enable_thinking": True}},
            ON,
        ),
    ],
)
def test_a_clients_wish_is_read_in_any_familys_words(
    fields: dict[str, Any], wish: Reasoning | None
) -> None:
    assert stated_wish(chat_from_object({"messages": [USER], **fields})) == wish


@pytest.mark.parametrize(
    "fields",
    [
        {"reasoning": "high"},
        {"reasoning": True},
        {"reasoning": ["effort"]},
        {"reasoning": {"effort": 3, "max_tokens": "2000", "enabled": "false"}},
        {"reasoning": {"max_tokens": 2000.0}},
        {"reasoning": {"max_tokens": True}},
        {"enable_thinking": "false"},
        {"enable_thinking": 0},
        {"thinking_budget": "500"},
        {"thinking_budget": 500.5},
        {"thinking_budget": False},
        {"thinking_budget": 10**30},
        {"thinking_budget": 10**400},
        {"thinking_token_budget": [500]},
        {"thinking_token_budget": -2},
        {"chat_template_kwargs": {"thinking": 1, "thinking_budget": "9", "reasoning_effort": 2}},
        {"extra_body": "google"},
        {"extra_body": {"google": {"thinking_config": []}}},
        # As Google's own page has it in one example, against its own type.
        {"extra_body": {"google": {"thinking_config": {"thinking_budget": "low"}}}},
    ],
)
def test_a_word_of_another_type_than_is_documented_is_no_wish_and_no_error(
    fields: dict[str, Any],
) -> None:
    assert stated_wish(chat_from_object({"messages": [USER], **fields})) is None


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("2 + 2? /no_think", OFF),
        ("/no_think", OFF),
        ("2 + 2?\n/no_think \n", OFF),
        ("Prove it. /think", ON),
        ("2 + 2? /think /no_think", OFF),
        ([{"type": "text", "text": "2 + 2? /no_think"}, {"type": "image_url"}], OFF),
        # Only at the end, as a word of its own, in its own case.
        ("/no_think 2 + 2?", None),
        ("What does /no_think do?", None),
        ("What is in /usr/share/think", None),
        ("What is in docs/no_think", None),
        ("2 + 2? /No_Think", None),
        ("2 + 2? /nothink", None),  # codespell:ignore
        ("", None),
        (None, None),
    ],
)
def test_a_soft_switch_at_the_end_of_the_last_user_turn_is_a_wish(
    text: Any, wish: Reasoning | None
) -> None:
    turn = {"role": "user", "content": text}
    earlier = [{"role": "user", "content": "Hi /think"}, {"role": "assistant", "content": "Hi"}]
    result = {"role": "tool", "tool_call_id": "c", "content": "see /think"}
    assert stated_wish(chat_from_object({"messages": [turn]})) == wish
    assert stated_wish(chat_from_object({"messages": [*earlier, turn, result]})) == wish


@pytest.mark.parametrize(
    ("fields", "text", "wish"),
    [
        # Qwen3 model card: with enable_thinking=False the soft switches are not valid; otherwise
        # they decide.
        ({"enable_thinking": False}, "/think", OFF),
        ({"enable_thinking": True}, "/no_think", OFF),
        ({"chat_template_kwargs": {"enable_thinking": True}}, "/no_think", OFF),
        ({"chat_template_kwargs": {"enable_thinking": False}}, "/think", OFF),
        ({"thinking_budget": 50}, "/think", Reasoning("on", budget_tokens=50)),
        ({"thinking_budget": 50}, "/no_think", OFF),
        # Other families never hear them.
        ({"reasoning_effort": "low"}, "/no_think", Reasoning("on", "low")),
        ({"thinking": {"type": "enabled"}}, "/no_think", ON),
    ],
)
def test_a_soft_switch_counts_beside_fields_as_it_does_for_its_own_model(
    fields: dict[str, Any], text: str, wish: Reasoning
) -> None:
    messages = [{"role": "user", "content": f"2 + 2? {text}"}]
    assert stated_wish(chat_from_object({"messages": messages, **fields})) == wish


@pytest.mark.parametrize(
    ("fields", "edits", "patch"),
    [
        ({}, {}, {}),
        ({"temperature": 1, "reasoning_effort": None}, {}, {}),
        ({"reasoning_effort": "high"}, {}, {"reasoning_effort": None}),
        ({"reasoning_effort": "high"}, {"reasoning_effort": "low"}, {}),
        # What the edits remove themselves needs no clearing.
        ({"reasoning_effort": "high"}, {"reasoning_effort": None}, {}),
        (
            {"enable_thinking": True, "thinking_budget": 5},
            {"enable_thinking": False},
            {"thinking_budget": None},
        ),
        ({"enable_thinking": "true"}, {}, {"enable_thinking": None}),
        ({"thinking_token_budget": -1}, {}, {"thinking_token_budget": None}),
        # An object that is about reasoning alone goes as a whole ...
        ({"thinking": {"type": "enabled", "clear_thinking": False}}, {}, {"thinking": None}),
        ({"reasoning": {"effort": "low", "exclude": True}}, {}, {"reasoning": None}),
        # ... unless it says nothing of how hard to think, or the target reads it.
        ({"reasoning": {"exclude": True}}, {}, {}),
        ({"reasoning": {"effort": None, "exclude": True}}, {}, {}),
        ({"reasoning": "high"}, {}, {}),
        ({"thinking": {}}, {}, {}),
        (
            {"reasoning": {"effort": "low", "exclude": True}},
            {"reasoning": {"enabled": True}},
            {"reasoning": {"effort": None}},
        ),
        (
            {"thinking": {"type": "enabled", "budget_tokens": 9}},
            {"thinking": {"type": "disabled"}},
            {"thinking": {"budget_tokens": None}},
        ),
        ({"thinking": {"type": "enabled", "budget_tokens": 9}}, {"thinking": True}, {}),
        # Of a template's variables, only the words for thinking.
        (
            {"chat_template_kwargs": {"enable_thinking": True, "documents": []}},
            {},
            {"chat_template_kwargs": {"enable_thinking": None}},
        ),
        (
            {"chat_template_kwargs": {"enable_thinking": True, "thinking": False}},
            {"chat_template_kwargs": {"thinking": True}},
            {"chat_template_kwargs": {"enable_thinking": None}},
        ),
        # An object goes with its last member: a server that does not know it may refuse it.
        (
            {"chat_template_kwargs": {"enable_thinking": True, "thinking_budget": 9}},
            {},
            {"chat_template_kwargs": None},
        ),
        ({"chat_template_kwargs": {}}, {}, {}),
        (
            {"extra_body": {"google": {"thinking_config": {"thinking_budget": 5}}}},
            {},
            {"extra_body": None},
        ),
        (
            {
                "extra_body": {
                    "google": {"thinking_config": {"thinking_budget": 5, "include_thoughts": True}}
                }
            },
            {"reasoning_effort": "low"},
            {"extra_body": {"google": {"thinking_config": {"thinking_budget": None}}}},
        ),
        (
            {"extra_body": {"google": {"thinking_config": {"thinking_level": "low"}, "x": 1}}},
            {},
            {"extra_body": {"google": {"thinking_config": None}}},
        ),
    ],
)
def test_a_clients_words_are_cleared_where_the_edits_do_not_set_them(
    fields: dict[str, Any], edits: Mapping[str, Any], patch: Mapping[str, Any]
) -> None:
    assert clearing(chat_from_object({"messages": [USER], **fields}), edits) == patch


def test_the_edits_and_their_clearing_are_one_patch_of_the_bytes() -> None:
    request = parse_chat(
        b'{"messages": [{"role": "user", "content": "Hi /think"}], "reasoning_effort": "high",'
        b' "chat_template_kwargs": {"thinking": true, "documents": [1e2]}, "seed": 1.0}'
    )
    edits = {"chat_template_kwargs": {"enable_thinking": False}, "thinking_token_budget": 5}
    assert apply_patch(request.body, overriding(request, edits)) == (
        b'{"messages": [{"role": "user", "content": "Hi /think"}],'
        b' "chat_template_kwargs": { "documents": [1e2],"enable_thinking":false}, "seed": 1.0,'
        b'"thinking_token_budget":5}'
    )


_SCALARS = ("reasoning_effort", "enable_thinking", "thinking_budget", "thinking_token_budget")
_json = st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=3)
_template = st.dictionaries(
    st.sampled_from(["enable_thinking", "thinking", "thinking_budget", "reasoning_effort", "mine"]),
    _json,
)
_google = st.dictionaries(
    st.sampled_from(["thinking_budget", "thinking_level", "include_thoughts"]), _json
)
_bodies = st.fixed_dictionaries(
    {"messages": st.just([USER])},
    optional={
        "temperature": _json,
        "x": st.dictionaries(st.sampled_from(["thinking", "reasoning_effort"]), _json),
        "reasoning_effort": st.none() | st.sampled_from(["none", "low", "xhigh"]),
        "thinking": st.none()
        | st.fixed_dictionaries(
            {"type": st.sampled_from(["", "enabled", "disabled"]), "mine": _json}
        ),
        "reasoning": _json
        | st.dictionaries(st.sampled_from(["effort", "max_tokens", "enabled", "exclude"]), _json),
        "enable_thinking": _json,
        "thinking_budget": _json,
        "thinking_token_budget": _json,
        "chat_template_kwargs": st.none() | _template,
        "extra_body": _json
        | st.fixed_dictionaries(
            {}, optional={"google": st.fixed_dictionaries({"thinking_config": _google}), "y": _json}
        ),
    },
)


def _others(body: dict[str, Any]) -> dict[str, Any]:
    """Return what of a body is no word about reasoning."""
    objects = {"thinking", "reasoning", "chat_template_kwargs", "extra_body"}
    others = {k: v for k, v in body.items() if k not in {*_SCALARS, *objects}}
    template = body.get("chat_template_kwargs") or {}
    others["mine"] = template.get("mine")
    extra = body.get("extra_body")
    extra = extra if isinstance(extra, dict) else {}
    others["y"] = extra.get("y")
    config = extra.get("google", {}).get("thinking_config", {})
    others["include_thoughts"] = config.get("include_thoughts")
    return others


@given(_bodies)
def test_clearing_leaves_no_wish_and_touches_nothing_else(body: dict[str, Any]) -> None:
    request = chat_from_object(body)
    cleared = json.loads(apply_patch(request.body, clearing(request, {})))
    assert stated_wish(chat_from_object(cleared)) is None
    assert _others(cleared) == _others(body)
    assert [k for k in body if k in cleared] == list(cleared)
    # What has been cleared needs no clearing.
    assert clearing(chat_from_object(cleared), {}) == {}


@given(_bodies, _bodies)
def test_after_the_edits_and_their_clearing_only_the_edits_are_heard(
    body: dict[str, Any], words: dict[str, Any]
) -> None:
    request = chat_from_object(body)
    edits = {k: v for k, v in words.items() if k not in {"messages", "temperature", "x"}}
    edited = json.loads(apply_patch(request.body, overriding(request, edits)))
    bare = json.loads(apply_patch(chat_from_object({"messages": [USER]}).body, edits))
    assert stated_wish(chat_from_object(edited)) == stated_wish(chat_from_object(bare))
