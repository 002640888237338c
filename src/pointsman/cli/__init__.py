"""The command line: one module per command, imported only when it runs."""

import argparse
import importlib
import sys
from collections.abc import Sequence

from pointsman.errors import PointsmanError

COMMANDS: dict[str, str] = {
    "demo": "see it work: local model servers, the router, 75 prompts, a table of decisions",
    "serve": "run the gateway: an OpenAI-compatible server in front of your models",
    "classify": "measure prompts: JSON Lines in, signals out",
    "route": "decide for prompts: JSON Lines in, decisions out",
    "explain": "say in words what would happen to a prompt, why, and what would change it",
    "check": "check a config: errors, unreachable rules, your policy tests",
    "init": "write a pointsman.yaml to start from",
    "learn": "fit heads of your own: gain from recorded outcomes, or labels from examples",
    "replay": "decide recorded traffic again under another policy: cost, tokens, quality",
    "keys": "create, list and revoke client keys",
    "bench": "measure this machine: latency per stage, memory, start-up",
    "train": "fine-tune an encoder bundle on a data directory (extra `train`)",
}

_EPILOG = """\
start here:
  pointsman demo                       see it work, nothing to set up
  pointsman explain "What is 2+2?"     one decision in words
  pointsman init && pointsman serve -c pointsman.yaml

`pointsman COMMAND --help` says more. Exit status: 0 fine, 1 findings or bad rows, 2 wrong use or
a wrong config.
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; returns its exit status."""
    words = sys.argv[1:] if argv is None else list(argv)
    command = next((word for word in words if not word.startswith("-")), None)
    args = build_parser(command if command in COMMANDS else None).parse_args(words)
    try:
        return int(args.run(args))
    except PointsmanError as error:
        print(f"pointsman {args.command}: {error.message}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # the reader of our output has gone, such as `| head`
        sys.stderr.close()
        return 1


def build_parser(command: str | None) -> argparse.ArgumentParser:
    """Build the parser; only the named command's module is imported, for a quick start."""
    from pointsman import __version__  # noqa: PLC0415  # imports the router, which `--help` can spare

    parser = argparse.ArgumentParser(
        prog="pointsman",
        description="A semantic router for LLM requests: light requests go to light models, "
        "reasoning is switched on where it pays.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"pointsman {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, purpose in COMMANDS.items():
        sub = commands.add_parser(
            name,
            help=purpose,
            description=purpose[0].upper() + purpose[1:] + ".",
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        if name == command:
            module = importlib.import_module(f"pointsman.cli.{name}")
            module.add_arguments(sub)
            sub.set_defaults(run=module.run)
    return parser
