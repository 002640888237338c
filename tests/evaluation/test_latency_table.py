"""The tables, from made-up numbers."""

import msgspec
import pytest
from rich.console import Console

from pointsman.evaluation.footprint import Footprint
from pointsman.evaluation.latency_table import show_report
from pointsman.evaluation.machine import Machine, Memory
from pointsman.evaluation.report import GatewayCost, GatewayRow, Report, StageRow
from pointsman.evaluation.stages import STAGES
from pointsman.evaluation.stats import Spread
from pointsman.evaluation.throughput import Throughput


def _spread(p50: float) -> Spread:
    return Spread(5, p50, 2 * p50)


def _row(
    tokens: int,
    read: int,
    total: float,
    reference: float | None = None,
    *,
    all_signals: bool = False,
) -> StageRow:
    return StageRow(
        tokens=tokens,
        read=read,
        stages={stage: _spread(total) for stage in STAGES},
        reference=_spread(reference) if reference else None,
        ratio=reference / total if reference else None,
        all_signals=all_signals,
    )


REPORT = Report(
    benchmark="latency",
    machine=Machine(
        made="2026-01-02T03:04:05+00:00",
        cpu="Some CPU",
        cores=2,
        flags=("avx2",),
        memory_mib=8192,
        system="Linux x86_64",
        python="3.11.0",
        versions={"onnxruntime": "1.2.3"},
        load_1m=0.5,
    ),
    bundle="some bundle",
    max_tokens=256,
    reference_ratio_at_128=50.0,
    reference_shape="four passes",
    rows=(
        _row(128, 128, 16.0, 800.0),
        _row(256, 256, 30.0, 1600.0),
        _row(512, 256, 31.0, 3050.0),
        _row(128, 0, 0.125),
        _row(128, 136, 20.0, 800.0, all_signals=True),
    ),
    throughput=(
        Throughput(
            workers=1, pinned=True, tokens=128, decisions=9, per_second=60.0, latency=_spread(30)
        ),
    ),
    footprint=Footprint(Memory(100.0, 120.0), _spread(200), _spread(80), {"x --help": _spread(9)}),
    gateway=GatewayCost(
        body_bytes=800,
        rows=(GatewayRow("litellm", 8, 5, 50.0, _spread(20), 19.0, None),),
        memory={"litellm": None},
        litellm="9.9",
    ),
    seconds=12.0,
)


def _shown(report: Report) -> str:
    console = Console(width=200, force_terminal=False)
    with console.capture() as capture:
        show_report(report, console)
    return capture.get()


@pytest.mark.parametrize(
    "words",
    [
        "takes 50.0 times as long",
        "Measured 2026-01-02T03:04:05+00:00 in 12 s on Some CPU; 2 cores; avx2; 8 GiB",
        "load average 0.5 when it began",
        "| 128, remembered ",
        "0.125 / 0.250",
        "| 128, all signals |",
        "40.0x",
        "the first tier reads as well",
        "| 512 (256 read)",
        "about 61.0 ms, a ratio of 50.0x (computed",
        "800 / 1600",
        "100 / 120 MiB",
        "litellm 9.9",
        "not measured",
    ],
)
def test_the_report_says(words: str) -> None:
    assert words in _shown(REPORT)


def test_what_was_left_out_has_no_column_and_no_note() -> None:
    rows = tuple(msgspec.structs.replace(row, reference=None, ratio=None) for row in REPORT.rows)
    shown = _shown(
        msgspec.structs.replace(
            REPORT, reference_ratio_at_128=None, reference_shape=None, rows=rows, gateway=None
        )
    )
    for word in ("reference", "ratio", "gateway", "litellm"):
        assert word not in shown.replace("the reference row reads all", "")
