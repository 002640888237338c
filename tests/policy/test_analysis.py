"""Faults that no single rule shows."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pointsman.catalog.families import FAMILIES
from pointsman.catalog.models import Catalog, Endpoint, Model, Prices
from pointsman.policy.analysis import Interval, Kinds, faults
from pointsman.policy.conditions import Condition, holds, parse_condition
from pointsman.policy.rules import Policy, Rule, Shadow
from pointsman.signals import Signals
from pointsman.signals.findings import Measure, Scores, Span, Spans

VOCABULARY = {
    "domain": frozenset({"math", "law", "physics"}),
    "reasoning": frozenset({"p_gain", "extra_tokens"}),
    "surface": frozenset({"turns"}),
    "keywords": frozenset({"urgent"}),
    "jailbreak": frozenset({"p"}),
    "pii": frozenset({"EMAIL_ADDRESS"}),
    "coverage": frozenset({"unread_characters"}),
    "language": frozenset({"en", "fr"}),
}
KINDS: Kinds = {
    "domain": "exclusive",
    "language": "exclusive",
    "reasoning": "numbers",
    "surface": "numbers",
    "jailbreak": "numbers",
    "coverage": "numbers",
    "keywords": "probabilities",
    "pii": "probabilities",
}

PRICED = Prices(output=1.0)


def a_catalog(*names: str, prices: Prices = PRICED) -> Catalog:
    return Catalog(
        {
            name: Model(
                name=name,
                upstream_name=name,
                family_name="generic",
                family=FAMILIES["generic"],
                prices=prices,
                endpoints=(Endpoint("http://127.0.0.1:1/v1"),),
                strength=0.5,
            )
            for name in names
        }
    )


def a_policy(*conditions: object) -> Policy:
    rules = [
        Rule(
            name=f"r{index}",
            use=("a",),
            when=None if raw is None else parse_condition(raw, VOCABULARY, "$"),
        )
        for index, raw in enumerate(conditions)
    ]
    return Policy((*rules, Rule("last", ("a",))))


def found(*conditions: object) -> list[tuple[str, str]]:
    return [
        (fault.subject, fault.message)
        for fault in faults(a_policy(*conditions), a_catalog("a"), KINDS)
        if fault.subject != "rule 'last'"
    ]


@pytest.mark.parametrize(
    "condition",
    [
        {"reasoning": "p_gain", "above": 1},
        {"domain": "math", "below": 0},
        {"surface": "turns", "below": 0},
        {"all": [{"domain": "math", "above": 0.5}, {"domain": "math", "below": 0.4}]},
        {"all": [{"domain": "math", "above": 0.5}, {"domain": "law", "above": 0.5}]},
        {"not": {"any": [{"domain": "law", "above": 0.5}, {"domain": "law", "below": 0.7}]}},
        {"all": [{"keywords": "urgent"}, {"not": {"keywords": "urgent"}}]},
        # The probability of an attack lies between 0 and 1 although its finding is a measure.
        {"jailbreak": "p", "above": 1},
        {"jailbreak": "p", "below": 0},
        {"all": [{"jailbreak": "p"}, {"jailbreak": "p", "below": 0.5}]},
        {"pii": "EMAIL_ADDRESS", "above": 1},
        {"coverage": "unread_characters", "below": 0},
        # A text has one language, as it has one domain.
        {"all": [{"language": "en", "above": 0.5}, {"language": "fr", "above": 0.5}]},
    ],
)
def test_a_condition_that_can_never_hold_is_found(condition: object) -> None:
    assert found(condition) == [("rule 'r0'", "its condition can never hold")]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"domain": "math", "above": 0.3}, {"domain": "math", "above": 0.3}),
        ({"domain": "math", "above": 0.3}, {"domain": "math", "above": 0.5}),
        (
            {"domain": "math", "above": 0.3},
            {"all": [{"domain": "math", "above": 0.3}, {"surface": "turns", "above": 2}]},
        ),
        (
            {"any": [{"domain": "math", "above": 0.3}, {"domain": "law", "above": 0.3}]},
            {"any": [{"domain": "law", "above": 0.4}, {"domain": "math", "above": 0.4}]},
        ),
        ({"not": {"domain": "math", "above": 0.5}}, {"domain": "math", "below": 0.5}),
        (None, {"domain": "math"}),
        # Without bounds: a probability above 0.5, a number above 0.
        ({"jailbreak": "p"}, {"jailbreak": "p", "above": 0.6}),
        ({"pii": "EMAIL_ADDRESS"}, {"pii": "EMAIL_ADDRESS", "above": 0.6}),
        ({"coverage": "unread_characters"}, {"coverage": "unread_characters", "above": 9}),
    ],
)
def test_a_rule_behind_a_wider_one_is_never_reached(first: object, second: object) -> None:
    (fault,) = found(first, second)
    assert fault[0] == "rule 'r1'"
    assert "rule 'r0'" in fault[1]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"domain": "math", "above": 0.5}, {"domain": "math", "above": 0.3}),
        ({"domain": "math", "above": 0.5}, {"domain": "law", "above": 0.5}),
        ({"domain": "math", "above": 0.5}, {"not": {"domain": "math", "above": 0.5}}),
        ({"domain": "math", "below": 0.5}, {"not": {"domain": "math", "above": 0.5}}),
        ({"reasoning": "extra_tokens", "above": 100}, {"reasoning": "extra_tokens", "above": 50}),
        ({"jailbreak": "p"}, {"jailbreak": "p", "above": 0.4}),
        ({"jailbreak": "p"}, {"pii": "EMAIL_ADDRESS"}),
        ({"language": "en", "above": 0.4}, {"language": "fr", "above": 0.4}),
        # Keywords and personal data may be there together: their labels exclude nothing.
        (
            {"all": [{"pii": "EMAIL_ADDRESS", "above": 0.9}, {"keywords": "urgent"}]},
            {"pii": "EMAIL_ADDRESS", "above": 0.9},
        ),
    ],
)
def test_rules_that_both_have_work_to_do_are_left_in_peace(first: object, second: object) -> None:
    assert found(first, second) == []


@pytest.mark.parametrize(
    ("above", "last"),
    [
        # Two halves of one value.
        ([{"domain": "math", "above": 0.4}, {"domain": "math", "below": 0.6}], {"domain": "law"}),
        # A corner at a time.
        (
            [
                {"all": [{"domain": "math", "above": 0.5}, {"jailbreak": "p", "above": 0.5}]},
                {"domain": "math", "below": 0.6},
                {"jailbreak": "p", "below": 0.6},
            ],
            None,
        ),
    ],
)
def test_a_rule_behind_several_that_together_take_everything_is_never_reached(
    above: list[object], last: object
) -> None:
    (fault,) = found(*above, last)
    assert fault[0] == f"rule 'r{len(above)}'"
    assert "above it take everything it would take" in fault[1]


def test_rules_that_leave_a_gap_between_them_reach_what_is_behind() -> None:
    assert found({"domain": "math", "above": 0.6}, {"domain": "math", "below": 0.6}, None) == []


def test_a_model_that_only_gets_copies_is_used() -> None:
    shadowed = Policy((Rule("last", ("a",), shadow=Shadow("b")),))
    assert list(faults(shadowed, a_catalog("a", "b"), KINDS)) == []


def test_too_many_alternatives_are_left_unjudged() -> None:
    # Two rules take everything, the third in 200 parts, of which the first leaves two each.
    gap = {"jailbreak": "p", "above": 0.4, "below": 0.6}
    rest = {"not": {"jailbreak": "p", "above": 0.45, "below": 0.55}}
    parts = [{"domain": "math", "above": n / 1000} for n in range(200)]
    assert found(gap, rest, {"any": parts}) == []
    assert len(found(gap, rest, {"any": parts[:9]})) == 1
    many = {"any": [{"domain": name} for name in ("math", "law", "physics")]}
    assert found({"all": [many] * 6}) == []
    assert found({"any": [{"all": [many] * 6}, {"domain": "math", "below": 0}]}) == []


def test_a_model_that_no_rule_uses_is_named() -> None:
    subjects = [fault.subject for fault in faults(a_policy(), a_catalog("a", "b"), KINDS)]
    assert subjects == ["model 'b'"]


def test_a_rule_that_weighs_costs_nobody_stated_is_named() -> None:
    free = a_catalog("a", prices=Prices())
    assert [fault.subject for fault in faults(a_policy(), free, KINDS)] == ["rule 'last'"]
    static = Policy((Rule("last", ("a",), choose="static"),))
    assert list(faults(static, free, KINDS)) == []
    assert list(faults(a_policy(), a_catalog("a", prices=Prices(input=0.1)), KINDS)) == []


numbers = st.sampled_from([0.0, 0.25, 0.5, 0.75, 1.0])
bounded = st.builds(
    lambda asked, above, width: {**asked, "above": above, "below": above + width},
    st.sampled_from(
        [{"domain": "math"}, {"domain": "law"}, {"jailbreak": "p"}, {"pii": "EMAIL_ADDRESS"}]
    ),
    numbers,
    st.sampled_from([0.25, 0.5, 1.0]),
)
bare = st.sampled_from(
    [{"domain": "math"}, {"jailbreak": "p"}, {"pii": "EMAIL_ADDRESS"}, {"surface": "turns"}]
)
asks = bounded | bare
conditions = st.recursive(
    asks,
    lambda inner: st.one_of(
        st.builds(lambda parts: {"all": parts}, st.lists(inner, min_size=1, max_size=3)),
        st.builds(lambda parts: {"any": parts}, st.lists(inner, min_size=1, max_size=3)),
        st.builds(lambda part: {"not": part}, inner),
    ),
    max_leaves=5,
)


@given(st.lists(conditions, min_size=2, max_size=4), *[st.floats(0, 1)] * 4, st.integers(0, 2))
def test_no_finding_is_ever_wrong(
    asked: list[dict[str, object]],
    math_share: float,
    p: float,
    attack: float,
    address: float,
    turns: int,
) -> None:
    signals: Signals = {
        "domain": Scores({"math": p * math_share, "law": p * (1 - math_share)}),
        "reasoning": Measure({}),
        "jailbreak": Measure({"p": attack}),
        "pii": Spans((Span("EMAIL_ADDRESS", 0, 0, 1, address),)),
        "surface": Measure({"turns": float(turns)}),
    }
    parsed: list[Condition] = [parse_condition(raw, VOCABULARY, "$") for raw in asked]
    said = dict(found(*asked))
    for index, condition in enumerate(parsed):
        message = said.get(f"rule 'r{index}'")
        if message == "its condition can never hold":
            assert not holds(condition, signals)
        elif message is not None:
            earlier = parsed[:index]
            assert not holds(condition, signals) or any(holds(one, signals) for one in earlier)


def test_an_interval_without_its_end_lies_inside_one_with_it() -> None:
    without, whole = Interval(low=0.5, low_in=False), Interval(low=0.5)
    assert without.inside(whole)
    assert not whole.inside(without)
