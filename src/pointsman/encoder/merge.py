"""Several readings of one text become one."""

from collections.abc import Sequence

from pointsman.encoder.encoding import NO_VECTOR, Encoding, TextSpan


def merged(readings: Sequence[Encoding], *, truncated: bool, unread: int) -> Encoding:
    """Join readings of different stretches.

    A label that stands for itself gets the highest probability of any stretch: an attack anywhere
    is an attack. Labels that exclude one another come from one stretch only, as measures do.
    Spans are united; of two that overlap, the longer stands, as the other was cut by a border.

    Args:
        readings: At least one.
        truncated: Whether the heads that judge were not given the middle.
        unread: Code points that none of them reached.
    """
    scores: dict[str, dict[str, float]] = {}
    measures: dict[str, float] = {}
    spans: dict[str, list[TextSpan]] = {}
    for reading in readings:
        for head, chances in reading.scores.items():
            known = scores.setdefault(head, dict(chances))
            for label, p in chances.items():
                known[label] = max(known[label], p)
        measures |= reading.measures
        for head, found in reading.spans.items():
            spans.setdefault(head, []).extend(found)
    return Encoding(
        scores,
        measures,
        next((r.embedding for r in readings if r.embedding.size), NO_VECTOR),
        sum(reading.tokens for reading in readings),
        truncated,
        {head: united(found) for head, found in spans.items()},
        unread,
        "first" if all(reading.tier == "first" for reading in readings) else "encoder",
        sum(reading.passes for reading in readings),
    )


def united(spans: Sequence[TextSpan]) -> tuple[TextSpan, ...]:
    """Spans without overlaps, in order of the text; of two that overlap, the longer stands."""
    kept: list[TextSpan] = []
    for span in sorted(spans, key=lambda s: (s.start, -s.end, -s.p)):
        if not kept or span.start >= kept[-1].end:
            kept.append(span)
        elif span.end - span.start > kept[-1].end - kept[-1].start:
            kept[-1] = span
    return tuple(kept)
