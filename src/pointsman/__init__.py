"""A semantic router for LLM requests: each generated token earns its place."""

from pointsman.errors import PointsmanError
from pointsman.router import Router

__version__ = "0.1.0"

__all__ = ["PointsmanError", "Router", "__version__"]
