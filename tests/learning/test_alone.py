"""A gain head that stands alone."""

import numpy as np
import pytest

from pointsman.learning.alone import Rows, alone_path, fit_alone
from pointsman.learning.gain import Targets
from pointsman.learning.outcomes import Arms
from pointsman.learning.reading import GainReadings
from pointsman.learning.recorded import RecordedPair
from pointsman.signals.features import FeatureGroup
from pointsman.statistics.calibrate import probabilities
from pointsman.statistics.halves import Side
from pointsman.statistics.metrics import recovered_gap

GROUPS = (
    FeatureGroup("embedding", 3),
    FeatureGroup("outcome", 4),
    FeatureGroup("extra_tokens", 1),
    FeatureGroup("negated", 1),
)
SIDES: tuple[Side, ...] = ("train", "train", "train", "choose", "report")
COUNT = 1500


def questions(*, tokens: bool = True) -> tuple[RecordedPair, Rows]:
    """Questions of which the encoder knows the trained ones by heart, and the others not at all.

    The heavy model gains on negated ones, and takes 300 tokens more for them.
    """
    random = np.random.default_rng(0)
    sides = tuple(SIDES[at % len(SIDES)] for at in range(COUNT))
    negated = random.random(COUNT) < 0.5
    heavy = random.random(COUNT) < 0.8
    light = heavy & (random.random(COUNT) > np.where(negated, 0.6, 0.05))
    light |= random.random(COUNT) < 0.05
    place = np.where(light, np.where(heavy, 0, 2), np.where(heavy, 1, 3))
    by_heart = np.array([side == "train" for side in sides])
    logits = np.log(np.where(by_heart[:, None], 0.02 + 0.92 * np.eye(4)[place], 0.25))
    extra = (100.0 + 300 * negated + random.integers(0, 40, COUNT)).astype(np.float64)
    features = np.column_stack(
        [random.normal(size=(COUNT, 3)) / np.sqrt(3), logits, np.zeros(COUNT), negated]
    )
    readings = GainReadings(features, logits, np.full(COUNT, 200.0), np.ones(COUNT))
    if not tokens:
        extra[:] = np.nan
    stems = tuple(str(at) for at in range(COUNT))
    told = np.column_stack([negated, ~negated]).astype(float)
    recorded = RecordedPair(Arms("small", "large"), (), stems, told, sides)
    return recorded, Rows(readings, Targets(light.astype(float), heavy.astype(float), extra))


def test_such_a_head_says_nothing_of_what_the_shipped_heads_say() -> None:
    recorded, rows = questions()
    features, train = rows.readings.features, recorded.on("train")
    (model,) = alone_path(features[train], rows.targets.shares[train], GROUPS, [30.0])
    other = features.copy()
    other[:, 3:8] = np.random.default_rng(1).normal(size=(COUNT, 5))
    said = features[:, 3:7] + model(features)
    assert other[:, 3:7] + model(other) == pytest.approx(said)
    assert np.ptp(probabilities(said)[:, 1]) > 0.3  # of the rest it says much


def test_what_the_encoder_knows_by_heart_is_not_learned_from() -> None:
    recorded, rows = questions()
    fitted = fit_alone(recorded, rows, GROUPS).report.outcome
    report = rows.at(recorded.on("report"))
    chances = probabilities(report.readings.logits + fitted.outputs, fitted.choice.scale)
    gain = chances[:, 1] - chances[:, 2]
    light, heavy = report.targets.light, report.targets.heavy
    assert fitted.choice.at > 0
    assert recovered_gap(gain, light, heavy) > 0.7
    happened = float(report.targets.shares[:, 1].mean())
    assert chances[:, 1].mean() == pytest.approx(happened, abs=0.05)


def test_tokens_are_learned_from_questions_that_the_encoder_has_not_seen() -> None:
    recorded, rows = questions()
    fitted = fit_alone(recorded, rows, GROUPS)
    assert fitted.report.tokens is not None
    assert fitted.choose.tokens is not None
    assert len(fitted.choose.tokens.outputs) == len(recorded.on("choose"))
    lines = np.log1p(200 / fitted.report.unit) + fitted.report.tokens.outputs[:, 0]
    said = fitted.report.unit * np.expm1(lines) * fitted.report.tokens.choice.scale
    extra = rows.at(recorded.on("report")).targets.extra_tokens
    assert np.abs(said - extra).mean() < 40


def test_without_tokens_the_shipped_estimate_stands() -> None:
    recorded, rows = questions(tokens=False)
    fitted = fit_alone(recorded, rows, GROUPS)
    assert fitted.report.tokens is None
    assert fitted.choose.tokens is None
