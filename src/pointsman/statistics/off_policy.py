"""What another policy would have scored, from scores under the policy that served.

Inverse propensity: each score counts with the chance that the new policy makes the recorded choice
over the chance that the old policy made it. IPS is the mean of score x weight (Horvitz and Thompson
1952); its self-normalised form divides by the weights' sum instead of the number of rows and so
stays within the range of scores (SNIPS: Swaminathan and Joachims 2015, NeurIPS 28). Neither knows
anything of choices that the old policy never made.

Pure functions of sums over rows, so that `resampling` gives their intervals; each takes arrays of
one sum per resample, (n,).
"""

from pointsman.statistics.calibrate import Floats
from pointsman.statistics.resampling import ratio


def ips(rows: Floats, weighted_scores: Floats) -> Floats:
    """Mean of score x weight: unbiased where the old policy could make every choice of the new."""
    return ratio(weighted_scores, rows)


def snips(weights: Floats, weighted_scores: Floats) -> Floats:
    """Weighted mean of the scores: a little biased, far steadier."""
    return ratio(weighted_scores, weights)


def effective_size(weights: Floats, squared_weights: Floats) -> Floats:
    """How many rows of equal weight say as much (Kish 1965); NaN where no weight is left."""
    return ratio(weights**2, squared_weights)
