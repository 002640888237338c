"""`pointsman serve`: the gateway."""

import argparse
import asyncio
import logging
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import msgspec

from pointsman.config.build import Setup, load_setup
from pointsman.errors import ConfigError, MissingExtraError
from pointsman.gateway.accounts import keys_required
from pointsman.policy.analysis import faults

_EPILOG = """\
example:
  pointsman init
  pointsman serve -c pointsman.yaml
  curl http://127.0.0.1:8801/v1/chat/completions -H 'content-type: application/json' \\
    -d '{"model": "auto", "messages": [{"role": "user", "content": "What is 2+2?"}]}'

The config is read again when the file changes or on SIGHUP; a wrong one changes nothing. SIGTERM
lets running requests end. Clients read in the x-pointsman-* headers what was decided.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add this command's arguments."""
    parser.add_argument("-c", "--config", type=Path, help="pointsman.yaml (default: the shipped)")
    parser.add_argument("--host", help="listen on this address instead of the config's")
    parser.add_argument("--port", type=_port, help="listen on this port instead of the config's")
    parser.add_argument("--quiet", action="store_true", help="log warnings and errors only")
    parser.epilog = _EPILOG


def _port(word: str) -> int:
    port = int(word)
    if not 0 <= port <= 65535:  # noqa: PLR2004  # else uvloop takes it modulo 65536
        raise argparse.ArgumentTypeError(f"expected 0 to 65535, got {port}")
    return port


def run(args: argparse.Namespace) -> int:
    """Run the command until it is told to stop."""
    try:
        from pointsman.gateway.server import Server, serve_until_stopped  # noqa: PLC0415  # extra
    except ImportError as error:
        raise MissingExtraError(
            f"the gateway needs the package {error.name}: pip install 'pointsman[serve]'"
        ) from error
    logging.basicConfig(
        level=logging.WARNING if args.quiet else logging.INFO,
        format="%(asctime)s %(levelname)s %(message)s",
    )
    setup = _with_address(load_setup(args.config), args.host, args.port)
    server = Server(setup, args.config)
    try:
        run_fast(serve_until_stopped(server, lambda ready: _say_ready(ready.url, setup)))
    except OSError as error:
        raise ConfigError(
            f"cannot listen on {setup.config.server.host}:{setup.config.server.port}: "
            f"{error.strerror or error}"
        ) from error
    return 0


def run_fast(main: Coroutine[Any, Any, None]) -> None:
    """Run a coroutine on uvloop where it is installed, else on the standard loop."""
    try:
        import uvloop  # noqa: PLC0415  # optional
    except ImportError:
        asyncio.run(main)
    else:
        uvloop.run(main)


def _with_address(setup: Setup, host: str | None, port: int | None) -> Setup:
    server = setup.config.server
    server = msgspec.structs.replace(
        server, host=host or server.host, port=server.port if port is None else port
    )
    config = msgspec.structs.replace(setup.config, server=server)
    return msgspec.structs.replace(setup, config=config)


def _say_ready(url: str, setup: Setup) -> None:
    for fault in faults(setup.world.policy, setup.world.catalog, setup.kinds):
        logging.getLogger("pointsman").warning("%s: %s", fault.subject, fault.message)
    if keys_required(setup.config):
        print(
            "clients need a key: pointsman keys create --tenant NAME "
            "(`access: {keys: off}` lets everyone in)",
            file=sys.stderr,
        )
    print(f"pointsman listens on {url}/v1 (model `auto`); try:", file=sys.stderr)
    print(f"  curl {first_request(url)}", file=sys.stderr, flush=True)


def first_request(url: str) -> str:
    """Return curl's arguments for a first request, as the shell wants them."""
    body = '{"model": "auto", "messages": [{"role": "user", "content": "What is 2+2?"}]}'
    return f"{url}/v1/chat/completions -H 'content-type: application/json' -d '{body}'"
