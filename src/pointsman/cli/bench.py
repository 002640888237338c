"""`pointsman bench`: measure this machine, and what the encoder knows."""

import argparse
import contextlib
import importlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import msgspec
from rich.console import Console

from pointsman.errors import ConfigError
from pointsman.evaluation import BENCHES, PLANNED, rows

_PLAIN_WIDTH = 180
"""Columns of the tables where there is no terminal to ask."""

_EPILOG = """\
examples:
  pointsman bench latency
  pointsman bench latency --repeat 20 --no-reference --no-gateway      a quick look
  pointsman bench latency --out latency.json > latency.md              to keep
  pointsman bench domain --data DATA --split dev                       right domains
  pointsman bench guard --out rows.jsonl                               score them with your own code
  pointsman bench guard --false-refusals 0.02                          thresholds for your own texts
  pointsman bench pii --bundle build/bundle --json                     another encoder bundle
  pointsman bench cache --error-max 0.01                               stored answers that serve
  pointsman bench routing --half report --plots plots                  recorded answers, replayed
  pointsman bench reasoning --limit 200                                a quick look
  pointsman bench reasoning --live --base-url URL --model NAME --outcomes mine.jsonl
                                                                       your own model, measured

The comparison of `latency` builds graphs of about 700 MB in the temporary folder, and removes them.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add this command's arguments."""
    known = "; ".join(f"{name}: {purpose}" for name, purpose in BENCHES.items())
    parser.add_argument("name", metavar="NAME", type=_known, help=known)
    parser.add_argument("--json", action="store_true", help="machine-readable output")
    parser.add_argument(
        "--out",
        type=Path,
        metavar="FILE",
        help="latency, reasoning --live: write the JSON to a file as well; the others: write one "
        "JSON line per row",
    )
    rows.add_arguments(parser)
    for name in BENCHES:
        _module(name).add_arguments(parser)
    parser.epilog = _EPILOG


def run(args: argparse.Namespace) -> int:
    """Run one benchmark."""
    module = _module(args.name)
    _check(args, module)
    with _progress() as say:
        measured = module.measure(args, say)
    is_scored = isinstance(measured, rows.Scored)
    report, lines = (measured.report, measured.written()) if is_scored else (measured, None)
    encoded = msgspec.json.encode(report)
    if args.out is not None:
        args.out.write_bytes(lines or msgspec.json.format(encoded, indent=1) + b"\n")
    if args.json:
        print(encoded.decode())
    else:
        module.show(report, Console(width=None if sys.stdout.isatty() else _PLAIN_WIDTH))
    return 0


def _check(args: argparse.Namespace, module: ModuleType) -> None:
    if args.out is not None and not args.out.parent.is_dir():
        raise ConfigError(f"--out {args.out}: there is no folder {args.out.parent}")
    if args.live and args.name != "reasoning":
        raise ConfigError("--live is for `bench reasoning`: take it out")
    if hasattr(module, "FOLDER"):
        return
    for option in rows.OPTIONS:
        if getattr(args, option) is not None:
            raise ConfigError(f"`bench {args.name}` scores no rows: take --{option} out")


def _known(name: str) -> str:
    if name in BENCHES:
        return name
    later = " comes in a later version" if name in PLANNED else " is no benchmark"
    raise argparse.ArgumentTypeError(f"`{name}`{later}; there is: {', '.join(BENCHES)}")


def _module(name: str) -> ModuleType:
    return importlib.import_module(f"pointsman.evaluation.{name}")


@contextlib.contextmanager
def _progress() -> Iterator[Callable[[str], None]]:
    """Give a function that says on stderr what is being measured; silent without a terminal."""
    if not sys.stderr.isatty():
        yield lambda _what: None
        return
    with Console(stderr=True).status("starting") as status:
        yield status.update
