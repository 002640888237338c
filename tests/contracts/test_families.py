"""What every row of the family table must keep to."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pointsman.catalog.families import EFFORTS, FAMILIES, Family, Reasoning
from pointsman.catalog.reasoning import TOKENS_OF_EFFORT
from pointsman.catalog.wishes import overriding, stated_wish
from pointsman.wire.chat import parse_chat
from pointsman.wire.edit import apply_patch

MESSAGES = [{"role": "user", "content": "2 + 2?"}]
OBJECTS = ("chat_template_kwargs", "thinking", "reasoning", "extra_body")
SCALARS = ("reasoning_effort", "enable_thinking", "thinking_budget", "thinking_token_budget")

ROWS = pytest.mark.parametrize("family", FAMILIES.values(), ids=FAMILIES)

_extras = st.dictionaries(
    st.sampled_from(["temperature", "x_field", "metadata", "ü"]),
    st.integers() | st.text(max_size=5) | st.lists(st.booleans(), max_size=2),
    max_size=3,
)

_words_inside = st.fixed_dictionaries(
    {},
    optional={
        "enable_thinking": st.booleans(),
        "thinking": st.booleans(),
        "enabled": st.booleans(),
        "effort": st.sampled_from(["none", "high"]),
        "max_tokens": st.integers(1, 5000),
        "google": st.just({"thinking_config": {"thinking_budget": 5, "include_thoughts": True}}),
    },
)


@st.composite
def bodies(draw: st.DrawFn) -> dict[str, Any]:
    """Requests whose clients have used the switches' fields for themselves, too."""
    body: dict[str, Any] = {"messages": MESSAGES, **draw(_extras)}
    for name in OBJECTS:
        if draw(st.booleans()):
            body[name] = {"mine": draw(st.integers()), **draw(_words_inside)}
    if draw(st.booleans()):
        body["thinking"] = {"type": "enabled", "budget_tokens": 7, "mine": draw(st.integers())}
    if draw(st.booleans()):
        body["reasoning_effort"] = draw(st.sampled_from(["low", "xhigh"]))
    for name in SCALARS[1:]:
        if draw(st.booleans()):
            body[name] = draw(st.booleans() | st.integers(-1, 5000))
    return body


def encoded(body: dict[str, Any]) -> bytes:
    return json.dumps(body, ensure_ascii=False).encode()


@ROWS
class TestEveryFamily:
    """Each law is checked for each row."""

    def test_there_is_at_least_one_way_to_ask(self, family: Family) -> None:
        assert family.choices()

    def test_its_choices_go_from_least_to_most_without_repeats(self, family: Family) -> None:
        ranks = [
            (choice.mode == "on", EFFORTS.index(choice.effort) if choice.effort else 0)
            for choice in family.choices()
        ]
        assert ranks == sorted(set(ranks))

    def test_different_choices_are_different_edits(self, family: Family) -> None:
        said = [json.dumps(family.edits(choice)) for choice in family.choices()]
        assert len(set(said)) == len(said)

    def test_off_is_said_out_loud_where_it_exists(self, family: Family) -> None:
        assert (family.edits(Reasoning("off")) != {}) == (family.off is not None)
        assert (Reasoning("off") in family.choices()) == (family.off is not None)

    def test_nothing_is_said_by_default(self, family: Family) -> None:
        assert family.edits(Reasoning("default")) == {}

    @pytest.mark.parametrize("budget", [0, 1, 1000, 100_000])
    def test_a_budget_is_never_under_the_familys_least(self, family: Family, budget: int) -> None:
        said: Any = family.edits(Reasoning("on", budget_tokens=budget))
        for step in family.budget:
            said = said[step]
        if family.budget:
            assert said == max(budget, family.min_budget_tokens)

    def test_a_budget_that_is_required_is_always_said(self, family: Family) -> None:
        said: Any = family.edits(Reasoning("on"))
        for step in family.budget if family.budget_required else ():
            said = said[step]
        if family.budget_required:
            assert said >= family.min_budget_tokens > 0

    @settings(max_examples=20)
    @given(bodies())
    def test_saying_it_twice_says_nothing_more(self, family: Family, body: dict[str, Any]) -> None:
        for choice in family.choices():
            once = apply_patch(encoded(body), family.edits(choice))
            assert apply_patch(once, family.edits(choice)) == once

    @settings(max_examples=20)
    @given(bodies())
    def test_the_last_word_counts_whatever_was_said_before(
        self, family: Family, body: dict[str, Any]
    ) -> None:
        for first in family.choices():
            for last in family.choices():
                directly = apply_patch(encoded(body), family.edits(last))
                after = apply_patch(
                    apply_patch(encoded(body), family.edits(first)), family.edits(last)
                )
                assert json.loads(after) == json.loads(directly)

    @settings(max_examples=20)
    @given(bodies())
    def test_a_clients_other_fields_survive(self, family: Family, body: dict[str, Any]) -> None:
        for choice in family.choices():
            edited = json.loads(apply_patch(encoded(body), family.edits(choice)))
            for key, value in body.items():
                if key not in {*SCALARS, *OBJECTS}:
                    assert edited[key] == value
            for key in OBJECTS:
                if key in body:
                    assert edited[key]["mine"] == body[key]["mine"]

    @settings(max_examples=20)
    @given(bodies())
    def test_with_the_clearing_nobody_hears_anything_but_the_family(
        self, family: Family, body: dict[str, Any]
    ) -> None:
        request = parse_chat(encoded(body))
        for choice in family.choices():
            edits = family.edits(choice)
            edited = apply_patch(request.body, overriding(request, edits))
            bare = apply_patch(encoded({"messages": MESSAGES}), edits)
            assert stated_wish(parse_chat(edited)) == stated_wish(parse_chat(bare))
            again = parse_chat(edited)
            assert apply_patch(edited, overriding(again, edits)) == edited
            for key, value in body.items():
                if key not in {*SCALARS, *OBJECTS}:
                    assert json.loads(edited)[key] == value

    @pytest.mark.parametrize("budget", [None, 1, 5000, 100_000])
    @pytest.mark.parametrize("effort", [None, *EFFORTS])
    def test_an_adapted_wish_is_a_choice_of_the_family_with_or_without_a_cap(
        self, family: Family, effort: Any, budget: int | None
    ) -> None:
        adapted = family.adapted(Reasoning("on", effort, budget))
        if not family.switches:
            assert adapted == Reasoning("on", effort, budget)
        elif effort is not None or budget is not None:
            assert Reasoning("on", adapted.effort) in family.choices()
            assert adapted.budget_tokens is None or family.budget
        assert family.adapted(adapted) == adapted

    def test_a_predicted_number_of_tokens_can_be_said_if_anything_can(self, family: Family) -> None:
        for effort, tokens in TOKENS_OF_EFFORT.items():
            said = family.effort_for(tokens) or family.budget_for(effort)
            sayable = family.efforts or (family.budget and not family.budget_only_if_asked)
            assert (said is not None) == bool(sayable)
