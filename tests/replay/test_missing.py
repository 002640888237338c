"""What was not measured is not 0."""

from collections.abc import Callable

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pointsman.policy.conditions import All, Any_, Asks, Condition, Not
from pointsman.policy.question import Question
from pointsman.policy.rules import Policy, Rule
from pointsman.policy.tables import Row, Table
from pointsman.replay.choices import Ground
from pointsman.replay.missing import filled, missing_in
from pointsman.signals.detector import Signals
from pointsman.signals.findings import Finding, Measure, Scores, Spans

MakeGround = Callable[..., Ground]

WEIGHS = Rule("all", ("small", "large"))
TO_SMALL = Rule("small", ("small",), choose="static")
TO_LARGE = Rule("large", ("large",), choose="static")
MATH = Asks("domain", "math", above=0.5)
LAW = Asks("domain", "law", above=0.5)
JAILBREAK = Asks("jailbreak", "p", above=0.5)
HARMFUL = Asks("harmful", "p", above=0.5)


def to_large(when: Condition) -> Rule:
    return Rule("asks", ("large",), when=when, choose="static")


CASES: dict[str, tuple[tuple[Rule, ...], set[str]]] = {
    "a rule asks for it": ((to_large(JAILBREAK), TO_SMALL), {"jailbreak.p"}),
    "a rule before holds": ((TO_SMALL, to_large(JAILBREAK)), set()),
    "it is denied": ((to_large(Not(JAILBREAK)), TO_SMALL), {"jailbreak.p"}),
    "another part is false": ((to_large(All((JAILBREAK, LAW))), TO_SMALL), set()),
    "another part is true": ((to_large(All((JAILBREAK, MATH))), TO_SMALL), {"jailbreak.p"}),
    "one of two is true": ((to_large(Any_((JAILBREAK, MATH))), TO_SMALL), set()),
    "one of two is false": ((to_large(Any_((JAILBREAK, LAW))), TO_SMALL), {"jailbreak.p"}),
    "two are missing": (
        (to_large(Any_((JAILBREAK, HARMFUL))), TO_SMALL),
        {"jailbreak.p", "harmful.p"},
    ),
    "only the first that decides counts": (
        (to_large(JAILBREAK), to_large(HARMFUL), TO_SMALL),
        {"jailbreak.p"},
    ),
    "a label that the head did not have": (
        (to_large(Asks("domain", "art")), TO_SMALL),
        {"domain.art"},
    ),
    "a list of words that came later": (
        (to_large(Asks("keywords", "new")), TO_SMALL),
        {"keywords.new"},
    ),
    "a number that came later": ((to_large(Asks("surface", "pages")), TO_SMALL), {"surface.pages"}),
    "a language that was not likely": ((to_large(Asks("language", "de")), TO_SMALL), set()),
    "personal data that was not found": ((to_large(Asks("pii", "US_SSN")), TO_SMALL), set()),
    "nothing is": ((WEIGHS,), set()),
}


@pytest.fixture
def signals(some_signals: Callable[..., Signals]) -> Signals:
    return {
        **some_signals(),
        "keywords": Scores({"old": 1.0}, exclusive=False),
        "language": Scores({"en": 0.99, "unknown": 0.01}),
        "pii": Spans(()),
    }


@pytest.mark.parametrize("name", CASES)
def test_what_is_missing_is_named(name: str, signals: Signals) -> None:
    rules, missing = CASES[name]
    assert missing_in(Question(signals), Policy(rules)) == missing


def test_to_weigh_takes_an_estimate_and_to_take_the_first_does_not(signals: Signals) -> None:
    unread = {name: finding for name, finding in signals.items() if name != "reasoning"}
    need = {"reasoning.p_light", "reasoning.p_heavy", "reasoning.extra_tokens"}
    assert missing_in(Question(unread), Policy((WEIGHS,))) == need
    assert missing_in(Question(unread), Policy((TO_SMALL,))) == set()
    part = {**signals, "reasoning": Measure({"p_light": 0.5, "p_heavy": 0.7})}
    assert missing_in(Question(part), Policy((WEIGHS,))) == {"reasoning.extra_tokens"}


def test_a_table_takes_the_signal_that_it_is_looked_up_by(signals: Signals) -> None:
    table = Table("cluster", {("small", "off", None): Row({"c1": 0.5}, {}, 0.5)}, "mine")
    policy = Policy((Rule("c", ("small", "large"), choose="cluster"),), tables={"cluster": table})
    assert missing_in(Question(signals), policy) == {"cluster"}
    known = {**signals, "cluster": Scores({"c1": 1.0})}
    assert missing_in(Question(known), policy) == set()


def test_a_named_model_needs_no_signal_but_the_prompts_size(signals: Signals) -> None:
    policy = Policy((to_large(JAILBREAK), TO_SMALL))
    surface = {"surface": signals["surface"]}
    assert missing_in(Question(surface, named="small"), policy) == set()
    assert missing_in(Question({}, named="small"), policy) == {"surface"}


NAMES = ("a", "b", "c")
asks = st.builds(Asks, st.sampled_from(NAMES), st.sampled_from(("x", "y")), st.just(0.5))
conditions = st.recursive(
    asks,
    lambda parts: st.one_of(
        st.builds(Not, parts),
        st.lists(parts, min_size=1, max_size=3).map(lambda of: All(tuple(of))),
        st.lists(parts, min_size=1, max_size=3).map(lambda of: Any_(tuple(of))),
    ),
    max_leaves=6,
)
findings = st.fixed_dictionaries({"x": st.floats(0, 1), "y": st.floats(0, 1)}).map(Measure)


@given(
    rules=st.lists(conditions, min_size=1, max_size=4),
    whole=st.fixed_dictionaries(dict.fromkeys(NAMES, findings)),
    unmeasured=st.sets(st.sampled_from(NAMES)),
    unnamed=st.sets(st.tuples(st.sampled_from(NAMES), st.sampled_from(("x", "y")))),
)
def test_what_can_be_decided_without_a_value_is_decided_as_with_it(
    a_ground: MakeGround,
    some_signals: Callable[..., Signals],
    rules: list[Condition],
    whole: dict[str, Finding],
    unmeasured: set[str],
    unnamed: set[tuple[str, str]],
) -> None:
    named = [
        Rule(f"r{at}", ("large" if at % 2 else "small",), when=when, choose="static")
        for at, when in enumerate(rules)
    ]
    ground: Ground = a_ground(*named, WEIGHS)
    full = Question({**some_signals(), **whole})
    part = {
        name: without(finding, {value for signal, value in unnamed if signal == name})
        for name, finding in full.signals.items()
        if name not in unmeasured
    }
    question = msgspec.structs.replace(full, signals=part)
    missing = missing_in(question, ground.policy)
    if missing:
        assert {name.split(".")[0] for name in missing} <= unmeasured | {s for s, _ in unnamed}
        return
    decided = ground.decide(filled(question, ground.asked))
    assert (decided.rule, decided.target) == (ground.decide(full).rule, ground.decide(full).target)


def without(finding: Finding, names: set[str]) -> Finding:
    if not isinstance(finding, Measure):
        return finding
    return Measure({name: v for name, v in finding.values.items() if name not in names})


def test_an_estimate_that_is_not_there_is_not_made_up(
    a_ground: MakeGround, signals: Signals
) -> None:
    unread = {name: finding for name, finding in signals.items() if name != "reasoning"}
    never = All((LAW, Asks("reasoning", "p_gain", above=0.1)))
    ground = a_ground(to_large(never), TO_LARGE)
    question = Question(unread)
    assert not missing_in(question, ground.policy)
    expected = ground.decide(filled(question, ground.asked)).expected
    assert str(expected.p_correct) == "nan"
