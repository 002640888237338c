"""The benchmark `latency`: all its measurements, from one run on one machine."""

import argparse
import asyncio
import contextlib
import importlib.util
import time
from collections.abc import Callable, Iterator

import msgspec
from rich.console import Console

from pointsman.config.build import Setup, load_setup
from pointsman.encoder.pool import default_workers
from pointsman.errors import ConfigError, MissingExtraError
from pointsman.evaluation.footprint import measure_footprint
from pointsman.evaluation.latency_table import show_report
from pointsman.evaluation.machine import describe
from pointsman.evaluation.pacing import Effort, Reference, measure_row
from pointsman.evaluation.report import RATIO_TOKENS, GatewayCost, Report, StageRow
from pointsman.evaluation.stages import LENGTHS, Clock
from pointsman.evaluation.texts import MARKS, body_of, text_of
from pointsman.evaluation.throughput import Throughput, measure_throughput

Say = Callable[[str], None]

_MOST_STARTS = 5
"""Fresh processes of each kind; each takes up to seconds."""

_GATEWAY_PIECES = 150


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add this benchmark's arguments."""
    group = parser.add_argument_group("latency")
    group.add_argument(
        "--repeat", type=_count, default=200, metavar="N", help="decisions per row (default 200)"
    )
    group.add_argument(
        "--seconds", type=float, default=60.0, metavar="S", help="most time per row (default 60)"
    )
    group.add_argument(
        "--requests",
        type=_count,
        default=500,
        metavar="N",
        help="requests per server and concurrency (default 500)",
    )
    group.add_argument("--no-reference", action="store_true", help="leave the comparison out")
    group.add_argument("--no-gateway", action="store_true", help="leave the gateway out")
    group.add_argument(
        "--litellm",
        metavar="PYTHON",
        help="also run the LiteLLM proxy of the environment that has this python",
    )


def measure(args: argparse.Namespace, say: Say) -> Report:
    """Run the benchmark.

    Raises:
        MissingExtraError: A measurement that was not left out needs another package.
        PointsmanError: A server did not start.
    """
    _check(args)
    began = time.perf_counter()
    machine = describe()
    setup = load_setup()
    clock = Clock(setup)
    # First, while nothing else of ours is in the machine's memory.
    say("memory and start-up")
    footprint = measure_footprint(min(args.repeat, _MOST_STARTS))
    with _reference(args, say) as (reference, shape):
        effort = Effort(args.repeat, args.seconds)
        rows = _rows(clock, effort, reference, say)
        everything = _everything(setup, effort, reference, say)
    rows = (*rows, _remembered(setup, effort, say), everything)
    throughput = _throughput(setup, clock, args.repeat, say)
    gateway = None if args.no_gateway else _gateway(clock, args, say)
    return Report(
        benchmark="latency",
        machine=machine,
        bundle=setup.world.bundle,
        max_tokens=setup.bundle.manifest.max_tokens,
        reference_ratio_at_128=next(row.ratio for row in rows if row.tokens == RATIO_TOKENS),
        reference_shape=shape,
        rows=rows,
        throughput=throughput,
        footprint=footprint,
        gateway=gateway,
        seconds=time.perf_counter() - began,
    )


def show(report: Report, console: Console) -> None:
    """Print the report as tables."""
    show_report(report, console)


def _count(word: str) -> int:
    number = int(word)
    if number < 1:
        raise ValueError(word)
    return number


def _check(args: argparse.Namespace) -> None:
    if args.no_gateway and args.litellm:
        raise ConfigError("--litellm compares gateways: take --no-gateway out")
    needed = [] if args.no_reference else [("onnx", "bench", "--no-reference")]
    needed += [] if args.no_gateway else [("aiohttp", "serve", "--no-gateway")]
    for package, extra, option in needed:
        if importlib.util.find_spec(package) is None:
            raise MissingExtraError(
                f"`bench latency` needs the package {package}: pip install 'pointsman[{extra}]', "
                f"or leave that part out with {option}"
            )


@contextlib.contextmanager
def _reference(args: argparse.Namespace, say: Say) -> Iterator[tuple[Reference | None, str | None]]:
    if args.no_reference:
        yield None, None
        return
    from pointsman.evaluation import reference  # noqa: PLC0415  # extra

    say("building the reference shape's graphs")
    with reference.reference_shape() as shape:
        yield shape, reference.in_words()


def _rows(
    clock: Clock, effort: Effort, reference: Reference | None, say: Say
) -> tuple[StageRow, ...]:
    rows = []
    for tokens in LENGTHS:
        say(f"decisions on {tokens} tokens")
        body = body_of(text_of(tokens - MARKS, clock.count))
        rows.append(measure_row(clock, body, tokens, effort, reference))
    return tuple(rows)


def _remembered(setup: Setup, effort: Effort, say: Say) -> StageRow:
    say("decisions on a remembered text")
    clock = Clock(setup, remember=True)
    body = body_of(text_of(RATIO_TOKENS - MARKS, clock.count))
    return measure_row(clock, body, RATIO_TOKENS, effort)


def _everything(setup: Setup, effort: Effort, reference: Reference | None, say: Say) -> StageRow:
    say("decisions with every signal measured")
    clock = Clock(setup, everything=True)
    body = body_of(text_of(RATIO_TOKENS - MARKS, clock.count))
    row = measure_row(clock, body, RATIO_TOKENS, effort, reference)
    return msgspec.structs.replace(row, all_signals=True)


def _throughput(setup: Setup, clock: Clock, repeat: int, say: Say) -> tuple[Throughput, ...]:
    measured = []
    for workers in sorted({1, default_workers()}):
        say(f"decisions per second, {workers} at once")
        bodies = [
            body_of(text_of(RATIO_TOKENS - MARKS, clock.count, seed))
            for seed in range(repeat * workers)
        ]
        measured.append(measure_throughput(setup, bodies, tokens=RATIO_TOKENS, workers=workers))
    return tuple(measured)


def _gateway(clock: Clock, args: argparse.Namespace, say: Say) -> GatewayCost:
    from pointsman.evaluation.gateway_cost import measure_gateway  # noqa: PLC0415  # extra

    text = text_of(_GATEWAY_PIECES, clock.count)
    return asyncio.run(measure_gateway(text, requests=args.requests, litellm=args.litellm, say=say))
