"""What a front end is to do: edits of the body, headers of the answer."""

import json
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from pointsman.catalog.families import Reasoning
from pointsman.catalog.models import Model, Target
from pointsman.exchange.plan import decision_headers, edits_for
from pointsman.observe.record import DecisionRecord
from pointsman.signals.findings import Measure, Scores
from pointsman.wire.chat import chat_from_object
from pointsman.wire.edit import apply_patch

USER = {"role": "user", "content": "2 + 2?"}
OFF = {"chat_template_kwargs": {"enable_thinking": False}}
USAGE = {"stream_options": {"include_usage": True}}

MakeModel = Callable[..., Model]


@pytest.mark.parametrize(
    ("fields", "ask_usage", "edits"),
    [
        ({}, True, {"model": "m-v1"} | OFF),
        ({"model": "auto"}, True, {"model": "m-v1"} | OFF),
        ({"model": "m-v1"}, True, OFF),
        ({"model": "m-v1", "stream": True}, True, OFF | USAGE),
        ({"model": "m-v1", "stream": True}, False, OFF),
        ({"model": "m-v1", "stream": False}, True, OFF),
        ({"model": "m-v1", "stream": None}, True, OFF),
        ({"model": "m-v1", "stream": True, **USAGE}, True, OFF),
        (
            {"model": "m-v1", "stream": True, "stream_options": {"include_usage": False}},
            True,
            OFF | USAGE,
        ),
        ({"model": "m-v1", "stream": True, "stream_options": None}, True, OFF | USAGE),
    ],
)
def test_only_what_must_change_is_changed(
    fields: dict[str, Any], edits: dict[str, Any], a_model: MakeModel, *, ask_usage: bool
) -> None:
    request = chat_from_object({"messages": [USER], **fields})
    target = Target("m", Reasoning("off"))
    assert edits_for(target, a_model("m"), request, ask_usage=ask_usage) == edits


def test_usage_is_asked_for_beside_the_clients_other_stream_options(a_model: MakeModel) -> None:
    options = {"include_usage": False, "include_obfuscation": True}
    request = chat_from_object({"messages": [USER], "stream": True, "stream_options": options})
    edits = edits_for(Target("m", Reasoning("default")), a_model("m"), request, ask_usage=True)
    assert json.loads(apply_patch(request.body, edits))["stream_options"] == {
        "include_usage": True,
        "include_obfuscation": True,
    }


RECORD = DecisionRecord(
    id="dec_1",
    policy="p",
    bundle="b",
    requested_model="auto",
    model="large",
    reasoning="on (high)",
    rule="proofs",
    algorithm="gain",
    reasons=(),
    signals={"domain": Scores({"math": 0.9, "law": 0.1})},
    expected_usd=0.0,
    expected_usd_always_large=0.0,
    expected_p_correct=0.5,
)


def test_the_answers_headers_say_what_was_decided() -> None:
    assert decision_headers(RECORD) == {
        "x-pointsman-decision-id": "dec_1",
        "x-pointsman-model": "large",
        "x-pointsman-rule": "proofs",
        "x-pointsman-reasoning": "on (high)",
        "x-pointsman-cache": "off",
        "x-selected-model": "large",
        "x-vsr-selected-model": "large",
        "x-vsr-selected-decision": "proofs",
        "x-vsr-selected-algorithm": "gain",
        "x-vsr-selected-reasoning": "on",
        "x-vsr-selected-category": "math",
    }


@pytest.mark.parametrize(
    "signals", [{}, {"domain": Scores({})}, {"domain": Measure({"math": 1.0})}]
)
def test_an_unread_request_has_no_category(signals: dict[str, Any]) -> None:
    record = msgspec.structs.replace(RECORD, signals=signals)
    assert "x-vsr-selected-category" not in decision_headers(record)


@pytest.mark.parametrize(("reasoning", "said"), [("off", "off"), ("default", "off"), ("on", "on")])
def test_the_reference_systems_reasoning_header_knows_only_on_and_off(
    reasoning: str, said: str
) -> None:
    record = msgspec.structs.replace(RECORD, reasoning=reasoning)
    assert decision_headers(record)["x-vsr-selected-reasoning"] == said
