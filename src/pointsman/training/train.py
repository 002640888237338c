"""`pointsman train`: the options of a training run; the run itself is in `pipeline`.

Importing this module imports no torch: the command line reads its options from here.
"""

import argparse
import os
from datetime import UTC, datetime
from pathlib import Path

DATA_VARIABLE = "POINTSMAN_DATA"
DEFAULT_DATA = "../shared/data"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the options of `pointsman train` to its parser."""
    add_data_argument(parser)
    parser.add_argument(
        "--out",
        type=Path,
        required=True,
        metavar="DIR",
        help="folder for bundle/, results.json, README.md and the checkpoint",
    )
    parser.add_argument("--epochs", type=int, default=3, help="passes over the data (default: 3)")
    parser.add_argument(
        "--max-tokens",
        type=int,
        default=128,
        metavar="N",
        help="word pieces read while training; longer texts lose their middle (default: 128)",
    )
    parser.add_argument("--seed", type=int, default=0, help="of weights, batches and dropout")
    parser.add_argument("--threads", type=int, default=2, help="for arithmetic (default: 2)")
    parser.add_argument(
        "--bf16",
        action="store_true",
        help="multiply in bfloat16: three times as fast with AMX, unusably slow without",
    )
    parser.add_argument(
        "--resume", action="store_true", help="go on from the checkpoint in the out folder"
    )
    parser.add_argument(
        "--bundle-version",
        default=None,
        metavar="VERSION",
        help="written into the manifest (default: today's date)",
    )


def add_data_argument(parser: argparse.ArgumentParser) -> None:
    """Adds the option that names the data folder."""
    parser.add_argument(
        "--data",
        type=Path,
        default=Path(os.environ.get(DATA_VARIABLE, DEFAULT_DATA)),
        metavar="DIR",
        help="folder with domain/, difficulty/, outcomes/, jailbreak/, pii/, cache/ and tools/ "
        f"(default: ${DATA_VARIABLE})",
    )


def run(args: argparse.Namespace) -> int:
    """Trains, exports, calibrates, evaluates and writes everything; returns the exit status.

    Raises:
        ModuleNotFoundError: A package of the extra `train` is not installed.
        MissingExtraError: The package with the published weights is not installed.
        ConfigError: The data folder lacks a file.
    """
    from pointsman.training import pipeline  # noqa: PLC0415 - needs torch, which the extra brings

    version = args.bundle_version or datetime.now(UTC).strftime("%Y.%m.%d")
    pipeline.make(
        pipeline.Order(
            data=args.data,
            out=args.out,
            version=version,
            epochs=args.epochs,
            max_tokens=args.max_tokens,
            seed=args.seed,
            threads=args.threads,
            resume=args.resume,
            bf16=args.bf16,
        )
    )
    return 0
