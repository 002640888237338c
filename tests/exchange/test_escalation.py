"""What makes an answer not good enough: a table of answers and the words for each."""

from collections.abc import Callable

import msgspec
import pytest

from pointsman.catalog.families import Reasoning
from pointsman.catalog.models import Catalog, Model, Target
from pointsman.exchange.escalation import cascade_of, shortcoming
from pointsman.exchange.plan import Forward
from pointsman.exchange.route import escalate, plan
from pointsman.policy.decide import decide
from pointsman.policy.question import Question
from pointsman.policy.rules import Cascade, Policy, Rule
from pointsman.policy.world import World
from pointsman.signals.detector import Signals
from pointsman.wire.answer import ChatAnswer, Choice
from pointsman.wire.chat import ChatRequest
from pointsman.wire.usage import CompletionDetails, Usage

PLAIN = Cascade()
JSON = {"response_format": {"type": "json_object"}}
SCHEMA = {"response_format": {"type": "json_schema", "json_schema": {"name": "x"}}}
GOOD = Choice("Four.", finish="stop")
CUT = Choice("Fou", finish="length")

MakePlan = Callable[..., Forward]


@pytest.fixture(scope="session")
def world(a_model: Callable[..., Model], a_catalog: Callable[..., Catalog]) -> World:
    unsure = Cascade(("I am not sure",), -2.0)
    rules = (Rule("first", ("small", "large"), choose="cascade", cascade=unsure),)
    small = a_model("small", price=1.0, strength=0.0)
    return World(Policy(rules), a_catalog(small, a_model("large", price=9.0, strength=1.0)), ())


@pytest.fixture(scope="session")
def planned(
    world: World, a_request: Callable[..., ChatRequest], some_signals: Callable[..., Signals]
) -> MakePlan:
    def build(
        budget: int | None = None, wish: Reasoning | None = None, **fields: object
    ) -> Forward:
        request = a_request(**fields)
        question = Question(some_signals(), wish=wish, output_cap=request.output_cap)
        decision = decide(question, world.policy, world.catalog)
        if budget is not None:
            target = Target("small", Reasoning("on", budget_tokens=budget))
            decision = msgspec.structs.replace(decision, target=target)
        return plan(request, question, decision, world, decision_id="d")

    return build


@pytest.mark.parametrize(
    ("fields", "choices", "why"),
    [
        ({}, [GOOD], None),
        ({}, [], "no choices"),
        ({}, [Choice(finish="stop")], "empty answer"),
        ({}, [Choice(" \n", finish="stop")], "empty answer"),
        ({}, [Choice(refusal="I will not.")], None),
        ({}, [Choice(media=True)], None),
        ({}, [GOOD, Choice()], "empty answer"),
        ({}, [Choice(), GOOD], "empty answer"),
        ({}, [GOOD, GOOD], None),
        ({}, [CUT], "cut off"),
        ({"max_tokens": 2}, [CUT], None),
        ({"max_completion_tokens": 2}, [CUT], None),
        ({"max_tokens": -1}, [CUT], "cut off"),
        (JSON, [Choice('{"a": 1}')], None),
        (SCHEMA, [Choice(" [1]\n")], None),
        (JSON, [GOOD], "not the JSON that was asked for"),
        (SCHEMA, [GOOD], "not the JSON that was asked for"),
        (JSON, [Choice('```json\n{"a": 1}\n```')], "not the JSON that was asked for"),
        (JSON, [Choice('{"a": 1}'), Choice("{")], "not the JSON that was asked for"),
        (JSON, [Choice(calls=("{}",))], None),
        (JSON | {"max_tokens": 2}, [Choice('{"a"', finish="length")], None),
        ({"response_format": {"type": "text"}}, [GOOD], None),
        ({"response_format": None}, [GOOD], None),
        ({"response_format": 7}, [GOOD], None),
        ({}, [Choice(calls=("{}", '{"a": 1}'))], None),
        ({}, [Choice(calls=(None,))], None),
        ({}, [Choice(calls=("{}", '{"a": '))], "tool arguments that are no JSON"),
        ({}, [Choice(calls=("",))], "tool arguments that are no JSON"),
        ({}, [Choice("See:", calls=("sure",))], "tool arguments that are no JSON"),
        ({}, [Choice(calls=("\ud800",))], "tool arguments that are no JSON"),
        ({}, [Choice(calls=("[" * 5000,))], "tool arguments that are no JSON"),
    ],
)
def test_a_fault_of_form_is_named(
    fields: dict[str, object], choices: list[Choice], why: str | None, planned: MakePlan
) -> None:
    assert shortcoming(ChatAnswer(tuple(choices)), planned(**fields), PLAIN) == why


@pytest.mark.parametrize(
    ("cascade", "choice", "why"),
    [
        (Cascade(("i don't know",)), Choice("Well, I DON'T KNOW that."), "unsure by its words"),
        (Cascade(("STRASSE",)), Choice("Die Straße"), "unsure by its words"),
        (Cascade(("a", "b")), Choice("xyz b"), "unsure by its words"),
        (Cascade(("i don't know",)), Choice("I know."), None),
        (Cascade(("sorry",)), Choice(refusal="Sorry, no.", content="Sorry"), None),
        (PLAIN, Choice("I don't know.", logprobs=(-9.0,)), None),
        (Cascade((), -1.0), Choice("x", logprobs=(-1.5, -1.0)), "unsure by its log-probabilities"),
        (Cascade((), -1.0), Choice("x", logprobs=(-1.5, -0.5)), None),
        (Cascade((), -1.0), Choice("x"), None),
    ],
)
def test_an_answer_that_is_unsure_of_itself_is_not_good_enough(
    cascade: Cascade, choice: Choice, why: str | None, planned: MakePlan
) -> None:
    assert shortcoming(ChatAnswer((choice,)), planned(), cascade) == why


def test_an_answer_without_its_end_is_not_good_enough(planned: MakePlan) -> None:
    assert shortcoming(ChatAnswer((GOOD,), complete=False), planned(), PLAIN) == "broken off"


WISH = Reasoning("on", budget_tokens=50)


@pytest.mark.parametrize(
    ("reasoning_tokens", "wish", "why"),
    [
        (100, None, "cut off"),
        (99, None, None),
        (None, None, None),
        (100, WISH, None),
        (100, Reasoning("on"), "cut off"),
    ],
)
def test_a_clients_limit_that_our_budget_used_up_is_ours(
    reasoning_tokens: int | None, wish: Reasoning | None, why: str | None, planned: MakePlan
) -> None:
    usage = Usage(9, 120, None, CompletionDetails(reasoning_tokens))
    answer = ChatAnswer((CUT,), usage)
    assert shortcoming(answer, planned(100, wish, max_tokens=120), PLAIN) == why
    assert shortcoming(ChatAnswer((CUT,)), planned(100, wish, max_tokens=120), PLAIN) is None


@pytest.mark.parametrize("fields", [{}, JSON])
def test_the_words_hold_nothing_of_the_answer(fields: dict[str, object], planned: MakePlan) -> None:
    answer = ChatAnswer((Choice("SWORDFISH"),))
    why = shortcoming(answer, planned(**fields), Cascade(("swordfish",)))
    assert why is not None
    assert "swordfish" not in why.lower()


def test_the_rule_of_a_plan_says_what_is_good_enough_also_after_an_escalation(
    world: World, planned: MakePlan
) -> None:
    first = planned()
    assert cascade_of(first, world) == Cascade(("I am not sure",), -2.0)
    with pytest.raises(StopIteration) as ended:  # without limits it asks for nothing
        next(escalate(first, world))
    assert cascade_of(ended.value.value, world) == cascade_of(first, world)


def test_a_plan_without_a_rule_has_nothing_said_of_good_answers(
    world: World, planned: MakePlan
) -> None:
    named = planned()
    named = msgspec.structs.replace(
        named, decision=msgspec.structs.replace(named.decision, rule="named")
    )
    assert cascade_of(named, world) == PLAIN
