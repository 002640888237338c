"""The report of a replay as plain numbers."""

from collections.abc import Mapping

import msgspec

from pointsman.catalog.models import Catalog
from pointsman.replay.columns import AFTER, BEFORE, Column
from pointsman.replay.deciding import Task
from pointsman.replay.estimates import PER, Compared, Estimates, Feedback, Measured
from pointsman.replay.latency import Latency, latency_of
from pointsman.replay.lines import BadLine
from pointsman.replay.tally import Change, Tally
from pointsman.statistics.resampling import Estimate

CHANGES_SHOWN = 20


class Names(msgspec.Struct, frozen=True):
    """What was compared: the file of the new config and its hash, and what it is held against."""

    config: str
    policy: str
    bundle: str
    against: str = "as recorded"


class LeftOut(msgspec.Struct, frozen=True):
    """Records that were not decided again.

    Attributes:
        why: `shadow`, `no question`, `missing`, or the code of the error that refuses them.
        by: The config that cannot decide them: `new` or `old`.
        example: One error's message.
    """

    why: str
    by: str
    records: int
    example: str = ""


class ChangeCount(msgspec.Struct, frozen=True):
    """How often a kind of change comes about."""

    before: str
    after: str
    rule_before: str
    rule_after: str
    records: int
    share: float


class ModelUse(msgspec.Struct, frozen=True):
    """A model's shares of requests and of expected money."""

    model: str
    requests_before: float
    requests_after: float
    usd_before: float
    usd_after: float


class Report(msgspec.Struct, frozen=True):
    """A replay.

    Attributes:
        lines: Lines read.
        decided: Records decided again; all that follows is about them.
        lacks: Records that lack a value that was not measured, by its name.
        recorded_by: Records by the hash of the config that made them.
        measured_by: Records by the bundle that measured them.
        gone: Records whose model the new config does not have, by model.
        usd: Expected, per 1,000 requests, by the new config's prices and estimates.
        tokens: Expected output tokens per 1,000 requests.
        right: Expected share of right answers, of the `right_records` whose need was measured.
        differs: What choices that stay were expected to cost at the time, over what they are
            expected to cost now.
    """

    names: Names
    lines: int
    decided: int
    bad_lines: int
    bad: tuple[BadLine, ...]
    left_out: tuple[LeftOut, ...]
    lacks: Mapping[str, int]
    recorded_by: Mapping[str, int]
    measured_by: Mapping[str, int]
    gone: Mapping[str, int]
    changed: Estimate
    changes: tuple[ChangeCount, ...]
    other_changes: int
    usd: Compared
    tokens: Compared
    right: Compared
    right_records: int
    reasons: Compared
    models: tuple[ModelUse, ...]
    latency: Latency
    measured: Measured | None = None
    feedback: Feedback | None = None
    differs: float | None = None


def report_of(tally: Tally, task: Task, names: Names) -> Report:
    """Turn what was counted into a report."""
    found = Estimates(tally.groups.rows())
    measured = found.measured()
    scale = 1.0 if measured is None else measured.tokens_scale
    changes = tally.changes.most_common(CHANGES_SHOWN)
    decided = found.count(Column.ROWS)
    by_config, by_bundle = _recorded(tally)
    return Report(
        names=names,
        lines=tally.lines,
        decided=decided,
        bad_lines=tally.bad_lines,
        bad=tuple(tally.bad),
        left_out=_left_out(tally),
        lacks=dict(tally.lacks.most_common()),
        recorded_by=by_config,
        measured_by=by_bundle,
        gone=dict(tally.gone.most_common()),
        changed=found.share(Column.CHANGED),
        changes=tuple(_change(kind, count, decided) for kind, count in changes),
        other_changes=tally.changes.total() - sum(count for _, count in changes),
        usd=found.compared(BEFORE.usd, AFTER.usd, per=PER),
        tokens=found.compared(BEFORE.tokens, AFTER.tokens, per=PER),
        right=found.compared(BEFORE.right, AFTER.right, Column.READ),
        right_records=found.count(Column.READ),
        reasons=found.compared(BEFORE.reasons, AFTER.reasons),
        models=_models(tally, task.new.catalog),
        latency=latency_of(tally, task.new.catalog, scale),
        measured=measured,
        feedback=found.feedback(len(task.feedback)) if task.feedback else None,
        differs=float(tally.differs[0] / tally.differs[1]) if tally.differs[1] else None,
    )


def _recorded(tally: Tally) -> tuple[dict[str, int], dict[str, int]]:
    by_config: dict[str, int] = {}
    by_bundle: dict[str, int] = {}
    for (policy, bundle), count in tally.recorded.most_common():
        by_config[policy] = by_config.get(policy, 0) + count
        by_bundle[bundle] = by_bundle.get(bundle, 0) + count
    return by_config, by_bundle


def _left_out(tally: Tally) -> tuple[LeftOut, ...]:
    return tuple(
        LeftOut(why, "old" if by_old else "new", count, tally.said[why])
        for (why, by_old), count in tally.left.most_common()
    )


def _change(kind: Change, count: int, decided: int) -> ChangeCount:
    return ChangeCount(*kind, records=count, share=count / decided)


def _models(tally: Tally, catalog: Catalog) -> tuple[ModelUse, ...]:
    """Shares of each model, in the order of the catalog, then those that it does not have."""
    names = [*catalog.models, *sorted(tally.uses.keys() - catalog.models.keys())]
    requests = sum(float(use[0, 0]) for use in tally.uses.values()) or 1.0
    usd = [sum(float(use[side, 1]) for use in tally.uses.values()) or 1.0 for side in (0, 1)]
    return tuple(
        ModelUse(
            model=name,
            requests_before=float(tally.uses[name][0, 0]) / requests,
            requests_after=float(tally.uses[name][1, 0]) / requests,
            usd_before=float(tally.uses[name][0, 1]) / usd[0],
            usd_after=float(tally.uses[name][1, 1]) / usd[1],
        )
        for name in names
        if name in tally.uses
    )
