"""Measures what learned heads are worth, on rows that they had not seen."""

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np

from pointsman.learning.fitting import (
    LABEL_PENALTIES,
    PENALTIES,
    Floats,
    Indices,
    log_losses,
)
from pointsman.learning.gain import FittedGain, Targets
from pointsman.learning.outcomes import Arms
from pointsman.learning.reading import GainReadings
from pointsman.learning.results import (
    Confusion,
    GainReport,
    LabelReport,
    Measured,
    TokensReport,
)
from pointsman.learning.validation import Validated
from pointsman.signals.learned import tokens_of
from pointsman.signals.outcome import OUTCOMES
from pointsman.statistics import calibrate, metrics
from pointsman.statistics.bounds import upper_bound

LEARNED, SHIPPED, LENGTH, RANDOM = "learned head", "shipped head", "prompt length", "random"
DRAWS = 1000
SEED = 0
ONE_SIDED = 0.975
"""Confidence of each end of an interval of 95 %."""
WORST = 5
"""Confusions that are reported."""

_GAIN, _LOSS = OUTCOMES.index("heavy_only"), OUTCOMES.index("light_only")


def gain_report(
    fitted: FittedGain, readings: GainReadings, targets: Targets, arms: Arms
) -> GainReport:
    """Compare the learned gain head with the shipped one, prompt length and chance."""
    rows, gap = len(targets.light), targets.heavy - targets.light
    learned = readings.logits + fitted.outcome.outputs
    logits = {
        LEARNED: learned / fitted.outcome.scales[:, np.newaxis],
        SHIPPED: readings.logits,
        "base rates": np.tile(np.log(targets.shares.mean(axis=0)), (rows, 1)),
    }
    losses = {name: log_losses(each, targets.shares) for name, each in logits.items()}
    better = losses[SHIPPED] - losses[LEARNED]
    chances = {name: calibrate.probabilities(logits[name]) for name in (LEARNED, SHIPPED)}
    orders = {name: each[:, _GAIN] - each[:, _LOSS] for name, each in chances.items()}
    orders |= {LENGTH: readings.lengths, RANDOM: np.zeros(rows)}
    at = fitted.outcome.choice.at
    return GainReport(
        light=arms.light,
        heavy=arms.heavy,
        questions=rows,
        light_accuracy=_mean(targets.light),
        heavy_accuracy=_mean(targets.heavy),
        gap=_mean(gap),
        oracle=float(np.maximum(targets.light, targets.heavy).mean()),
        **_ranked(orders, targets),
        log_loss={name: float(each.mean()) for name, each in losses.items()},
        log_loss_lead=_mean(better),
        gain_error={
            name: calibrate.calibration_error(each[:, _GAIN], targets.shares[:, _GAIN])
            for name, each in chances.items()
        },
        penalty=None if at == 0 else PENALTIES[at - 1],
        tokens=None
        if fitted.tokens is None
        else _tokens(fitted.tokens, fitted.unit, readings, targets),
    )


def _ranked(orders: Mapping[str, Floats], targets: Targets) -> dict[str, Mapping[str, Measured]]:
    """APGR and advantage of every order, and the learned one's lead, from the same draws."""
    random, rows = np.random.default_rng(SEED), len(targets.light)
    draws = [np.arange(rows), *(random.integers(0, rows, rows) for _ in range(DRAWS))]
    apgr: dict[str, list[float]] = {name: [] for name in orders}
    gaps: list[float] = []
    for some in draws:
        light, heavy = targets.light[some], targets.heavy[some]
        gaps.append(float((heavy - light).mean()))
        for name, scores in orders.items():
            apgr[name].append(metrics.recovered_gap(scores[some], light, heavy))
    recovered = {name: np.array(values) for name, values in apgr.items()}
    advantage = {name: (values - 0.5) * np.array(gaps) for name, values in recovered.items()}
    found: dict[str, Mapping[str, Measured]] = {}
    for name, values, lead in (
        ("apgr", recovered, "lead"),
        ("advantage", advantage, "advantage_lead"),
    ):
        found[name] = {order: _interval(drawn) for order, drawn in values.items()}
        found[lead] = {
            order: _interval(values[LEARNED] - drawn)
            for order, drawn in values.items()
            if order != LEARNED
        }
    return found


def _tokens(
    fitted: Validated, unit: float, readings: GainReadings, targets: Targets
) -> TokensReport:
    known = targets.with_tokens
    values, shipped = targets.extra_tokens[known], readings.tokens[known]
    lines = np.log1p(shipped / unit) + fitted.outputs[:, 0]
    said = {
        LEARNED: tokens_of(lines, unit) * fitted.scales,
        SHIPPED: shipped,
        "mean": np.full(len(values), values.mean()),
    }
    return TokensReport(
        rows=len(known),
        mean=float(values.mean()),
        r2={name: metrics.explained(each, values) for name, each in said.items()},
        mean_error={name: metrics.mean_error(each, values) for name, each in said.items()},
    )


def label_report(fitted: Validated, truth: Indices, labels: Sequence[str]) -> LabelReport:
    """Measure a label head.

    Args:
        fitted: Its logits are its outputs.
        truth: The label of each example, (examples,).
        labels: Their names.
    """
    logits = fitted.outputs / fitted.scales[:, np.newaxis]
    chances = calibrate.probabilities(logits)
    said = chances.argmax(axis=1)
    right = said == truth
    counts = np.bincount(truth, minlength=len(labels))
    pairs = Counter(zip(truth[~right].tolist(), said[~right].tolist(), strict=True))
    return LabelReport(
        examples=len(truth),
        accuracy=_share(int(right.sum()), len(truth)),
        majority=labels[int(counts.argmax())],
        majority_accuracy=float(counts.max() / counts.sum()),
        log_loss=calibrate.log_loss(chances, truth),
        calibration_error=calibrate.top_label_error(chances, truth),
        confusions=tuple(
            Confusion(labels[true], labels[taken], rows)
            for (true, taken), rows in sorted(pairs.items(), key=lambda item: (-item[1], item[0]))
        )[:WORST],
        recall={name: float(right[truth == at].mean()) for at, name in enumerate(labels)},
        penalty=LABEL_PENALTIES[fitted.choice.at],
    )


def _mean(values: Floats) -> Measured:
    """A mean with its bootstrap interval."""
    low, high = calibrate.interval(
        lambda some: float(values[some].mean()), len(values), draws=DRAWS, seed=SEED
    )
    return Measured(float(values.mean()), low, high)


def _share(right: int, rows: int) -> Measured:
    """A share with its exact interval: when all are right, a bootstrap would never doubt it."""
    low = 1 - upper_bound(rows - right, rows, ONE_SIDED)
    return Measured(right / rows, low, upper_bound(right, rows, ONE_SIDED))


def _interval(drawn: Floats) -> Measured:
    """The first value, of all rows, with the 95 % interval of the others."""
    low, high = np.quantile(drawn[1:], [1 - ONE_SIDED, ONE_SIDED])
    return Measured(float(drawn[0]), float(low), float(high))
