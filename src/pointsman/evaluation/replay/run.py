"""Runs `bench routing` or `bench reasoning`: read, measure, write."""

import argparse
import importlib.util
import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from pointsman.errors import ConfigError, MissingExtraError
from pointsman.evaluation.replay.files import Tables
from pointsman.evaluation.replay.measures import measured
from pointsman.evaluation.replay.pairs import Pair, chosen_pairs
from pointsman.evaluation.replay.reader import ReplayReader, Seen
from pointsman.evaluation.replay.report import (
    DEFAULT_PRICES,
    Line,
    PairReport,
    Prices,
    ReplayReport,
)
from pointsman.evaluation.replay.rows import Question, Recorded, read_recorded
from pointsman.evaluation.replay.scores import MIDDLE, Replayed, replayed
from pointsman.evaluation.rows import Say, Scored, data_root, told
from pointsman.signals.head_file import GAIN, GainHead


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments that both benchmarks take."""
    group = parser.add_argument_group("routing, reasoning")
    group.add_argument(
        "--pair",
        action="append",
        metavar="LIGHT->HEAVY",
        help="only this pair of models; may be given again (default: all of the benchmark)",
    )
    group.add_argument(
        "--limit", type=_count, metavar="N", help="score at most N questions of each pair"
    )
    group.add_argument(
        "--plots", type=Path, metavar="DIR", help="draw each pair there, as SVG and PNG"
    )
    group.add_argument(
        "--usd",
        type=_prices,
        default=DEFAULT_PRICES,
        metavar="LIGHT_IN,LIGHT_OUT,HEAVY_IN,HEAVY_OUT",
        help="prices of the pictures, US dollars per million tokens (default: those of the "
        "shipped config)",
    )


def measure(args: argparse.Namespace, say: Say, name: str, pairs: Sequence[Pair]) -> Scored:
    """Run one of the two benchmarks.

    Args:
        args: With what `add_arguments` and `rows.add_arguments` added.
        say: Is told what is being done.
        name: Of the benchmark.
        pairs: That it has.

    Raises:
        ConfigError: The data, the config or the arguments are wrong.
        BundleError: The bundle cannot be used.
        MissingExtraError: Pictures are wanted, and there is nothing to draw them with.
    """
    _check(args, name)
    tables = Tables(data_root(args))
    say(f"{name}: reading the tables")
    recorded, notes = read_recorded(
        tables, chosen_pairs(pairs, args.pair), half=args.half, limit=args.limit
    )
    reader = ReplayReader(args.config, args.bundle, [each.pair.name for each in recorded])
    seen = _seen(reader, recorded, say, name)
    reports, lines = [], []
    for each in recorded:
        say(f"{name}: measuring {each.pair.name}")
        replay = replayed(each, seen)
        reports.append(_pair_report(each, replay, reader))
        lines += _lines(replay)
        if args.plots is not None:
            _draw(replay, args.usd, args.plots)
    report = ReplayReport(
        benchmark=name,
        bundle=reader.setup.world.bundle,
        data=tuple(tables.files),
        half=args.half,
        limit=args.limit,
        notes=tuple(notes),
        prices=args.usd,
        pairs=tuple(reports),
    )
    return Scored(report, tuple(lines))


def _check(args: argparse.Namespace, name: str) -> None:
    """Refuse what cannot be done before anything is read."""
    if args.split is not None:
        raise ConfigError(f"`bench {name}` reads tables of outcomes: take --split out")
    if args.plots is not None and importlib.util.find_spec("matplotlib") is None:
        raise MissingExtraError(
            "--plots needs matplotlib: pip install 'pointsman[bench]', or take --plots out"
        )


def _seen(
    reader: ReplayReader, recorded: Sequence[Recorded], say: Say, name: str
) -> dict[str, Seen]:
    """What the router makes of each text, read once for all pairs."""
    pairs: dict[str, list[str]] = {}
    questions: dict[str, Question] = {}
    for each in recorded:
        for question in each.scored:
            questions.setdefault(question.text, question)
            pairs.setdefault(question.text, []).append(each.pair.name)
    rows = list(questions.values())
    return {row.text: reader.read(row.text, pairs[row.text]) for row in told(rows, say, name)}


def _pair_report(recorded: Recorded, replay: Replayed, reader: ReplayReader) -> PairReport:
    pair = recorded.pair
    head = reader.heads.get(pair.name)
    return PairReport(
        pair=pair.name,
        kind=pair.kind,
        note=pair.note,
        questions=len(recorded.scored),
        unanswered=recorded.unanswered,
        learned=len(recorded.known),
        crossed=recorded.crossed,
        categories=len({question.asked.category for question in recorded.known}),
        head=_head_in_words(head, reader),
        foreseen_tokens=float(replay.ours.extra_tokens.mean()),
        router_ms=1000 * float(np.median(replay.seconds)),
        measured=measured(replay),
    )


def _head_in_words(head: GainHead | None, reader: ReplayReader) -> str:
    if head is not None:
        return f"the head that is shipped for this pair, learned from {head.rows} other questions"
    if GAIN in reader.setup.heads:
        return "the config's own gain head"
    return "the generic head, learned for no pair in particular"


def _lines(replay: Replayed) -> list[Line]:
    columns = zip(
        replay.asked,
        replay.ours.score.tolist(),
        replay.ours.extra_tokens.tolist(),
        replay.ours.sent(MIDDLE).tolist(),
        strict=True,
    )
    return [
        Line(replay.pair.name, asked.question_id, score, tokens, heavy=sent > 0)
        for asked, score, tokens, sent in columns
    ]


def _draw(replay: Replayed, prices: Prices, folder: Path) -> None:
    # Not above: it imports matplotlib, which only pictures need.
    from pointsman.evaluation.replay.plot import draw  # noqa: PLC0415

    draw(replay, prices, folder)


def _count(text: str) -> int:
    count = int(text)
    if count < 1:
        raise argparse.ArgumentTypeError(f"expected a number from 1 on, got {text}")
    return count


def _prices(text: str) -> Prices:
    try:
        numbers = [float(part) for part in text.split(",")]
        found = Prices(*numbers)
    except (TypeError, ValueError) as error:
        raise argparse.ArgumentTypeError(
            f"expected four prices with commas between them, got `{text}`"
        ) from error
    if not all(math.isfinite(number) and number >= 0 for number in numbers):
        raise argparse.ArgumentTypeError(f"expected prices of 0 or more, got `{text}`")
    return found
