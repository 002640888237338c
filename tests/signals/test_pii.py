"""Personal data from two sources: what the encoder tags, and what a pattern proves."""

from itertools import pairwise

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pointsman.encoder.encoding import UNREAD, Asked, Encoding, TextSpan
from pointsman.signals.detector import NO_HEADS
from pointsman.signals.findings import Span
from pointsman.signals.patterns import TYPES, Match
from pointsman.signals.pii import HEAD, PATTERNS, PiiDetector, _joined
from pointsman.signals.reading import Reading
from pointsman.wire.chat import chat_from_object
from pointsman.wire.prompt import read_prompt

ASKED = Asked(whole=frozenset({HEAD}))
DETECTOR = PiiDetector(("PERSON", "EMAIL_ADDRESS"))


def tagged(*tags: TextSpan) -> Encoding:
    return msgspec.structs.replace(UNREAD, spans={HEAD: tags})


def joined(tags: list[TextSpan], found: list[Match]) -> list[tuple[str, int, int, float]]:
    spans = _joined(0, tagged(*tags), tuple(found))
    return [(span.type, span.start, span.end, span.p) for span in spans]


PERSON, PHONE, CARD = "PERSON", "PHONE_NUMBER", "CREDIT_CARD"


@pytest.mark.parametrize(
    ("tags", "found", "kept"),
    [
        ([], [], []),
        ([(PERSON, 0, 4, 0.7)], [], [(PERSON, 0, 4, 0.7)]),
        ([], [(CARD, 0, 4, 1.0)], [(CARD, 0, 4, 1.0)]),
        # Those that do not touch stand in the order of the text.
        (
            [(PERSON, 9, 12, 0.7), (PERSON, 20, 22, 0.6)],
            [(CARD, 0, 4, 1.0), (PHONE, 14, 18, 0.5)],
            [
                (CARD, 0, 4, 1.0),
                (PERSON, 9, 12, 0.7),
                (PHONE, 14, 18, 0.5),
                (PERSON, 20, 22, 0.6),
            ],
        ),
        ([(PERSON, 0, 4, 0.7)], [(CARD, 4, 9, 1.0)], [(PERSON, 0, 4, 0.7), (CARD, 4, 9, 1.0)]),
        # A proven pattern wins over each tag that overlaps it, however sure, wherever it begins.
        ([(PERSON, 0, 30, 0.999)], [(CARD, 10, 12, 1.0)], [(CARD, 10, 12, 1.0)]),
        ([(PERSON, 0, 30, 1.0)], [(CARD, 10, 12, 1.0)], [(CARD, 10, 12, 1.0)]),
        ([(PERSON, 10, 30, 1.0)], [(CARD, 0, 12, 1.0)], [(CARD, 0, 12, 1.0)]),
        (
            [(PERSON, 0, 6, 1.0), (PERSON, 8, 20, 1.0)],
            [(CARD, 5, 9, 1.0)],
            [(CARD, 5, 9, 1.0)],
        ),
        # Elsewhere the surer of two stands, and the pattern if both are as sure.
        ([(PERSON, 0, 9, 0.8)], [(PHONE, 3, 12, 0.7)], [(PERSON, 0, 9, 0.8)]),
        ([(PERSON, 0, 9, 0.7)], [(PHONE, 3, 12, 0.8)], [(PHONE, 3, 12, 0.8)]),
        ([(PERSON, 0, 9, 0.7)], [(PHONE, 3, 12, 0.7)], [(PHONE, 3, 12, 0.7)]),
        ([(PERSON, 3, 12, 0.7)], [(PHONE, 0, 9, 0.7)], [(PHONE, 0, 9, 0.7)]),
        # What gives way to one that itself gives way comes back.
        (
            [(PERSON, 0, 5, 0.7), (PERSON, 15, 30, 0.9)],
            [(PHONE, 3, 20, 0.8)],
            [(PERSON, 0, 5, 0.7), (PERSON, 15, 30, 0.9)],
        ),
        (
            [(PERSON, 0, 50, 0.8)],
            [(PHONE, 3, 9, 0.9), (PHONE, 12, 20, 0.7)],
            [(PHONE, 3, 9, 0.9), (PHONE, 12, 20, 0.7)],
        ),
    ],
)
def test_of_spans_that_overlap_these_stand(
    tags: list[tuple[str, int, int, float]],
    found: list[tuple[str, int, int, float]],
    kept: list[tuple[str, int, int, float]],
) -> None:
    assert joined([TextSpan(*tag) for tag in tags], [Match(*match) for match in found]) == kept


@st.composite
def places(draw: st.DrawFn) -> list[tuple[int, int, float]]:
    """Ranges in order, without overlaps, each with a probability."""
    borders = sorted(draw(st.sets(st.integers(0, 80), max_size=16)))
    pairs = zip(borders[::2], borders[1::2], strict=False)
    chances = st.sampled_from([0.4, 0.6, 0.9, 1.0])
    return [(start, end, draw(chances)) for start, end in pairs]


@given(places(), places())
def test_spans_are_in_order_apart_and_nothing_is_lost_without_a_surer_one(
    tags: list[tuple[int, int, float]], found: list[tuple[int, int, float]]
) -> None:
    kept = joined(
        [TextSpan("TAG", *place) for place in tags], [Match("PATTERN", *place) for place in found]
    )
    assert all(one[2] <= following[1] for one, following in pairwise(kept))
    given_spans = {("TAG", *place) for place in tags} | {("PATTERN", *place) for place in found}
    assert set(kept) <= given_spans
    for span in given_spans - set(kept):
        _, start, end, p = span
        assert any(p <= other[3] and start < other[2] and other[1] < end for other in kept)
    # What is proven stands, always.
    assert {span for span in given_spans if span[0] == "PATTERN" and span[3] == 1.0} <= set(kept)


def test_a_long_row_of_spans_that_hang_together_is_resolved() -> None:
    # Each overlaps the next, from end to end: the worst that two sources can do.
    count = 20_000
    tags = [TextSpan(PERSON, 10 * n, 10 * n + 6, 0.5) for n in range(count)]
    found = [Match(PHONE, 10 * n + 5, 10 * n + 11, 0.4 if n % 2 else 0.6) for n in range(count)]
    # Every tag touches a surer pattern; the patterns that a tag was surer than come back.
    assert joined(tags, found) == [(PHONE, match.start, match.end, match.p) for match in found]


def test_every_text_is_searched_and_spans_say_in_which_they_stand() -> None:
    prompt = read_prompt(
        chat_from_object(
            {
                "messages": [
                    {"role": "system", "content": "Forms go to jane.doe@example.org."},
                    {"role": "user", "content": [{"type": "text", "text": "I am Ada Byron."}]},
                    {"role": "tool", "content": "SSN: 536-22-8714"},
                ]
            }
        )
    )
    reading = Reading(ASKED, parts=(tagged(), tagged(TextSpan(PERSON, 5, 14, 0.9)), UNREAD))
    assert DETECTOR(prompt, reading).spans == (
        Span("EMAIL_ADDRESS", 0, 12, 32, 1.0),
        Span("PERSON", 1, 5, 14, 0.9),
        *(span for span in DETECTOR(prompt, reading).spans if span.part == 2),
    )
    (number,) = [span for span in DETECTOR(prompt, reading).spans if span.part == 2]
    assert (number.type, number.start, number.end) == ("US_SSN", 5, 16)


def test_patterns_read_what_no_window_reached() -> None:
    text = "word " * 20_000 + "My card is 4111 1111 1111 1111."
    prompt = read_prompt(chat_from_object({"messages": [{"role": "user", "content": text}]}))
    unread = msgspec.structs.replace(UNREAD, unread=len(text))
    (span,) = DETECTOR(prompt, Reading(ASKED, parts=(unread,))).spans
    assert (span.type, text[span.start : span.end]) == ("CREDIT_CARD", "4111 1111 1111 1111")


def test_of_a_text_that_was_read_the_patterns_stand_in_its_encoding() -> None:
    prompt = read_prompt(
        chat_from_object({"messages": [{"role": "user", "content": "Card 4111 1111 1111 1111"}]})
    )
    spans = {HEAD: (TextSpan(PERSON, 0, 4, 0.6),), PATTERNS: (TextSpan(PHONE, 0, 9, 0.7),)}
    encoding = msgspec.structs.replace(UNREAD, spans=spans)
    found = DETECTOR(prompt, Reading(ASKED, parts=(encoding,))).spans
    assert found == (Span(PHONE, 0, 0, 9, 0.7),)  # and the text is not searched again


def test_patterns_stop_where_reading_on_would_hold_up_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("pointsman.signals.pii.PATTERN_CHARACTERS", 60)
    near, far = "first@example.com", "second@example.com"
    text = f"{'x ' * 20}{near}{' x' * 50} {far}"
    messages = [{"role": "user", "content": text}]
    prompt = read_prompt(chat_from_object({"messages": messages}))
    unread = msgspec.structs.replace(UNREAD, unread=len(text))
    found = DETECTOR(prompt, Reading(Asked(whole=frozenset({HEAD})), UNREAD, (unread,)))
    assert [text[span.start : span.end] for span in found.spans] == [near]


def test_it_speaks_of_what_the_encoder_tags_and_of_what_has_a_pattern() -> None:
    assert DETECTOR.names == {"PERSON", "EMAIL_ADDRESS"} | TYPES
    assert DETECTOR.judged == NO_HEADS
    assert DETECTOR.whole == {HEAD}
