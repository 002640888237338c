"""What is public is in `__all__`, sorted, and there."""

import importlib
import pkgutil

import pytest

import pointsman

# The commands, the workbenches and what needs optional packages are not imported by others.
_PACKAGES = [
    module.name
    for module in pkgutil.walk_packages(pointsman.__path__, "pointsman.")
    if module.name.split(".")[1]
    in {"wire", "encoder", "signals", "catalog", "policy", "config", "exchange", "observe"}
]


def test_the_public_names_are_sorted_and_there() -> None:
    assert pointsman.__all__ == sorted(pointsman.__all__)
    assert {name: getattr(pointsman, name) for name in pointsman.__all__}


def test_the_namespace_holds_nothing_public_beside_them_but_its_packages() -> None:
    submodules = {module.name for module in pkgutil.iter_modules(pointsman.__path__)}
    typing_names = {"TYPE_CHECKING", "Any"}
    public = {name for name in vars(pointsman) if not name.startswith("_")}
    assert public - submodules - typing_names <= set(pointsman.__all__)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="Signalman"):
        _ = pointsman.Signalman


@pytest.mark.parametrize("name", _PACKAGES)
def test_every_module_says_what_it_is_and_lists_only_what_it_has(name: str) -> None:
    module = importlib.import_module(name)
    assert module.__doc__
    for public in getattr(module, "__all__", ()):
        assert hasattr(module, public)
