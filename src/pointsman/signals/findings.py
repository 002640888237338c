"""The three kinds of finding; policies, records and front ends know only these."""

from collections.abc import Mapping

import msgspec


class Scores(msgspec.Struct, frozen=True, tag="scores"):
    """Labels and their calibrated probabilities.

    `exclusive` says that the labels exclude one another, so that they sum to at most 1.
    """

    scores: Mapping[str, float]
    exclusive: bool = True

    @property
    def top(self) -> tuple[str, float] | None:
        """The most probable label and its probability, or None when there is no label."""
        return max(self.scores.items(), key=lambda item: item[1], default=None)


class Span(msgspec.Struct, frozen=True):
    """A typed character range of one text part, in code points, end exclusive."""

    type: str
    part: int
    start: int
    end: int
    p: float


class Spans(msgspec.Struct, frozen=True, tag="spans"):
    """Typed character ranges."""

    spans: tuple[Span, ...]


class Measure(msgspec.Struct, frozen=True, tag="measure"):
    """Named numbers; each name states its unit."""

    values: Mapping[str, float]


Finding = Scores | Spans | Measure
