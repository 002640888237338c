"""One recognised piece of personal data, and the choice between two that overlap."""

from collections.abc import Iterable

import msgspec


class Match(msgspec.Struct, frozen=True):
    """A typed range of a text, in code points, end exclusive; `p` is how sure its form makes us."""

    type: str
    start: int
    end: int
    p: float


def without_overlaps(found: Iterable[Match]) -> tuple[Match, ...]:
    """Return matches in order; of two that overlap the surer one stays, then the longer one."""
    kept: list[Match] = []
    for match in sorted(found, key=lambda match: (match.start, -match.p, -match.end)):
        if not kept or match.start >= kept[-1].end:
            kept.append(match)
        elif _weight(match) > _weight(kept[-1]):
            kept[-1] = match
    return tuple(kept)


def _weight(match: Match) -> tuple[float, int]:
    return match.p, match.end - match.start
