"""The shape of what `bench routing` and `bench reasoning` print with `--json`, and of `--out`."""

import msgspec

from pointsman.evaluation.replay.measures import Measured
from pointsman.evaluation.rows import RowsFile


class Prices(msgspec.Struct, frozen=True):
    """US dollars per million tokens of the two models of a pair; used for the pictures alone."""

    light_input: float
    light_output: float
    heavy_input: float
    heavy_output: float


DEFAULT_PRICES = Prices(0.05, 0.20, 0.20, 0.80)
"""Those that the shipped config states of its two models: an assumption for every pair here."""


class PairReport(msgspec.Struct, frozen=True):
    """One pair.

    Attributes:
        pair: As LIGHT->HEAVY.
        note: What has to be known of it.
        questions: That are scored.
        unanswered: Left out, because one of the two models has no answer.
        learned: Questions that tables per category are learned from.
        crossed: Whether these are the scored ones, each fold by the others.
        categories: How many the table with the true label has.
        head: Which head `ours` is.
        foreseen_tokens: Mean extra tokens foreseen, which λ is relative to.
        router_ms: Median of the router's own time.
        measured: The numbers.
    """

    pair: str
    kind: str
    note: str
    questions: int
    unanswered: int
    learned: int
    crossed: bool
    categories: int
    head: str
    foreseen_tokens: float
    router_ms: float
    measured: Measured


class ReplayReport(msgspec.Struct, frozen=True):
    """One run.

    Attributes:
        half: The side of the split that is scored; None for all questions.
        notes: What was left out.
    """

    benchmark: str
    bundle: str
    data: tuple[RowsFile, ...]
    half: str | None
    limit: int | None
    notes: tuple[str, ...]
    prices: Prices
    pairs: tuple[PairReport, ...]


class Line(msgspec.Struct, frozen=True):
    """What `--out` writes of a question and pair.

    Attributes:
        question_id: As the table has it.
        score: Expected gain in right answers; the higher, the rather to the heavy model.
        extra_tokens: Foreseen.
        heavy: Whether it is sent there at the middle λ.
    """

    pair: str
    question_id: str
    score: float
    extra_tokens: float
    heavy: bool
