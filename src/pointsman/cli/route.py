"""`pointsman route`: decide for prompts, row by row."""

import argparse

from pointsman.cli.readings import route_row
from pointsman.cli.rows import Row, add_row_arguments, run_rows
from pointsman.config.build import load_setup
from pointsman.exchange.plan import Forward
from pointsman.router import Router
from pointsman.wire.chat import ChatRequest

_EPILOG = """\
example:
  echo '{"text": "Prove that the square root of two is irrational."}' | pointsman route

Each input line is {"text": ...} or {"messages": [...]} (a whole OpenAI request is fine); `id` and
other keys are carried through. A bad line gives an output line with an `error` object, and exit
status 1 at the end.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add this command's arguments."""
    add_row_arguments(parser)
    parser.epilog = _EPILOG


def run(args: argparse.Namespace) -> int:
    """Run the command."""
    router = Router(load_setup(args.config))

    def answer(request: ChatRequest) -> Row:
        plan = router.plan(request)
        turn = router.what_if(plan) if isinstance(plan, Forward) else None
        return route_row(plan, turn)

    return run_rows(args.file, answer)
