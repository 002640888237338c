"""What is wrong with a policy that each rule by itself does not show.

Each condition is turned into boxes: alternatives of intervals, one per value asked of a signal.
A rule without a box left can never hold; a rule of whose boxes nothing is left when those of the
rules above it are cut out is never reached. Both findings are proofs; finding nothing proves
nothing.
"""

import math
from collections.abc import Iterator, Mapping
from itertools import product
from typing import assert_never

import msgspec

from pointsman.catalog.models import Catalog, Model
from pointsman.policy.conditions import All, Any_, Asks, Condition, Not, least_of
from pointsman.policy.rules import Policy, Rule
from pointsman.policy.selection import SELECTORS
from pointsman.signals.detector import Kind

Kinds = Mapping[str, Kind]
"""What the values of each signal are, by its name."""

_MAX_BOXES = 256


class Fault(msgspec.Struct, frozen=True):
    """One finding about a policy: which rule or model, and what is wrong with it."""

    subject: str
    message: str


class Interval(msgspec.Struct, frozen=True):
    """Values between two ends; `low_in` and `high_in` say whether the ends belong to it."""

    low: float = -math.inf
    high: float = math.inf
    low_in: bool = True
    high_in: bool = True

    @property
    def empty(self) -> bool:
        """Whether no value lies in it."""
        return self.low > self.high or (
            self.low == self.high and not (self.low_in and self.high_in)
        )

    def meet(self, other: "Interval") -> "Interval":
        """Return the values that lie in both."""
        low = max((self.low, not self.low_in), (other.low, not other.low_in))
        high = min((self.high, self.high_in), (other.high, other.high_in))
        return Interval(low[0], high[0], not low[1], high[1])

    def inside(self, other: "Interval") -> bool:
        """Say whether every value of it lies in the other."""
        return self.meet(other) == self


Box = Mapping[tuple[str, str], Interval]


def faults(policy: Policy, catalog: Catalog, kinds: Kinds) -> Iterator[Fault]:
    """Yield what is wrong: impossible and unreachable rules, missing prices, unused models."""
    earlier: list[tuple[str, list[Box]]] = []
    for rule in policy.rules:
        boxes = [{}] if rule.when is None else _boxes(rule.when, kinds)
        if boxes is None:
            continue  # too many alternatives to be sure of anything
        possible = [box for box in boxes if _possible(box, kinds)]
        if not possible:
            yield Fault(f"rule '{rule.name}'", "its condition can never hold")
            continue
        if takers := _takers(possible, earlier, kinds):
            who = " and ".join(f"'{name}'" for name in takers)
            rules, take = ("rule", "takes") if len(takers) == 1 else ("rules", "take")
            yield Fault(
                f"rule '{rule.name}'",
                f"is never reached: {rules} {who} above it {take} everything it would take",
            )
        earlier.append((rule.name, possible))
        yield from _costless(rule, catalog)
    shadows = {rule.shadow.model for rule in policy.rules if rule.shadow}
    used = {name for rule in policy.rules for name in rule.use} | shadows
    used |= _by_guard(policy, catalog)
    for name in catalog.models:
        if name not in used:
            yield Fault(f"model '{name}'", "no rule uses it; only requests that name it reach it")


def _costless(rule: Rule, catalog: Catalog) -> Iterator[Fault]:
    weighs_money = SELECTORS[rule.choose].weighs and not SELECTORS[rule.choose].times
    if weighs_money and not any(_costs(catalog.models[name]) for name in rule.use):
        yield Fault(
            f"rule '{rule.name}'",
            f"chooses by {rule.choose}, but none of its models has a price, so it always takes the "
            "best answer expected, whatever it costs: set `usd_per_million`",
        )


def _takers(boxes: list[Box], earlier: list[tuple[str, list[Box]]], kinds: Kinds) -> list[str]:
    """Return the earlier rules that together take all of these boxes; none if something is left."""
    left, takers = boxes, []
    for name, others in earlier:
        before = left
        for other in others:
            left = [piece for box in left for piece in _without(box, other, kinds)]
            if len(left) > _MAX_BOXES:
                return []
        if left != before:
            takers.append(name)
        if not left:
            # One that takes it all alone says more than several that do so together.
            alone = [
                n for n, o in earlier if all(any(_within(b, x, kinds) for x in o) for b in boxes)
            ]
            return alone[:1] or takers
    return []


def _without(box: Box, other: Box, kinds: Kinds) -> Iterator[Box]:
    """Yield what is left of a box when another is cut out: at most two pieces per value asked."""
    rest = dict(box)
    pieces = []
    for key, cut in other.items():
        whole = rest.get(key, Interval()).meet(_range(key, kinds))
        below = whole.meet(Interval(high=cut.low, high_in=not cut.low_in))
        above = whole.meet(Interval(low=cut.high, low_in=not cut.high_in))
        pieces += [{**rest, key: side} for side in (below, above) if not side.empty]
        rest[key] = whole.meet(cut)
        if rest[key].empty:  # they do not meet at all
            yield box
            return
    yield from (piece for piece in pieces if _possible(piece, kinds))


def _costs(model: Model) -> bool:
    return model.prices.input > 0 or model.prices.output > 0


def _boxes(condition: Condition, kinds: Kinds, *, wanted: bool = True) -> list[Box] | None:
    """Return the alternatives in which a condition holds (or, not wanted, does not)."""
    match condition:
        case Asks():
            return _asked(condition, kinds, wanted=wanted)
        case Not(of=part):
            return _boxes(part, kinds, wanted=not wanted)
        case All(of=parts) | Any_(of=parts):
            inner = [_boxes(part, kinds, wanted=wanted) for part in parts]
            known = [boxes for boxes in inner if boxes is not None]
            if len(known) < len(inner):
                return None
            if isinstance(condition, All) == wanted:
                return _crossed(known)
            return [box for boxes in known for box in boxes]
        case _:
            assert_never(condition)


def _crossed(alternatives: list[list[Box]]) -> list[Box] | None:
    if math.prod(len(boxes) for boxes in alternatives) > _MAX_BOXES:
        return None
    return [_joined(combination) for combination in product(*alternatives)]


def _joined(boxes: tuple[Box, ...]) -> Box:
    joined: dict[tuple[str, str], Interval] = {}
    for box in boxes:
        for key, interval in box.items():
            joined[key] = joined.get(key, Interval()).meet(interval)
    return joined


def _asked(asks: Asks, kinds: Kinds, *, wanted: bool) -> list[Box]:
    key = (asks.signal, asks.name)
    above, below = asks.above, asks.below
    if above is None and below is None:
        above = least_of(asks.name, number=kinds[asks.signal] == "numbers")
    low = -math.inf if above is None else above
    high = math.inf if below is None else below
    if wanted:
        return [{key: Interval(low, high, above is None, below is None)}]
    outside = []
    if above is not None:
        outside.append({key: Interval(high=above)})
    if below is not None:
        outside.append({key: Interval(low=below)})
    return list(outside)


def _possible(box: Box, kinds: Kinds) -> bool:
    if any(interval.meet(_range(key, kinds)).empty for key, interval in box.items()):
        return False
    for signal in {name for name, _ in box if kinds[name] == "exclusive"}:
        least = [interval.low for key, interval in box.items() if key[0] == signal]
        if sum(low for low in least if low > 0) >= 1 and len(least) > 1:
            return False
    return True


def _range(key: tuple[str, str], kinds: Kinds) -> Interval:
    """Return the values that a signal can take at all."""
    signal, name = key
    is_probability = kinds[signal] != "numbers" or name == "p" or name.startswith("p_")
    return Interval(0.0, 1.0 if is_probability else math.inf)


def _within(box: Box, other: Box, kinds: Kinds) -> bool:
    return all(
        box.get(key, Interval()).meet(_range(key, kinds)).inside(interval)
        for key, interval in other.items()
    )


def _by_guard(policy: Policy, catalog: Catalog) -> set[str]:
    """Return the models that the guard may send requests to, whatever the rules say."""
    guards = policy.guards
    said = [guards.whole, *guards.tenants.values(), *(r.guard for r in policy.rules if r.guard)]
    sent = {attack.send_to for guard in said for attack in guard.attacks.values()}
    tables = [guard.pii for guard in said] + [model.pii for model in catalog.models.values()]
    reroutes = any(rule.action == "reroute" for table in tables for rule in table.values())
    return {name for name in catalog.models if reroutes or name in sent}
