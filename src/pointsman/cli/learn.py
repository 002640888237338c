"""`pointsman learn`: heads of the operator's own, fitted on the frozen encoder in seconds."""

import argparse
import os
import shlex
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
from rich.console import Console
from rich.progress import Progress

from pointsman.config.build import DEFAULT_CONFIG, bundle_of
from pointsman.config.heads import check_name
from pointsman.config.load import parse_config, read_source
from pointsman.encoder.onnx import OnnxEncoder
from pointsman.errors import ConfigError
from pointsman.learning.heads import LearnedGain, LearnedLabels, Reader, learn_gain, learn_labels
from pointsman.learning.show import gain_lines, label_lines, table_lines
from pointsman.learning.tables import KINDS, LearnedTable, learn_table
from pointsman.signals.head_file import written_head

Learned = LearnedGain | LearnedLabels | LearnedTable

_EPILOG = """\
What reasoning gains on your own questions, from recorded outcomes of two models or modes:
  pointsman learn outcomes.jsonl --light small --heavy large:high --out gain.json
  {"id": 1, "text": "...", "model": "small", "correct": 1, "tokens": 80}
  {"id": 1, "text": "...", "model": "large", "mode": "high", "correct": 1, "tokens": 900}
One line for each question and arm: `text` or `messages`, `model`, perhaps `mode`, `correct` (0 or
1) or `score` (0 to 1), perhaps `tokens` and `id`. At least 50 questions that both have answered.

How often each of any number of arms is right, by category or by neighbourhood:
  pointsman learn outcomes.jsonl --table category --out category.json

A signal of your own, from a few dozen labelled examples:
  pointsman learn --labels tickets.jsonl --name ticket --out ticket.json
  {"text": "I want my money back", "label": "refund"}
2 to 50 labels, at least 5 examples of each.

Files may be JSON Lines or CSV with a header, also gzipped. The report is measured on rows that the
head had not seen. Then say `heads: {gain: gain.json, ticket: ticket.json}` in pointsman.yaml.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add this command's arguments."""
    parser.add_argument("outcomes", nargs="?", type=Path, metavar="OUTCOMES", help="your outcomes")
    parser.add_argument("--labels", type=Path, metavar="FILE", help="labelled examples instead")
    parser.add_argument("--name", help="with --labels: the name of the signal")
    parser.add_argument(
        "--light",
        metavar="MODEL",
        help="the arm that answers at once, as MODEL or MODEL:MODE (default: the cheaper of two)",
    )
    parser.add_argument("--heavy", metavar="MODEL", help="the arm that reasons")
    parser.add_argument(
        "--table",
        choices=KINDS,
        help="learn a table of all arms instead, by category or by neighbourhood of the embedding, "
        "for rules that `choose` by it",
    )
    parser.add_argument(
        "--out", type=Path, metavar="FILE", help="where the head goes (default: only the report)"
    )
    parser.add_argument(
        "-c", "--config", type=Path, help="pointsman.yaml, for its encoder (default: the shipped)"
    )
    parser.add_argument("--json", action="store_true", help="machine-readable output")
    parser.epilog = _EPILOG


def run(args: argparse.Namespace) -> int:
    """Run the command."""
    wrong = _wrong_use(args)
    if wrong:
        print(f"pointsman learn: {wrong}", file=sys.stderr)
        return 2
    if args.labels is not None:
        check_name(args.name)
    if args.out is not None and not args.out.parent.is_dir():
        raise ConfigError(f"--out {args.out}: there is no folder {args.out.parent}")
    with _reader(args.config) as reader:
        learned = _learned(args, reader, _command(args))
    if args.out is not None:
        _write(args.out, written_head(learned.head))
    if args.json:
        print(_as_json(args.out, learned))
    else:
        _show(args, learned)
    return 0


def _learned(args: argparse.Namespace, reader: Reader, command: str) -> Learned:
    if args.labels is not None:
        return learn_labels(args.labels, args.name, reader, command)
    if args.table is not None:
        return learn_table(args.outcomes, args.table, reader, command)
    return learn_gain(args.outcomes, args.light, args.heavy, reader, command)


def _wrong_use(args: argparse.Namespace) -> str | None:
    """Say what is wrong with the arguments, or None."""
    if (args.outcomes is None) == (args.labels is None):
        return "give OUTCOMES or --labels FILE"
    if (args.labels is None) != (args.name is None):
        return "--labels and --name go together"
    arms = args.light is not None or args.heavy is not None
    if args.labels is not None and (arms or args.table is not None):
        return "--light, --heavy and --table are for outcomes; labelled examples have no arms"
    if args.table is not None and arms:
        return "a table holds all arms: take --light and --heavy out"
    return None


@contextmanager
def _reader(config: Path | None) -> Iterator[Reader]:
    """Load the encoder that a config names; its heads may be about to be learned, and wait."""
    source = read_source(config or DEFAULT_CONFIG)
    bundle = bundle_of(parse_config(source), source)
    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("reading", total=None)
        yield Reader(
            bundle, OnnxEncoder(bundle), lambda read: progress.update(task, completed=read)
        )


def _command(args: argparse.Namespace) -> str:
    given = {"-c": args.config, "--labels": args.labels, "--name": args.name}
    given |= {"--light": args.light, "--heavy": args.heavy, "--table": args.table}
    given |= {"--out": args.out}
    words = ["pointsman", "learn", *([str(args.outcomes)] if args.outcomes else [])]
    for flag, value in given.items():
        words += [] if value is None else [flag, str(value)]
    return shlex.join(words)


def _write(path: Path, content: bytes) -> None:
    """Put a file in place whole: a server that reads it again never meets half of one."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        draft.write_bytes(content)
        draft.replace(path)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise ConfigError(f"{path}: cannot be written: {error.strerror or error}") from error


def _as_json(out: Path | None, learned: Learned) -> str:
    head, file = learned.head, None if out is None else str(out)
    said = {"file": file, "use": head.use, "verdict": head.verdict, "report": learned.report}
    return msgspec.json.encode(said).decode()


def _show(args: argparse.Namespace, learned: Learned) -> None:
    for line in _lines(learned):
        print(line)
    head = learned.head
    print(f"\nVerdict: {head.verdict}.")
    if args.out is None:
        print("\nNothing was written: --out FILE keeps the head.")
        return
    beside = os.path.relpath(args.out, args.config.parent) if args.config else str(args.out)
    what = "To use it" if head.use else "If you want it all the same"
    print(f"\nWrote {args.out}. {what}, say in pointsman.yaml:")
    print(f"  heads: {{{head.name}: {beside}}}")
    if isinstance(learned, LearnedGain):
        print("and see what each position of the dial brings: pointsman check -c FILE --dial")
    if isinstance(learned, LearnedTable):
        print(f"and in a rule: {{choose: {head.name}}}")


def _lines(learned: Learned) -> Iterator[str]:
    match learned:
        case LearnedGain():
            return gain_lines(learned)
        case LearnedTable():
            return table_lines(learned)
        case LearnedLabels():
            return label_lines(learned)
