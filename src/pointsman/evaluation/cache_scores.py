"""What `bench cache` counts: errors and hits by rule, by kind of pair, of edits and of variants."""

from collections import Counter
from collections.abc import Callable, Sequence

import msgspec
import numpy as np

from pointsman.cache.verify import Step, Verdict, Verifier, bound_of
from pointsman.evaluation.rows import RowsFile
from pointsman.evaluation.shares import Share, share, share_if_any
from pointsman.statistics.bounds import upper_bound
from pointsman.statistics.calibrate import calibration_error

COSINES = (0.8, 0.9, 0.95)
"""Thresholds of plain similarity, as caches ship them."""
OURS = "guards and verifier"
EXACT = "exact alone"


class Judged(msgspec.Struct, frozen=True):
    """A pair, and what became of it.

    Attributes:
        kind: How it came about.
        source: Where it is from.
        english: Whether both texts are said to be English.
        label: 1 if one answer serves both, 0 if not, None where nobody said.
        similarity: Cosine of the embeddings.
        verdict: The cache's.
    """

    kind: str
    source: str
    english: bool
    label: int | None
    similarity: float
    verdict: Verdict


class RuleScores(msgspec.Struct, frozen=True):
    """What a rule serves of the pairs that have a label.

    Attributes:
        languages: `English` or `all`.
        wrong: The share of what it serves that it should not; None where it serves nothing.
        wrong_max: Upper 95 % bound of that share, one-sided (Clopper-Pearson).
        hits: The share that it serves of what it should.
    """

    rule: str
    languages: str
    wrong: Share | None
    wrong_max: float | None
    hits: Share | None


class PartScores(msgspec.Struct, frozen=True):
    """What is served of one kind of pairs of a source, by their label."""

    source: str
    kind: str
    served_right: Share | None
    served_wrong: Share | None
    by_cosine: dict[str, Share]


class MadeScores(msgspec.Struct, frozen=True):
    """What is served of texts that were changed in one way.

    Attributes:
        similarity: The mean cosine.
        by_cosine: What plain similarity would serve, by threshold.
    """

    kind: str
    served: Share
    similarity: float
    by_cosine: dict[str, Share]


class Solved(msgspec.Struct, frozen=True):
    """The threshold, and the held-out pairs that it was solved on."""

    above: float
    rows: int
    errors: int
    error_bound: float


class CacheReport(msgspec.Struct, frozen=True):
    """One run of the benchmark.

    Attributes:
        threshold: None where the bound cannot be met: then only exact hits are served.
        calibration_error: Of the verifier's probability, on English pairs with a label.
        reasons: How many pairs each guard kept from being served, and how many were.
    """

    benchmark: str
    bundle: str
    data: RowsFile
    error_max: float
    threshold: Solved | None
    rules: tuple[RuleScores, ...]
    kinds: tuple[PartScores, ...]
    calibration_error: float | None
    edits: tuple[MadeScores, ...]
    variants: tuple[MadeScores, ...]
    reasons: dict[str, int]


Rule = Callable[[Judged], bool]


def _cosine(above: float) -> Rule:
    return lambda one: one.similarity >= above


_RULES: dict[str, Rule] = {
    OURS: lambda one: one.verdict.served,
    EXACT: lambda one: one.verdict.why == "exact",
    **{f"cosine {above:.2f}": _cosine(above) for above in COSINES},
}


def threshold_of(verifier: Verifier, threshold: float | None) -> Solved | None:
    """Return the step that a threshold was solved at."""
    if threshold is None:
        return None
    step = next(one for one in verifier.steps if one.above == threshold)
    return _solved(step)


def rule_scores(found: Sequence[Judged]) -> tuple[RuleScores, ...]:
    """Score every rule on English pairs and on all, of those that have a label."""
    known = [one for one in found if one.label is not None]
    groups = {"English": [one for one in known if one.english], "all": known}
    return tuple(
        _rule(name, languages, rule, rows)
        for languages, rows in groups.items()
        for name, rule in _RULES.items()
    )


def part_scores(found: Sequence[Judged]) -> tuple[PartScores, ...]:
    """Score each kind of pairs of each source, of those that have a label."""
    parts = sorted({(one.source, one.kind) for one in found if one.label is not None})
    return tuple(
        _part(source, kind, [one for one in found if (one.source, one.kind) == (source, kind)])
        for source, kind in parts
    )


def made_scores(found: Sequence[Judged]) -> tuple[MadeScores, ...]:
    """Score texts that were changed, by the kind of change in the order in which they come."""
    kinds = dict.fromkeys(one.kind for one in found)
    return tuple(_made(kind, [one for one in found if one.kind == kind]) for kind in kinds)


def calibration(found: Sequence[Judged]) -> float | None:
    """Return the expected calibration error of the probability; None without English labels."""
    known = [one for one in found if one.english and one.label is not None]
    if not known:
        return None
    chances = np.array([one.verdict.p for one in known])
    return calibration_error(chances, np.array([one.label == 1 for one in known]))


def reasons(found: Sequence[Judged]) -> dict[str, int]:
    """Count the reasons for serving and for not serving, the most frequent first."""
    return dict(Counter(one.verdict.why for one in found).most_common())


def _rule(name: str, languages: str, rule: Rule, rows: Sequence[Judged]) -> RuleScores:
    wrong = [one.label == 0 for one in rows if rule(one)]
    return RuleScores(
        rule=name,
        languages=languages,
        wrong=share_if_any(wrong),
        wrong_max=upper_bound(sum(wrong), len(wrong)) if wrong else None,
        hits=share_if_any([rule(one) for one in rows if one.label == 1]),
    )


def _part(source: str, kind: str, rows: Sequence[Judged]) -> PartScores:
    return PartScores(
        source=source,
        kind=kind,
        served_right=share_if_any([one.verdict.served for one in rows if one.label == 1]),
        served_wrong=share_if_any([one.verdict.served for one in rows if one.label == 0]),
        by_cosine=_by_cosine([one for one in rows if one.label is not None]),
    )


def _made(kind: str, rows: Sequence[Judged]) -> MadeScores:
    return MadeScores(
        kind=kind,
        served=share([one.verdict.served for one in rows]),
        similarity=float(np.mean([one.similarity for one in rows])),
        by_cosine=_by_cosine(rows),
    )


def _by_cosine(rows: Sequence[Judged]) -> dict[str, Share]:
    return {f"{above:.2f}": share([one.similarity >= above for one in rows]) for above in COSINES}


def _solved(step: Step) -> Solved:
    return Solved(step.above, step.rows, step.errors, bound_of(step))
