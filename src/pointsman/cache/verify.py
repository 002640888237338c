"""The probability that a stored answer serves, and from which probability on it is given.

A logistic model over cheap comparisons of two texts. It stands behind the guards of `match`: what
they refuse is not served however probable. Its threshold is solved from pairs that it was not
fitted on, for the error that an operator allows, with an upper confidence bound.
"""

from collections.abc import Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from pointsman.cache.match import Comparison, compare
from pointsman.cache.match_words import Wording, is_number
from pointsman.cache.normal import normalised
from pointsman.errors import BundleError
from pointsman.statistics.bounds import CONFIDENCE, upper_bound

Floats = NDArray[np.float64]

FORMAT = 1
FILE = "verifier.json"
"""Its name in the folder of a bundle."""
SIMILAR_ENOUGH = 0.9
"""A higher similarity counts as this one. The embedding was trained on the pairs that the verifier
is fitted on, and what it knows by heart must not decide."""
FEATURES = (
    "similarity",
    "words shared",
    "words in order",
    "letters shared",
    "length ratio",
    "same numbers",
    "same marks",
    "same question",
    "guards pass",
)
"""What the model is given of a pair, in the order of its weights; all but the first in [0, 1]."""


class Step(msgspec.Struct, frozen=True):
    """What became of the held-out pairs that the guards let pass, at one threshold.

    Attributes:
        above: A pair is served from this probability on.
        rows: Pairs served.
        errors: Of these, the ones whose answer does not serve.
    """

    above: float
    rows: int
    errors: int


class Verifier(msgspec.Struct, frozen=True, tag_field="format", tag=FORMAT):
    """A fitted model, as its file says it.

    Attributes:
        features: `FEATURES` of the version that fitted it.
        weights: One for each feature.
        offset: Added to the weighted sum; the logistic function of it is the probability.
        steps: From the strictest threshold to the loosest.
        training: Counts, hashes and the command; nothing of it is read.
    """

    features: tuple[str, ...]
    weights: tuple[float, ...]
    offset: float
    steps: tuple[Step, ...]
    training: dict[str, object] = {}

    def __post_init__(self) -> None:
        """Check that the file fits this version.

        Raises:
            BundleError: It was fitted on other features.
        """
        if self.features != FEATURES or len(self.weights) != len(FEATURES):
            raise BundleError(
                f"the cache's verifier has {len(self.weights)} weights for features "
                f"{', '.join(self.features)}; expected one for each of {', '.join(FEATURES)}: "
                "fit it with `python -m pointsman.training.cache_verifier` of this version"
            )

    def probability(self, asked: str, stored: str, similarity: float) -> float:
        """Return how probable it is that the answer to one text serves the other.

        Args:
            asked: What is asked now.
            stored: What the answer was given for.
            similarity: Cosine of their embeddings.
        """
        return self._probability(features_of(compare(asked, stored), similarity))

    def _probability(self, features: Floats) -> float:
        return float(1 / (1 + np.exp(-(features @ np.array(self.weights) + self.offset))))

    def threshold(self, error_max: float) -> float | None:
        """Return the lowest probability from which on at most a share `error_max` is wrong.

        The steps are tested in their order, strictest first, from the first one with rows enough;
        each must have an upper 95 % bound (Clopper-Pearson) below `error_max`, and the first that
        fails ends it. So many tests of one sequence need no correction (fixed sequence testing;
        Angelopoulos et al. 2021, arXiv 2110.01052, section 3.2). The steps lie where they lie
        whatever the labels are, and rows are counted without them.

        Returns:
            None where the held-out pairs cannot show it: then nothing may be served by likeness.
        """
        found = None
        for step in self.steps:
            if upper_bound(0, step.rows) > error_max:
                continue  # too few rows to show it even without an error
            if upper_bound(step.errors, step.rows) > error_max:
                break
            found = step.above
        return found

    def judge(
        self, asked: str, stored: str, similarity: float, threshold: float | None
    ) -> "Verdict":
        """Tell whether a stored answer is served.

        Args:
            asked: What is asked now.
            stored: What the answer was given for.
            similarity: Cosine of their embeddings.
            threshold: From `threshold`; None serves what is asked in the same words alone.
        """
        if normalised(asked) == normalised(stored):
            return Verdict(served=True, p=1.0, why="exact")
        found = compare(asked, stored)
        why = found.why_not
        p = self._probability(features_of(found, similarity))
        if why is None and (threshold is None or p < threshold):
            why = "unsure"
        return Verdict(served=why is None, p=p, why=why or "alike")


class Verdict(msgspec.Struct, frozen=True):
    """Whether a stored answer is served.

    Attributes:
        served: Whether it is.
        p: How probable it is that it serves.
        why: `exact` or `alike` where it is served, else a guard's name or `unsure`.
    """

    served: bool
    p: float
    why: str


def read_verifier(raw: bytes, name: str) -> Verifier:
    """Read a verifier's file.

    Raises:
        BundleError: It is no such file, or of another version.
    """
    try:
        return msgspec.json.decode(raw, type=Verifier)
    except msgspec.DecodeError as error:
        raise BundleError(f"{name}: no verifier of this version: {error}") from error


def steps_of(chances: Floats, serves: NDArray[np.bool_], thresholds: Sequence[float]) -> list[Step]:
    """Count what became of pairs at each threshold.

    Args:
        chances: Of the pairs that the guards let pass, (rows,).
        serves: Whether the answer does serve, (rows,).
        thresholds: Strictest first; they may hang on the chances, and not on who serves.
    """
    return [
        Step(float(above), int(kept.sum()), int((kept & ~serves).sum()))
        for above in thresholds
        for kept in [chances >= above]
    ]


def bound_of(step: Step) -> float:
    """Return the upper bound of a step's share of errors, at `statistics.bounds.CONFIDENCE`."""
    return upper_bound(step.errors, step.rows, CONFIDENCE)


def features_of(found: Comparison, similarity: float) -> Floats:
    """Return what the model is given of a pair, (features,); the same in both directions."""
    one, other = found.asked, found.stored
    return np.array(
        [
            min(similarity, SIMILAR_ENOUGH),
            _shared(one.keys, other.keys),
            _in_order(one.keys, other.keys),
            _shared(_triples(one), _triples(other)),
            _ratio(len(one.spoken), len(other.spoken)),
            float(_numbers(one) == _numbers(other)),
            float(one.marks == other.marks),
            float(one.asked == other.asked),
            float(found.why_not is None),
        ]
    )


def _shared(one: Sequence[str], other: Sequence[str]) -> float:
    """Jaccard's index of two sets; 1 where both are empty."""
    left, right = {*one}, {*other}
    return len(left & right) / (len(left | right) or 1) if left or right else 1.0


def _in_order(one: Sequence[str], other: Sequence[str]) -> float:
    """The share of words that stand in the same row from the start or from the end."""
    least, most = sorted((len(one), len(other)))
    front = next((at for at in range(least) if one[at] != other[at]), least)
    back = next(
        (at for at in range(least - front) if one[-1 - at] != other[-1 - at]), least - front
    )
    return (front + back) / most if most else 1.0


def _triples(side: Wording) -> list[str]:
    letters = " ".join(side.spoken)
    return [letters[at : at + 3] for at in range(len(letters) - 2)]


def _ratio(one: int, other: int) -> float:
    return min(one, other) / max(one, other, 1)


def _numbers(side: Wording) -> list[str]:
    return [word.key for word in side.words if is_number(word)]
