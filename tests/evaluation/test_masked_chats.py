"""Invented conversations: nothing leaks, all comes back, and what goes wrong is noticed."""

import json
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pointsman.evaluation import masked_chats
from pointsman.evaluation.masked_answers import Answer, Text, play
from pointsman.evaluation.masked_chats import Tally, chat
from pointsman.wire.masking import Masked, mask

NAME, VALUE = "<PERSON_1>", "Jane Doe"


@settings(max_examples=100)
@given(st.integers(0, 2**32))
def test_invented_conversations_leak_nothing_and_come_back(seed: int) -> None:
    tally = Tally()
    chat(seed, tally)
    assert tally.streams in {1, 2, 3, 10}
    assert (tally.leaks, tally.failures) == (0, [])


def test_a_seed_gives_the_same_chat_each_time() -> None:
    first, second = Tally(), Tally()
    chat(7, first)
    chat(7, second)
    assert first == second


def test_a_leak_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    def forgets(body: bytes, *_: object) -> Masked:
        return Masked(body, {}, {})

    monkeypatch.setattr(masked_chats, "mask", forgets)
    tally = Tally()
    chat(0, tally)
    assert tally.leaks > 0


def test_a_new_name_for_a_value_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    def renames(*request: object) -> Masked:
        masked = mask(*request)  # type: ignore[arg-type]  # handed through
        lengths = {
            name.replace("_", f"_{len(masked.body)}"): v for name, v in masked.values.items()
        }
        return Masked(masked.body, lengths, masked.counts)

    monkeypatch.setattr(masked_chats, "mask", renames)
    tally = Tally()
    for seed in range(5):
        chat(seed, tally)
    assert any("is new" in failure for failure in tally.failures)


@pytest.mark.parametrize(
    ("said", "meant", "quoted", "right"),
    [
        (f"Hi {NAME} <PERS", f"Hi {VALUE} <PERS", False, True),
        (f"Hi {NAME}", f"Hi {NAME}", False, False),
        (json.dumps([NAME]), [VALUE], True, True),
        (json.dumps([NAME]).replace("<", "\\u003c"), [VALUE], True, True),
        (json.dumps([NAME]), [NAME], True, False),
        ("", [], True, False),
    ],
)
def test_what_a_client_gets_is_compared_with_what_was_meant(
    said: str, meant: object, *, quoted: bool, right: bool
) -> None:
    text = Text(0, ("content",), said, meant, quoted)
    for seed in range(20):
        failures = list(play(Random(seed), Answer((text,), {NAME: VALUE}, quoted)))  # noqa: S311  # a test
        assert (not failures) is right


def test_holding_too_much_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pointsman.wire.placeholders._may_become", lambda *_: True)
    text = Text(0, ("content",), "a <b> <i", "a <b> <i", quoted=False)
    failures = [
        failure
        for seed in range(20)
        for failure in play(Random(seed), Answer((text,), {NAME: VALUE}, structured=False))  # noqa: S311  # a test
    ]
    assert any("another part out" in failure for failure in failures)
