"""Effects are values: equal when they ask the same."""

from pointsman.catalog.families import Reasoning
from pointsman.catalog.models import Target
from pointsman.encoder.encoding import Asked
from pointsman.exchange.effects import Encode, Recollect, Remember


def test_effects_that_ask_the_same_are_equal() -> None:
    target = Target("m", Reasoning("off"))
    one, other = Asked(frozenset({"domain"})), Asked(frozenset({"domain"}), frozenset({"pii"}))
    assert Encode("a", one) == Encode("a", Asked(frozenset({"domain"})))
    assert Encode("a", one) != Encode("b", one)
    assert Encode("a", one) != Encode("a", other)
    assert Recollect("a") == Recollect("a")
    assert Remember("a", target) == Remember("a", Target("m", Reasoning("off")))
