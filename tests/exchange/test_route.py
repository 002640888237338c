"""Exchanges, played: the replies are given by hand, and the plan is what is asserted."""

from collections.abc import Callable, Generator
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from pointsman.catalog.families import Reasoning
from pointsman.catalog.models import AUTO_NAMES, Catalog, Model, Target
from pointsman.config.build import Setup
from pointsman.encoder.encoding import Asked, Encoding, TextSpan
from pointsman.errors import NoCandidateError, UnknownModelError
from pointsman.exchange.effects import Effect, Encode, Recollect, Remember
from pointsman.exchange.plan import Forward, Plan
from pointsman.exchange.route import conversation_key, replan, route
from pointsman.policy.conditions import Asks
from pointsman.policy.decide import NAMED
from pointsman.policy.rules import Policy, Prefer, ReasoningRule, Rule
from pointsman.policy.world import World
from pointsman.signals import asked_of, default_detectors
from pointsman.signals.findings import Measure, Span, Spans
from pointsman.wire.chat import ChatRequest, chat_from_object
from pointsman.wire.prompt import read_prompt

LABELS = {
    "domain": ("math", "law"),
    "outcome": ("both", "heavy_only", "light_only", "neither"),
    "attacks": ("jailbreak", "injection", "harmful"),
    "pii": ("O", "B-PERSON", "I-PERSON"),
}
JUDGED = Asked(frozenset({"domain", "outcome", "extra_tokens"}), max_windows=64)
QUESTION = "How many primes are there below one hundred?"
USER = {"role": "user", "content": QUESTION}
ANSWER = {"role": "assistant", "content": "Twenty-five."}
CALL = {"id": "c", "type": "function", "function": {"name": "sieve", "arguments": "{}"}}
RESULT = {"role": "tool", "tool_call_id": "c", "content": "25"}

MakeRequest = Callable[..., ChatRequest]


def an_encoding(p_gain: float = 0.0, math: float = 0.9, extra_tokens: float = 100.0) -> Encoding:
    rest = (1 - p_gain) / 2
    return Encoding(
        scores={
            "domain": {"math": math, "law": 1 - math},
            "outcome": {"both": rest, "heavy_only": p_gain, "light_only": 0.0, "neither": rest},
        },
        measures={"extra_tokens": extra_tokens},
        embedding=np.zeros(4, np.float32),
        tokens=9,
        truncated=False,
    )


@pytest.fixture(scope="session")
def world(a_model: Callable[..., Model], a_catalog: Callable[..., Catalog]) -> World:
    hard = Asks("reasoning", "p_gain", above=0.6)
    shelf = [d for d in default_detectors(LABELS) if d.whole == frozenset()]
    return World(
        policy=Policy(
            (
                Rule("hard", ("large",), hard, reasoning=ReasoningRule("on")),
                Rule("rest", ("small", "large")),
            ),
            Prefer(trade=0.5),
        ),
        catalog=a_catalog(
            a_model("small", price=1.0, strength=0.0), a_model("large", price=10.0, strength=1.0)
        ),
        detectors=tuple(shelf),
        asked=asked_of(shelf, 64),
        policy_hash="abc",
        bundle="tiny 1",
    )


@pytest.fixture(scope="session")
def watchful(world: World) -> World:
    """The same world with rules on attacks and personal data before its own."""
    detectors = default_detectors(LABELS)
    rules = (
        Rule("attack", ("large",), Asks("jailbreak", "p", above=0.5), choose="static"),
        Rule("unread", ("large",), Asks("coverage", "unread_characters"), choose="static"),
        Rule("person", ("small",), Asks("pii", "PERSON"), choose="static"),
        *world.policy.rules,
    )
    return msgspec.structs.replace(
        world,
        policy=msgspec.structs.replace(world.policy, rules=rules),
        detectors=detectors,
        asked=asked_of(detectors, 3),
    )


def played(
    exchange: Generator[Effect, Any, Plan],
    *,
    encoding: Encoding | Callable[[Encode], Encoding] | None = None,
    recollection: Target | None = None,
) -> tuple[Forward, list[Effect]]:
    """Play an exchange to its end; returns its plan and the effects it yielded."""
    effects: list[Effect] = []
    reply: Any = None
    while True:
        try:
            effect = exchange.send(reply)
        except StopIteration as end:
            plan: Forward = end.value
            return plan, effects
        effects.append(effect)
        match effect:
            case Encode():
                reply = encoding(effect) if callable(encoding) else encoding or an_encoding()
            case Recollect():
                reply = recollection
            case Remember():
                reply = None


def asked(*messages: dict[str, Any], **fields: Any) -> ChatRequest:
    return chat_from_object({"messages": list(messages) or [USER], **fields})


def kinds(effects: list[Effect]) -> list[str]:
    return [type(effect).__name__ for effect in effects]


def test_a_first_turn_is_read_decided_and_remembered(world: World) -> None:
    plan, effects = played(route(asked(), world, decision_id="d1"))
    assert effects[0] == Encode(QUESTION, JUDGED)
    assert kinds(effects) == ["Encode", "Remember"]
    assert isinstance(effects[1], Remember)
    assert effects[1].target == plan.decision.target
    assert (plan.model, plan.rule, plan.reasoning) == ("small", "rest", Reasoning("off"))
    assert plan.card.name == "small"
    assert plan.record.id == "d1"
    assert plan.record.conversation == effects[1].conversation
    assert plan.reasons


@pytest.mark.parametrize(
    ("p_gain", "rule", "model"), [(0.1, "rest", "small"), (0.9, "hard", "large")]
)
def test_what_the_encoder_reads_decides(p_gain: float, rule: str, model: str, world: World) -> None:
    plan, _ = played(route(asked(), world, decision_id="d"), encoding=an_encoding(p_gain))
    assert (plan.rule, plan.model) == (rule, model)


@pytest.mark.parametrize("name", sorted(AUTO_NAMES))
def test_every_name_that_leaves_the_choice_to_us_is_read(name: str, world: World) -> None:
    plan, effects = played(route(asked(model=name), world, decision_id="d"))
    assert "Encode" in kinds(effects)
    assert plan.rule == "rest"
    assert plan.edits["model"] == "small-v1"


@pytest.mark.parametrize("name", ["large", "large-v1"])
def test_a_request_that_names_its_model_is_not_read(name: str, world: World) -> None:
    plan, effects = played(route(asked(model=name), world, decision_id="d"))
    assert kinds(effects) == ["Remember"]
    assert (plan.model, plan.rule) == ("large", NAMED)
    assert plan.edits == ({} if name == "large-v1" else {"model": "large-v1"})
    assert set(plan.record.signals) == {"surface", "keywords", "language"}


def test_a_name_that_nobody_knows_is_refused(world: World) -> None:
    with pytest.raises(UnknownModelError):
        played(route(asked(model="huge"), world, decision_id="d"))


@pytest.mark.parametrize(
    ("messages", "conversation", "recollects"),
    [
        ([USER], None, False),
        ([{"role": "system", "content": "x"}, USER], None, False),
        ([USER], "mine", True),
        ([USER, ANSWER, USER], None, True),
        # What the assistant did counts, even where it said nothing.
        ([USER, {"role": "assistant", "content": None, "tool_calls": [CALL]}, RESULT], None, True),
        (
            [
                USER,
                {"role": "assistant", "function_call": {"name": "sieve", "arguments": "{}"}},
                {"role": "function", "name": "sieve", "content": "25"},
            ],
            None,
            True,
        ),
    ],
)
def test_only_a_conversation_that_can_have_been_here_is_recollected(
    messages: list[dict[str, Any]], conversation: str | None, *, recollects: bool, world: World
) -> None:
    request = asked(*messages)
    _, effects = played(route(request, world, decision_id="d", conversation=conversation))
    assert ("Recollect" in kinds(effects)) is recollects


def test_a_tool_loop_stays_on_its_model(world: World) -> None:
    call = {"role": "assistant", "function_call": {"name": "sieve", "arguments": "{}"}}
    request = asked(USER, call, {"role": "function", "name": "sieve", "content": "25"})
    target = Target("large", Reasoning("on"))
    plan, effects = played(route(request, world, decision_id="d"), recollection=target)
    assert plan.model == "large"
    recollect = next(effect for effect in effects if isinstance(effect, Recollect))
    remember = next(effect for effect in effects if isinstance(effect, Remember))
    assert recollect.conversation == remember.conversation


def test_a_model_that_the_catalog_has_lost_is_not_recollected(world: World) -> None:
    plan, _ = played(
        route(asked(USER, ANSWER, USER), world, decision_id="d"),
        recollection=Target("gone", Reasoning("off")),
    )
    assert plan.question.current is None


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, {"output_cap": None, "choices": 1, "wish": None, "images": False}),
        ({"n": 3, "max_tokens": 9}, {"output_cap": 9, "choices": 3}),
        ({"n": -5, "max_tokens": -1}, {"output_cap": None, "choices": 1}),
        ({"reasoning_effort": "low"}, {"wish": Reasoning("on", "low")}),
        (
            {"messages": [{"role": "user", "content": [{"type": "image_url"}]}]},
            {"images": True},
        ),
        ({"messages": [USER, RESULT]}, {"in_tool_loop": True}),
    ],
)
def test_the_question_holds_what_the_request_says(
    fields: dict[str, Any], expected: dict[str, Any], world: World
) -> None:
    request = chat_from_object({"messages": [USER], **fields})
    plan, _ = played(route(request, world, decision_id="d"))
    assert {name: getattr(plan.question, name) for name in expected} == expected


def test_a_number_of_answers_below_one_never_makes_money(world: World) -> None:
    plan, _ = played(route(asked(n=-1000), world, decision_id="d"))
    assert plan.decision.expected.usd > 0


@pytest.mark.parametrize("name", ["n", "max_tokens", "max_completion_tokens"])
@pytest.mark.parametrize("number", [2**63 - 1, -(2**63), 0])
def test_the_largest_counts_overflow_nothing(name: str, number: int, world: World) -> None:
    plan, _ = played(route(asked(**{name: number}), world, decision_id="d"))
    assert plan.body()
    request = asked(thinking={"type": "enabled", "budget_tokens": number})
    assert played(route(request, world, decision_id="d"))[0].body()


# --- What is read, and for whom ---------------------------------------------------------------


def test_rules_that_look_at_nothing_the_encoder_says_cost_no_pass(
    a_setup: Callable[[str], Setup],
) -> None:
    world = a_setup(
        "models: {a: {url: 'http://h/v1'}, b: {url: 'http://i/v1'}}\n"
        "keywords: {urgent: [now]}\n"
        "policy:\n"
        "  rules:\n"
        "    - {name: now, when: {any: [{keywords: urgent}, {surface: turns, above: 9}]}, use: b,"
        " choose: static}\n"
        "    - {name: german, when: {language: de}, use: b, choose: static}\n"
        "    - {name: rest, use: a, choose: static}\n"
    ).world
    for text, rule in (("Do it now!", "now"), ("Wie spät ist es denn jetzt?", "german")):
        plan, effects = played(
            route(asked({"role": "user", "content": text}), world, decision_id="d")
        )
        assert (plan.rule, kinds(effects)) == (rule, ["Remember"])


@pytest.mark.parametrize(
    ("rules", "judged", "whole"),
    [
        ("{name: x, use: a, choose: static}", set(), set()),
        ("{name: x, use: a}", {"outcome", "extra_tokens"}, set()),
        ("{name: x, when: {domain: math}, use: a, choose: static}", {"domain"}, set()),
        (
            "{name: x, when: {any: [{not: {harmful: p}}, {domain: law}]}, use: a, choose: static}",
            {"domain"},
            {"attacks"},
        ),
        ("{name: x, when: {pii: PERSON}, use: a, choose: static}", set(), {"pii"}),
        (
            "{name: x, when: {coverage: unread_characters}, use: a, choose: static}",
            set(),
            {"attacks", "pii"},
        ),
    ],
)
def test_only_the_heads_that_a_rule_looks_at_are_asked_for(
    rules: str, judged: set[str], whole: set[str], a_setup: Callable[[str], Setup]
) -> None:
    last = "{name: last, use: a, choose: static}"
    world = a_setup(
        "models: {a: {url: 'http://h/v1'}}\nencoder: {max_windows: 5}\n"
        f"policy: {{rules: [{rules}, {last}]}}\n"
    ).world
    assert world.asked == Asked(frozenset(judged), frozenset(whole), 5)


def test_every_text_is_read_for_attacks_and_the_judged_one_once(watchful: World) -> None:
    request = asked({"role": "system", "content": "Be brief."}, USER, RESULT)
    _, effects = played(route(request, watchful, decision_id="d"))
    read = [effect for effect in effects if isinstance(effect, Encode)]
    only_whole = msgspec.structs.replace(watchful.asked, judged=frozenset())
    assert read == [
        Encode(QUESTION, watchful.asked),
        Encode("25", only_whole),
        Encode("Be brief.", only_whole),
    ]


def test_an_attack_in_a_tools_result_decides(watchful: World) -> None:
    def reply(effect: Encode) -> Encoding:
        p = 0.9 if effect.text == "25" else 0.1
        attacks = {"jailbreak": p, "injection": 0.0, "harmful": 0.0}
        whole = an_encoding()
        return msgspec.structs.replace(whole, scores={**whole.scores, "attacks": attacks})

    plan, _ = played(route(asked(USER, RESULT), watchful, decision_id="d"), encoding=reply)
    assert plan.rule == "attack"
    assert plan.record.signals["jailbreak"] == Measure({"p": 0.9})
    assert plan.record.signals["injection"] == Measure({"p": 0.0})


def test_a_name_in_the_system_text_decides_and_its_place_is_recorded(watchful: World) -> None:
    def reply(effect: Encode) -> Encoding:
        there = effect.text.find("Ada Byron")
        found = (TextSpan("PERSON", there, there + 9, 0.8),) if there >= 0 else ()
        return msgspec.structs.replace(an_encoding(), spans={"pii": found})

    request = asked({"role": "system", "content": "You serve Ada Byron."}, USER)
    plan, _ = played(route(request, watchful, decision_id="d"), encoding=reply)
    assert plan.rule == "person"
    assert plan.record.signals["pii"] == Spans((Span("PERSON", 0, 10, 19, 0.8),))


def test_what_the_windows_do_not_reach_is_no_harmless_text(watchful: World) -> None:
    turns = [
        {"role": "user", "content": f"And what is then the answer to question {n}?"}
        for n in range(9)
    ]
    plan, effects = played(route(asked(*turns), watchful, decision_id="d"))
    assert kinds(effects).count("Encode") == 3
    assert plan.rule == "unread"
    unread = sum(len(turn["content"]) for turn in turns[:6])
    assert plan.record.signals["coverage"] == Measure(
        {"unread_characters": float(unread), "passes": 3.0}
    )


# --- Plans again ----------------------------------------------------------------------------------


def test_a_failed_model_is_planned_around_under_the_same_rule(world: World) -> None:
    first, _ = played(route(asked(), world, decision_id="d1"))
    second = replan(first, world)
    assert (first.model, second.model) == ("small", "large")
    assert (second.record.id, second.rule) == ("d1", "rest")
    assert second.record.conversation == first.record.conversation
    assert second.edits["model"] == "large-v1"
    assert second.question.avoid == {"small": "it has failed this request"}
    with pytest.raises(NoCandidateError):
        replan(second, world)


def test_a_tool_loop_whose_model_fails_goes_on_elsewhere(world: World) -> None:
    request = asked(USER, {"role": "assistant", "content": None, "tool_calls": [CALL]}, RESULT)
    first, _ = played(
        route(request, world, decision_id="d"), recollection=Target("small", Reasoning("off"))
    )
    assert first.model == "small"
    assert replan(first, world).model == "large"


def test_a_named_model_has_no_substitute(world: World) -> None:
    first, _ = played(route(asked(model="large"), world, decision_id="d"))
    with pytest.raises(NoCandidateError):
        replan(first, world)


# --- Which conversation is it? --------------------------------------------------------------------


def key(
    *messages: dict[str, Any],
    caller: str = "",
    conversation: str | None = None,
    **fields: Any,
) -> str:
    request = asked(*messages, **fields)
    return conversation_key(request, read_prompt(request), caller, conversation)


SYSTEM = {"role": "system", "content": "Be brief."}


@pytest.mark.parametrize(
    "later",
    [
        [SYSTEM, USER, ANSWER, {"role": "user", "content": "and below fifty?"}],
        [SYSTEM, USER, {"role": "assistant", "content": None, "tool_calls": [CALL]}, RESULT],
    ],
)
def test_a_conversation_keeps_its_key_from_turn_to_turn(later: list[dict[str, Any]]) -> None:
    assert key(SYSTEM, USER) == key(*later)


@pytest.mark.parametrize(
    "other",
    [
        key({"role": "user", "content": "Something else"}),
        key(SYSTEM, USER),
        key(USER, caller="Bearer abc"),
        key(USER, user="abc"),
        key(USER, conversation="abc"),
        key(USER, conversation=""),
        key(USER, conversation=QUESTION),
    ],
)
def test_another_opening_caller_user_or_name_is_another_conversation(other: str) -> None:
    assert other != key(USER)


def test_a_name_holds_a_conversation_together_whatever_is_said() -> None:
    assert key(USER, conversation="a") == key(SYSTEM, ANSWER, conversation="a")


def test_a_key_does_not_hold_the_text() -> None:
    assert len(key({"role": "user", "content": "secret" * 10_000})) == 24


_texts = st.text(max_size=6)


@given(*[st.tuples(_texts, _texts, st.none() | _texts, st.lists(_texts, max_size=2), _texts)] * 2)
def test_conversations_of_different_callers_never_mix(
    one: tuple[str, str, str | None, list[str], str],
    other: tuple[str, str, str | None, list[str], str],
) -> None:
    def key_of(drawn: tuple[str, str, str | None, list[str], str]) -> str:
        caller, user, conversation, systems, text = drawn
        system = [{"role": "system", "content": words} for words in systems]
        return key(
            *system,
            {"role": "user", "content": text},
            caller=caller,
            conversation=conversation,
            user=user,
        )

    assume(one[:2] != other[:2])
    assert key_of(one) != key_of(other)
