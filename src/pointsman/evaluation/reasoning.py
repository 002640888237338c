"""The benchmark `reasoning`: does reasoning go where it helps, on recorded answers?"""

import argparse

from rich.console import Console

from pointsman.evaluation import live, replay
from pointsman.evaluation.live.scores import LiveReport
from pointsman.evaluation.replay.files import FOLDER
from pointsman.evaluation.replay.pairs import MODE_PAIRS
from pointsman.evaluation.replay.report import ReplayReport
from pointsman.evaluation.rows import Say, Scored

__all__ = ["FOLDER", "add_arguments", "measure", "show"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what a live run takes; `routing` adds what both benchmarks of recorded answers take."""
    live.add_arguments(parser)


def measure(args: argparse.Namespace, say: Say) -> Scored | LiveReport:
    """Run the benchmark, on recorded answers or live.

    Raises:
        ConfigError: The data, the config or the arguments are wrong.
        BundleError: The bundle cannot be used.
        MissingExtraError: Pictures are wanted, and there is nothing to draw them with.
    """
    if args.live:
        return live.measure(args, say)
    return replay.measure(args, say, "reasoning", MODE_PAIRS)


def show(report: ReplayReport | LiveReport, console: Console) -> None:
    """Print the report as tables."""
    if isinstance(report, LiveReport):
        live.show(report, console)
    else:
        replay.show(report, console)
