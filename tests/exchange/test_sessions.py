"""What each conversation was sent to last: for a while, and not without bound."""

from collections import OrderedDict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pointsman.catalog.families import Reasoning
from pointsman.catalog.models import Target
from pointsman.exchange.sessions import Sessions

SMALL, LARGE = (Target(name, Reasoning("off")) for name in ("small", "large"))


@pytest.mark.parametrize(
    ("now", "found"), [(100.0, SMALL), (130.0, SMALL), (130.1, None), (1e9, None)]
)
def test_a_conversation_is_remembered_for_its_time(now: float, found: Target | None) -> None:
    sessions = Sessions(ttl_s=30.0)
    sessions.remember("a", SMALL, 100.0)
    assert sessions.recollect("a", now) == found
    assert sessions.recollect("b", now) is None


def test_each_turn_starts_the_time_anew_and_the_last_model_counts() -> None:
    sessions = Sessions(ttl_s=30.0)
    sessions.remember("a", SMALL, 0.0)
    sessions.remember("a", LARGE, 20.0)
    assert sessions.recollect("a", 45.0) == LARGE
    assert len(sessions) == 1


@given(st.integers(1, 4), st.lists(st.sampled_from("abcdef"), max_size=20))
def test_the_conversations_that_spoke_last_are_kept(capacity: int, turns: list[str]) -> None:
    sessions, model = Sessions(capacity=capacity), OrderedDict[str, None]()
    for now, conversation in enumerate(turns):
        sessions.remember(conversation, SMALL, now)
        model[conversation] = None
        model.move_to_end(conversation)
        if len(model) > capacity:
            model.popitem(last=False)
    assert len(sessions) == len(model)
    for conversation in "abcdef":
        kept = sessions.recollect(conversation, len(turns)) is not None
        assert kept is (conversation in model)
