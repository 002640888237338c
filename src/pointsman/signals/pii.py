"""Personal data and secrets: what the encoder tags, joined with patterns and their check digits."""

from bisect import bisect
from collections.abc import Iterable, Iterator, Sequence
from heapq import merge
from typing import NamedTuple

from pointsman.encoder.encoding import Encoding, TextSpan
from pointsman.signals.detector import NO_HEADS, Kind
from pointsman.signals.findings import Span, Spans
from pointsman.signals.patterns import TYPES, Match, matches
from pointsman.signals.reading import Reading
from pointsman.wire.prompt import Prompt

HEAD = "pii"

PATTERNS = "patterns"
"""Under this name an encoding keeps what patterns found when its text was read."""

PATTERN_CHARACTERS = 262_144
"""Read by patterns alone: of a text, beyond the encoder's windows, and of all texts that nobody
began to read. About 65 ms."""


class PiiDetector:
    """Finds typed ranges in every text of the request.

    Of two that overlap the surer one stands, and a pattern where both are as sure: one that is
    proven (a check digit, an unmistakable prefix) has p = 1 and wins over every tag. What patterns
    find in a text that was read stands in its encoding (see `signals.text_reader`); those that no
    window was left for are searched here, newest first, up to `PATTERN_CHARACTERS`. The `coverage`
    signal counts what no window reached, so nothing goes unread unsaid.

    Args:
        types: What the encoder's tags speak of.
    """

    name = HEAD
    kind: Kind = "probabilities"
    judged = NO_HEADS
    whole = frozenset({HEAD})

    def __init__(self, types: tuple[str, ...]) -> None:
        self.names = frozenset(types) | TYPES

    def __call__(self, prompt: Prompt, reading: Reading) -> Spans:
        """Return the spans; `part` is the number of the text in `prompt.parts`."""
        left = PATTERN_CHARACTERS
        found: list[tuple[Span, ...]] = []
        for number in reversed(range(len(prompt.parts))):
            text, encoding = prompt.parts[number].text, reading.parts[number]
            if PATTERNS in encoding.spans:
                found.append(tuple(_joined(number, encoding, encoding.spans[PATTERNS])))
                continue
            beyond = min(encoding.unread, left)
            left -= beyond
            read = text[: len(text) - encoding.unread + beyond]
            found.append(tuple(_joined(number, encoding, matches(read))))
        return Spans(tuple(span for spans in reversed(found) for span in spans))


def _joined(
    number: int, encoding: Encoding, found: Sequence[Match] | Sequence[TextSpan]
) -> Iterator[Span]:
    """The spans of one text, from both sources, without overlaps, in its order.

    Each source is in order and without overlaps. Only spans that hang together are compared, so
    that the time grows with the number of spans, not with its square.
    """
    tags = encoding.spans.get(HEAD, ())
    patterns = [_Ranked((-m.p, 0), Span(m.type, number, m.start, m.end, m.p)) for m in found]
    tagged = [_Ranked((-s.p, 1), Span(s.type, number, s.start, s.end, s.p)) for s in tags]
    together: list[_Ranked] = []
    end = 0
    for ranked in merge(patterns, tagged, key=lambda ranked: ranked.span.start):
        if ranked.span.start >= end:
            yield from _surest(together)
            together = []
        together.append(ranked)
        end = max(end, ranked.span.end)
    yield from _surest(together)


class _Ranked(NamedTuple):
    """A span, and how early it is chosen: the surer the earlier, a pattern before a tag."""

    rank: tuple[float, int]
    span: Span


def _surest(together: Iterable[_Ranked]) -> list[Span]:
    """The spans that overlap none chosen before them, in order."""
    kept: list[Span] = []
    for _, span in sorted(together, key=lambda ranked: ranked.rank):
        at = bisect(kept, span.start, key=lambda other: other.start)
        follows = at == 0 or kept[at - 1].end <= span.start
        if follows and (at == len(kept) or span.end <= kept[at].start):
            kept.insert(at, span)
    return kept
