"""A semantic router for LLM requests: each generated token earns its place."""

from typing import TYPE_CHECKING, Any

from pointsman.errors import PointsmanError

if TYPE_CHECKING:
    from pointsman.router import Router

__version__ = "0.1.0"

__all__ = ["PointsmanError", "Router", "__version__"]


def __getattr__(name: str) -> Any:  # noqa: ANN401  # PEP 562
    """Import the router, and with it the encoder's libraries, only when it is asked for."""
    if name == "Router":
        from pointsman.router import Router  # noqa: PLC0415  # the reason for this function

        return Router
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
