"""How long answers take, modelled: the same model of speed for the choices before and after.

An answer takes a + b x output tokens. Where at least `LEAST_ANSWERS` answers of a model tell their
time and their tokens, a and b are fitted to them by least squares; else they are those of the
model's card. Queues are in what was observed and in nothing else.
"""

from collections.abc import Mapping

import msgspec

from pointsman.catalog.models import Catalog, Model
from pointsman.replay.tally import Tally
from pointsman.statistics.calibrate import Floats

LEAST_ANSWERS = 20
"""Fewer say little of how time grows with tokens. A judgement."""


class Pace(msgspec.Struct, frozen=True):
    """How fast a model answers.

    Attributes:
        answers: Answers that it was fitted to; 0 says that it stands on the card.
    """

    start_s: float
    token_s: float
    answers: int


class Latency(msgspec.Struct, frozen=True):
    """Mean seconds of an answer.

    Attributes:
        before: None where a model's speed is not known.
        unknown: Models whose speed is not known.
        observed_s: Mean of the recorded answers, whatever they were.
    """

    before: float | None
    after: float | None
    paces: Mapping[str, Pace]
    unknown: tuple[str, ...]
    observed_s: float | None


def latency_of(tally: Tally, catalog: Catalog, tokens_scale: float) -> Latency:
    """Model the latency before and after.

    Args:
        tally: What was counted.
        catalog: The models' cards.
        tokens_scale: Tokens that came for each one expected.
    """
    paces, unknown = {}, []
    for model in sorted(tally.uses):
        pace = _pace(tally.timings.get(model), catalog.models.get(model))
        if pace is None:
            unknown.append(model)
        else:
            paces[model] = pace
    timings = sum(tally.timings.values())
    return Latency(
        before=None if unknown else _mean(tally, paces, 0, tokens_scale),
        after=None if unknown else _mean(tally, paces, 1, tokens_scale),
        paces=paces,
        unknown=tuple(unknown),
        observed_s=None if isinstance(timings, int) else float(timings[2] / timings[0]),
    )


def _mean(tally: Tally, paces: Mapping[str, Pace], side: int, tokens_scale: float) -> float | None:
    requests = sum(float(use[side, 0]) for use in tally.uses.values())
    if not requests:
        return None
    seconds = sum(
        float(use[side, 0]) * paces[model].start_s
        + float(use[side, 2]) * tokens_scale * paces[model].token_s
        for model, use in tally.uses.items()
    )
    return seconds / requests


def _pace(timing: Floats | None, card: Model | None) -> Pace | None:
    if timing is not None and timing[0] >= LEAST_ANSWERS:
        fitted = _fitted(timing)
        if fitted is not None:
            return fitted
    if card is None or card.speed is None:
        return None
    return Pace(card.speed.first_token_s, 1 / card.speed.tokens_per_s, 0)


def _fitted(timing: Floats) -> Pace | None:
    """Least squares; None where time does not grow with tokens, so that neither is told apart."""
    answers, x, y, xx, xy = timing.tolist()
    spread = answers * xx - x * x
    if spread <= 0:
        return None
    token_s = (answers * xy - x * y) / spread
    start_s = (y - token_s * x) / answers
    if start_s < 0:  # a line through the origin fits best of those that begin in time
        start_s, token_s = 0.0, xy / xx
    return Pace(start_s, token_s, int(answers)) if token_s > 0 else None
