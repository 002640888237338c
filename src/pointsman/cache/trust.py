"""What became of hits in one scope, and how it moves the bar: up at once, down with proof.

A verifier's threshold is solved on pairs of its data; what people ask in a scope may be otherwise.
Feedback and background checks tell of single hits whether the stored answer served. (Per-entry bars
learned online are the idea of vCache, Schroeder et al. 2025, arXiv 2502.03771; here a scope has one
bar, on the verifier's own steps.)
"""

from math import pi

import msgspec

from pointsman.cache.verify import Step, Verifier
from pointsman.statistics.bounds import CONFIDENCE, upper_bound


class Trust(msgspec.Struct, frozen=True):
    """Hits that were checked, counted at each of a verifier's steps.

    Attributes:
        checked: In the order of the verifier's steps: hits at or above each, and the wrong ones.
    """

    checked: tuple[Step, ...]

    def seen(self, p: float, *, serves: bool) -> "Trust":
        """Return the trust after one more check.

        Args:
            p: The probability that the verifier gave.
            serves: Whether the stored answer did serve.
        """
        return Trust(
            tuple(
                Step(one.above, one.rows + 1, one.errors + (not serves)) if p >= one.above else one
                for one in self.checked
            )
        )

    def threshold(self, verifier: Verifier, error_max: float) -> float | None:
        """Return the lowest probability from which on this scope is served; None if from none.

        A step stands if the verifier's pairs or this scope's checks alone show it, and both
        together do not speak against it. The steps are asked as in `Verifier.threshold`. Looking
        again after each check would in time find any bound met by chance, so checks are looked at
        with a confidence that grows each time their number doubles: 5 % of risk are spent over
        all looks, 6 / pi² / look² of them at each.

        Args:
            verifier: The one that these steps are of.
            error_max: The share of served answers that may be wrong, in (0, 1).
        """
        found = None
        for step, checked in zip(verifier.steps, self.checked, strict=True):
            both = Step(step.above, step.rows + checked.rows, step.errors + checked.errors)
            if upper_bound(0, both.rows) > error_max:
                continue  # too few to show it even without an error
            shown = _shows(step, error_max, CONFIDENCE) or _shows(
                checked, error_max, _confidence(checked.rows)
            )
            if not shown or not _shows(both, error_max, CONFIDENCE):
                break
            found = step.above
        return found


def untried(verifier: Verifier) -> Trust:
    """Return the trust of a scope in which nothing was checked yet."""
    return Trust(tuple(Step(step.above, 0, 0) for step in verifier.steps))


def _shows(step: Step, error_max: float, confidence: float) -> bool:
    return upper_bound(step.errors, step.rows, confidence) <= error_max


def _confidence(rows: int) -> float:
    look = max(1, rows.bit_length())
    return 1 - (1 - CONFIDENCE) * 6 / (pi * look) ** 2
