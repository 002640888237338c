"""Replays recorded answers of pairs of models: the engine of `bench routing` and `reasoning`."""

from pointsman.evaluation.replay.run import add_arguments, measure
from pointsman.evaluation.replay.table import show_report as show

__all__ = ["add_arguments", "measure", "show"]
