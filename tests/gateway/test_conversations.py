"""Conversations over HTTP: they stay on their model, and callers never share one."""

from typing import Any

import pytest

pytestmark = pytest.mark.e2e

TOOL = {"type": "function", "function": {"name": "weather", "parameters": {"type": "object"}}}

# Whoever offers tools begins on `large`; the next rule would send everything to `small`.
LARGE_FOR_TOOLS = [
    {"name": "first-turn", "when": {"surface": "turns", "below": 2}, "use": ["large", "small"],
     "choose": "static"},
    {"name": "later", "use": ["small", "large"], "choose": "static"},
]  # fmt: skip


def turns(*pairs: tuple[str, str]) -> list[dict[str, str]]:
    return [{"role": role, "content": text} for role, text in pairs]


OPENING = turns(("user", "What is the weather in Oslo?"))
LATER = [
    *OPENING,
    *turns(("assistant", "Cold."), ("user", "And how is it in Rome, at this time of the year?")),
]


async def test_a_conversation_stays_on_its_model_through_a_tool_loop(
    serve: Any, pair: Any, ask: Any
) -> None:
    swap = [
        {"name": "begin", "when": {"not": {"surface": "tool_loop", "above": 0.5}},
         "use": ["large", "small"], "choose": "static"},
        {"name": "other", "use": ["small", "large"], "choose": "static"},
    ]  # fmt: skip
    gate = await serve(pair, rules=swap)
    first = await ask(gate, messages=OPENING, tools=[TOOL])
    call = first.json()["choices"][0]["message"]
    assert call["tool_calls"][0]["function"]["name"] == "weather"
    result = {"role": "tool", "tool_call_id": call["tool_calls"][0]["id"], "content": "sunny"}
    second = await ask(gate, messages=[*OPENING, call, result], tools=[TOOL])
    assert second.status == 200
    assert second.headers["x-pointsman-rule"] == "other"
    models = [reply.headers["x-pointsman-model"] for reply in (first, second)]
    assert models == ["large", "large"]
    # Without a memory of the first turn, the same request goes where the rule sends it.
    stranger = await ask(gate, messages=[*OPENING, call, result], headers={"Authorization": "x"})
    assert stranger.headers["x-pointsman-model"] == "small"


async def test_a_tool_loop_whose_model_fails_goes_on_with_another(
    serve: Any, pair: Any, ask: Any, standin: Any, other: Any
) -> None:
    pair["large"]["url"] = other.url
    rules = [{"name": "any", "use": ["large", "small"], "choose": "static"}]
    gate = await serve(pair, rules=rules)
    first = await ask(gate, messages=OPENING, tools=[TOOL])
    call = first.json()["choices"][0]["message"]
    result = {"role": "tool", "tool_call_id": call["tool_calls"][0]["id"], "content": "sunny"}
    other.fault = "status:503"
    second = await ask(gate, messages=[*OPENING, call, result], tools=[TOOL])
    assert second.status == 200
    assert [r.headers["x-pointsman-model"] for r in (first, second)] == ["large", "small"]
    assert len(standin.received) == 1


async def test_a_conversation_is_known_again_by_how_it_began(
    serve: Any, pair: Any, ask: Any
) -> None:
    gate = await serve(pair, rules=LARGE_FOR_TOOLS)
    await ask(gate, messages=OPENING)
    await ask(gate, messages=LATER)
    first, second = gate.records
    assert first.conversation == second.conversation
    assert any("the conversation is on large" in reason for reason in second.reasons)
    assert gate.sessions == 1


@pytest.mark.parametrize("header", ["x-session-id", "x-conversation-id"])
async def test_a_conversation_may_be_named(
    header: str, serve: Any, pair: Any, ask: Any, standin: Any
) -> None:
    gate = await serve(pair)
    await ask(gate, "One thing.", headers={header: "a"})
    await ask(gate, "Another thing.", headers={header: "a"})
    await ask(gate, "One thing.", headers={header: "b"})
    conversations = [record.conversation for record in gate.records]
    assert conversations[0] == conversations[1] != conversations[2]
    assert not any(header in received.headers for received in standin.received)


@pytest.mark.parametrize("named", [True, False])
async def test_callers_do_not_share_a_conversation(
    *, named: bool, serve: Any, pair: Any, ask: Any
) -> None:
    gate = await serve(pair)
    session = {"x-session-id": "a"} if named else {}
    for key in ("Bearer one", "Bearer two"):
        await ask(gate, headers={"Authorization": key, **session})
    await ask(gate, headers=session)
    await ask(gate, headers=session, user="somebody")
    assert len({record.conversation for record in gate.records}) == 4
    assert not any("Bearer" in str(record) for record in gate.records)


async def test_after_a_fallback_the_conversation_is_on_the_model_that_answered(
    serve: Any, pair: Any, ask: Any, standin: Any, other: Any
) -> None:
    pair["large"]["url"] = other.url
    gate = await serve(pair)
    standin.fault = "status:503"
    assert (await ask(gate, messages=OPENING)).headers["x-pointsman-model"] == "large"
    standin.fault = ""
    await ask(gate, messages=LATER)
    assert any("the conversation is on large" in reason for reason in gate.records[1].reasons)
