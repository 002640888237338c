"""Lets garak attack a gateway with the guard off and on, and prints what came through.

    python -m benchmarks.attack_tools.run_garak --garak GARAK_PYTHON > benchmarks/attack_tools.md

`GARAK_PYTHON` is the interpreter of an environment that holds garak (README.md). `POINTSMAN_DATA`
names the folder of data from which ordinary prompts are read, and by which prompts of garak's are
known that the guard was trained on.
"""

import argparse
import asyncio
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import msgspec
from benchmarks.attack_tools.counts import bounded, guard_named, page, part
from benchmarks.attack_tools.garak_report import Attempt
from benchmarks.attack_tools.garak_runs import attacked
from benchmarks.attack_tools.ordinary_page import show_ordinary
from benchmarks.attack_tools.probes import GROUPS, Group
from benchmarks.attack_tools.stage import SORRY, staged
from benchmarks.attack_tools.texts import Known
from rich.console import Console

from pointsman.errors import PointsmanError
from pointsman.evaluation.servers import version_of
from pointsman.evaluation.tables import print_line, print_table, table_of

COLUMNS = ("n", "seen", "success off", "success on", "refused")


class Pair(msgspec.Struct, frozen=True):
    """One prompt with the guard off and on.

    Attributes:
        seen: Whether the guard may have been trained on its text.
    """

    off: Attempt
    on: Attempt
    seen: bool

    @property
    def refused(self) -> bool:
        """Whether the gateway refused it."""
        return self.on.answer == SORRY


async def run(group: Group, args: argparse.Namespace, *, guarded: bool) -> tuple[Attempt, ...]:
    """Run a group of probes, and check that what was not refused is what reached the victim."""
    say(f"{group.aim}, guard {'on' if guarded else 'off'}")
    async with staged(group.manner, guarded=guarded, refuse_above=args.refuse_above) as stage:
        attempts = await attacked(args.garak, stage.url, group, args.prompts)
        passed = sum(attempt.answer != SORRY for attempt in attempts)
        if passed != stage.victim.answered:
            raise PointsmanError(
                f"{group.aim}: {passed} attempts were answered by the victim, says garak; "
                f"{stage.victim.answered}, says the victim"
            )
    return attempts


def paired(off: Sequence[Attempt], on: Sequence[Attempt], known: Known) -> tuple[Pair, ...]:
    """Return the attempts of both runs side by side.

    Raises:
        PointsmanError: The runs did not send the same prompts.
    """
    if [(a.probe, a.prompt) for a in off] != [(a.probe, a.prompt) for a in on]:
        raise PointsmanError("garak sent other prompts with the guard on than with it off")
    return tuple(Pair(a, b, a.prompt in known) for a, b in zip(off, on, strict=True))


def cells(pairs: Sequence[Pair], shown: Callable[[Sequence[bool]], str] = part) -> tuple[str, ...]:
    """Return a row's numbers; see `COLUMNS`."""
    return (
        str(len(pairs)),
        str(sum(pair.seen for pair in pairs)),
        part([pair.off.hit for pair in pairs]),
        shown([pair.on.hit for pair in pairs]),
        shown([pair.refused for pair in pairs]),
    )


def show_all(console: Console, found: Sequence[tuple[Group, tuple[Pair, ...]]]) -> None:
    """Print the summary by aim, then each probe."""
    table = table_of(("what the probes try", "texts"), COLUMNS)
    for group, pairs in found:
        for name, seen in (("unseen", False), ("seen", True)):
            chosen = [pair for pair in pairs if pair.seen == seen]
            if chosen:
                table.add_row(group.aim, name, *cells(chosen, bounded))
    print_table(console, "garak: attack success by its own detectors, percent", table)
    table = table_of(("what it tries", "probe"), COLUMNS)
    for group, pairs in found:
        for probe in group.probes:
            chosen = [pair for pair in pairs if pair.off.probe == probe]
            table.add_row(group.aim.split(" (")[0], probe, *cells(chosen))
    print_table(console, "garak: the same by probe, percent", table)


def say(line: str) -> None:
    """Tell who waits what is going on."""
    sys.stderr.write(line + "\n")


async def main(args: argparse.Namespace) -> None:
    """Run everything and print the page."""
    console, known = page(), Known(args)
    version = await version_of(args.garak, "garak")
    print_line(console, "# Attacked by garak and PyRIT\n")
    print_line(console, "How it is made, and what it does not show: `attack_tools/README.md`.\n")
    made = datetime.now(UTC).date()
    print_line(
        console,
        f"garak {version}, at most {args.prompts} prompts per probe where it heeds the cap; "
        f"{guard_named(args.refuse_above)}; made {made}.",
    )
    found = []
    for group in GROUPS:
        off = await run(group, args, guarded=False)
        found.append((group, paired(off, await run(group, args, guarded=True), known)))
    show_all(console, found)
    async with staged("parrot", guarded=True, refuse_above=args.refuse_above) as stage:
        await show_ordinary(console, stage.url, args)


def arguments() -> argparse.Namespace:
    """Return what the command line says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--garak", required=True, metavar="PYTHON")
    parser.add_argument("--prompts", type=int, default=50, help="the most per probe")
    parser.add_argument("--refuse-above", type=float, help="one bound instead of the shipped ones")
    parser.add_argument("--data", help="default: $POINTSMAN_DATA")
    parser.set_defaults(split="dev", half="report")
    return parser.parse_args()


if __name__ == "__main__":
    asyncio.run(main(arguments()))
