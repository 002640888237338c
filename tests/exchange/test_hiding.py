"""What a model sees of a request, and what its client gets back."""

import base64

import msgspec
import pytest

from pointsman.catalog.sight import PiiRule
from pointsman.errors import NoCandidateError
from pointsman.exchange.claims import claim_of
from pointsman.exchange.plan import Refuse, decision_headers
from pointsman.exchange.route import replan
from pointsman.exchange.shadowing import shadow
from pointsman.exchange.standing import Standing
from pointsman.policy.guard import Guard
from pointsman.policy.rules import Rule, Shadow
from pointsman.wire.chat import chat_from_object

from .guarded import MAIL, MASKS, REFUSES, Build, forwarded, planned, said


def test_a_model_sees_placeholders_and_the_record_only_counts(watched: Build) -> None:
    plan = forwarded(watched(MASKS), said(f"Write to Kim Lee at {MAIL}", x_unknown=1.50))
    assert plan.body() == (
        b'{"messages":[{"role":"user","content":"Write to <PERSON_1> at <EMAIL_ADDRESS_1>"}],'
        b'"x_unknown":1.5,"model":"small-v1","chat_template_kwargs":{"enable_thinking":false}}'
    )
    assert plan.hidden.restores == {"<PERSON_1>": "Kim Lee"}, "the address is masked one way"
    assert plan.record.masked == {"PERSON": 1, "EMAIL_ADDRESS": 1}
    headers = decision_headers(plan.record)
    assert headers["x-pointsman-masked"] == "PERSON=1, EMAIL_ADDRESS=1"
    whole = msgspec.json.encode(plan.record)
    assert b"Kim" not in whole
    assert MAIL.encode() not in whole


def test_what_a_model_may_see_is_its_own_fallbacks_and_shadows_included(watched: Build) -> None:
    rule = Rule("all", ("local", "small"), choose="static", shadow=Shadow("large"))
    world = watched(MASKS, rule)
    first = forwarded(world, said("Ask Kim Lee"))
    assert first.model == "local"
    assert b"Kim Lee" in first.body()
    assert first.hidden.body is None
    second = replan(first, world)
    assert second.model == "small"
    assert b"Kim Lee" not in second.body()
    copy = shadow(first, "large", world, decision_id="s")
    assert b"<PERSON_1>" in copy.body()


def test_a_shadow_gets_nothing_that_it_may_not_see(watched: Build) -> None:
    guard = Guard(pii={"PERSON": PiiRule("reroute")})
    rule = Rule("all", ("local",), choose="static", shadow=Shadow("large"))
    world = watched(guard, rule)
    first = forwarded(world, said("Ask Kim Lee"))
    with pytest.raises(NoCandidateError, match="may not see PERSON"):
        shadow(first, "large", world, decision_id="s")


@pytest.mark.parametrize("key", [None, b"k" * 16])
def test_a_value_keeps_its_placeholder_through_the_conversation(
    key: bytes | None, watched: Build
) -> None:
    world = msgspec.structs.replace(watched(MASKS), placeholder_key=key)
    first = forwarded(world, said("I am Kim Lee")).hidden.restores
    turns = [
        {"role": "user", "content": "I am Kim Lee"},
        {"role": "assistant", "content": "Hello Kim Lee!"},
        {"role": "user", "content": f"Write to {MAIL}"},
    ]
    later = forwarded(world, chat_from_object({"messages": turns}))
    assert later.hidden.restores == first
    assert b"Kim" not in later.body()


def test_keyed_placeholders_differ_between_tenants_and_not_between_replicas(watched: Build) -> None:
    def of(key: bytes, tenant: str) -> dict[str, str]:
        world = msgspec.structs.replace(watched(MASKS), placeholder_key=key)
        plan = forwarded(world, said("I am Kim Lee"), standing=Standing(tenant=tenant))
        return dict(plan.hidden.restores)

    assert of(b"k" * 16, "a") == of(b"k" * 16, "a")
    assert of(b"k" * 16, "a") != of(b"k" * 16, "b")
    assert of(b"k" * 16, "a") != of(b"j" * 16, "a")


def test_a_reservation_bounds_what_grows_behind_placeholders(watched: Build) -> None:
    plain = forwarded(watched(REFUSES), said("I am Kim Lee"))
    masked = forwarded(watched(MASKS), said("I am Kim Lee"))
    assert len(masked.body()) > len(plain.body())
    assert claim_of(masked).tokens >= claim_of(plain).tokens + 3


def test_short_values_in_fields_of_their_own_are_hidden_line_by_line(watched: Build) -> None:
    body = {"messages": [{"role": "user", "content": "Hi"}], "documents": ["by Kim Lee", "x y z"]}
    plan = forwarded(watched(MASKS), chat_from_object(body))
    assert b'"documents":["by <PERSON_1>","x y z"]' in plan.body()


def test_what_stands_in_an_encoded_file_cannot_be_hidden_and_is_refused(watched: Build) -> None:
    file = base64.b64encode(f"Written by Kim Lee, {MAIL}, in some haste.".encode()).decode()
    part = {"type": "file", "file": {"file_data": f"data:text/plain;base64,{file}"}}
    request = said([part, {"type": "text", "text": "Sum it up"}])
    plan = planned(watched(MASKS), request)
    assert isinstance(plan, Refuse)
    assert plan.record.guard.reasons == ("pii EMAIL_ADDRESS", "pii PERSON")
    own = watched(MASKS, Rule("own", ("local",), choose="static"))
    assert forwarded(own, request).body().count(file.encode()) == 1
