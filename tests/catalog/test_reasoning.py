"""What reasoning is called, and which effort is how many tokens."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pointsman.catalog.reasoning import (
    EFFORTS,
    TOKENS_OF_EFFORT,
    Effort,
    Reasoning,
    nearest_effort,
)


@pytest.mark.parametrize(
    ("reasoning", "words"),
    [
        (Reasoning("default"), "default"),
        (Reasoning("off"), "off"),
        (Reasoning("on"), "on"),
        (Reasoning("on", "high"), "on (high)"),
        (Reasoning("on", budget_tokens=0), "on (0 tokens)"),
        (Reasoning("on", "low", 2048), "on (low, 2048 tokens)"),
    ],
)
def test_reasoning_is_said_as_a_person_would(reasoning: Reasoning, words: str) -> None:
    assert str(reasoning) == words


@pytest.mark.parametrize(
    ("tokens", "known", "effort"),
    [
        (0, EFFORTS, "low"),
        (-5.0, EFFORTS, "low"),
        (1024, EFFORTS, "low"),
        (2896, EFFORTS, "low"),
        (2897, EFFORTS, "medium"),
        (8192, EFFORTS, "medium"),
        (14188, EFFORTS, "medium"),
        (14190, EFFORTS, "high"),
        (1e9, EFFORTS, "high"),
        # A family that knows only some of them.
        (8192, ("low", "high"), "high"),
        (5000, ("low", "high"), "low"),
        (1e9, ("medium",), "medium"),
        (100, (), None),
    ],
)
def test_the_nearest_effort_is_near_in_proportion(
    tokens: float, known: tuple[str, ...], effort: Effort | None
) -> None:
    assert nearest_effort(tokens, known) == effort


@given(st.floats(0, 1e9), st.floats(0, 1e9), st.sets(st.sampled_from(EFFORTS), min_size=1))
def test_more_tokens_are_never_less_effort(one: float, other: float, known: set[str]) -> None:
    less, more = (nearest_effort(tokens, known) for tokens in sorted((one, other)))
    assert less is not None
    assert more is not None
    assert EFFORTS.index(less) <= EFFORTS.index(more)


@pytest.mark.parametrize("effort", EFFORTS)
def test_the_tokens_of_an_effort_are_nearest_to_itself(effort: Effort) -> None:
    assert nearest_effort(TOKENS_OF_EFFORT[effort], EFFORTS) == effort
