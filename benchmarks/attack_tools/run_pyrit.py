"""Disguises our own unseen attacks by PyRIT's converters, and prints how many a gateway refuses.

    python -m benchmarks.attack_tools.run_pyrit --pyrit PYRIT_PYTHON >> benchmarks/attack_tools.md

`PYRIT_PYTHON` is the interpreter of an environment that holds pyrit (README.md). Harmless texts
under the same disguises stand beside: a guard that refuses every disguise would refuse them too.
"""

import argparse
import asyncio
import subprocess
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from benchmarks.attack_tools.asking import ask_all
from benchmarks.attack_tools.counts import bounded, guard_named, page, part
from benchmarks.attack_tools.stage import staged
from benchmarks.attack_tools.texts import ATTACKS, HARMLESS, ours
from rich.console import Console

from pointsman.errors import PointsmanError
from pointsman.evaluation.servers import version_of
from pointsman.evaluation.tables import print_line, print_table, table_of

_CONVERT = Path(__file__).with_name("convert.py")
_LONGEST_S = 600.0

Converted = Mapping[str, Sequence[str | None]]


def convert(python: str, texts: Sequence[str]) -> Converted:
    """Return the texts by converter, as PyRIT writes them.

    Raises:
        PointsmanError: It did not run; its own last words are in the message.
    """
    done = subprocess.run(  # noqa: S603 - the operator names the interpreter
        [python, str(_CONVERT)],
        input=msgspec.json.encode(list(texts)),
        capture_output=True,
        timeout=_LONGEST_S,
        check=False,
    )
    if done.returncode:
        said = done.stderr.decode(errors="replace")[-2000:]
        raise PointsmanError(f"the converters ended with {done.returncode}: {said}")
    return msgspec.json.decode(done.stdout, type=dict[str, list[str | None]])


async def refusals(url: str, texts: Sequence[str | None]) -> list[bool | None]:
    """Return which texts were refused; None for those that could not be converted."""
    verdicts = iter(await ask_all(url, [text for text in texts if text is not None]))
    return [None if text is None else next(verdicts).refused for text in texts]


def row(refused: Sequence[bool | None], labels: Sequence[str]) -> tuple[str, ...]:
    """Return a row's numbers: by label, all attacks, all harmless texts."""

    def of(*names: str) -> list[bool]:
        pairs = zip(refused, labels, strict=True)
        return [bool(was) for was, label in pairs if was is not None and label in names]

    by_label = tuple(part(of(label)) for label in ATTACKS)
    return (*by_label, bounded(of(*ATTACKS)), bounded(of(*HARMLESS)), str(refused.count(None)))


async def show_all(console: Console, converted: Converted, labels: Sequence[str]) -> None:
    """Send all texts and print the table."""
    columns = (*ATTACKS, "all attacks, 95 %", "harmless, 95 %", "not converted")
    table = table_of(("kind", "converter"), columns)
    async with staged("yes-man", guarded=True) as stage:
        for name, texts in converted.items():
            sys.stderr.write(f"{name}\n")
            kind, converter = name.split("/")
            table.add_row(kind, converter, *row(await refusals(stage.url, texts), labels))
    print_table(console, "PyRIT: refused under its converters, percent", table)


async def main(args: argparse.Namespace) -> None:
    """Run everything and print the page."""
    console, version = page(), await version_of(args.pyrit, "pyrit")
    chosen = ours(args.each)
    labels = [label for label, texts in chosen.items() for _ in texts]
    texts = [text for some in chosen.values() for text in some]
    converted = await asyncio.to_thread(convert, args.pyrit, texts)
    counts = ", ".join(f"{len(some)} {label}" for label, some in chosen.items())
    made = datetime.now(UTC).date()
    print_line(
        console,
        f"\npyrit {version}; texts of unseen/guard.jsonl: {counts}; {guard_named()}; made {made}.",
    )
    await show_all(console, converted, labels)


def arguments() -> argparse.Namespace:
    """Return what the command line says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pyrit", required=True, metavar="PYTHON")
    parser.add_argument("--each", type=int, default=40, help="the most texts of a label")
    return parser.parse_args()


if __name__ == "__main__":
    asyncio.run(main(arguments()))
