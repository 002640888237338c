"""What would change a decision: the nearest need of reasoning at which it falls otherwise.

The decision is pure, so the answer is found by deciding again, and is true by construction.
"""

import msgspec

from pointsman.catalog.models import Catalog, Target
from pointsman.errors import NoCandidateError
from pointsman.policy.decide import Decision, Question, decide
from pointsman.policy.rules import Policy
from pointsman.signals.detector import value_of
from pointsman.signals.findings import Measure

_STEPS = 20
_BISECTIONS = 10  # 1/20 / 2^10: a threshold to 5 parts in 100,000
_SIGNAL = "reasoning"


class Counterfactual(msgspec.Struct, frozen=True):
    """Where the decision turns: at this p_gain, below or above it, to this target and rule."""

    p_gain: float
    above: bool
    target: Target
    rule: str

    def __str__(self) -> str:
        """Return it as a sentence."""
        side = ">" if self.above else "<"
        return f"would go to {self.target} if p_gain {side} {self.p_gain:.3f}"


def counterfactual(
    question: Question, decision: Decision, policy: Policy, catalog: Catalog
) -> Counterfactual | None:
    """Find the nearest p_gain, below or above the measured one, that changes the target.

    The other three outcome probabilities keep their proportions. Returns None where no p_gain
    between 0 and 1 changes the target, and where the policy does not measure it.
    """
    if _SIGNAL not in question.signals:
        return None
    here = value_of(question.signals[_SIGNAL], "p_gain")
    found = [
        turn
        for above in (False, True)
        if (turn := _search(question, decision, policy, catalog, here, above=above))
    ]
    return min(found, key=lambda turn: abs(turn.p_gain - here), default=None)


def with_p_gain(question: Question, p_gain: float) -> Question:
    """Return the question as if p_gain had been measured differently."""
    measured = question.signals[_SIGNAL]
    old = value_of(measured, "p_gain")
    rest = (1 - p_gain) / (1 - old) if old < 1 else 0.0
    p_loss = value_of(measured, "p_loss") * rest
    both = (value_of(measured, "p_heavy") - old) * rest
    values = {
        "p_gain": p_gain,
        "p_loss": p_loss,
        "p_light": both + p_loss,
        "p_heavy": both + p_gain,
        "extra_tokens": value_of(measured, "extra_tokens"),
    }
    return msgspec.structs.replace(question, signals={**question.signals, _SIGNAL: Measure(values)})


def _search(
    question: Question,
    decision: Decision,
    policy: Policy,
    catalog: Catalog,
    here: float,
    *,
    above: bool,
) -> Counterfactual | None:
    def other(p_gain: float) -> Decision | None:
        try:
            there = decide(with_p_gain(question, p_gain), policy, catalog)
        except NoCandidateError:
            return None
        return there if there.target != decision.target else None

    end = 1.0 if above else 0.0
    same, turned, there = here, here, None
    for step in range(1, _STEPS + 1):
        turned = here + (end - here) * step / _STEPS
        there = other(turned)
        if there is not None:
            break
        same = turned
    if there is None:
        return None
    for _ in range(_BISECTIONS):
        middle = (same + turned) / 2
        nearer = other(middle)
        if nearer is not None:
            turned, there = middle, nearer
        else:
            same = middle
    return Counterfactual(turned, above, there.target, there.rule)
