"""The record of one decision: plain data, and no prompt text in it."""

import json
from collections.abc import Callable

import msgspec
import pytest

from pointsman.catalog.models import Catalog, Model
from pointsman.observe.record import DecisionRecord, record_of
from pointsman.policy.decide import Decision, Question, decide
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
        some_signals(),
        decision_id="dec_1",
        policy_hash="abc",
        bundle="tiny 1",
        requested_model="auto",
        conversation="c1",
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
