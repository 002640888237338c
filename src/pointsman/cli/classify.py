"""`pointsman classify`: measure prompts, row by row."""

import argparse
import time

from pointsman.cli.readings import classify_row
from pointsman.cli.rows import Row, add_row_arguments, run_rows
from pointsman.config.build import load_setup
from pointsman.router import Router
from pointsman.wire.chat import ChatRequest

_EPILOG = """\
example:
  echo '{"id": 1, "text": "What is 2+2?"}' | pointsman classify

Each input line is {"text": ...} or {"messages": [...]}; `id` and other keys are carried through.
A bad line gives an output line with an `error` object, and exit status 1 at the end.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add this command's arguments."""
    add_row_arguments(parser)
    parser.epilog = _EPILOG


def run(args: argparse.Namespace) -> int:
    """Run the command."""
    router = Router(load_setup(args.config))

    def answer(request: ChatRequest) -> Row:
        began = time.perf_counter()
        signals, encoding = router.classify(request)
        return classify_row(signals, encoding, 1000 * (time.perf_counter() - began))

    return run_rows(args.file, answer)
