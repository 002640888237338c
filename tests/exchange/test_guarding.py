"""The guard on the road of one request: refused, unread, failed; nothing gets around it."""

from typing import Any

import msgspec
import pytest

from pointsman.catalog.sight import PiiRule
from pointsman.errors import OverloadedError, RefusedError, UncheckedError
from pointsman.exchange.plan import Forward, Refuse, decision_headers
from pointsman.exchange.route import route
from pointsman.exchange.standing import Standing
from pointsman.policy.guard import AttackGuard, Guard, Guards
from pointsman.policy.rules import Rule
from pointsman.wire.chat import chat_from_object

from .guarded import ATTACK, PASSES, REFUSES, Build, planned, play, said

ARGUMENTS = f'{{"a":"{ATTACK}"}}'
CALL = {"id": "c", "type": "function", "function": {"name": "f", "arguments": ARGUMENTS}}
HI = {"role": "user", "content": "Hi"}
PLACES: list[tuple[str, dict[str, Any]]] = [
    ("the last turn", {"messages": [{"role": "user", "content": ATTACK}]}),
    ("a named model", {"model": "large", "messages": [{"role": "user", "content": ATTACK}]}),
    (
        "a content part",
        {"messages": [{"role": "user", "content": [{"type": "text", "text": ATTACK}]}]},
    ),
    (
        "an unknown content part",
        {"messages": [{"role": "user", "content": [{"type": "strange", "deep": {"x": [ATTACK]}}]}]},
    ),
    ("an earlier turn", {"messages": [
        {"role": "user", "content": ATTACK},
        {"role": "assistant", "content": "No."},
        {"role": "user", "content": "Thanks!"},
    ]}),
    ("a system text", {"messages": [
        {"role": "system", "content": ATTACK}, HI,
    ]}),
    ("an unknown role", {"messages": [
        {"role": "oracle", "content": ATTACK}, HI,
    ]}),
    ("a tool's result", {"messages": [
        {"role": "user", "content": "Look it up"},
        {"role": "assistant", "content": None, "tool_calls": [
            {"id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"}}]},
        {"role": "tool", "tool_call_id": "c", "content": ATTACK},
    ]}),
    ("a call's arguments", {"messages": [
        {"role": "user", "content": "Go on"},
        {"role": "assistant", "content": None, "tool_calls": [CALL]},
        {"role": "tool", "tool_call_id": "c", "content": "done"},
    ]}),
    ("a message's name", {"messages": [{"role": "user", "name": ATTACK, "content": "Hi"}]}),
    ("a tool's description", {"messages": [HI], "tools": [
        {"type": "function", "function": {"name": "f", "description": ATTACK}}]}),
    ("a schema", {"messages": [HI], "response_format": {
        "type": "json_schema", "json_schema": {"name": "n", "schema": {"description": ATTACK}}}}),
    ("a field of the future", {"messages": [HI], "x": {"y": ATTACK}}),
]  # fmt: skip


@pytest.mark.parametrize(("where", "body"), PLACES, ids=[where for where, _ in PLACES])
def test_an_attack_is_refused_wherever_it_stands(
    where: str, body: dict[str, Any], watched: Build
) -> None:
    plan = planned(watched(REFUSES), chat_from_object(body))
    assert isinstance(plan, Refuse), where
    assert isinstance(plan.error, RefusedError)
    assert plan.error.reasons == ("jailbreak",)
    assert ATTACK not in plan.error.message
    assert ATTACK.encode() not in msgspec.json.encode(plan.record)


def test_a_refusal_leaves_a_record_that_can_be_decided_again(watched: Build) -> None:
    plan = planned(watched(REFUSES), said(ATTACK), standing=Standing(tenant="t", key="k"))
    record = plan.record
    assert (record.outcome, record.model, record.rule) == ("refused", "", "guard")
    assert (record.tenant, record.key, record.expected_usd) == ("t", "k", 0.0)
    assert record.reasons == ("jailbreak 0.9 > 0.5: refused",)
    question = record.asked()
    assert question is not None
    assert question.signals["jailbreak"].values == {"p": 0.9}  # type: ignore[union-attr]  # a measure
    assert decision_headers(record)["x-pointsman-guard"] == "refuse"


def test_headers_of_a_refusal_name_the_reason_and_never_how_near_it_was(watched: Build) -> None:
    headers = decision_headers(planned(watched(REFUSES), said(ATTACK)).record)
    assert headers["x-pointsman-guard-reason"] == "jailbreak"
    assert headers["x-jailbreak-blocked"] == "true"
    assert headers["x-jailbreak-type"] == "jailbreak"
    assert not any("0.9" in value for value in headers.values())


def test_a_request_that_names_its_model_is_read_for_the_guard_alone(watched: Build) -> None:
    _, reads = play(route(said("Hi", model="large"), watched(REFUSES), decision_id="d"))
    assert [effect.asked.judged for effect in reads] == [frozenset()]
    assert reads[0].asked.whole == {"attacks", "pii"}


@pytest.mark.parametrize(
    "failure", [RuntimeError("out of memory"), OverloadedError("busy", retry_after_s=7)]
)
@pytest.mark.parametrize("model", ["auto", "large"])
def test_what_could_not_be_read_goes_nowhere_unless_the_operator_says_so(
    model: str, failure: Exception, watched: Build
) -> None:
    request = said("Hi", model=model)
    closed, _ = play(route(request, watched(REFUSES), decision_id="d"), failing=failure)
    assert isinstance(closed, Refuse)
    assert isinstance(closed.error, UncheckedError)
    assert closed.error.status == 503
    assert closed.error.retry_after_s == getattr(failure, "retry_after_s", None)
    assert closed.record.guard.word == "unchecked"
    opened, _ = play(route(request, watched(PASSES), decision_id="d"), failing=failure)
    assert isinstance(opened, Forward)
    assert opened.record.guard.reasons == ("unchecked",)
    assert opened.model == ("small" if model == "auto" else "large")


@pytest.mark.parametrize("type_", ["mask", "mask_and_restore", "reroute", "refuse"])
def test_personal_data_that_could_not_be_looked_for_goes_nowhere(
    type_: str, watched: Build
) -> None:
    guard = Guard(pii={"PERSON": PiiRule(type_)})  # type: ignore[arg-type]  # one of the actions
    plan, _ = play(route(said("Hi"), watched(guard), decision_id="d"), failing=ValueError("x"))
    assert isinstance(plan, Refuse)


def test_without_a_guard_a_failure_is_the_requests_own(watched: Build) -> None:
    world = watched(REFUSES)
    bare = msgspec.structs.replace(
        world, policy=msgspec.structs.replace(world.policy, guards=Guards())
    )
    with pytest.raises(OverloadedError):
        play(route(said("Hi"), bare, decision_id="d"), failing=OverloadedError("busy"))


def test_a_detector_that_breaks_counts_as_failed(watched: Build) -> None:
    world = watched(REFUSES)

    class Broken:
        name, kind = "broken", "numbers"
        judged: frozenset[str] = frozenset()
        whole, names = frozenset({"attacks"}), frozenset({"p"})

        def __call__(self, *_: object) -> None:
            raise ZeroDivisionError

    detectors = (*world.detectors, Broken())
    broken = msgspec.structs.replace(world, detectors=detectors)
    assert isinstance(planned(broken, said("Hi")), Refuse)


def test_a_tenants_word_is_the_last_and_no_words_of_a_request_change_it(watched: Build) -> None:
    lax = Rule("lax", ("small",), choose="static", guard=Guard({"jailbreak": AttackGuard()}))
    world = watched(REFUSES, lax, careful=REFUSES)
    assert isinstance(planned(world, said(ATTACK)), Forward)
    assert isinstance(planned(world, said(ATTACK), standing=Standing(tenant="careful")), Refuse)


@pytest.mark.parametrize("cut", [3, 10, 12])
def test_an_attack_that_is_cut_in_two_is_refused_as_a_whole(cut: int, watched: Build) -> None:
    pieces = ATTACK[:cut], ATTACK[cut:]
    parts = [{"type": "text", "text": piece} for piece in pieces]
    turns = [{"role": "user", "content": piece} for piece in pieces]
    for messages in ([{"role": "user", "content": parts}], turns):
        request = chat_from_object({"messages": messages})
        assert isinstance(planned(watched(REFUSES), request), Refuse)
