"""The benchmark `cache`: is a stored answer given where it serves, and only there?"""

import argparse
from collections.abc import Sequence

import msgspec
from rich.console import Console

from pointsman.cache.verify import FILE, Verifier, read_verifier
from pointsman.encoder.bundle import DEFAULT_BUNDLE
from pointsman.encoder.encoding import Encoder
from pointsman.encoder.onnx import OnnxEncoder
from pointsman.evaluation import cache_table
from pointsman.evaluation.cache_edits import Edit, edits, variants
from pointsman.evaluation.cache_rows import FOLDER as ROWS_FOLDER
from pointsman.evaluation.cache_rows import Pair, similarities
from pointsman.evaluation.cache_scores import (
    CacheReport,
    Judged,
    calibration,
    made_scores,
    part_scores,
    reasons,
    rule_scores,
    threshold_of,
)
from pointsman.evaluation.reader import setup_of
from pointsman.evaluation.rows import Say, Scored, read_rows, told

FOLDER = ROWS_FOLDER
ERROR_MAX = 0.01
SHIPPED_VERIFIER = DEFAULT_BUNDLE.parent / "cache" / FILE


class Line(msgspec.Struct, frozen=True):
    """What `--out` writes of a row."""

    id: str | int
    label: int | None
    similarity: float
    p_same: float
    served: bool


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add this benchmark's arguments."""
    group = parser.add_argument_group("cache")
    group.add_argument(
        "--error-max",
        type=_share,
        default=ERROR_MAX,
        metavar="SHARE",
        help="share of served answers that may be wrong, between 0 and 1; the threshold is solved "
        f"for it (default: {ERROR_MAX})",
    )


def measure(args: argparse.Namespace, say: Say) -> Scored:
    """Run the benchmark.

    Raises:
        ConfigError: The data or the config is wrong.
        BundleError: The bundle or the verifier cannot be used.
    """
    file, rows = read_rows(args, FOLDER, Pair)
    setup = setup_of(args.config, args.bundle, ())
    encoder = OnnxEncoder(setup.bundle)
    verifier = read_verifier(SHIPPED_VERIFIER.read_bytes(), str(SHIPPED_VERIFIER))
    threshold = verifier.threshold(args.error_max)
    found = _judged(rows, encoder, verifier, threshold, say)
    english = sorted({text for row in rows if row.lang == "en" for text in (row.a, row.b)})
    say("cache: edits and variants")
    changed, alike = (
        _made(made(english), encoder, verifier, threshold) for made in (edits, variants)
    )
    report = CacheReport(
        benchmark="cache",
        bundle=setup.world.bundle,
        data=file,
        error_max=args.error_max,
        threshold=threshold_of(verifier, threshold),
        rules=rule_scores(found),
        kinds=part_scores(found),
        calibration_error=calibration(found),
        edits=made_scores(changed),
        variants=made_scores(alike),
        reasons=reasons(found),
    )
    lines = [
        Line(row.id, row.label, one.similarity, one.verdict.p, one.verdict.served)
        for row, one in zip(rows, found, strict=True)
    ]
    return Scored(report, tuple(lines))


def show(report: CacheReport, console: Console) -> None:
    """Print the report as tables."""
    cache_table.show_report(report, console)


def _judged(
    rows: Sequence[Pair], encoder: Encoder, verifier: Verifier, threshold: float | None, say: Say
) -> list[Judged]:
    """Judge the rows: `a` was asked before, `b` is asked now."""
    say(f"cache: reading {len(rows)} pairs")
    alike = similarities([(row.b, row.a) for row in rows], encoder)
    return [
        Judged(
            kind=row.kind,
            source=row.source,
            english=row.lang == "en",
            label=row.label,
            similarity=float(similarity),
            verdict=verifier.judge(row.b, row.a, float(similarity), threshold),
        )
        for row, similarity in zip(told(rows, say, "cache"), alike, strict=True)
    ]


def _made(
    made: Sequence[Edit], encoder: Encoder, verifier: Verifier, threshold: float | None
) -> list[Judged]:
    alike = similarities([(edit.asked, edit.stored) for edit in made], encoder)
    return [
        Judged(
            kind=edit.kind,
            source="made",
            english=True,
            label=None,
            similarity=float(similarity),
            verdict=verifier.judge(edit.asked, edit.stored, float(similarity), threshold),
        )
        for edit, similarity in zip(made, alike, strict=True)
    ]


def _share(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value < 1:
        raise argparse.ArgumentTypeError(f"`{text}`: expected a share between 0 and 1")
    return value
