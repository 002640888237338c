"""The models list, in OpenAI's form."""

from typing import Any

from pointsman.catalog.models import AUTO_NAMES, Catalog

_OWNER = "pointsman"


def model_list(catalog: Catalog, created: int) -> dict[str, Any]:
    """Return the body of GET /v1/models: the names that mean "you choose", then every model."""
    names = [*sorted(AUTO_NAMES, key=lambda name: name != "auto"), *catalog.models]
    return {"object": "list", "data": [_object(name, created) for name in names]}


def model_object(catalog: Catalog, name: str, created: int) -> dict[str, Any]:
    """Return the body of GET /v1/models/{name}.

    Raises:
        UnknownModelError: There is no such model.
    """
    return _object(name if name in AUTO_NAMES else catalog.named(name).name, created)


def _object(name: str, created: int) -> dict[str, Any]:
    return {"id": name, "object": "model", "created": created, "owned_by": _OWNER}
