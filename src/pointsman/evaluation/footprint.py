"""Memory and start-up time, of fresh processes."""

import subprocess
import sys
import time
from pathlib import Path

import msgspec

from pointsman.evaluation.machine import Memory
from pointsman.evaluation.stats import Spread, spread

_CHILD = Path(__file__).with_name("footprint_child.py")
_MOST_S = 120.0


class Measured(msgspec.Struct, frozen=True):
    """What one fresh process tells of itself; `memory` is None where /proc does not tell."""

    import_s: float
    default_s: float
    memory: Memory | None


class Footprint(msgspec.Struct, frozen=True):
    """A process that imports pointsman, builds `Router.default()` and routes a few prompts.

    Attributes:
        memory: After routing; the median of the runs by resident memory.
        import_pointsman: `import pointsman`.
        router_default: `Router.default()`.
        commands: Whole processes, from their start to their end, by command line.
    """

    memory: Memory | None
    import_pointsman: Spread
    router_default: Spread
    commands: dict[str, Spread]


def measure_footprint(repeat: int) -> Footprint:
    """Start each process `repeat` times.

    Raises:
        subprocess.SubprocessError: A process failed or did not end.
    """
    runs = [msgspec.json.decode(_run("-P", str(_CHILD)), type=Measured) for _ in range(repeat)]
    memories = sorted(
        (run.memory for run in runs if run.memory is not None), key=lambda m: m.resident_mib
    )
    return Footprint(
        memory=memories[len(memories) // 2] if memories else None,
        import_pointsman=spread([run.import_s for run in runs]),
        router_default=spread([run.default_s for run in runs]),
        commands={
            " ".join(("pointsman", *words)): spread([_clocked(words) for _ in range(repeat)])
            for words in (("--help",), ("explain", "hi"))
        },
    )


def _clocked(words: tuple[str, ...]) -> float:
    began = time.perf_counter()
    _run("-m", "pointsman", *words)
    return time.perf_counter() - began


def _run(*words: str) -> bytes:
    done = subprocess.run(  # noqa: S603  # our own modules
        [sys.executable, *words], check=True, capture_output=True, timeout=_MOST_S
    )
    return done.stdout
