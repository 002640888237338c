"""Counts, and how a page shows them."""

from collections.abc import Sequence

from rich.console import Console

from pointsman.encoder.bundle import load_bundle
from pointsman.evaluation.shares import share_if_any
from pointsman.evaluation.tables import percent, with_bounds

WIDTH = 200
NOTHING = "-"


def page() -> Console:
    """Return a console that writes Markdown, whatever the terminal is."""
    return Console(width=WIDTH, no_color=True, highlight=False)


def part(happened: Sequence[bool]) -> str:
    """Return a share as percent; a dash where there is nothing."""
    found = share_if_any(happened)
    return NOTHING if found is None else percent(found.share)


def bounded(happened: Sequence[bool]) -> str:
    """Return a share as percent with its exact 95 % interval."""
    return with_bounds(share_if_any(happened))


def guard_named(bound: float | None = None) -> str:
    """Return which guard was run: its bundle, and its bound where it is not the shipped ones."""
    manifest = load_bundle().manifest
    at = "the shipped thresholds" if bound is None else f"{bound} for each kind"
    return f"guard at {at}, encoder bundle {manifest.name} {manifest.version}"
