"""The records that a running gateway writes."""

import json
from pathlib import Path
from typing import Any

import aiohttp
import msgspec
import pytest

from pointsman.gateway.server import Server
from pointsman.observe.record import DecisionRecord
from pointsman.policy.decide import decide
from pointsman.policy.world import World
from pointsman.replay.choices import Ground
from pointsman.replay.columns import AFTER, BEFORE, Column
from pointsman.replay.deciding import Task
from pointsman.replay.lines import Piece
from pointsman.replay.tally import tally_of

pytestmark = pytest.mark.e2e

TEXT = "Prove that the square root of two is irrational."
RULES = [{"name": "rest", "use": ["small", "large"], "choose": "gain"}]


@pytest.fixture
async def recorded(
    setup_of: Any,
    encoder: Any,
    pair: dict[str, Any],
    client: aiohttp.ClientSession,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Any:
    """Run a gateway that writes records, send it requests, and return what it wrote."""
    monkeypatch.setattr("pointsman.router.OnnxEncoder", lambda *_args, **_options: encoder)

    async def run(
        *bodies: dict[str, Any], rules: Any = RULES, **records: Any
    ) -> tuple[list[bytes], World]:
        where = tmp_path / "decisions.jsonl"
        config = {"models": pair, "policy": {"rules": rules}, "server": {"port": 0}}
        setup = setup_of({**config, "records": {"file": str(where), **records}})
        async with Server(setup) as server:
            for body in bodies or ({},):
                asked = {"model": "auto", "messages": [user(TEXT)]} | body
                async with client.post(f"{server.url}/v1/chat/completions", json=asked) as reply:
                    assert reply.status == 200
                    await reply.read()
        return where.read_bytes().splitlines(), setup.world

    return run


def user(text: str) -> dict[str, Any]:
    return {"role": "user", "content": text}


async def test_each_request_leaves_a_line_by_the_time_the_gateway_has_ended(recorded: Any) -> None:
    lines, world = await recorded(*[{}] * 5)
    records = [msgspec.json.decode(line, type=DecisionRecord) for line in lines]
    assert len({record.id for record in records}) == 5
    for record in records:
        question = record.asked()
        assert question is not None
        assert decide(question, world.policy, world.catalog).target == record.target
        assert (record.outcome, record.policy) == ("answered", world.policy_hash)
        assert record.counterfactual is not None
        assert record.counterfactual.startswith("would go to ")


async def test_what_would_change_a_decision_is_left_out_where_the_operator_says_so(
    recorded: Any,
) -> None:
    lines, _ = await recorded(counterfactuals=False)
    assert [json.loads(line)["counterfactual"] for line in lines] == [None]


async def test_no_word_of_the_prompt_is_in_a_record_by_default(recorded: Any) -> None:
    (line,), _ = await recorded()
    assert b"irrational" not in line
    assert json.loads(line)["prompt"] is None


SAID = {"role": "assistant", "content": "It is irrational."}
CALLED = {
    "role": "assistant",
    "tool_calls": [{"id": "t", "type": "function", "function": {"name": "f", "arguments": "{}"}}],
}
TRAFFIC: tuple[dict[str, Any], ...] = (
    {},
    {"messages": [user("Hi")]},
    {"messages": [user(TEXT), SAID, user("And for three?")]},
    {"messages": [user(TEXT), CALLED, {"role": "tool", "tool_call_id": "t", "content": "42"}]},
    {"model": "large"},
    {"stream": True},
    {"max_tokens": 40},
    {"n": 2},
    {"reasoning_effort": "high"},
    {"chat_template_kwargs": {"enable_thinking": False}},
    {"messages": [user("Which court hears an appeal?")], "user": "a"},
    {"messages": [user("Which court hears an appeal?")], "user": "b"},
)
POLICIES: dict[str, list[dict[str, Any]]] = {
    "gain": [
        {"name": "law", "when": {"domain": "law"}, "use": "large", "choose": "static"},
        {"name": "rest", "use": ["small", "large"], "choose": "gain"},
    ],
    "split": [{"name": "ab", "use": {"small": 1, "large": 1}}],
    "cascade": [{"name": "up", "use": ["small", "large"], "choose": "cascade"}],
    "budget": [
        {"name": "b", "use": ["small", "large"], "reasoning": {"budget_tokens": "predicted"}}
    ],
    "unread": [{"name": "first", "use": ["small"], "choose": "static"}],
}


@pytest.mark.parametrize("policy", POLICIES)
async def test_replay_under_the_same_config_changes_nothing(recorded: Any, policy: str) -> None:
    lines, world = await recorded(*TRAFFIC, rules=POLICIES[policy])
    tally = tally_of(Piece("d", 1, tuple(lines)), Task(Ground(world.policy, world.catalog)))
    assert (tally.bad_lines, dict(tally.left)) == (0, {})
    rows = tally.groups.rows()
    assert len(rows) == len(TRAFFIC)
    assert not rows[:, Column.CHANGED].any()
    for before, after in zip(BEFORE, AFTER, strict=True):
        assert rows[:, before] == pytest.approx(rows[:, after], rel=1e-12)
    assert tally.differs[0] == pytest.approx(tally.differs[1])


@pytest.mark.parametrize("asked", [False, True])
async def test_a_record_holds_the_messages_only_where_the_operator_asks(
    serve: Any, pair: Any, ask: Any, eventually: Any, *, asked: bool
) -> None:
    gate = await serve(pair, records={"prompts": asked})
    assert (await ask(gate, "the old barn is mauve")).status == 200
    await eventually(lambda: len(gate.records) == 1)
    kept = msgspec.json.encode(gate.records[0])
    assert (b"the old barn is mauve" in kept) == asked
    again = msgspec.json.decode(kept, type=DecisionRecord)
    assert again.asked() == gate.records[0].asked()
