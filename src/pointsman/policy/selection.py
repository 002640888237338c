"""Selection algorithms: choose one option of a pool.

To add one: a function of the same shape, and a line in `SELECTORS`.
"""

import hashlib
import math
from collections.abc import Callable, Mapping, Sequence

import msgspec

from pointsman.catalog.models import Target
from pointsman.policy.gain import Expected
from pointsman.policy.rules import Prefer, Rule

STAY_MARGIN = 0.02
"""A conversation changes its model only when the other option is better by more than this, in
probability of a right answer. It keeps near-ties from bouncing; the price of the lost prompt cache
is counted apart."""


class Option(msgspec.Struct, frozen=True):
    """One target a decision may choose, what is expected of it, and if and why it may not."""

    target: Target
    expected: Expected
    excluded: str | None = None


class Field(msgspec.Struct, frozen=True):
    """What a selector is given.

    Attributes:
        options: Options that are not excluded, in the pool's order; never empty.
        prefer: The operator's dial.
        baseline: What the strongest model with the most reasoning would bring and cost.
        rule: The rule that holds.
        current: The model this conversation is on, if any.
        pressure: How far between its soft (0) and its hard limit (1) the tightest budget is.
        sticky: What keeps its assignment in a split: a conversation's or a caller's hash.
        again: Whether an answer of another option was not good enough already.
    """

    options: Sequence[Option]
    prefer: Prefer
    baseline: Expected
    rule: Rule
    current: str | None = None
    pressure: float = 0.0
    sticky: str = ""
    again: bool = False


class Choice(msgspec.Struct, frozen=True):
    """What a selector chose, and why.

    Attributes:
        propensity: How likely it was to choose this model, where it chooses by chance.
        then: Where to go on when the answer is not good enough.
    """

    option: Option
    reasons: tuple[str, ...]
    propensity: float = 1.0
    then: Option | None = None


Selector = Callable[[Field], Choice]
Options = Sequence[Option]


def _every(field: Field) -> Options:
    return field.options


def _none(_field: Field) -> Options:
    return ()


class Algorithm(msgspec.Struct, frozen=True):
    """A selector and what it needs.

    Attributes:
        weighs: Whether it looks at what options are expected to bring, so that the need of
            reasoning must be measured.
        times: Whether it looks at how long they take, so that their speed must be known.
        table: The table of outcomes that it is named after and looks up.
        among: The options that it takes the best of by weighing; for what would change a decision.
    """

    choose: Selector
    weighs: bool = True
    times: bool = False
    table: str | None = None
    among: Callable[[Field], Options] = _every


def choose_static(field: Field) -> Choice:
    """Take the pool's first model in the least reasoning that the rule allows."""
    return Choice(field.options[0], ("the first of the pool",))


def choose_by_gain(field: Field) -> Choice:
    """Take the option with the best expected gain for its cost, on the operator's dial.

    The highest of p_correct - λ · cost / cost of always-large; a `latency` rule weighs time,
    whatever the dial weighs. On equal terms the cheaper option wins, then the pool's order.
    """
    return _best(field)


def choose_by_budget(field: Field) -> Choice:
    """As by gain, with a λ that rises from the soft limit of the tightest budget to its hard one.

    λ / (1 - pressure): the dial's own up to the soft limit; at the hard one only the cheapest
    option is left.
    """
    if field.pressure <= 0:
        return choose_by_gain(field)
    said = f"a budget is {field.pressure:.0%} of the way from its soft to its hard limit"
    if field.pressure >= 1:
        cheapest = min(field.options, key=lambda option: option.expected.usd)
        return Choice(cheapest, (f"the cheapest: {said}",))
    choice = choose_by_gain(field)
    return msgspec.structs.replace(choice, reasons=(*choice.reasons, said))


def choose_cascade(field: Field) -> Choice:
    """Take the cheapest option first; when its answer is not good enough, the best of the rest."""
    if field.again:
        return choose_by_gain(field)
    first = min(field.options, key=lambda option: option.expected.usd)
    dearer = [o for o in field.options if o is not first and o.expected.usd >= first.expected.usd]
    if not dearer:
        return Choice(first, ("the cheapest of the pool; there is nothing to escalate to",))
    then = choose_by_gain(msgspec.structs.replace(field, options=dearer)).option
    reason = f"the cheapest first; then {then.target}, if its answer is not good enough"
    return Choice(first, (reason,), then=then)


def choose_split(field: Field) -> Choice:
    """Spread requests over models by weight; whoever has been assigned one keeps it.

    The assignment is a hash of the conversation (or the caller) and the rule's name. Among the
    model's own options the choice is by gain.
    """
    weights = _weights(field)
    model = _assigned(field, weights)
    choice = choose_by_gain(msgspec.structs.replace(field, options=_own(field, model)))
    share = weights[model] / sum(weights.values())
    said = f"assigned to {model}, which gets {share:.0%} of this rule's requests"
    return Choice(choice.option, (said, *choice.reasons), propensity=share)


def _weights(field: Field) -> dict[str, float]:
    open_models = dict.fromkeys(option.target.model for option in field.options)
    weights = {name: field.rule.weights.get(name, 0.0) for name in open_models}
    if not any(weights.values()):  # all that have a weight are excluded: the pool's first is left
        return {next(iter(open_models)): 1.0}
    return {name: weight for name, weight in weights.items() if weight > 0}


def _assigned(field: Field, weights: Mapping[str, float]) -> str:
    """Return the model whose turn comes first, each after an exponential time at its own rate.

    The first of such times is a model's with its share of the rates, and whose first it is does
    not change when another model cannot take the request: only that one's share is spread.
    """

    def turn(model: str) -> float:
        drawn = share_drawn(field.sticky, f"{field.rule.name}:{model}")
        return -math.log(1 - drawn) / weights[model]

    return min(weights, key=turn)


def _own(field: Field, model: str) -> Options:
    return [option for option in field.options if option.target.model == model]


def share_drawn(sticky: str, purpose: str) -> float:
    """Return a number in [0, 1) that depends on nothing but its arguments."""
    text = f"{len(sticky)}:{sticky}{purpose}".encode("utf-8", "surrogatepass")
    # 53 bits: what a float holds exactly.
    return (int.from_bytes(hashlib.blake2b(text, digest_size=8).digest()) >> 11) / 2**53


def _among_budget(field: Field) -> Options:
    return field.options if field.pressure < 1 else ()


def _among_cascade(field: Field) -> Options:
    return field.options if field.again else ()


def _among_split(field: Field) -> Options:
    return _own(field, _assigned(field, _weights(field)))


class Weighed(msgspec.Struct, frozen=True):
    """An option as it is weighed.

    Attributes:
        quality: Its probability of a right answer, and what staying with a conversation's model is
            worth.
        cost: Relative to always-large's.
        trade: The λ it is weighed with: the dial's own times `factor`.
    """

    target: Target
    quality: float
    cost: float
    trade: float
    factor: float = 1.0

    @property
    def worth(self) -> float:
        """What the best one has most of."""
        return self.quality - self.trade * self.cost


def weigh(field: Field, weighs: str, factor: float = 1.0) -> list[Weighed]:
    """Return the options as they are weighed, in their order.

    Args:
        field: The options and the dial.
        weighs: `usd` or `seconds`.
        factor: What the dial's λ is multiplied by.
    """
    whole = _cost(field.baseline, weighs)
    trade = field.prefer.trade * factor
    return [
        Weighed(
            option.target,
            option.expected.p_correct
            + (STAY_MARGIN if option.target.model == field.current else 0.0),
            _cost(option.expected, weighs) / whole if whole > 0 else 0.0,
            trade,
            factor,
        )
        for option in field.options
    ]


def terms(field: Field) -> tuple[str, float]:
    """Return what the rule's algorithm weighs, and what it multiplies the dial's λ by."""
    if field.rule.choose == "latency":
        return "seconds", 1.0
    if field.rule.choose == "budget" and 0 < field.pressure < 1:
        return "usd", 1 / (1 - field.pressure)
    return field.prefer.weighs, 1.0


def _best(field: Field) -> Choice:
    weighs, factor = terms(field)
    options = weigh(field, weighs, factor)
    worths = [(one.worth, -one.cost) for one in options]
    at = max(range(len(options)), key=worths.__getitem__)
    best, one = field.options[at], options[at]
    share = f"{one.cost:.0%}" if _cost(field.baseline, weighs) > 0 else "no cost"
    reason = (
        f"best of p_correct - {one.trade:.3g} x {weighs}/{weighs}_always_large: {one.worth:.3f} "
        f"(p_correct {best.expected.p_correct:.3f}, {share} of always-large)"
    )
    return Choice(best, (reason,))


def _cost(expected: Expected, weighs: str) -> float:
    if weighs == "usd":
        return expected.usd
    # A model whose speed is not known must not win by that; the config is refused before.
    return math.inf if math.isnan(expected.seconds) else expected.seconds


SELECTORS: Mapping[str, Algorithm] = {
    "gain": Algorithm(choose_by_gain),
    "static": Algorithm(choose_static, weighs=False, among=_none),
    "category": Algorithm(choose_by_gain, table="category"),
    "cluster": Algorithm(choose_by_gain, table="cluster"),
    "cascade": Algorithm(choose_cascade, among=_among_cascade),
    "budget": Algorithm(choose_by_budget, among=_among_budget),
    "latency": Algorithm(choose_by_gain, times=True),
    "split": Algorithm(choose_split, among=_among_split),
}
"""Every selection algorithm, by the name that `choose` takes."""
