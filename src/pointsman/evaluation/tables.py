"""Tables of the benchmarks of rows; plain enough to be read as Markdown."""

from collections.abc import Iterable

from rich import box
from rich.console import Console
from rich.table import Table

from pointsman.evaluation.rows import RowsFile
from pointsman.evaluation.shares import Estimate, Share

NOTHING = "-"
"""Stands where there is no number."""


def table_of(texts: tuple[str, ...], numbers: tuple[str, ...]) -> Table:
    """Return an empty table; columns of numbers stand to the right."""
    table = Table(box=box.MARKDOWN)
    for text in texts:
        table.add_column(text, overflow="fold")
    for number in numbers:
        table.add_column(number, justify="right", no_wrap=True)
    return table


def print_heading(console: Console, title: str, bundle: str, *files: RowsFile) -> None:
    """Print what was scored, and by what."""
    print_line(console, f"# {title}\n")
    for rows in files:
        print_line(console, f"{rows.rows} rows of {rows.file} (SHA-256 {rows.sha256[:16]}).")
    print_line(console, f"Encoder bundle: {bundle}.")


def print_table(console: Console, title: str, table: Table) -> None:
    """Print a table below its title; nothing if it is empty."""
    if table.row_count:
        print_line(console, f"\n## {title}")
        console.print(table)


def print_notes(console: Console, notes: Iterable[str]) -> None:
    """Print what the numbers mean."""
    print_line(console, "\nNotes:\n")
    for note in notes:
        print_line(console, f"- {note}")


def print_line(console: Console, line: str) -> None:
    """Print a line as it is."""
    console.print(line, markup=False, highlight=False, soft_wrap=True)


def percent(value: float | None) -> str:
    """Return a share as percent."""
    return NOTHING if value is None else f"{100 * value:.1f}"


def with_bounds(found: Share | Estimate | None) -> str:
    """Return a share as percent with its interval."""
    if found is None:
        return NOTHING
    value = found.share if isinstance(found, Share) else found.value
    return f"{percent(value)} [{percent(found.low)}-{percent(found.high)}]"


def unit(found: Estimate | None) -> str:
    """Return a number between 0 and 1 with its interval."""
    return NOTHING if found is None else f"{found.value:.3f} [{found.low:.3f}-{found.high:.3f}]"
