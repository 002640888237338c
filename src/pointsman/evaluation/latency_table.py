"""Prints what `bench latency` measured; plain enough to be read as Markdown."""

from collections.abc import Iterator, Sequence

from rich import box
from rich.console import Console
from rich.table import Table

from pointsman.evaluation.machine import Machine, Memory
from pointsman.evaluation.report import GatewayCost, Report, StageRow, row_of
from pointsman.evaluation.stages import STAGES
from pointsman.evaluation.stats import Spread

_NOT_MEASURED = "not measured"


def show_report(report: Report, console: Console) -> None:
    """Print all of it: the headline, the machine, the tables, and what they do not say."""
    for line in _heading(report):
        console.print(line, markup=False, highlight=False, soft_wrap=True)
    _show(console, "Time per stage, ms p50 / p99", _stage_table(report))
    _show(console, "Decisions per second", _throughput_table(report))
    _show(console, "Memory and start-up", _footprint_table(report))
    if report.gateway is not None:
        _show(console, "What the gateway adds", _gateway_table(report.gateway))
    console.print("\nNotes:\n", markup=False)
    for note in _notes(report):
        console.print(f"- {note}", markup=False, highlight=False, soft_wrap=True)


def _show(console: Console, title: str, table: Table) -> None:
    console.print(f"\n## {title}", markup=False, highlight=False)
    console.print(table)


def _table(first: str, *others: str) -> Table:
    table = Table(box=box.MARKDOWN)
    table.add_column(first)
    for other in others:
        table.add_column(other, justify="right", no_wrap=True)
    return table


def _heading(report: Report) -> Iterator[str]:
    yield "# Latency"
    yield ""
    ratio = report.reference_ratio_at_128
    if ratio is not None:
        yield (
            f"At 128 tokens, the reference system's shape takes {ratio:.1f} times as long as one "
            "decision of pointsman (medians, one run, in turns)."
        )
        yield ""
    machine = report.machine
    yield f"Measured {machine.made} in {report.seconds:.0f} s on {_machine(machine)}."
    yield f"Encoder bundle: {report.bundle}."


def _machine(machine: Machine) -> str:
    words = [machine.cpu, f"{machine.cores} cores", ", ".join(machine.flags) or "flags unknown"]
    if machine.memory_mib is not None:
        words.append(f"{machine.memory_mib / 1024:.0f} GiB")
    words.append(f"{machine.system}, Python {machine.python}")
    words.append(", ".join(f"{name} {version}" for name, version in machine.versions.items()))
    if machine.load_1m is not None:
        words.append(f"load average {machine.load_1m} when it began")
    return "; ".join(words)


def _stage_table(report: Report) -> Table:
    compared = report.reference_shape is not None
    more = ("reference", "ratio") if compared else ()
    table = _table("tokens", "n", *STAGES, *more)
    for row in report.rows:
        table.add_row(*_stage_cells(row, compared=compared))
    return table


def _stage_cells(row: StageRow, *, compared: bool) -> Sequence[str]:
    label = str(row.tokens) if row.read else f"{row.tokens}, remembered"
    if 0 < row.read < row.tokens:
        label += f" ({row.read} read)"
    if row.all_signals:
        label += ", all signals"
    cells = [label, str(row.stages["total"].n)]
    for stage in STAGES:
        idle = not row.read and stage in {"tokenize", "first_tier", "encoder"}
        cells.append("-" if idle else _pair(row.stages[stage]))
    if compared:
        cells.append(_pair(row.reference) if row.reference else "-")
        cells.append(f"{row.ratio:.1f}x" if row.ratio else "-")
    return cells


def _throughput_table(report: Report) -> Table:
    table = _table("encoder threads", "tokens", "decisions", "per second", "ms p50 / p99")
    for one in report.throughput:
        label = f"{one.workers}, held to as many cores" if one.pinned else str(one.workers)
        table.add_row(
            label,
            str(one.tokens),
            str(one.decisions),
            f"{one.per_second:.1f}",
            _pair(one.latency),
        )
    return table


def _footprint_table(report: Report) -> Table:
    footprint = report.footprint
    table = _table("what", "value")
    table.add_row("memory after routing, resident / peak", _mib(footprint.memory))
    table.add_row("`import pointsman`, ms p50", f"{footprint.import_pointsman.p50_ms:.0f}")
    table.add_row("`Router.default()`, ms p50", f"{footprint.router_default.p50_ms:.0f}")
    for command, taken in footprint.commands.items():
        table.add_row(f"`{command}`, whole process, ms p50", f"{taken.p50_ms:.0f}")
    return table


def _gateway_table(cost: GatewayCost) -> Table:
    table = _table(
        "server", "at once", "n", "per second", "ms p50 / p99", "added ms", "CPU ms", "memory"
    )
    for row in cost.rows:
        table.add_row(
            f"litellm {cost.litellm}" if row.server == "litellm" else row.server,
            str(row.concurrency),
            str(row.requests),
            f"{row.per_second:.0f}",
            _pair(row.latency),
            f"{row.added_p50_ms:.2f}",
            _NOT_MEASURED if row.cpu_ms is None else f"{row.cpu_ms:.2f}",
            _mib(cost.memory[row.server]),
        )
    return table


def _notes(report: Report) -> Iterator[str]:
    yield "p50 and p99 by nearest rank: below 100 measurements, p99 is the longest."
    yield (
        "tokens count the two marks that the encoder adds. `total` is from the client's bytes to "
        "the bytes that go upstream; nothing is remembered except in the row that says so."
    )
    yield (
        "every text gets a full pass: the first tier reads as well, as its scores are blended into "
        "the encoder's, but may not answer alone; where it may and is certain, a decision takes no "
        "`encoder`. A decision measures what the shipped policy asks for; `all signals` adds "
        "attacks and personal data in all texts of the request, in the same pass where it can."
    )
    yield (
        "decisions per second: texts that differ, an event loop, and two requests at a time for "
        "each encoder thread, so that their ms hold about one pass of waiting."
    )
    yield from _window_notes(report)
    if report.reference_shape is not None:
        yield (
            f"reference: {report.reference_shape}, full length, in turns with ours (after every "
            "ten decisions). Its tokenizing and deciding are left out, and the classifiers' local "
            "windows too, as the runtime is quicker without; the passes are its shape's, not a "
            "run of its own program."
        )
    if report.gateway is not None:
        yield (
            f"gateway: a request of {report.gateway.body_bytes} bytes that names its model, so no "
            "encoder pass; a model server that answers at once; client and servers share the "
            "cores; `direct` asks the model server itself."
        )


def _window_notes(report: Report) -> Iterator[str]:
    limit = report.max_tokens
    whole = row_of(report, limit)
    for row in report.rows:
        if whole is None or not 0 < row.read < row.tokens:
            continue
        windows = -(-row.tokens // limit)
        total = row.stages["total"].p50_ms + (windows - 1) * whole.stages["encoder"].p50_ms
        compared = f", a ratio of {row.reference.p50_ms / total:.1f}x" if row.reference else ""
        yield (
            f"{row.tokens} tokens: pointsman reads the first and the last {limit // 2 - 1} of a "
            f"longer text, one pass of {limit}; the reference row reads all {row.tokens}. Reading "
            f"all of it in {windows} windows would take about {total:.1f} ms{compared} (computed "
            "from the rows above, not measured)."
        )


def _pair(spread: Spread) -> str:
    return f"{_ms(spread.p50_ms)} / {_ms(spread.p99_ms)}"


def _ms(value: float) -> str:
    """Return three significant digits or so."""
    if value >= 100:  # noqa: PLR2004
        return f"{value:.0f}"
    if value >= 10:  # noqa: PLR2004
        return f"{value:.1f}"
    return f"{value:.2f}" if value >= 1 else f"{value:.3f}"


def _mib(memory: Memory | None) -> str:
    if memory is None:
        return _NOT_MEASURED
    return f"{memory.resident_mib:.0f} / {memory.peak_mib:.0f} MiB"
