"""The numbers of a report, as values that go into the learned file."""

from collections.abc import Mapping

import msgspec


class Measured(msgspec.Struct, frozen=True):
    """A number with its 95 % bootstrap interval."""

    value: float
    low: float
    high: float


class TokensReport(msgspec.Struct, frozen=True):
    """How well extra output tokens are foreseen, each number by estimate.

    Attributes:
        rows: Questions with tokens of both arms.
        mean: Extra tokens of a question on average.
        r2: Explained share of the variance; below 0 is worse than the mean.
        mean_error: In tokens.
    """

    rows: int
    mean: float
    r2: Mapping[str, float]
    mean_error: Mapping[str, float]


class GainReport(msgspec.Struct, frozen=True, kw_only=True):
    """What a learned gain head is worth, on questions it had not seen.

    Attributes:
        gap: Right answers of the heavy arm less those of the light one, per question.
        oracle: Right answers if the better arm were always known.
        apgr: Of each order of the questions, see `statistics.metrics.recovered_gap`.
        lead: APGR of the learned head less each other's.
        advantage: The same in right answers per question: (APGR - 0.5) * gap, which stays a plain
            number where the gap is none.
        advantage_lead: Advantage of the learned head less each other's.
        log_loss: Of the four outcomes, in nats, for each estimate.
        log_loss_lead: The shipped head's less the learned one's.
        gain_error: Calibration error of p_gain, for each estimate.
        penalty: The one that was chosen; None where the shipped head stands unchanged.
    """

    light: str
    heavy: str
    questions: int
    light_accuracy: Measured
    heavy_accuracy: Measured
    gap: Measured
    oracle: float
    apgr: Mapping[str, Measured]
    lead: Mapping[str, Measured]
    advantage: Mapping[str, Measured]
    advantage_lead: Mapping[str, Measured]
    log_loss: Mapping[str, float]
    log_loss_lead: Measured
    gain_error: Mapping[str, float]
    penalty: float | None
    tokens: TokensReport | None = None


class Confusion(msgspec.Struct, frozen=True):
    """Examples of one label that were taken for another."""

    label: str
    taken_for: str
    rows: int


class LabelReport(msgspec.Struct, frozen=True, kw_only=True):
    """What a learned label head is worth, on examples it had not seen.

    Attributes:
        majority: The commonest label.
        majority_accuracy: Of always saying that.
        log_loss: In nats.
        calibration_error: Of the most probable label.
        confusions: The commonest mistakes.
        recall: Share of each label's examples that were given it.
        penalty: The one that was chosen.
    """

    examples: int
    accuracy: Measured
    majority: str
    majority_accuracy: float
    log_loss: float
    calibration_error: float
    confusions: tuple[Confusion, ...]
    recall: Mapping[str, float]
    penalty: float


class Verdict(msgspec.Struct, frozen=True):
    """Whether a head is worth using, and why, in one sentence."""

    use: bool
    text: str
