"""Learns tables of outcomes: how often each arm is right, by category or by cluster.

A label's share of right answers is drawn towards the arm's own mean, as of so many questions more
(`PULLS`); how many, and for clusters how many and how sharp, is what foresees best across folds.
The report's numbers are of questions in folds that the table had not seen; the clusters and these
choices have seen them all, so they are a little kind.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import msgspec
import numpy as np

from pointsman.config.heads import mark_of
from pointsman.encoder.encoding import EMBEDDING
from pointsman.errors import TooFewRowsError
from pointsman.learning.clusters import belonging, centres_of
from pointsman.learning.fitting import Floats, Indices
from pointsman.learning.heads import Reader
from pointsman.learning.outcomes import Recorded, read_outcomes
from pointsman.learning.reading import encoded
from pointsman.learning.results import Measured, Verdict
from pointsman.learning.validation import folds_of
from pointsman.signals.features import DOMAIN
from pointsman.signals.head_file import FORMAT, Layer, Linear, TableArm, TableHead, layer_of
from pointsman.statistics import calibrate
from pointsman.statistics.calibrate import probabilities

KINDS = ("category", "cluster")
MIN_QUESTIONS = 50
PULLS = (5.0, 20.0, 80.0, 320.0)
CLUSTERS = (8, 16, 32, 64)
SHARPNESS = (10.0, 30.0, 100.0)
ROWS_PER_CLUSTER = 15
SEED = 0


class TableReport(msgspec.Struct, frozen=True, kw_only=True):
    """What a table is worth, on questions of folds that it had not seen.

    Attributes:
        arms: Right answers of each arm.
        best: The best single arm.
        chosen: Right answers when each question goes to the arm that the table expects most of.
        lead: That less the best single arm's, on the questions that all arms have answered.
        oracle: If the better arm were always known.
        pull: Questions that each label's share is drawn to the arm's mean by.
        error: Mean squared error of the table's probabilities, and of the arms' means.
    """

    questions: int
    complete: int
    arms: Mapping[str, float]
    best: str
    chosen: Measured
    lead: Measured
    oracle: float
    pull: float
    error: float
    error_of_means: float


class LearnedTable(msgspec.Struct, frozen=True):
    """A table and its report."""

    head: TableHead
    report: TableReport


class _Answers(msgspec.Struct, frozen=True, eq=False):
    """Scores and tokens, NaN where an arm was not asked or tokens were not recorded.

    Attributes:
        arms: Names, in order.
        scores: (questions, arms).
        tokens: (questions, arms).
    """

    arms: tuple[str, ...]
    scores: Floats
    tokens: Floats


class _Columns(msgspec.Struct, frozen=True, eq=False):
    """A way to divide questions: how much each belongs to each label, (questions, labels)."""

    labels: tuple[str, ...]
    weights: Floats
    layer: Layer | None


def learn_table(path: Path, kind: str, reader: Reader, command: str) -> LearnedTable:
    """Learn a table from recorded outcomes of any number of arms.

    Args:
        path: The outcomes.
        kind: One of `KINDS`.
        reader: The encoder.
        command: What the file will say has made it.

    Raises:
        ConfigError: The file is wrong.
        TooFewRowsError: Too few questions, or fewer than two arms.
    """
    recorded = read_outcomes(path)
    answers = _answers(recorded)
    if len(recorded) < MIN_QUESTIONS or len(answers.arms) < 2:  # noqa: PLR2004  # to choose among
        raise TooFewRowsError(
            f"{len(recorded)} questions of {len(answers.arms)} arms; a table needs at least "
            f"{MIN_QUESTIONS} questions and two arms"
        )
    texts = [question.text for question in recorded]
    folds = folds_of(texts, [0] * len(texts), SEED)
    ways = _ways(kind, texts, reader)
    tried = [(_foreseen(way, answers, folds, pull), way, pull) for way in ways for pull in PULLS]
    foreseen, columns, pull = min(tried, key=lambda one: _error(one[0], answers))
    report = _report(foreseen, answers, pull)
    verdict = _verdict(report)
    head = TableHead(
        format=FORMAT,
        name=kind,
        signal=DOMAIN if kind == "category" else kind,
        labels=columns.labels,
        bundle=mark_of(reader.bundle),
        layer=columns.layer,
        arms=tuple(_arms(columns, answers, pull)),
        rows=len(recorded),
        use=verdict.use,
        verdict=verdict.text,
        report=msgspec.to_builtins(report),
        command=command,
    )
    return LearnedTable(head, report)


def _answers(recorded: Sequence[Recorded]) -> _Answers:
    arms = tuple(sorted({arm for question in recorded for arm in question.answers}))
    scores, tokens = (np.full((len(recorded), len(arms)), np.nan) for _ in range(2))
    for row, question in enumerate(recorded):
        for column, arm in enumerate(arms):
            if (answer := question.answers.get(arm)) is not None:
                scores[row, column] = answer.score
                tokens[row, column] = np.nan if answer.tokens is None else answer.tokens
    return _Answers(arms, scores, tokens)


def _ways(kind: str, texts: Sequence[str], reader: Reader) -> Iterator[_Columns]:
    head = DOMAIN if kind == "category" else EMBEDDING
    encodings = encoded(reader.encoder, texts, frozenset({head}), reader.progress)
    if kind == "category":
        labels = tuple(encodings[0].scores[DOMAIN])
        weights = [[one.scores[DOMAIN][label] for label in labels] for one in encodings]
        yield _Columns(labels, np.array(weights), None)
        return
    points = np.stack([one.embedding for one in encodings]).astype(np.float64)
    for count in CLUSTERS:
        if count > CLUSTERS[0] and count * ROWS_PER_CLUSTER > len(points):
            continue
        centres = centres_of(points, count, SEED)
        for sharpness in SHARPNESS:
            linear = _as_kept(belonging(centres, sharpness))
            labels = tuple(f"c{at}" for at in range(count))
            yield _Columns(labels, probabilities(linear(points)), layer_of(linear))


def _as_kept(linear: Linear) -> Linear:
    """The map as it comes back from its file, so that it is measured as it serves."""
    return layer_of(linear).linear()


def _foreseen(columns: _Columns, answers: _Answers, folds: Indices, pull: float) -> Floats:
    """What a table made without a question's fold expects of each arm, (questions, arms)."""
    found = np.empty_like(answers.scores)
    for fold in np.unique(folds):
        seen = folds != fold
        table = _shares(columns.weights[seen], answers.scores[seen], pull)
        found[~seen] = columns.weights[~seen] @ table
    return found


def _shares(weights: Floats, values: Floats, pull: float) -> Floats:
    """Each label's mean of values, drawn to the whole's, (labels, arms); NaN is left out."""
    known = np.isfinite(values)
    whole = np.where(known, values, 0.0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
    sums = weights.T @ np.where(known, values, 0.0)
    counts = weights.T @ known.astype(np.float64)
    return np.asarray((sums + pull * whole) / (counts + pull))


def _error(foreseen: Floats, answers: _Answers) -> float:
    return float(np.nanmean((foreseen - answers.scores) ** 2))


def _arms(columns: _Columns, answers: _Answers, pull: float) -> Iterator[TableArm]:
    shares = _shares(columns.weights, answers.scores, pull)
    tokens = _shares(columns.weights, answers.tokens, pull)
    for at, name in enumerate(answers.arms):
        known = np.isfinite(answers.scores[:, at])
        told = bool(np.isfinite(answers.tokens[known, at]).all())
        yield TableArm(
            name=name,
            mean=float(answers.scores[known, at].mean()),
            p_correct=_by_label(columns.labels, shares[:, at], 4),
            tokens=_by_label(columns.labels, tokens[:, at], 1) if told else {},
            rows=int(known.sum()),
        )


def _by_label(labels: Sequence[str], values: Floats, digits: int) -> dict[str, float]:
    return {label: round(float(v), digits) for label, v in zip(labels, values, strict=True)}


def _report(foreseen: Floats, answers: _Answers, pull: float) -> TableReport:
    complete = np.flatnonzero(np.isfinite(answers.scores).all(axis=1))
    scores, expected = answers.scores[complete], foreseen[complete]
    means = np.nanmean(answers.scores, axis=0)
    rows = np.arange(len(complete))
    chosen = scores[rows, expected.argmax(axis=1)] if len(rows) else np.zeros(1)
    best = int(scores.mean(axis=0).argmax()) if len(rows) else int(means.argmax())
    single = scores[:, best] if len(rows) else np.zeros(1)
    return TableReport(
        questions=len(answers.scores),
        complete=len(complete),
        arms={name: float(mean) for name, mean in zip(answers.arms, means, strict=True)},
        best=answers.arms[best],
        chosen=_mean(chosen),
        lead=_mean(chosen - single),
        oracle=float(scores.max(axis=1).mean()) if len(rows) else float("nan"),
        pull=pull,
        error=_error(foreseen, answers),
        error_of_means=_error(np.broadcast_to(means, answers.scores.shape), answers),
    )


def _mean(values: Floats) -> Measured:
    low, high = calibrate.interval(lambda some: float(values[some].mean()), len(values))
    return Measured(float(values.mean()), low, high)


def _verdict(report: TableReport) -> Verdict:
    nearer = 1 - report.error / report.error_of_means if report.error_of_means else 0.0
    said = (
        f"sending each question to the arm that the table expects most of is right on "
        f"{report.chosen.value:.3f}, the best single arm ({report.best}) on "
        f"{report.chosen.value - report.lead.value:.3f}: a lead of {report.lead.value:+.3f} "
        f"({report.lead.low:+.3f} to {report.lead.high:+.3f}); its probabilities are {nearer:.1%} "
        "nearer to what happened than the arms' means"
    )
    if report.lead.low > 0:
        return Verdict(use=True, text=f"{said}: use it")
    if nearer > 0:
        return Verdict(use=True, text=f"{said}: use it where cost counts, it wins no answers")
    return Verdict(use=False, text=f"{said}: it foresees nothing; keep `choose: gain`")
