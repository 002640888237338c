"""What `bench pii` found, as plain data: the shape of its JSON."""

import msgspec

from pointsman.evaluation.rows import RowsFile
from pointsman.evaluation.shares import Estimate, Share


class Counts(msgspec.Struct, frozen=True):
    """Exact typed spans: how many are in the data, were found, and are in both."""

    gold: int
    found: int
    both: int

    @property
    def precision(self) -> float | None:
        """The share of what was found that is in the data."""
        return self.both / self.found if self.found else None

    @property
    def recall(self) -> float | None:
        """The share of what is in the data that was found."""
        return self.both / self.gold if self.gold else None

    @property
    def f1(self) -> float | None:
        """The harmonic mean of the two; None where there is nothing to find and nothing found."""
        return 2 * self.both / (self.gold + self.found) if self.gold + self.found else None


class SpanScores(msgspec.Struct, frozen=True):
    """Some of the spans, by type or by source.

    Attributes:
        f1: Of the router, with its interval over rows where the report gives one.
        counts: Of the router.
        patterns: Of the patterns alone.
    """

    name: str
    counts: Counts
    precision: float | None
    recall: float | None
    f1: Estimate | None
    patterns: Counts
    patterns_f1: float | None


class SourceTypes(msgspec.Struct, frozen=True):
    """One source, type by type."""

    source: str
    types: tuple[SpanScores, ...]


class FalseAlarms(msgspec.Struct, frozen=True):
    """Texts in which the data says that there is nothing.

    Attributes:
        any_span: The share in which something is found.
        personal: The same, without the types that are not personal by themselves.
        patterns: The share in which the patterns alone find something.
    """

    source: str
    any_span: Share
    personal: Share
    patterns: Share


class Compared(msgspec.Struct, frozen=True):
    """Some of the spans as the router finds them and as another program does, on the same rows.

    Attributes:
        f1: Of the router, with its interval over rows.
        theirs_f1: Of the other program.
        ahead: The router's F1 less the other's, with its paired interval over rows.
    """

    name: str
    counts: Counts
    theirs: Counts
    f1: Estimate | None
    theirs_f1: Estimate | None
    ahead: Estimate


class Beside(msgspec.Struct, frozen=True):
    """Another program's spans, of a file in the form that `--out` writes.

    Attributes:
        file: Where they were read from; its rows may be more than those that are scored.
        groups: All spans, the types that it finds at least once, and groups of types.
        types: Each type, the most frequent in the data first.
        sources: Each source, all types.
        false_alarms: The other program's alone.
    """

    file: RowsFile
    groups: tuple[Compared, ...]
    types: tuple[Compared, ...]
    sources: tuple[Compared, ...]
    false_alarms: tuple[FalseAlarms, ...]


class PiiReport(msgspec.Struct, frozen=True):
    """One run.

    Attributes:
        groups: All spans, and groups of types.
        types: Each type, the most frequent first.
        sources: Each source, all types.
        false_alarms: All sources together, then each.
        calibration_error: Of the probability of a span: is it in the data, exactly and so typed?
        spans: How many spans that was measured on.
        source_types: Each type of each source that marks it, or in which it was found.
        beside: Other programs, whose spans were given.
    """

    benchmark: str
    bundle: str
    data: RowsFile
    groups: tuple[SpanScores, ...]
    types: tuple[SpanScores, ...]
    sources: tuple[SpanScores, ...]
    false_alarms: tuple[FalseAlarms, ...]
    calibration_error: float | None
    spans: int
    source_types: tuple[SourceTypes, ...]
    beside: tuple[Beside, ...]
