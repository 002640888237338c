"""Reads a text as it stands, under its disguise, and by patterns: all that is seen of one text.

It stands in the encoder's place, so that it runs where passes run, and what it finds is remembered
with the text. What the text is about is judged by its surface; an attack or personal data count
wherever they are found.
"""

from collections.abc import Iterable, Sequence

import msgspec

from pointsman.encoder.encoding import Asked, Encoder, Encoding, TextSpan
from pointsman.encoder.merge import merged, united
from pointsman.signals.attacks import HEAD as ATTACKS
from pointsman.signals.disguise import View, views
from pointsman.signals.foreign import Foreign
from pointsman.signals.patterns import Match, matches
from pointsman.signals.patterns_match import without_overlaps
from pointsman.signals.pii import HEAD as PII
from pointsman.signals.pii import PATTERN_CHARACTERS, PATTERNS


class TextReader:
    """An encoder that sees through disguises and knows personal data by its form.

    A text without a disguise takes the passes that it took before. Each view of another is read as
    a text of its own, within what `max_windows` leaves; where it leaves nothing, the view counts as
    unread.

    Args:
        encoder: Reads one text as it stands.
        foreign: Judges what is not English better than the encoder does.
    """

    def __init__(self, encoder: Encoder, foreign: Foreign | None = None) -> None:
        self._encoder = encoder
        self._foreign = foreign

    def encode(self, text: str, asked: Asked) -> Encoding:
        """Read one text; `attacks` and `pii` among the whole heads ask for its views too."""
        surface = self._read(text, asked)
        hidden = asked.whole & {ATTACKS, PII}
        if not hidden:
            return surface
        reached = len(text) - surface.unread
        shown = views(text[:reached])
        encoding = self._with_views(surface, shown, hidden, asked.max_windows)
        if PII not in hidden:
            return encoding
        found = patterns(text[: reached + PATTERN_CHARACTERS], shown)
        return msgspec.structs.replace(encoding, spans={**encoding.spans, PATTERNS: found})

    def _read(self, text: str, asked: Asked) -> Encoding:
        encoding = self._encoder.encode(text, asked)
        scores = encoding.scores.get(ATTACKS)
        if self._foreign is None or scores is None or ATTACKS not in asked.whole:
            return encoding
        judged = self._foreign.judge(text[: len(text) - encoding.unread], scores)
        if judged is None:
            return encoding
        return msgspec.structs.replace(encoding, scores={**encoding.scores, ATTACKS: judged})

    def _with_views(
        self, surface: Encoding, shown: Sequence[View], heads: frozenset[str], most: int
    ) -> Encoding:
        """Add what the views say: the highest probabilities, and the spans that they reveal."""
        if not shown:
            return surface
        readings = [surface]
        unread = surface.unread
        left = most - surface.passes
        for view in shown:
            if left <= 0:
                unread += len(view.text)
                continue
            reading = self._read(view.text, Asked(whole=heads, max_windows=left))
            left -= reading.passes
            unread += reading.unread
            spans = {
                head: united(tuple(_traced(found, view))) for head, found in reading.spans.items()
            }
            readings.append(msgspec.structs.replace(reading, spans=spans))
        both = merged(readings, truncated=surface.truncated, unread=unread)
        tricks = dict.fromkeys(trick for view in shown for trick in view.tricks)
        # The word pieces stay those of the text: what it costs to send it.
        return msgspec.structs.replace(both, tokens=surface.tokens, disguises=tuple(tricks))


def patterns(text: str, shown: Iterable[View]) -> tuple[TextSpan, ...]:
    """Personal data by its form, in a text and its views, in order and without overlaps.

    Args:
        text: The text.
        shown: Its views, or those of its beginning.
    """
    found = matches(text)
    revealed = [
        Match(span.type, span.start, span.end, span.p)
        for view in shown
        for span in _traced(_spans(matches(view.text)), view)
    ]
    return _spans(without_overlaps((*found, *revealed)) if revealed else found)


def _spans(found: Iterable[Match]) -> tuple[TextSpan, ...]:
    return tuple(TextSpan(match.type, match.start, match.end, match.p) for match in found)


def _traced(found: Iterable[TextSpan], view: View) -> Iterable[TextSpan]:
    """The spans of what was revealed, where they stand in the original."""
    for span in found:
        place = view.origin(span.start, span.end)
        if place is not None:
            yield TextSpan(span.type, *place, span.p)
