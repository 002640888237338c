"""What a policy scores, takes and costs on questions whose every answer was recorded."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

import msgspec
import numpy as np

from pointsman.catalog.models import Catalog
from pointsman.replay.arms import NOT_RECORDED, Arms, taken
from pointsman.replay.estimates import PER
from pointsman.replay.reading import Verdict
from pointsman.replay.report import Names
from pointsman.statistics.calibrate import Floats, Indices
from pointsman.statistics.resampling import Estimate, Groups, estimated, ratio, resampled_sums

_FIELDS = 3
"""Numbers of a contestant: score, output tokens, money."""


class Contestant(msgspec.Struct, frozen=True):
    """One way to choose, over the questions compared.

    Attributes:
        score: Mean score.
        tokens: Output tokens per question; None where they were not recorded.
        usd: Per 1,000 questions; None where tokens were not recorded.
        lead: The new policy's score less this one's, paired.
        tokens_change: The new policy's tokens over this one's, less 1, paired.
        usd_change: The same of money.
    """

    name: str
    score: Estimate
    tokens: Estimate | None
    usd: Estimate | None
    lead: Estimate
    tokens_change: Estimate | None
    usd_change: Estimate | None


class ExactReport(msgspec.Struct, frozen=True):
    """A replay on recorded outcomes.

    Attributes:
        questions: In the file.
        compared: Of them, those whose answers are all recorded that the contestants choose.
        not_recorded: Choices that no recorded arm is, and how often they were made.
        unanswered: Questions that lack the answer of a chosen arm, the lightest or the heaviest.
        others: Arms that are no model of the config.
        shares: How often the new policy chooses each arm, of the questions compared.
    """

    names: Names
    questions: int
    compared: int
    light: str
    heavy: str
    not_recorded: Mapping[str, int]
    unanswered: int
    others: Mapping[str, int]
    shares: Mapping[str, float]
    contestants: tuple[Contestant, ...]


def exact_report(
    arms: Arms, found: Sequence[tuple[Verdict, ...]], catalog: Catalog, names: Names
) -> ExactReport:
    """Compare policies with one another and with plain ways to choose.

    Args:
        arms: What was recorded.
        found: Of each question, what the new policy decides, and the old one if there is one.
        catalog: The new config's models, for their prices.
        names: What the policies are called.
    """
    chosen = [_columns(arms, [each[at] for each in found]) for at in range(len(found[0]))]
    heavy, last = len(arms.names) - 1, np.full(len(found), len(arms.names) - 1)
    wanted = [*chosen, np.zeros_like(last), last]
    decided = np.all([columns != NOT_RECORDED for columns in chosen], axis=0)
    answered = np.all([np.isfinite(taken(arms.scores, columns)) for columns in wanted], axis=0)
    rows = np.flatnonzero(decided & answered)
    usd = arms.usd(catalog, np.array([each[0].prompt_tokens for each in found]))
    values = np.stack([arms.scores, arms.tokens, usd], axis=2)[rows]
    contestants = _contestants(values, [columns[rows] for columns in chosen], arms, names)
    return ExactReport(
        names=names,
        questions=len(found),
        compared=len(rows),
        light=arms.names[0],
        heavy=arms.names[heavy],
        not_recorded=_not_recorded(arms, found),
        unanswered=int((decided & ~answered).sum()),
        others=arms.others,
        shares=dict(zip(arms.names, _shares(chosen[0][rows], len(arms.names)), strict=True)),
        contestants=_compared(contestants),
    )


def _columns(arms: Arms, verdicts: Sequence[Verdict]) -> Indices:
    return np.array(
        [NOT_RECORDED if v.decision is None else arms.column(v.decision) for v in verdicts],
        dtype=np.intp,
    )


def _not_recorded(arms: Arms, found: Sequence[tuple[Verdict, ...]]) -> dict[str, int]:
    """Choices that are no recorded arm, in words; of a question, those of either policy."""
    counts: Counter[str] = Counter()
    for each in found:
        said = set()
        for verdict in each:
            decision = verdict.decision
            if decision is None:
                said.add(f"refused ({verdict.refused})")
            elif arms.column(decision) == NOT_RECORDED:
                said.add(
                    f"{decision.target}, then {decision.then}"
                    if decision.then
                    else str(decision.target)
                )
        counts.update(said)
    return dict(counts.most_common())


def _shares(columns: Indices, arms: int) -> list[float]:
    counts = np.bincount(columns, minlength=arms)
    return [float(share) for share in counts / max(1, len(columns))]


def _contestants(
    values: Floats, chosen: Sequence[Indices], arms: Arms, names: Names
) -> dict[str, Floats]:
    """The numbers of each way to choose, (questions, 3), by its name; the new policy first.

    Args:
        values: (questions, arms, 3).
        chosen: Arms that the policies choose, each (questions,).
        arms: For their names.
        names: For the policies'.
    """
    rows, last = np.arange(len(values)), values.shape[1] - 1
    found = {f"new: {names.config}": values[rows, chosen[0]]}
    if len(chosen) > 1:
        found[f"old: {names.against}"] = values[rows, chosen[1]]
    found[f"always {arms.names[0]}"] = values[:, 0]
    found[f"always {arms.names[last]}"] = values[:, last]
    found["random, in the same shares"] = _mixed(values, _shares(chosen[0], last + 1))
    found["the best, if it were known"] = values[rows, _best(values)]
    return found


def _mixed(values: Floats, shares: Sequence[float]) -> Floats:
    """What is expected of choosing by lot; an arm that was not asked stands with its mean."""
    mixed = np.zeros((len(values), _FIELDS))
    for arm, share in enumerate(shares):
        if not share:
            continue
        own = values[:, arm]
        known = np.isfinite(own)
        means = np.divide(
            np.where(known, own, 0.0).sum(axis=0),
            known.sum(axis=0),
            where=known.any(axis=0),
            out=np.full(_FIELDS, np.nan),
        )
        mixed += share * np.where(np.isfinite(own[:, :1]), own, means)
    return mixed


def _best(values: Floats) -> Indices:
    """The arm with the best score; of equals the cheapest, then the lightest."""
    scores = np.where(np.isfinite(values[:, :, 0]), values[:, :, 0], -np.inf)
    best = scores == scores.max(axis=1, keepdims=True)
    cost = np.where(np.isfinite(values[:, :, 2]), values[:, :, 2], 0.0)
    return np.asarray(np.where(best, cost, np.inf).argmin(axis=1), dtype=np.intp)


def _compared(contestants: Mapping[str, Floats]) -> tuple[Contestant, ...]:
    names = list(contestants)
    groups = Groups(1 + _FIELDS * len(names))
    table = np.concatenate(list(contestants.values()), axis=1)
    groups.add(np.concatenate([np.ones((len(table), 1)), table], axis=1))
    rows = groups.rows()
    resampled = resampled_sums(rows)

    def mean(at: int, field: int, per: float = 1.0) -> Callable[[Floats], Floats]:
        return lambda sums: per * ratio(sums[:, 1 + _FIELDS * at + field], sums[:, 0])

    def value(at: int, field: int, per: float = 1.0) -> Estimate:
        return estimated(mean(at, field, per), rows, resampled)

    def lead(at: int) -> Estimate:
        new, other = mean(0, 0), mean(at, 0)
        return estimated(lambda sums: new(sums) - other(sums), rows, resampled)

    def change(at: int, field: int) -> Estimate:
        new, other = mean(0, field), mean(at, field)
        return estimated(lambda sums: ratio(new(sums), other(sums)) - 1, rows, resampled)

    return tuple(
        Contestant(
            name=name,
            score=value(at, 0),
            tokens=_if_known(value(at, 1)),
            usd=_if_known(value(at, 2, PER)),
            lead=lead(at),
            tokens_change=_if_known(change(at, 1)),
            usd_change=_if_known(change(at, 2)),
        )
        for at, name in enumerate(names)
    )


def _if_known(found: Estimate) -> Estimate | None:
    return found if np.isfinite(found.value) else None
