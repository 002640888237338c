"""How long `pointsman replay` takes for 100,000 recorded decisions.

    python benchmarks/replaying.py > benchmarks/replaying.md

The records are made from the demo's requests, decided once each by the shipped config and repeated
under new ids; then the real command runs, in a process of its own, under another lambda.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import msgspec

from pointsman.config.build import DEFAULT_CONFIG
from pointsman.demo.prompts import demo_requests
from pointsman.router import Router

RECORDS = 100_000
SHIPPED, OTHER = "{quality_loss_max: 0.02}\n", "{lambda: 0.6}\n"


def write_records(path: Path) -> None:
    """Write the records of that many decisions."""
    router = Router.default()
    asked = [{"messages": request.body["messages"]} for request in demo_requests()]
    records = [router.route(request).record for request in asked]
    encoder = msgspec.json.Encoder()
    with path.open("wb") as out:
        for number in range(RECORDS):
            record = msgspec.structs.replace(records[number % len(records)], id=f"dec_{number}")
            out.write(encoder.encode(record) + b"\n")


def main() -> None:
    """Print the table."""
    print("# Recorded traffic, decided again\n")
    print(f"`python benchmarks/replaying.py`; {RECORDS:,} records, {os.cpu_count()} cores.\n")
    print("| processes | seconds |")
    print("|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        records, config = Path(folder) / "decisions.jsonl", Path(folder) / "new.yaml"
        write_records(records)
        config.write_text(DEFAULT_CONFIG.read_text().replace(SHIPPED, OTHER))
        for jobs in (1, os.cpu_count() or 1):
            words = ["replay", str(records), "-c", str(config), "--jobs", str(jobs), "--json"]
            began = time.perf_counter()
            command = [sys.executable, "-m", "pointsman", *words]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)  # noqa: S603  # our own
            print(f"| {jobs} | {time.perf_counter() - began:.1f} |")


if __name__ == "__main__":
    main()
