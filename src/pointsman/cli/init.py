"""`pointsman init`: a config to start from."""

import argparse
import sys
from pathlib import Path

from pointsman.config.build import DEFAULT_CONFIG


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add this command's arguments."""
    parser.add_argument("file", nargs="?", type=Path, default=Path("pointsman.yaml"))


def run(args: argparse.Namespace) -> int:
    """Run the command; never overwrites a file."""
    try:
        with args.file.open("x", encoding="utf-8") as out:
            out.write(DEFAULT_CONFIG.read_text(encoding="utf-8"))
    except FileExistsError:
        print(f"pointsman init: {args.file} is there already and stays as it is", file=sys.stderr)
        return 1
    except OSError as error:
        why = error.strerror or error
        print(f"pointsman init: {args.file} cannot be written: {why}", file=sys.stderr)
        return 2
    print(f"Wrote {args.file}: set the URLs, names and prices of your models, then")
    print(f"  pointsman check -c {args.file}")
    print(f"  pointsman serve -c {args.file}")
    return 0
