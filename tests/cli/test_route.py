"""`pointsman route`: the shape of its rows, and decisions that follow the config."""

import json
from typing import Any

import pytest


def route(run: Any, *words: str, **row: Any) -> Any:
    done = run("route", *words, stdin=json.dumps(row).encode())
    assert done.status == 0
    return done.rows()[0]


def test_a_row_says_what_would_be_done_and_why(run: Any, config: str) -> None:
    row = route(run, "-c", config, text="What is 2+2?")
    decision = row["decision"]
    assert (decision["model"], decision["rule"]) == ("large", "sums")
    assert decision["endpoint"] == "http://127.0.0.1:2/v1"
    assert decision["reasoning"] == {"mode": "on", "effort": "high", "budget_tokens": None}
    assert decision["reasons"]
    assert decision["expected"]["usd"] > 0
    assert 0 <= decision["expected"]["p_correct"] <= 1
    assert row["edits"] == {"model": "huge", "reasoning_effort": "high"}
    assert (row["guard"], row["cache"]) == ({"verdict": "off"}, {"status": "off"})
    assert 0 <= row["signals"]["reasoning"]["p_gain"] <= 1
    # No rule looks at these, so nobody measured them.
    assert row["signals"]["domain"] is row["signals"]["jailbreak"] is row["signals"]["pii"] is None


def test_another_prompt_takes_another_rule(run: Any, config: str) -> None:
    row = route(run, "-c", config, text="Say hello.")
    assert (row["decision"]["model"], row["decision"]["rule"]) == ("small", "rest")
    expected = {"model": "tiny", "chat_template_kwargs": {"enable_thinking": False}}
    assert row["edits"] == expected


def test_what_a_rule_looks_at_is_measured_and_told(run: Any, guarded: str) -> None:
    row = route(run, "-c", guarded, text="My SSN is 536-22-8714.")
    assert (row["decision"]["rule"], row["decision"]["model"]) == ("stays", "small")
    assert {span["type"] for span in row["signals"]["pii"]} >= {"US_SSN"}
    assert 0 <= row["signals"]["jailbreak"]["p"] <= 1
    assert row["signals"]["coverage"]["unread_characters"] == 0
    assert row["signals"]["injection"] is None


def test_a_policy_that_weighs_nothing_expects_nothing(run: Any, guarded: str) -> None:
    decision = route(run, "-c", guarded, text="Say hello.")["decision"]
    assert decision["rule"] == "rest"
    assert decision["expected"]["p_correct"] is None
    # No need of reasoning turns it, as none is measured; what the rules ask does.
    assert decision["counterfactual"].startswith("would go to large")


def test_without_a_config_the_shipped_one_decides(run: Any) -> None:
    assert route(run, text="Say hello.")["decision"]["model"] in {"small", "large"}


@pytest.mark.parametrize("name", ["large", "huge"])
def test_a_named_model_is_honoured(name: str, run: Any, config: str) -> None:
    messages = [{"role": "user", "content": "Say hello."}]
    row = route(run, "-c", config, model=name, messages=messages)
    assert (row["decision"]["model"], row["decision"]["rule"]) == ("large", "named")
    assert row["decision"]["reasoning"]["mode"] == "default"


def test_an_unknown_model_is_a_bad_row(run: Any, config: str) -> None:
    row = {"model": "gpt-99", "messages": [{"role": "user", "content": "a"}]}
    done = run("route", "-c", config, stdin=json.dumps(row).encode())
    assert done.status == 1
    assert done.rows()[0]["error"]["code"] == "model_not_found"


def test_a_password_in_a_url_is_refused_and_not_printed(run: Any, config: str) -> None:
    with open(config, encoding="utf-8") as source:  # noqa: PTH123 - a path is a word here
        text = source.read().replace("http://127", "http://user:SWORDFISH@127")
    with open(config, "w", encoding="utf-8") as out:  # noqa: PTH123 - the same
        out.write(text)
    done = run("route", "-c", config, stdin=b'{"text": "hi"}')
    assert done.status == 2
    assert "keys come from `api_key_env`" in done.err
    assert "SWORDFISH" not in done.out + done.err
