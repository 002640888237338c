"""Conditions: what holds, how it reads, and what is wrong with one that is misspelt."""

import re
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pointsman.errors import ConfigError
from pointsman.policy.conditions import (
    All,
    Any_,
    Asks,
    Condition,
    Not,
    asked_signals,
    holds,
    in_words,
    parse_condition,
    suggestion,
)
from pointsman.signals.findings import Finding, Measure, Scores, Span, Spans

VOCABULARY = {
    "domain": frozenset({"math", "law"}),
    "reasoning": frozenset({"p_gain"}),
    "surface": frozenset({"turns"}),
    "pii": frozenset({"EMAIL"}),
    "jailbreak": frozenset({"p"}),
    "injection": frozenset({"p"}),
    "keywords": frozenset[str](),
}
SIGNALS: Mapping[str, Finding] = {
    "domain": Scores({"math": 0.7, "law": 0.5}),
    "reasoning": Measure({"p_gain": 0.3}),
    "surface": Measure({"turns": 2.0}),
    "pii": Spans((Span("EMAIL", 0, 0, 5, 0.9),)),
    "jailbreak": Measure({"p": 0.4}),
    "injection": Measure({"p": 0.6}),
    "keywords": Scores({}, exclusive=False),
}


def parse(raw: Any) -> Condition:
    return parse_condition(raw, VOCABULARY, "$.when")


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ({"domain": "math", "above": 0.6}, True),
        ({"domain": "math", "above": 0.7}, False),  # bounds are strict
        ({"domain": "math", "below": 0.7}, False),
        ({"domain": "math", "below": 0.8}, True),
        ({"domain": "math", "above": 0.6, "below": 0.8}, True),
        ({"domain": "math", "above": 0.7, "below": 0.8}, False),
        # Without bounds: probabilities above 0.5, numbers above 0.
        ({"domain": "math"}, True),
        ({"domain": "law"}, False),
        ({"reasoning": "p_gain"}, True),
        ({"surface": "turns"}, True),
        ({"pii": "EMAIL"}, True),
        # An attack's p is a probability: "any jailbreak at all" would be every request.
        ({"jailbreak": "p"}, False),
        ({"jailbreak": "p", "above": 0.3}, True),
        ({"injection": "p"}, True),
        ({"pii": "EMAIL", "above": 0.95}, False),
        ({"surface": "turns", "above": 2}, False),
        ({"surface": "turns", "above": 1}, True),
        ({"domain": "math", "above": None, "below": None}, True),
        ({"not": {"domain": "law"}}, True),
        ({"all": [{"domain": "math"}, {"domain": "law"}]}, False),
        ({"any": [{"domain": "math"}, {"domain": "law"}]}, True),
        ({"all": [{"not": {"any": [{"domain": "law"}]}}]}, True),
    ],
)
def test_a_condition_holds_as_it_reads(raw: dict[str, Any], *, expected: bool) -> None:
    assert holds(parse(raw), SIGNALS) is expected


@pytest.mark.parametrize(
    ("raw", "words", "found"),
    [
        ({"domain": "math", "above": 0.6}, "domain.math > 0.6", "domain.math=0.7 > 0.6"),
        ({"domain": "math"}, "domain.math", "domain.math=0.7"),
        (
            {"all": [{"domain": "math", "above": 0.1, "below": 0.9}, {"not": {"pii": "EMAIL"}}]},
            "(domain.math > 0.1 and < 0.9 and not pii.EMAIL)",
            "(domain.math=0.7 > 0.1 and < 0.9 and not pii.EMAIL=0.9)",
        ),
        (
            {"any": [{"surface": "turns", "below": 3}, {"domain": "law"}]},
            "(surface.turns < 3 or domain.law)",
            "(surface.turns=2 < 3 or domain.law=0.5)",
        ),
    ],
)
def test_a_condition_reads_as_a_person_would_say_it(
    raw: dict[str, Any], words: str, found: str
) -> None:
    assert in_words(parse(raw)) == words
    assert in_words(parse(raw), SIGNALS) == found


@pytest.mark.parametrize(
    ("raw", "signals"),
    [
        ({"domain": "math"}, ["domain"]),
        ({"not": {"jailbreak": "p"}}, ["jailbreak"]),
        (
            {
                "any": [
                    {"domain": "math"},
                    {"all": [{"pii": "EMAIL"}, {"not": {"domain": "law"}}]},
                ]
            },
            ["domain", "pii", "domain"],
        ),
    ],
)
def test_the_signals_that_a_condition_asks_are_told(
    raw: dict[str, Any], signals: list[str]
) -> None:
    assert list(asked_signals(parse(raw))) == signals


def _nested(depth: int) -> dict[str, Any]:
    raw: dict[str, Any] = {"domain": "math"}
    for _ in range(depth):
        raw = {"not": raw}
    return raw


@pytest.mark.parametrize(
    ("raw", "path", "message"),
    [
        (None, "$.when", "expected a condition such as {domain: math, above: 0.6}, got None"),
        ([], "$.when", "expected a condition"),
        ({}, "$.when", "expected a condition"),
        ("math", "$.when", "expected a condition"),
        ({"domainn": "math"}, "$.when", "unknown signal `domainn`, did you mean `domain`?"),
        (
            {"domainn": "math"},
            "$.when",
            "signals are: domain, injection, jailbreak, keywords, pii, reasoning, surface",
        ),
        ({3: "math"}, "$.when", "unknown signal `3`"),
        ({"domain": "maths"}, "$.when.domain", "did you mean `math`?; it knows: law, math"),
        ({"domain": 3}, "$.when.domain", "signal `domain` has no `3`"),
        ({"domain": ["math"]}, "$.when.domain", "has no `['math']`"),
        ({"keywords": "x"}, "$.when.keywords", "it knows: none (define some first)"),
        ({"domain": "math", "pii": "EMAIL"}, "$.when", "combine several with `all` or `any`"),
        ({"above": 0.5}, "$.when", "expected one signal"),
        ({"domain": "math", "abovee": 0.5}, "$.when", "got the keys domain, abovee"),
        ({"domain": "math", "above": "high"}, "$.when.above", "expected a number, got 'high'"),
        ({"domain": "math", "below": True}, "$.when.below", "expected a number, got True"),
        ({"domain": "math", "above": float("nan")}, "$.when.above", "expected a finite number"),
        ({"domain": "math", "below": float("inf")}, "$.when.below", "expected a finite number"),
        ({"domain": "math", "above": 0.5, "below": 0.5}, "$.when", "nothing is above 0.5 and"),
        ({"domain": "math", "above": 0.6, "below": 0.5}, "$.when", "nothing is above 0.6 and"),
        ({"all": []}, "$.when.all", "expected a list of conditions, got []"),
        ({"any": {"domain": "math"}}, "$.when.any", "expected a list of conditions"),
        ({"all": [{"domain": "math"}], "domain": "law"}, "$.when", "move `domain` into its list"),
        ({"not": {"domain": "law"}, "above": 0.5}, "$.when", "`not` stands alone"),
        ({"all": [{"domain": "math"}], "any": []}, "$.when", "`all` stands alone"),
        ({"all": [{"domain": "math"}, {"domain": "x"}]}, "$.when.all[1].domain", "has no `x`"),
        ({"not": {"any": [{"x": "y"}]}}, "$.when.not.any[0]", "unknown signal `x`"),
        ({"not": None}, "$.when.not", "expected a condition"),
        (_nested(17), "$.when" + ".not" * 17, "nest deeper than 16"),
    ],
)
def test_what_is_wrong_names_its_place_and_the_mend(raw: Any, path: str, message: str) -> None:
    with pytest.raises(ConfigError, match=re.escape(message)) as caught:
        parse(raw)
    assert caught.value.param == path


def test_conditions_may_nest_up_to_the_limit() -> None:
    assert holds(parse(_nested(16)), SIGNALS)


@pytest.mark.parametrize(
    ("word", "known", "said"),
    [("maths", ["law", "math"], ", did you mean `math`?"), ("xyz", ["law"], ""), ("a", [], "")],
)
def test_a_near_word_is_suggested(word: str, known: list[str], said: str) -> None:
    assert suggestion(word, known) == said


# --- The laws of logic, on generated conditions ---------------------------------------------------

_bounds = st.none() | st.floats(0, 1)
asks = st.builds(
    Asks,
    signal=st.just("domain"),
    name=st.sampled_from(["math", "law"]),
    above=_bounds,
    below=_bounds,
)
conditions = st.recursive(
    asks,
    lambda inner: st.one_of(
        st.builds(All, st.lists(inner, min_size=1, max_size=3).map(tuple)),
        st.builds(Any_, st.lists(inner, min_size=1, max_size=3).map(tuple)),
        st.builds(Not, inner),
    ),
    max_leaves=6,
)
signals = st.builds(
    lambda math, law: {"domain": Scores({"math": math, "law": law})},
    st.floats(0, 1),
    st.floats(0, 1),
)


@given(conditions, signals)
def test_not_turns_a_condition_round(condition: Condition, found: dict[str, Finding]) -> None:
    assert holds(Not(condition), found) is not holds(condition, found)


@given(st.lists(conditions, min_size=1, max_size=4), signals)
def test_all_and_any_are_each_others_mirror(
    parts: list[Condition], found: dict[str, Finding]
) -> None:
    none_holds = All(tuple(Not(part) for part in parts))
    assert holds(Not(Any_(tuple(parts))), found) is holds(none_holds, found)
    assert holds(All(tuple(parts)), found) is all(holds(part, found) for part in parts)


@given(conditions, signals)
def test_one_part_alone_is_the_part_itself(condition: Condition, found: dict[str, Finding]) -> None:
    assert holds(All((condition,)), found) is holds(condition, found)
    assert holds(Any_((condition,)), found) is holds(condition, found)


@given(conditions, conditions, signals)
def test_the_order_of_the_parts_does_not_matter(
    one: Condition, other: Condition, found: dict[str, Finding]
) -> None:
    for kind in (All, Any_):
        assert holds(kind((one, other)), found) is holds(kind((other, one)), found)


@given(conditions, signals)
def test_every_condition_reads_with_its_values(
    condition: Condition, found: dict[str, Finding]
) -> None:
    assert "domain." in in_words(condition)
    assert in_words(condition, found).count("=") == in_words(condition).count("domain.")


def _raw(condition: Condition) -> dict[str, Any]:
    match condition:
        case Asks(signal=signal, name=name, above=above, below=below):
            return {signal: name, "above": above, "below": below}
        case All(of=parts):
            return {"all": [_raw(part) for part in parts]}
        case Any_(of=parts):
            return {"any": [_raw(part) for part in parts]}
        case Not(of=part):
            return {"not": _raw(part)}


def _outcome(raw: Any) -> Condition | ConfigError:
    try:
        return parse(raw)
    except ConfigError as error:
        return error


@given(conditions)
def test_what_is_written_is_what_is_read(condition: Condition) -> None:
    match _outcome(_raw(condition)):
        case ConfigError(message=message):
            assert "nothing is above" in message  # the only fault there can be
        case read:
            assert read == condition


_junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["all", "any", "not", "domain", "above", "below", 1, None]),
            inner,
            max_size=3,
        )
    ),
    max_leaves=10,
)


@given(_junk)
def test_whatever_stands_in_the_file_is_a_condition_or_a_config_error(raw: Any) -> None:
    match _outcome(raw):
        case ConfigError(param=path):
            assert path is not None
            assert path.startswith("$.when")
        case condition:
            assert holds(condition, SIGNALS) in {True, False}
