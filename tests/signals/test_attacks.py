"""An attack anywhere in a request is an attack on it."""

import msgspec
import pytest

from pointsman.encoder.encoding import UNREAD, Asked, Encoding
from pointsman.signals.attacks import ATTACKS, HEAD, AttackDetector
from pointsman.signals.detector import NO_HEADS
from pointsman.signals.reading import Reading
from pointsman.wire.chat import chat_from_object
from pointsman.wire.prompt import read_prompt

PROMPT = read_prompt(chat_from_object({"messages": [{"role": "user", "content": "2 + 2?"}]}))


def a_text(**chances: float) -> Encoding:
    return msgspec.structs.replace(UNREAD, scores={HEAD: dict.fromkeys(ATTACKS, 0.1) | chances})


NOT_REACHED = msgspec.structs.replace(UNREAD, unread=99)


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ((), {"jailbreak": 0.0, "injection": 0.0, "harmful": 0.0}),
        ((a_text(),), {"jailbreak": 0.1, "injection": 0.1, "harmful": 0.1}),
        ((a_text(), a_text(injection=0.9)), {"jailbreak": 0.1, "injection": 0.9}),
        ((a_text(injection=0.9), a_text(harmful=0.7)), {"injection": 0.9, "harmful": 0.7}),
        ((a_text(jailbreak=0.8), NOT_REACHED), {"jailbreak": 0.8}),
        ((NOT_REACHED,), {"jailbreak": 0.0}),
    ],
)
def test_each_attack_has_its_highest_probability_of_all_texts(
    parts: tuple[Encoding, ...], expected: dict[str, float]
) -> None:
    for name, p in expected.items():
        finding = AttackDetector(name)(PROMPT, Reading(parts=parts))
        assert finding.values == {"p": p}


def test_the_judged_text_counts_as_a_part_only() -> None:
    # A follow-up is judged with the turn before it; its parts are read by themselves.
    joined = a_text(jailbreak=1.0)
    finding = AttackDetector("jailbreak")(PROMPT, Reading(Asked(), joined, (a_text(),)))
    assert finding.values == {"p": 0.1}


def test_it_needs_every_text_and_nothing_of_the_judged_one() -> None:
    detector = AttackDetector("harmful")
    assert detector.name == "harmful"
    assert detector.judged == NO_HEADS
    assert detector.whole == {HEAD}
