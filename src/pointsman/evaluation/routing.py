"""The benchmark `routing`: is the right one of two models chosen, on recorded answers?"""

import argparse

from rich.console import Console

from pointsman.evaluation import replay
from pointsman.evaluation.replay.files import FOLDER
from pointsman.evaluation.replay.pairs import CHOICE_PAIRS
from pointsman.evaluation.replay.report import ReplayReport
from pointsman.evaluation.rows import Say, Scored

__all__ = ["FOLDER", "add_arguments", "measure", "show"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add this benchmark's arguments."""
    replay.add_arguments(parser)


def measure(args: argparse.Namespace, say: Say) -> Scored:
    """Run the benchmark.

    Raises:
        ConfigError: The data, the config or the arguments are wrong.
        BundleError: The bundle cannot be used.
        MissingExtraError: Pictures are wanted, and there is nothing to draw them with.
    """
    return replay.measure(args, say, "routing", CHOICE_PAIRS)


def show(report: ReplayReport, console: Console) -> None:
    """Print the report as tables."""
    replay.show(report, console)
