"""From a record alone the same policy decides the same again."""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pointsman.catalog.families import Reasoning
from pointsman.catalog.models import Catalog, Model, Speed, Target
from pointsman.errors import NoCandidateError
from pointsman.observe.record import DecisionRecord, record_of
from pointsman.policy.conditions import Asks
from pointsman.policy.decide import Decision, decide
from pointsman.policy.question import Question
from pointsman.policy.rules import Policy, Rule, Shadow
from pointsman.signals.detector import Signals

MakeSignals = Callable[..., Signals]

POLICY = Policy(
    (
        Rule("hard", ("a", "b"), Asks("reasoning", "p_gain", above=0.6), "cascade"),
        Rule("law", ("a", "b"), Asks("domain", "law"), "split", weights={"a": 2.0, "b": 1.0}),
        Rule("rest", ("a", "b"), choose="budget", shadow=Shadow("b", 0.5)),
    )
)


@pytest.fixture(scope="session")
def catalog(a_model: Callable[..., Model], a_catalog: Callable[..., Catalog]) -> Catalog:
    """Of one the speed is known."""
    a = a_model("a", price=1.0, strength=0.0, speed=Speed(0.2, 100.0))
    return a_catalog(a, a_model("b", "openai", price=9.0, strength=1.0))


def written(decision: Decision, question: Question) -> DecisionRecord:
    record = record_of(
        decision, question, decision_id="d", policy_hash="p", bundle="b", requested_model="auto"
    )
    return msgspec.json.decode(msgspec.json.encode(record), type=DecisionRecord)


_QUESTIONS: dict[str, st.SearchStrategy[Any]] = {
    "wish": st.sampled_from([None, Reasoning("off"), Reasoning("on", "low", 300)]),
    "output_cap": st.none() | st.integers(1, 5000),
    "choices": st.integers(1, 3),
    "current": st.sampled_from([None, "a", "b"]),
    "in_tool_loop": st.booleans(),
    "carried_share": st.floats(0, 1),
    "conversation": st.text(max_size=5),
    "caller": st.text(max_size=5),
    "avoid": st.sampled_from([{}, {"a": "it has failed this request"}]),
    "answered": st.sampled_from([(), (Target("a", Reasoning("off")),)]),
    "down": st.sampled_from([frozenset(), frozenset({"b"})]),
    "speeds": st.sampled_from([{}, {"b": Speed(0.1, 50.0)}]),
    "trade": st.none() | st.floats(0, 2),
    "pressure": st.floats(0, 1),
}


@given(
    st.fixed_dictionaries(_QUESTIONS),
    st.floats(0, 0.9),
    st.floats(0, 0.1),
    st.sampled_from(["math", "law"]),
)
def test_a_record_that_was_read_again_decides_as_it_did(
    catalog: Catalog,
    some_signals: MakeSignals,
    says: dict[str, Any],
    p_gain: float,
    p_loss: float,
    domain: str,
) -> None:
    signals = some_signals(p_gain, p_loss, 0.0, domain=domain, keywords=("urgent",))
    question = Question(signals, **says)
    try:
        decision = decide(question, POLICY, catalog)
    except NoCandidateError:
        return
    record = written(decision, question)
    asked = record.asked()
    assert asked == question
    again = decide(asked, POLICY, catalog)
    # Speeds that are not known are NaN, which equals nothing: what is written of it is compared.
    assert written(again, asked) == record
    assert (again.target, again.rule, again.then) == (decision.target, decision.rule, decision.then)
    assert (again.propensity, again.shadow) == (decision.propensity, decision.shadow)
    assert again.reasons == decision.reasons


def test_what_could_not_be_expected_is_null_and_comes_back_as_nothing(
    catalog: Catalog, some_signals: MakeSignals
) -> None:
    unread = Question({"surface": some_signals()["surface"]}, named="b")
    decision = decide(unread, POLICY, catalog)
    record = written(decision, unread)
    raw = msgspec.json.decode(msgspec.json.encode(record))
    assert raw["expected_p_correct"] is raw["expected_seconds"] is None
    assert raw["options"][0]["p_correct"] is None
    assert (record.expected_p_correct, record.expected_seconds) == (None, None)
    assert record.asked() == unread
    known = written(decide(Question(unread.signals, named="a"), POLICY, catalog), unread)
    assert known.expected_seconds == pytest.approx(0.2 + 2.56)
