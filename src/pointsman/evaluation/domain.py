"""The benchmark `domain`: is a text put under the right one of the domains?"""

import argparse
import string
from collections.abc import Callable, Mapping

import msgspec
from rich.console import Console

from pointsman.errors import BundleError
from pointsman.evaluation import domain_table
from pointsman.evaluation.domain_scores import (
    Answer,
    DomainReport,
    majority_of,
    scores_by_label,
    scores_by_source,
    scores_of,
)
from pointsman.evaluation.reader import Reader
from pointsman.evaluation.rows import Say, Scored, read_rows, read_unseen, told
from pointsman.signals import Signals
from pointsman.signals.findings import Scores

FOLDER = "domain"
SIGNAL = "domain"
WITH, WITHOUT = "with", "without"


class Row(msgspec.Struct, frozen=True):
    """A row of the data."""

    id: str | int
    text: str
    label: str
    options: tuple[str, ...] = ()
    source: str = ""


class Everyday(msgspec.Struct, frozen=True):
    """A row of the unseen set."""

    text: str
    label: str


class Line(msgspec.Struct, frozen=True):
    """What `--out` writes of a row."""

    id: str | int
    label: str
    pred: str
    p: float


def written(question: str, options: tuple[str, ...]) -> str:
    """Return the question as a client would send it, options as lines `A. ...` below."""
    lines = zip(string.ascii_uppercase, options, strict=False)
    return "\n".join([question, *(f"{letter}. {option}" for letter, option in lines)])


FORMS: Mapping[str, Callable[[Row], str]] = {
    WITH: lambda row: written(row.text, row.options),
    WITHOUT: lambda row: row.text,
}
"""The forms in which a row's question is read."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add this benchmark's arguments."""
    group = parser.add_argument_group("domain")
    group.add_argument(
        "--options",
        choices=tuple(FORMS),
        default=WITH,
        help="write the rows as read with the answer options or without (default: with)",
    )


def measure(args: argparse.Namespace, say: Say) -> Scored:
    """Run the benchmark.

    Raises:
        ConfigError: The data or the config is wrong.
        BundleError: The bundle cannot be used.
    """
    file, rows = read_rows(args, FOLDER, Row)
    unseen_file, unseen_rows = read_unseen(FOLDER, Everyday)
    reader = Reader(args.config, args.bundle, (SIGNAL,))
    answers: dict[str, list[Answer]] = {form: [] for form in FORMS}
    for row in told(rows, say, "domain"):
        known: dict[str, Answer] = {}
        for form, text_of in FORMS.items():
            text = text_of(row)
            if text not in known:
                known[text] = _answer(reader, text, row.label, row.source)
            answers[form].append(known[text])
    unseen = [
        _answer(reader, row.text, row.label, "everyday")
        for row in told(unseen_rows, say, "domain, unseen")
    ]
    chosen = answers[args.options]
    report = DomainReport(
        benchmark="domain",
        bundle=reader.bundle,
        data=file,
        options=args.options,
        majority_label=majority_of(chosen),
        forms={form: scores_by_source(found) for form, found in answers.items()},
        unseen_data=unseen_file,
        unseen=scores_of("everyday, unseen", unseen, majority_of(unseen)),
        labels=scores_by_label(chosen, unseen),
    )
    pairs = zip(rows, chosen, strict=True)
    return Scored(report, tuple(Line(row.id, a.label, a.pred, a.p) for row, a in pairs))


def show(report: DomainReport, console: Console) -> None:
    """Print the report as tables."""
    domain_table.show_report(report, console)


def _answer(reader: Reader, text: str, label: str, source: str) -> Answer:
    read = reader.read(text)
    pred, p = _top(read.signals)
    # Where the encoder was asked, there is nothing that switching the first tier off would change.
    unaided = _top(reader.read_unaided(text))[0] if read.alone else pred
    tier = reader.tier_alone(text, SIGNAL)
    return Answer(
        label=label,
        source=source,
        pred=pred,
        p=p,
        alone=read.alone,
        unaided=unaided,
        tier=max(tier, key=lambda name: tier[name]) if tier else None,
    )


def _top(signals: Signals) -> tuple[str, float]:
    finding = signals[SIGNAL]
    if not isinstance(finding, Scores) or finding.top is None:
        raise BundleError("the bundle's domain head has no labels")
    return finding.top
