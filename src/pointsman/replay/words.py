"""Numbers and tables in words, for a terminal."""

import math
from collections.abc import Callable, Iterator, Sequence

from pointsman.replay.estimates import Compared
from pointsman.statistics.resampling import Estimate

NOTHING = "-"


def table(rows: Sequence[Sequence[str]], texts: int = 1, indent: str = "  ") -> Iterator[str]:
    """Yield rows with their cells one below the other.

    Args:
        rows: The first one is the heading.
        texts: The first columns, which stand to the left; the others, of numbers, to the right.
        indent: What every line begins with.
    """
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    for row in rows:
        cells = [
            cell.ljust(width) if at < texts else cell.rjust(width)
            for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        yield (indent + "  ".join(cells)).rstrip()


def number(value: float, *, signed: bool = False) -> str:
    """Return four digits of a number."""
    if not math.isfinite(value):
        return NOTHING
    if value == 0:
        return "0"
    digits = max(0, 3 - math.floor(math.log10(abs(value))))
    return f"{value:{'+' if signed else ''},.{digits}f}"


def percent(value: float, *, signed: bool = False) -> str:
    """Return a share as percent."""
    return f"{100 * value:{'+' if signed else ''}.1f} %" if math.isfinite(value) else NOTHING


def points(found: Estimate) -> str:
    """Return a change of a share in points, with its interval."""
    return _between(found, lambda value: f"{100 * value:+.2f}", "points")


def change(found: Estimate) -> str:
    """Return a change with its interval."""
    return _between(found, lambda value: number(value, signed=True))


def share(found: Estimate) -> str:
    """Return a share with its interval."""
    return _between(found, percent)


def mean(found: Estimate) -> str:
    """Return a mean with its interval."""
    return _between(found, lambda value: f"{value:.3f}")


def lead(found: Estimate) -> str:
    """Return a difference of means with its interval."""
    return _between(found, lambda value: f"{value:+.3f}")


def part(compared: Compared) -> str:
    """Return the change as part of what was before."""
    whole = compared.before
    return percent(compared.change.value / whole, signed=True) if whole else NOTHING


def count(records: int, noun: str) -> str:
    """Return so many of something."""
    return f"{records:,} {noun}{'' if records == 1 else 's'}"


def _between(found: Estimate, said: Callable[[float], str], unit: str = "") -> str:
    if not math.isfinite(found.value):
        return NOTHING
    words = f"{said(found.value)} {unit}".rstrip()
    if not math.isfinite(found.low):
        return words
    return f"{words} ({said(found.low)} to {said(found.high)})"
