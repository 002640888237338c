"""The record of one decision: plain data, and no prompt text in it unless it is asked for."""

import json
from collections.abc import Callable

import msgspec
import pytest

from pointsman.catalog.models import Catalog, Model
from pointsman.observe.record import DecisionRecord, record_of, with_prompt
from pointsman.policy.decide import Decision, decide
from pointsman.policy.question import Question
from pointsman.policy.rules import Policy, Rule
from pointsman.signals.detector import Signals


@pytest.fixture
def decision(
    a_model: Callable[..., Model],
    a_catalog: Callable[..., Catalog],
    some_signals: Callable[..., Signals],
) -> Decision:
    catalog = a_catalog(
        a_model("small", price=1.0, strength=0.0),
        a_model("large", "openai", price=9.0, strength=1.0, images=False),
    )
    policy = Policy((Rule("all", ("small", "large")),))
    return decide(Question(some_signals(), images=True), policy, catalog)


@pytest.fixture
def record(decision: Decision, some_signals: Callable[..., Signals]) -> DecisionRecord:
    return record_of(
        decision,
        Question(some_signals(), images=True, conversation="c1"),
        decision_id="dec_1",
        policy_hash="abc",
        bundle="tiny 1",
        requested_model="auto",
    )


def test_a_record_says_what_was_decided_and_why(record: DecisionRecord, decision: Decision) -> None:
    assert (record.id, record.policy, record.bundle) == ("dec_1", "abc", "tiny 1")
    assert (record.requested_model, record.conversation) == ("auto", "c1")
    assert (record.model, record.rule, record.algorithm) == ("small", "all", "gain")
    assert record.reasoning == str(decision.target.reasoning)
    assert record.reasons == decision.reasons
    assert record.expected_usd == decision.expected.usd
    assert record.expected_usd_always_large == decision.baseline.usd
    assert record.expected_p_correct == decision.expected.p_correct


def test_every_option_stands_in_it_with_its_expectation_or_its_exclusion(
    record: DecisionRecord,
) -> None:
    assert [option["target"] for option in record.options] == [
        "small, reasoning off",
        "small, reasoning on",
        "large, reasoning off",
        "large, reasoning on (low)",
        "large, reasoning on (medium)",
        "large, reasoning on (high)",
    ]
    assert record.options[2]["excluded"] == "it takes no images"
    assert record.options[0]["excluded"] is None
    assert 0 <= record.options[0]["p_correct"] <= 1
    assert record.options[0]["usd"] > 0


def test_a_record_is_plain_json(record: DecisionRecord) -> None:
    row = json.loads(msgspec.json.encode(record))
    assert row["signals"]["domain"]["type"] == "scores"
    assert row["options"][0]["target"] == "small, reasoning off"
    assert row["outcome"] is None


def test_what_could_not_be_expected_is_null_in_json(record: DecisionRecord) -> None:
    unread = msgspec.structs.replace(record, expected_p_correct=float("nan"))
    assert json.loads(msgspec.json.encode(unread))["expected_p_correct"] is None


def test_a_record_that_was_read_again_asks_the_same_question(
    record: DecisionRecord, some_signals: Callable[..., Signals]
) -> None:
    read = msgspec.json.decode(msgspec.json.encode(record), type=DecisionRecord)
    assert read.asked() == Question(some_signals(), images=True, conversation="c1")
    assert read.target == record.target


def test_a_record_without_a_question_asks_nothing(record: DecisionRecord) -> None:
    assert msgspec.structs.replace(record, question=None).asked() is None


BODIES = {
    "plain": (
        b'{"messages":[{"role":"user","content":"Hi"}]}',
        b'[{"role":"user","content":"Hi"}]',
    ),
    "unknown fields, numbers and escapes stay": (
        b'{"n":1, "messages": [{"role":"user", "content":"a\\n\\u00e9", "x":1.0e5}], "y":[]}',
        b'[{"role":"user", "content":"a\\n\\u00e9", "x":1.0e5}]',
    ),
    "line breaks between values are spaces": (
        b'{\r\n "messages": [\r\n  {"role": "user",\n "content": "Hi"}\n]\n}',
        b'[    {"role": "user",  "content": "Hi"} ]',
    ),
}


@pytest.mark.parametrize("name", BODIES)
def test_messages_stand_in_the_record_as_they_came(record: DecisionRecord, name: str) -> None:
    body, messages = BODIES[name]
    line = msgspec.json.encode(with_prompt(record, body))
    assert b'"prompt":' + messages in line
    assert b"\n" not in line
    assert json.loads(line)["prompt"] == json.loads(body)["messages"]


def test_no_message_stands_in_a_record_by_itself(record: DecisionRecord) -> None:
    assert json.loads(msgspec.json.encode(record))["prompt"] is None
