"""`pointsman replay`: what a new policy would have done with what was recorded."""

import argparse
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import msgspec
from rich.console import Console
from rich.progress import MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from pointsman.config.build import Setup, load_setup
from pointsman.errors import ConfigError
from pointsman.observe.outcomes import Recorded, read_outcomes
from pointsman.replay.arms import arms_of
from pointsman.replay.choices import Ground
from pointsman.replay.deciding import Task
from pointsman.replay.exact import ExactReport, exact_report
from pointsman.replay.feedback import read_feedback
from pointsman.replay.lines import BadLine, pieces
from pointsman.replay.notes import notes
from pointsman.replay.reading import verdicts
from pointsman.replay.report import Names, Report, report_of
from pointsman.replay.running import Progress as Told
from pointsman.replay.running import replayed
from pointsman.replay.show import report_lines
from pointsman.replay.show_exact import exact_lines, exact_notes

_BAD_LINES_SHOWN = 20

_EPILOG = """\
Before you change a policy, see what it would have done with last week's requests:
  pointsman replay decisions.jsonl decisions.jsonl.* -c new.yaml

Every record is decided again from the signals that it holds. Nothing is sent anywhere, and no
prompt is needed or read. What changes is held against what was recorded, or with --against against
what another config would have decided of the same requests:
  pointsman replay decisions.jsonl -c new.yaml --against pointsman.yaml

With scores of answers, {"id": "dec_...", "score": 0.8}, quality is estimated by inverse propensity;
it needs a policy that leaves some choices to chance (`split`):
  pointsman replay decisions.jsonl -c new.yaml --feedback scores.jsonl

With recorded outcomes, as `pointsman learn` reads them, texts are read by the encoder and quality
is exact: each question knows how good the answer of every arm was:
  pointsman replay --outcomes outcomes.jsonl -c new.yaml

Files may be gzipped; `-` is standard input. docs/replay.md says what the numbers rest on, and what
they do not show. Exit status: 0 fine, 1 bad lines (named on standard error), 2 wrong use.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add this command's arguments."""
    parser.add_argument(
        "records", nargs="+", metavar="RECORDS", help="decision records; `-` is standard input"
    )
    parser.add_argument("-c", "--config", type=Path, required=True, help="the new pointsman.yaml")
    parser.add_argument(
        "--against", type=Path, metavar="OLD", help="another config, instead of what was recorded"
    )
    parser.add_argument(
        "--outcomes", action="store_true", help="the files are recorded outcomes, not records"
    )
    parser.add_argument("--feedback", metavar="FILE", help="scores of answers, by decision id")
    parser.add_argument("--json", action="store_true", help="machine-readable output")
    parser.add_argument(
        "--limit", type=_at_least_one, metavar="N", help="only the first N records or questions"
    )
    parser.add_argument(
        "--jobs",
        type=_at_least_one,
        metavar="N",
        default=os.cpu_count() or 1,
        help="processes, or threads that read texts (default: one for each core)",
    )
    parser.epilog = _EPILOG


def _at_least_one(word: str) -> int:
    number = int(word)
    if number < 1:
        raise argparse.ArgumentTypeError(f"expected 1 or more, got {number}")
    return number


def run(args: argparse.Namespace) -> int:
    """Run the command."""
    if args.outcomes and args.feedback is not None:
        print(
            "pointsman replay: outcomes hold their own scores; leave out --feedback",
            file=sys.stderr,
        )
        return 2
    new = load_setup(args.config)
    old = None if args.against is None else load_setup(args.against)
    return _outcomes(args, new, old) if args.outcomes else _records(args, new, old)


def _records(args: argparse.Namespace, new: Setup, old: Setup | None) -> int:
    scores, bad = read_feedback(args.feedback) if args.feedback is not None else ({}, [])
    task = Task(_ground(new), None if old is None else _ground(old), scores)
    with _progress("records") as told:
        tally = replayed(pieces(args.records, args.limit), task, args.jobs, told)
    report = report_of(tally, task, _names(args, new))
    said = report_lines(report)
    _print(said, report, notes(report), as_json=args.json)
    return _status([*bad, *report.bad], len(bad) + report.bad_lines)


def _ground(setup: Setup) -> Ground:
    return Ground(setup.world.policy, setup.world.catalog)


def _names(args: argparse.Namespace, new: Setup) -> Names:
    names = Names(str(args.config), new.world.policy_hash, new.world.bundle)
    if args.against is None:
        return names
    return msgspec.structs.replace(names, against=str(args.against))


def _outcomes(args: argparse.Namespace, new: Setup, old: Setup | None) -> int:
    recorded: list[Recorded] = []
    for file in args.records:
        recorded += read_outcomes(Path(file))
    recorded = recorded[: args.limit]
    if not recorded:
        raise ConfigError(f"{', '.join(args.records)}: no outcomes in it")
    arms = arms_of(recorded, new.world.catalog)
    setups = [new] if old is None else [new, old]
    with _progress("questions") as told:
        texts = [question.text for question in recorded]
        found = list(verdicts(texts, setups, args.jobs, told))
    report = exact_report(arms, found, new.world.catalog, _names(args, new))
    _print(exact_lines(report), report, exact_notes(report), as_json=args.json)
    return 0


def _print(
    lines: Iterable[str], report: Report | ExactReport, said: Iterable[str], *, as_json: bool
) -> None:
    if as_json:
        whole = {**msgspec.to_builtins(report), "notes": list(said)}
        print(msgspec.json.encode(whole).decode())
        return
    for line in lines:
        print(line)


def _status(bad: Sequence[BadLine], count: int) -> int:
    for one in bad[:_BAD_LINES_SHOWN]:
        print(f"{one.file}:{one.line}: {one.why}", file=sys.stderr)
    if count > _BAD_LINES_SHOWN:
        print(f"and {count - _BAD_LINES_SHOWN:,} more bad lines", file=sys.stderr)
    return 1 if count else 0


@contextmanager
def _progress(what: str) -> Iterator[Told]:
    """Show on a terminal how far it has got."""
    console = Console(stderr=True)
    columns = (TextColumn(what), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done: bar.update(task, completed=done)
