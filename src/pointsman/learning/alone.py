"""Fits a gain head that stands alone, from questions whose answers the encoder knows by heart.

Of questions that it was trained on, the encoder says what it has learned, not what it could
foresee: its own outcome and token heads are no start there, and no features. So the outcome part is
fitted with a teacher (`teaching`) on the embedding, the domain and the surface of a text alone; the
token part starts from the shipped one, and is fitted on questions that the encoder has not seen.
"""

from collections.abc import Sequence

import msgspec
import numpy as np

from pointsman.learning import fitting
from pointsman.learning.fitting import Floats, Indices
from pointsman.learning.gain import SEED, FittedGain, Targets, fit_tokens, unchanged
from pointsman.learning.reading import GainReadings
from pointsman.learning.recorded import RecordedPair
from pointsman.learning.teaching import taught
from pointsman.learning.validation import Choice, Validated, by_log_loss, folds_of
from pointsman.signals.features import EXTRA_TOKENS, OUTCOME, FeatureGroup
from pointsman.signals.head_file import Linear
from pointsman.signals.outcome import OUTCOMES


class Rows(msgspec.Struct, frozen=True, eq=False):
    """What is read and what is recorded of the same questions."""

    readings: GainReadings
    targets: Targets

    def at(self, rows: Indices) -> "Rows":
        """Return some of them."""
        read, known = self.readings, self.targets
        return Rows(
            GainReadings(*(getattr(read, name)[rows] for name in read.__struct_fields__)),
            Targets(*(getattr(known, name)[rows] for name in known.__struct_fields__)),
        )


class FittedAlone(msgspec.Struct, frozen=True, eq=False):
    """A head, and what such a head says of questions that it had not seen.

    Attributes:
        report: The head itself on the `report` side.
        choose: On the `choose` side, a head fitted on the `train` side alone; its choice of penalty
            and temperature was made there.
    """

    report: FittedGain
    choose: FittedGain


def fit_alone(recorded: RecordedPair, rows: Rows, groups: Sequence[FeatureGroup]) -> FittedAlone:
    """Choose a penalty, fit the head on the sides `train` and `choose`, apply it to `report`.

    Args:
        recorded: What is recorded of the pair.
        rows: Its questions, in the same order.
        groups: What the features are.
    """
    train, both = recorded.on("train"), recorded.on("train", "choose")
    choose, report = rows.at(recorded.on("choose")), rows.at(recorded.on("report"))

    def path(some: Indices, penalties: Sequence[float]) -> list[Linear]:
        shares, told = rows.targets.shares[some], recorded.told[some]
        aim = taught(shares, told, [recorded.stems[row] for row in some])
        return alone_path(rows.readings.features[some], aim, groups, penalties)

    model = unchanged(rows.readings.features, len(OUTCOMES))
    models = [model, *path(train, fitting.PENALTIES)]
    outputs = np.stack([each(choose.readings.features) for each in models])
    every = np.arange(outputs.shape[1])
    choice = by_log_loss(choose.readings.logits, choose.targets.shares)(outputs, every)
    if choice.at:  # else nothing was better than the shipped head
        (model,) = path(both, [fitting.PENALTIES[choice.at - 1]])
    stems = [recorded.stems[row] for row in recorded.on("choose")]
    folds = folds_of(stems, [0] * len(stems), SEED)
    tokens = fit_tokens(choose.readings, choose.targets, groups, folds)
    unit = choose.targets.unit
    return FittedAlone(
        report=FittedGain(
            _read(model, choice, report.readings.features), _tokens_of(tokens, report), unit
        ),
        choose=FittedGain(_read(models[choice.at], choice, choose.readings.features), tokens, unit),
    )


def alone_path(
    features: Floats, aim: Floats, groups: Sequence[FeatureGroup], penalties: Sequence[float]
) -> list[Linear]:
    """Models that take away what the shipped outcome head says, and say their own instead.

    Its log-probabilities, which a gain head starts from, are among the features: a weight of -1 on
    each takes them away exactly.

    Args:
        features: (rows, features).
        aim: The share of each outcome, (rows, 4).
        groups: What the features are.
        penalties: From the largest to the smallest.
    """
    names = np.concatenate([np.repeat(group.name, group.size) for group in groups])
    own = ~np.isin(names, [OUTCOME, EXTRA_TOKENS])
    kept = [group for group in groups if group.name not in {OUTCOME, EXTRA_TOKENS}]
    found = []
    for model in fitting.logistic_path(features[:, own], np.zeros_like(aim), aim, kept, penalties):
        weights = np.zeros((features.shape[1], aim.shape[1]))
        weights[own], weights[names == OUTCOME] = model.weights, -np.eye(aim.shape[1])
        found.append(Linear(weights, model.bias))
    return found


def _tokens_of(fitted: Validated | None, rows: Rows) -> Validated | None:
    if fitted is None or not len(rows.targets.with_tokens):
        return None
    known = rows.at(rows.targets.with_tokens)
    return _read(fitted.model, fitted.choice, known.readings.features)


def _read(model: Linear, choice: Choice, features: Floats) -> Validated:
    """What a model says of rows that it had not seen."""
    return Validated(model, choice, model(features), np.full(len(features), choice.scale))
