"""What was read, and what was not."""

import msgspec
import pytest

from pointsman.encoder.encoding import UNREAD, Encoding
from pointsman.signals.coverage import CoverageDetector
from pointsman.signals.detector import NO_HEADS
from pointsman.signals.reading import NOTHING_READ, Reading
from pointsman.wire.chat import chat_from_object
from pointsman.wire.prompt import read_prompt

PROMPT = read_prompt(chat_from_object({"messages": [{"role": "user", "content": "2 + 2?"}]}))


def a_text(passes: int, unread: int = 0) -> Encoding:
    return msgspec.structs.replace(UNREAD, passes=passes, unread=unread)


JUDGED = a_text(3, unread=7)


@pytest.mark.parametrize(
    ("reading", "unread", "passes"),
    [
        (NOTHING_READ, 0, 0),
        (Reading(judged=JUDGED), 0, 3),  # nobody had to see it whole
        (Reading(judged=JUDGED, parts=(JUDGED,)), 7, 3),
        (Reading(judged=JUDGED, parts=(a_text(1), JUDGED)), 7, 4),
        (Reading(judged=a_text(1), parts=(a_text(1), a_text(2, 5), a_text(0, 40))), 45, 4),
        (Reading(parts=(a_text(0), a_text(0))), 0, 0),  # the first tier answered
    ],
)
def test_characters_that_no_window_reached_and_passes_are_counted(
    reading: Reading, unread: int, passes: int
) -> None:
    finding = CoverageDetector(frozenset({"pii"}))(PROMPT, reading)
    assert finding.values == {"unread_characters": unread, "passes": passes}


def test_it_needs_the_heads_that_the_bundle_has() -> None:
    detector = CoverageDetector(frozenset({"attacks"}))
    assert detector.judged == NO_HEADS
    assert detector.whole == {"attacks"}
