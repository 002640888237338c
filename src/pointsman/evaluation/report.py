"""What `bench latency` measured, as plain data: the shape of its JSON."""

import msgspec

from pointsman.evaluation.footprint import Footprint
from pointsman.evaluation.machine import Machine, Memory
from pointsman.evaluation.stats import Spread
from pointsman.evaluation.throughput import Throughput

RATIO_TOKENS = 128
"""The prompt length whose ratio is the headline: `reference_ratio_at_128`."""


class StageRow(msgspec.Struct, frozen=True):
    """One prompt length.

    Attributes:
        tokens: Length of the prompt, with the two marks that the encoder adds.
        read: Tokens that the encoder reads: 0 where the text was remembered, and more than `tokens`
            with all signals, some of which read the system text, too.
        stages: By stage name, `total` among them.
        reference: The reference shape's passes at `tokens` tokens, taken in turns with ours.
        ratio: The median of `reference` over the median of our `total`.
        all_signals: Whether every signal is measured, or those that the shipped policy asks for.
    """

    tokens: int
    read: int
    stages: dict[str, Spread]
    reference: Spread | None = None
    ratio: float | None = None
    all_signals: bool = False


class GatewayRow(msgspec.Struct, frozen=True):
    """One server at one concurrency.

    Attributes:
        concurrency: Requests in flight at once.
        added_p50_ms: Its median less that of asking the model server directly.
        cpu_ms: Processor time of the server's own processes per request, all cores together;
            steadier than wall time on a busy machine.
    """

    server: str
    concurrency: int
    requests: int
    per_second: float
    latency: Spread
    added_p50_ms: float
    cpu_ms: float | None


class GatewayCost(msgspec.Struct, frozen=True):
    """All servers: the rows, each one's memory after them, LiteLLM's version if it took part."""

    body_bytes: int
    rows: tuple[GatewayRow, ...]
    memory: dict[str, Memory | None]
    litellm: str | None


class Report(msgspec.Struct, frozen=True):
    """One run of the benchmark; what was left out is null."""

    benchmark: str
    machine: Machine
    bundle: str
    max_tokens: int
    reference_ratio_at_128: float | None
    reference_shape: str | None
    rows: tuple[StageRow, ...]
    throughput: tuple[Throughput, ...]
    footprint: Footprint
    gateway: GatewayCost | None
    seconds: float


def row_of(report: Report, tokens: int) -> StageRow | None:
    """Return the row of a prompt length, as it is when the text is read; None without one."""
    return next((row for row in report.rows if row.tokens == tokens and row.read), None)
