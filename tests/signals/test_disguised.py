"""How the texts of a request hide what they say."""

import msgspec

from pointsman.encoder.encoding import UNREAD, Encoding
from pointsman.signals.detector import NO_HEADS
from pointsman.signals.disguise import TRICKS
from pointsman.signals.disguised import DisguiseDetector
from pointsman.signals.findings import Scores
from pointsman.signals.reading import NOTHING_READ, Reading
from pointsman.wire.chat import chat_from_object
from pointsman.wire.prompt import read_prompt

PROMPT = read_prompt(chat_from_object({"messages": [{"role": "user", "content": "2 + 2?"}]}))
DETECTOR = DisguiseDetector(frozenset({"attacks"}))


def a_text(*tricks: str) -> Encoding:
    return msgspec.structs.replace(UNREAD, disguises=tricks)


def test_a_trick_in_any_text_is_named_once() -> None:
    reading = Reading(parts=(a_text("rot13", "base64"), a_text(), a_text("rot13")))
    assert DETECTOR(PROMPT, reading) == Scores({"base64": 1.0, "rot13": 1.0}, exclusive=False)


def test_nothing_is_named_where_nothing_hides() -> None:
    for reading in (NOTHING_READ, Reading(judged=a_text("rot13"), parts=(a_text(),))):
        assert DETECTOR(PROMPT, reading).scores == {}


def test_it_needs_what_makes_a_text_be_looked_through() -> None:
    assert DETECTOR.judged == NO_HEADS
    assert DETECTOR.whole == {"attacks"}
    assert DETECTOR.names == TRICKS
