"""All that routing needs beside the request."""

from collections.abc import Callable

from pointsman.catalog.models import Catalog, Model
from pointsman.encoder.encoding import Asked
from pointsman.policy.rules import Policy, Rule
from pointsman.policy.world import World


def test_a_world_asks_for_token_counts_unless_told_not_to(
    a_model: Callable[..., Model], a_catalog: Callable[..., Catalog]
) -> None:
    world = World(Policy((Rule("all", ("m",)),)), a_catalog(a_model("m")), ())
    assert world.ask_usage


def test_a_world_asks_the_encoder_for_nothing_unless_told_to(
    a_model: Callable[..., Model], a_catalog: Callable[..., Catalog]
) -> None:
    world = World(Policy((Rule("all", ("m",)),)), a_catalog(a_model("m")), ())
    assert world.asked == Asked()
