"""What `bench pii` counts: pure functions over spans."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

import msgspec
import numpy as np

from pointsman.evaluation.pii_report import Counts, FalseAlarms, SourceTypes, SpanScores
from pointsman.evaluation.shares import estimate, share
from pointsman.statistics.calibrate import Indices, calibration_error

Typed = tuple[int, int, str]
"""Start and end in code points, end exclusive, and type."""

ALL = "all"
IMPERSONAL = frozenset({"GPE", "ORGANIZATION", "NRP", "TITLE", "DATE_TIME", "AGE"})
"""Types that are not personal by themselves."""
FORMED = frozenset({"EMAIL_ADDRESS", "CREDIT_CARD", "IBAN_CODE", "IP_ADDRESS", "US_SSN", "API_KEY"})
"""Types that a form proves."""
PHONE = "PHONE_NUMBER"

IsOf = Callable[[str], bool]
GROUPS: Mapping[str, IsOf] = {
    "all types": lambda _: True,
    "personal by themselves": lambda kind: kind not in IMPERSONAL,
    "with a form": lambda kind: kind in FORMED,
    PHONE: lambda kind: kind == PHONE,
    "without a form": lambda kind: kind not in FORMED and kind != PHONE,
}
"""Groups of types, each scored with the others left out on both sides."""


class Tagged(msgspec.Struct, frozen=True):
    """One text: what the data says is in it, and what was found.

    Attributes:
        source: Where it is from.
        gold: What is in it.
        found: What the router found, each with its probability.
        patterns: What the patterns alone found.
    """

    source: str
    gold: frozenset[Typed]
    found: Mapping[Typed, float]
    patterns: frozenset[Typed]


def group_scores(rows: Sequence[Tagged]) -> tuple[SpanScores, ...]:
    """Score each group of types."""
    return tuple(spans_of(name, rows, is_of) for name, is_of in GROUPS.items())


def type_scores(rows: Sequence[Tagged]) -> tuple[SpanScores, ...]:
    """Score each type that is in the data or was found, the most frequent in the data first."""
    return tuple(spans_of(name, rows, only(name)) for name in types_of(rows))


def types_of(rows: Sequence[Tagged]) -> list[str]:
    """Return the types that are in the data or were found, the most frequent in the data first."""
    frequency = Counter(span[2] for row in rows for span in row.gold)
    types = {span[2] for row in rows for span in (*row.gold, *row.found, *row.patterns)}
    return sorted(types, key=lambda name: (-frequency[name], name))


def source_scores(rows: Sequence[Tagged]) -> tuple[SpanScores, ...]:
    """Score each source, all types."""
    return tuple(
        spans_of(source, [row for row in rows if row.source == source], lambda _: True)
        for source in sources_of(rows)
    )


def source_type_scores(rows: Sequence[Tagged]) -> tuple[SourceTypes, ...]:
    """Score each source type by type; a source in which there is nothing has no types."""
    return tuple(
        SourceTypes(source, type_scores([row for row in rows if row.source == source]))
        for source in sources_of(rows)
    )


def spans_of(name: str, rows: Sequence[Tagged], is_of: IsOf) -> SpanScores:
    """Score the spans of some types.

    Args:
        name: What the report calls them.
        rows: All or some texts.
        is_of: Whether a type is one of them.
    """
    table = counted(rows, is_of)
    gold, found, both, patterns, patterns_both = table.sum(axis=0).tolist()
    counts, alone = Counts(gold, found, both), Counts(gold, patterns, patterns_both)
    return SpanScores(
        name=name,
        counts=counts,
        precision=counts.precision,
        recall=counts.recall,
        f1=None if counts.f1 is None else estimate(lambda at: f1_of(table[at]), len(table)),
        patterns=alone,
        patterns_f1=alone.f1,
    )


def counted(rows: Sequence[Tagged], is_of: IsOf) -> Indices:
    """Count the spans of some types in each row.

    Returns:
        (rows, 5): in the data, found, both; what the patterns alone found, and both.
    """
    return np.array([_row_counts(row, is_of) for row in rows], dtype=np.int64).reshape(-1, 5)


def f1_of(table: Indices) -> float:
    """F1 of the rows of `counted`; 0 where there is nothing to find and nothing found."""
    gold, found, both = table[:, :3].sum(axis=0).tolist()
    return Counts(gold, found, both).f1 or 0.0


def only(name: str) -> IsOf:
    """Return what tells one type from the others."""
    return lambda kind: kind == name


def sources_of(rows: Sequence[Tagged]) -> list[str]:
    """Return the sources in order."""
    return sorted({row.source for row in rows})


def false_alarms(rows: Sequence[Tagged]) -> tuple[FalseAlarms, ...]:
    """Count texts without personal data in which some is found; none where there are none."""
    empty = [row for row in rows if not row.gold]
    if not empty:
        return ()
    return (
        _alarms(ALL, empty),
        *(_alarms(s, [row for row in empty if row.source == s]) for s in sources_of(empty)),
    )


def span_calibration(rows: Sequence[Tagged]) -> tuple[float | None, int]:
    """The calibration error of the spans' probabilities, and how many spans there are."""
    chances = [p for row in rows for p in row.found.values()]
    right = [span in row.gold for row in rows for span in row.found]
    if not chances:
        return None, 0
    return calibration_error(np.array(chances), np.array(right)), len(chances)


def _row_counts(row: Tagged, is_of: IsOf) -> tuple[int, int, int, int, int]:
    gold = {span for span in row.gold if is_of(span[2])}
    found = {span for span in row.found if is_of(span[2])}
    patterns = {span for span in row.patterns if is_of(span[2])}
    return len(gold), len(found), len(gold & found), len(patterns), len(gold & patterns)


def _alarms(source: str, rows: Sequence[Tagged]) -> FalseAlarms:
    return FalseAlarms(
        source=source,
        any_span=share([bool(row.found) for row in rows]),
        personal=share([any(span[2] not in IMPERSONAL for span in row.found) for row in rows]),
        patterns=share([bool(row.patterns) for row in rows]),
    )
