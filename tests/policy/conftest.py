"""Catalogs that tests of the policy begin with."""

from collections.abc import Callable

import pytest

from pointsman.catalog.models import Catalog, Model


@pytest.fixture(scope="session")
def two(a_model: Callable[..., Model], a_catalog: Callable[..., Catalog]) -> Catalog:
    """A cheap weak model and a dear strong one, both with a switch."""
    return a_catalog(
        a_model("small", price=1.0, strength=0.0), a_model("large", price=10.0, strength=1.0)
    )
