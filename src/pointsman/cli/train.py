"""`pointsman train`: fine-tunes an encoder bundle."""

import argparse

from pointsman.errors import MissingExtraError
from pointsman.training import train


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add this command's arguments."""
    train.add_arguments(parser)


def run(args: argparse.Namespace) -> int:
    """Run the command."""
    try:
        return train.run(args)
    except ModuleNotFoundError as error:
        raise MissingExtraError(
            f"training needs the package {error.name}: pip install 'pointsman[train]'"
        ) from error
