"""What each way of choosing says of the questions of a pair: scores to rank them by, and choices.

Pure: recorded answers and the router's readings in, arrays out.
"""

from collections.abc import Mapping, Sequence

import msgspec
import numpy as np

from pointsman.errors import ConfigError
from pointsman.evaluation.replay.pairs import Pair
from pointsman.evaluation.replay.reader import Estimate, Seen
from pointsman.evaluation.replay.rows import Asked, Question, Recorded
from pointsman.statistics.calibrate import Floats, Indices
from pointsman.statistics.category import category_table, fold_tables
from pointsman.statistics.curves import cut_at
from pointsman.statistics.halves import share_of

TRADES = (0.05, 0.15, 0.25)
"""The λ that are shown: nearly every gain is bought; about half of the questions are sent, on most
pairs (looked up on the half `choose`); the number on the shipped config's dial."""
MIDDLE = TRADES[1]
FOLDS = 10

HAND_TABLE = frozenset(
    {"biology", "chemistry", "math", "physics", "engineering", "computer science"}
)
"""Where the vLLM Semantic Router's configuration of September 2025 switches reasoning on; off are
business, law, psychology, history, health, economics, philosophy and other."""

LIGHT, HEAVY = "always light", "always heavy"
RANDOM, LENGTH = "random", "prompt length"
TRUE_TABLE, OWN_TABLE = "category table, true label", "category table, own domain head"
HAND = "reference's hand table, true label"
OURS, PER_TOKEN, GENERIC = "ours", "ours, gain per extra token", "ours, generic head"
ALONE = "ours, gain alone"
ORACLE = "oracle"

_LEAST_TOKENS = 1.0
"""Where none are foreseen, a gain per token is still a number."""


class Outcomes(msgspec.Struct, frozen=True, eq=False):
    """Marks and output tokens of both answers, each (rows,); tokens None where not recorded."""

    light: Floats
    heavy: Floats
    light_tokens: Floats | None = None
    heavy_tokens: Floats | None = None

    @property
    def gain(self) -> Floats:
        """1 where only the heavy answer is right, -1 where only the light one is, else 0."""
        return self.heavy - self.light

    @property
    def extra(self) -> Floats:
        """Output tokens that the heavy answer took more; 0 where they are not recorded."""
        if self.heavy_tokens is None or self.light_tokens is None:
            return np.zeros(len(self.light))
        return self.heavy_tokens - self.light_tokens


class Foreseen(msgspec.Struct, frozen=True, eq=False):
    """What a head foresees, each (rows,); see `reader.Estimate`."""

    p_gain: Floats
    p_loss: Floats
    extra_tokens: Floats

    @property
    def score(self) -> Floats:
        """The expected gain in right answers."""
        return self.p_gain - self.p_loss

    @property
    def per_token(self) -> Floats:
        """The same for each extra token."""
        return self.score / np.maximum(self.extra_tokens, _LEAST_TOKENS)

    def sent(self, trade: float) -> Floats:
        """1 where the expected gain is above λ times the extra tokens as a share of their mean."""
        mean = self.extra_tokens.mean()
        relative = self.extra_tokens / mean if mean > 0 else np.zeros(len(self.extra_tokens))
        return np.asarray(self.score > trade * relative, dtype=np.float64)


class Replayed(msgspec.Struct, frozen=True, eq=False):
    """A pair's scored questions as arrays, each (rows,).

    Attributes:
        asked: The questions.
        ours: By the pair's own head where one is shipped, else by the generic one.
        generic: By the generic head where `ours` is not.
        true_table: Mean gain of the question's category, learned from other questions.
        own_table: The same, of the domain that the router's own head says.
        seconds: How long the router took.
        prompt_tokens: Estimated.
    """

    pair: Pair
    asked: Sequence[Asked]
    outcomes: Outcomes
    ours: Foreseen
    generic: Foreseen | None
    true_table: Floats
    own_table: Floats
    seconds: Floats
    prompt_tokens: Floats

    @property
    def hand_table(self) -> Floats | None:
        """1 where the reference's table switches reasoning on; None where it was not meant for."""
        if self.pair.kind != "mode" or self.pair.table != "mmlu_pro":
            return None
        return np.array([float(asked.category in HAND_TABLE) for asked in self.asked])


class Ranking(msgspec.Struct, frozen=True, eq=False):
    """A score to send questions to the heavy model by, and the probability of gain it states."""

    name: str
    scores: Floats
    p_gain: Floats | None = None


class Policy(msgspec.Struct, frozen=True, eq=False):
    """How likely each question is sent to the heavy model, and whether the router is asked."""

    name: str
    sent: Floats
    asks: bool = False


def replayed(recorded: Recorded, seen: Mapping[str, Seen]) -> Replayed:
    """Put what was recorded and what was read side by side.

    Args:
        recorded: Of a pair.
        seen: What the router made of each text that is scored.

    Raises:
        ConfigError: There are too few questions to learn a table per category from.
    """
    rows, name = recorded.scored, recorded.pair.name
    read = [seen[question.text] for question in rows]
    own = [each.own[name] for each in read if name in each.own]
    generic = _foreseen([each.generic for each in read])
    return Replayed(
        pair=recorded.pair,
        asked=[question.asked for question in rows],
        outcomes=_outcomes(recorded),
        ours=_foreseen(own) if own else generic,
        generic=generic if own else None,
        true_table=_looked_up(
            recorded,
            [question.asked.category for question in recorded.known],
            [question.asked.category for question in rows],
        ),
        own_table=_looked_up(
            recorded,
            [question.asked.domain for question in recorded.known],
            [each.domain for each in read],
        ),
        seconds=np.array([each.seconds for each in read]),
        prompt_tokens=np.array([each.prompt_tokens for each in read]),
    )


def rankings(replay: Replayed) -> tuple[Ranking, ...]:
    """Every score, in the order of the report."""
    rows = len(replay.asked)
    lengths = np.array([float(len(asked.text)) for asked in replay.asked])
    generic = replay.generic
    return (
        Ranking(RANDOM, np.zeros(rows)),
        Ranking(LENGTH, lengths),
        Ranking(TRUE_TABLE, replay.true_table),
        Ranking(OWN_TABLE, replay.own_table),
        *((Ranking(GENERIC, generic.score, generic.p_gain),) if generic is not None else ()),
        Ranking(OURS, replay.ours.score, replay.ours.p_gain),
        Ranking(PER_TOKEN, replay.ours.per_token),
        Ranking(ORACLE, replay.outcomes.gain),
    )


def policies(replay: Replayed) -> tuple[Policy, ...]:
    """Every way of choosing, in the order of the report.

    A score is cut where it sends as many questions to the heavy model as ours does at the middle λ.
    A λ is itself a cut in gain per extra token, so there is no row of that cut beside it.
    """
    rows = len(replay.asked)
    share = float(replay.ours.sent(MIDDLE).mean())
    cut = {each.name: cut_at(each.scores, share) for each in rankings(replay)}
    hand, generic = replay.hand_table, replay.generic
    return (
        Policy(LIGHT, np.zeros(rows)),
        Policy(HEAVY, np.ones(rows)),
        Policy(RANDOM, cut[RANDOM]),
        Policy(LENGTH, cut[LENGTH]),
        Policy(TRUE_TABLE, cut[TRUE_TABLE]),
        Policy(OWN_TABLE, cut[OWN_TABLE], asks=True),
        *((Policy(HAND, hand),) if hand is not None else ()),
        *(
            (Policy(traded(GENERIC, MIDDLE), generic.sent(MIDDLE), asks=True),)
            if generic is not None
            else ()
        ),
        *(Policy(traded(OURS, each), replay.ours.sent(each), asks=True) for each in TRADES),
        Policy(ALONE, cut[OURS], asks=True),
        Policy(ORACLE, np.asarray(replay.outcomes.gain > 0, dtype=np.float64)),
    )


def traded(name: str, trade: float) -> str:
    """The name of a policy at a λ."""
    return f"{name}, lambda {trade:g}"


def _outcomes(recorded: Recorded) -> Outcomes:
    light = [question.light for question in recorded.scored]
    heavy = [question.heavy for question in recorded.scored]
    marks = [np.array([answer.right for answer in arm]) for arm in (light, heavy)]
    if not recorded.has_tokens:
        return Outcomes(*marks)
    tokens = [np.array([answer.tokens or 0.0 for answer in arm]) for arm in (light, heavy)]
    return Outcomes(*marks, *tokens)


def _foreseen(estimates: Sequence[Estimate]) -> Foreseen:
    return Foreseen(
        p_gain=np.array([each.p_gain for each in estimates]),
        p_loss=np.array([each.p_loss for each in estimates]),
        extra_tokens=np.array([each.extra_tokens for each in estimates]),
    )


def _looked_up(recorded: Recorded, known: Sequence[str], asked: Sequence[str]) -> Floats:
    """The mean gain of each asked category, learned where the question itself is not."""
    classes = sorted({*known, *asked})
    gains = np.array([question.heavy.right - question.light.right for question in recorded.known])
    learned, wanted = _numbers(known, classes), _numbers(asked, classes)
    if not recorded.crossed:
        return category_table(learned, gains, len(classes))[wanted]
    try:
        tables = fold_tables(learned, gains, _folds(recorded.known), len(classes), FOLDS)
    except ValueError as error:
        raise ConfigError(
            f"{recorded.pair.name}: {len(gains)} questions are too few to learn a table per "
            f"category from: {error}"
        ) from error
    return tables[_folds(recorded.scored), wanted]


def _numbers(names: Sequence[str], classes: Sequence[str]) -> Indices:
    numbers = {name: number for number, name in enumerate(classes)}
    return np.array([numbers[name] for name in names], dtype=np.intp)


def _folds(questions: Sequence[Question]) -> Indices:
    """The fold of each question: questions of one stem lie in one."""
    stems = (question.asked.stem for question in questions)
    return np.array([int(FOLDS * share_of(stem, "fold")) for stem in stems], dtype=np.intp)
