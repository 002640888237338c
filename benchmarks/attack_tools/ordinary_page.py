"""False refusals: ordinary prompts sent through the same guarded gateway."""

import argparse
from collections import Counter

from benchmarks.attack_tools.asking import Verdict, ask_all
from benchmarks.attack_tools.counts import bounded
from benchmarks.attack_tools.texts import ordinary
from rich.console import Console

from pointsman.evaluation.tables import print_table, table_of


async def show_ordinary(console: Console, url: str, args: argparse.Namespace) -> None:
    """Ask all ordinary prompts and print how many were refused, by source."""
    table = table_of(("ordinary prompts",), ("n", "refused, 95 %", "for what"))
    everything: list[Verdict] = []
    for source, texts in ordinary(args).items():
        verdicts = await ask_all(url, texts)
        everything += verdicts
        table.add_row(source, *_cells(verdicts))
    table.add_row("all", *_cells(everything))
    print_table(console, "False refusals beside it, percent", table)


def _cells(verdicts: list[Verdict] | tuple[Verdict, ...]) -> tuple[str, str, str]:
    refused = [verdict.refused for verdict in verdicts]
    reasons = Counter(verdict.reasons for verdict in verdicts if verdict.refused)
    told = ", ".join(f"{count} {reason}" for reason, count in reasons.most_common())
    return str(len(verdicts)), bounded(refused), told or "-"
