"""The benchmark `guard`: are attacks recognised, and harmless texts let through?"""

import argparse
from collections.abc import Mapping

import msgspec
import numpy as np
from rich.console import Console

from pointsman.encoder.bundle import Bundle, FlagsHead
from pointsman.errors import BundleError
from pointsman.evaluation import guard_table
from pointsman.evaluation.guard_keywords import catches
from pointsman.evaluation.guard_report import GuardReport
from pointsman.evaluation.guard_scores import (
    HARMLESS,
    Judged,
    Label,
    indirect_of,
    scores_of,
    solved_for,
)
from pointsman.evaluation.reader import Reader
from pointsman.evaluation.rows import Say, Scored, read_rows, read_unseen, told
from pointsman.signals.attacks import ATTACKS, HEAD
from pointsman.signals.detector import value_of
from pointsman.statistics.thresholds import Threshold, solve

FOLDER = "jailbreak"
UNSEEN = "guard"
FOREIGN = "foreign"
"""The packaged sets: mostly English, by kind; and in other languages, by language."""


class Row(msgspec.Struct, frozen=True):
    """A row of the data."""

    id: str | int
    text: str
    label: Label
    source: str = ""


class Unseen(msgspec.Struct, frozen=True):
    """A row of a packaged set; `sub` is its kind, or in `foreign` its language (ISO 639-1)."""

    text: str
    label: Label
    sub: str


class Line(msgspec.Struct, frozen=True):
    """What `--out` writes of a row."""

    id: str | int
    label: Label
    jailbreak: float
    injection: float
    harmful: float
    refused: bool


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add this benchmark's arguments."""
    group = parser.add_argument_group("guard")
    group.add_argument(
        "--false-refusals",
        type=_rate,
        metavar="RATE",
        help="also solve thresholds that refuse at most this share of the data's harmless rows, "
        "such as 0.01",
    )


def measure(args: argparse.Namespace, say: Say) -> Scored:
    """Run the benchmark.

    Raises:
        ConfigError: The data or the config is wrong.
        BundleError: The bundle cannot be used.
        TooFewRowsError: There are too few harmless rows for the rate asked for.
    """
    file, rows = read_rows(args, FOLDER, Row)
    rate: float | None = args.false_refusals
    if rate is not None:  # before minutes of reading
        solve(np.zeros(sum(row.label in HARMLESS for row in rows)), rate)
    packaged = {name: read_unseen(name, Unseen) for name in (UNSEEN, FOREIGN)}
    judge = _Judge(Reader(args.config, args.bundle, ATTACKS))
    judged = [judge.judged(row.text, row.label, row.source) for row in told(rows, say, "guard")]
    unseen, foreign = (
        [judge.judged(row.text, row.label, row.sub) for row in told(texts, say, f"guard, {name}")]
        for name, (_, texts) in packaged.items()
    )
    report = GuardReport(
        benchmark="guard",
        bundle=judge.reader.bundle,
        thresholds=judge.thresholds,
        data=scores_of(file, judged),
        unseen=scores_of(packaged[UNSEEN][0], unseen),
        indirect=indirect_of(unseen),
        solved=None if rate is None else solved_for(judged, rate),
        foreign=scores_of(packaged[FOREIGN][0], foreign),
    )
    pairs = zip(rows, judged, strict=True)
    return Scored(report, tuple(_line(row, one) for row, one in pairs))


def show(report: GuardReport, console: Console) -> None:
    """Print the report as tables."""
    guard_table.show_report(report, console)


class _Judge:
    """Reads texts and holds them against the shipped thresholds."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self.thresholds = _thresholds(reader.setup.bundle)

    def judged(self, text: str, label: Label, group: str) -> Judged:
        signals = self.reader.read(text).signals
        p = {name: value_of(signals[name], "p") for name in ATTACKS}
        return Judged(
            label=label,
            group=group,
            p=p,
            tier=self.reader.tier_alone(text, HEAD, whole=True),
            keywords=catches(text),
            above=frozenset(name for name in ATTACKS if p[name] > self.thresholds[name].above),
        )


def _thresholds(bundle: Bundle) -> dict[str, Threshold]:
    stated: Mapping[str, Threshold] = {}
    for head in bundle.manifest.heads:
        if isinstance(head, FlagsHead) and head.name == HEAD:
            stated = head.thresholds
    if missing := [name for name in ATTACKS if name not in stated]:
        raise BundleError(
            f"encoder bundle {bundle.path} states no threshold of {', '.join(missing)}: use a "
            "bundle made by the same version of `pointsman train`"
        )
    return {name: stated[name] for name in ATTACKS}


def _line(row: Row, judged: Judged) -> Line:
    return Line(row.id, row.label, **judged.p, refused=bool(judged.above))


def _rate(word: str) -> float:
    rate = float(word)
    if not 0 < rate < 1:
        raise ValueError(word)
    return rate
