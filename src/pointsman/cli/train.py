"""`pointsman train`: fine-tunes an encoder bundle."""

import argparse

from pointsman.errors import MissingExtraError
from pointsman.training.train import add_arguments as add_training_arguments
from pointsman.training.train import run as run_training


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add this command's arguments."""
    add_training_arguments(parser)


def run(args: argparse.Namespace) -> int:
    """Run the command."""
    try:
        return run_training(args)
    except ModuleNotFoundError as error:
        raise MissingExtraError(
            f"training needs the package {error.name}: pip install 'pointsman[train]'"
        ) from error
