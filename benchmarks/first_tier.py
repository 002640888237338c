"""What the first tier saves: mean cost of reading a mix of texts, beside the reference's shape.

POINTSMAN_DATA=... python benchmarks/first_tier.py > benchmarks/first_tier.md

The mix is domain/dev and jailbreak/dev as they are (rows drawn by a fixed seed). Each text is read
for `domain` and the three attack signals: once as served, once with the first tier switched off.
Beside them the reference's shape reads as many tokens (see `pointsman bench latency`), each with
one thread.
"""

import gzip
import json
import os
import random
import time
from pathlib import Path

import numpy as np

from pointsman.encoder.bundle import load_bundle
from pointsman.encoder.encoding import Asked
from pointsman.encoder.onnx import OnnxEncoder
from pointsman.evaluation.machine import describe
from pointsman.evaluation.reference import reference_shape
from pointsman.statistics.calibrate import interval

ROWS = 400
REFERENCE_ROWS = 60
MOST = 512
"""Word pieces that the reference's shape is given at most; ours reads all."""
ASKED = Asked(frozenset({"domain"}), frozenset({"attacks"}))


def texts() -> list[str]:
    """The mix, in random order."""
    data = Path(os.environ.get("POINTSMAN_DATA", "../shared/data"))
    rows: list[str] = []
    for name in ("domain/dev", "jailbreak/dev"):
        for line in gzip.decompress((data / f"{name}.jsonl.gz").read_bytes()).splitlines():
            row = json.loads(line)
            options = (f"{chr(65 + at)}. {text}" for at, text in enumerate(row.get("options", ())))
            rows.append("\n".join([row["text"], *options]))
    return random.Random(0).sample(rows, ROWS)  # noqa: S311 - no secret


def timed(encoder: OnnxEncoder, text: str) -> tuple[float, bool, int]:
    """Seconds to read a text, whether the first tier answered alone, and the word pieces read."""
    began = time.perf_counter()
    encoding = encoder.encode(text, ASKED)
    return time.perf_counter() - began, encoding.tier == "first", encoding.tokens + 2


def main() -> None:
    """Measure and print."""
    served, full = OnnxEncoder(load_bundle()), OnnxEncoder(load_bundle(), first_tier=False)
    mix = texts()
    for text in mix[:20]:
        timed(served, text)
        timed(full, text)
    rows = [(timed(served, text), timed(full, text)) for text in mix]
    ours, passes = (np.array([row[at][0] for row in rows]) for at in (0, 1))
    alone = np.array([row[0][1] for row in rows])
    tokens = [row[1][2] for row in rows]
    with reference_shape() as shape:
        shape.read(32)
        theirs = np.array([shape.read(min(count, MOST)) for count in tokens[:REFERENCE_ROWS]])
    some = slice(0, REFERENCE_ROWS)
    print("# What the first tier saves\n")
    machine = describe()
    runtime = machine.versions["onnxruntime"]
    print(
        f"{ROWS} texts of the mix, {np.mean(tokens):.0f} word pieces on average. {machine.made}, "
        f"{machine.cpu}, {', '.join(machine.flags)}, ONNX Runtime {runtime}.\n"
    )
    print("| reader | mean ms | reference's shape / this, first 60 texts (95 %) |")
    print("|---|---|---|")
    for name, times in (("one full pass each", passes), ("with the first tier", ours)):
        ratio = theirs.sum() / times[some].sum()
        low, high = interval(
            lambda at, times=times: theirs[at].sum() / times[some][at].sum(),  # type: ignore[misc]  # bound now
            REFERENCE_ROWS,
        )
        print(f"| {name} | {1000 * times.mean():.2f} | {ratio:.0f} [{low:.0f}, {high:.0f}] |")
    print(
        f"\nThe first tier answered {alone.mean():.1%} alone, each in "
        f"{1000 * ours[alone].mean():.3f} ms, tokenizing included."
    )


if __name__ == "__main__":
    main()
