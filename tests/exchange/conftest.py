"""A world with a guard."""

from collections.abc import Callable

import pytest

from pointsman.catalog.models import Catalog, Model
from pointsman.catalog.sight import PiiRule
from pointsman.policy.guard import Guard, Guards
from pointsman.policy.rules import Policy, Rule
from pointsman.policy.world import World
from pointsman.signals import asked_of, default_detectors

from .guarded import LABELS, Build


@pytest.fixture(scope="session")
def watched(a_model: Callable[..., Model], a_catalog: Callable[..., Catalog]) -> Build:
    """Build a world with a guard, two models and a third of our own."""
    catalog: Catalog = a_catalog(
        a_model("small", price=1.0, strength=0.0),
        a_model("large", price=9.0, strength=1.0),
        a_model("local", price=2.0, strength=0.5, pii={"default": PiiRule("allow")}),
    )
    shelf = default_detectors(LABELS)
    guarding = [d for d in shelf if d.name in {"jailbreak", "pii", "coverage"}]

    def build(guard: Guard, *rules: Rule, **tenants: Guard) -> World:
        guards = Guards(guard, tenants, frozenset({"jailbreak", "pii"}))
        return World(
            Policy(rules or (Rule("all", ("small",), choose="static"),), guards=guards),
            catalog,
            shelf,
            asked=asked_of(shelf, 9),
            guard_asked=asked_of(guarding, 9),
        )

    return build
