"""The models list, without a server."""

import pytest

from pointsman.catalog.families import FAMILIES
from pointsman.catalog.models import AUTO_NAMES, Catalog, Model, Prices
from pointsman.errors import UnknownModelError
from pointsman.gateway.models import model_list, model_object

CATALOG = Catalog(
    {
        name: Model(name, f"up-{name}", "generic", FAMILIES["generic"], Prices(), (), 1.0)
        for name in ("small", "large")
    }
)


def test_the_list_begins_with_the_names_that_leave_the_choice() -> None:
    listed = model_list(CATALOG, 7)
    names = [card["id"] for card in listed["data"]]
    assert listed["object"] == "list"
    assert names[0] == "auto"
    assert set(names[:3]) == AUTO_NAMES
    assert names[3:] == ["small", "large"]


@pytest.mark.parametrize("name", ["auto", "MoM", "vllm-sr/auto", "small"])
def test_each_listed_name_can_be_asked_for(name: str) -> None:
    card = {"id": name, "object": "model", "created": 7, "owned_by": "pointsman"}
    assert model_object(CATALOG, name, 7) == card


def test_a_model_is_found_by_its_servers_name_too() -> None:
    assert model_object(CATALOG, "up-small", 7)["id"] == "small"


def test_an_unknown_name_is_refused() -> None:
    with pytest.raises(UnknownModelError, match="known are: auto, small, large"):
        model_object(CATALOG, "gpt-99", 7)
