"""`pointsman classify`: measure prompts, row by row."""

import argparse
import time
from collections.abc import Collection, Sequence

from pointsman.cli.readings import classify_row
from pointsman.cli.rows import Row, add_row_arguments, run_rows
from pointsman.config.build import load_setup
from pointsman.errors import ConfigError
from pointsman.policy.conditions import suggestion
from pointsman.router import Router
from pointsman.wire.chat import ChatRequest
from pointsman.wire.prompt import read_prompt

_EPILOG = """\
example:
  echo '{"id": 1, "text": "What is 2+2?"}' | pointsman classify

Each input line is {"text": ...} or {"messages": [...]}; `id` and other keys are carried through.
A bad line gives an output line with an `error` object, and exit status 1 at the end.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add this command's arguments."""
    add_row_arguments(parser)
    parser.add_argument(
        "--signals",
        type=lambda names: tuple(name.strip() for name in names.split(",")),
        metavar="NAME,...",
        help="only these signals (default: all); what is left out costs nothing",
    )
    parser.epilog = _EPILOG


def run(args: argparse.Namespace) -> int:
    """Run the command.

    Raises:
        ConfigError: `--signals` names one that nobody measures.
    """
    setup = load_setup(args.config)
    if args.signals is not None:
        _check(args.signals, setup.kinds)
    router = Router(setup)

    def answer(request: ChatRequest) -> Row:
        began = time.perf_counter()
        signals, reading = router.classify(request, signals=args.signals)
        ms = 1000 * (time.perf_counter() - began)
        return classify_row(signals, read_prompt(request), reading, ms)

    return run_rows(args.file, answer)


def _check(names: Sequence[str], known: Collection[str]) -> None:
    for name in names:
        if name not in known:
            raise ConfigError(
                f"--signals: unknown signal `{name}`{suggestion(name, known)}; signals are: "
                f"{', '.join(sorted(known))}"
            )
