"""What counting limits takes: one reserve and settle, by place.

    python benchmarks/ledgers.py > benchmarks/ledgers.md

Three limits are touched (money of a tenant, requests of a key, money of a model). The median of
2,000 pairs, in microseconds, by one thread; PostgreSQL is measured too where POINTSMAN_STATE names
one.
"""

import os
import statistics
import tempfile
import time
from pathlib import Path

from pointsman.accounts.counters import Granted
from pointsman.accounts.limits import Claim, Limit, Spent
from pointsman.accounts.state import open_ledger

LIMITS = (
    Limit(usd=1e6, window="day", per="tenant"),
    Limit(requests=10**9, window="minute", per="key"),
    Limit(usd=1e6, window="day", model="large"),
)
CLAIM = Claim(model="large", usd=0.01, tokens=1000, key="key_1", tenant="acme")
SPENT = Spent(usd=0.004, tokens=400)
PAIRS = 2000


def microseconds(url: str) -> float:
    """Return the median time of a reserve and a settle at a place."""
    ledger = open_ledger(url, LIMITS)
    spent = []
    for _ in range(PAIRS):
        began = time.perf_counter()
        answer = ledger.reserve(CLAIM, time.time())
        if not isinstance(answer, Granted):
            raise TypeError("the caps of this benchmark are never met")
        ledger.settle(answer.reservation, SPENT, time.time())
        spent.append(1e6 * (time.perf_counter() - began))
    ledger.close()
    return statistics.median(spent)


def main() -> None:
    """Print the table."""
    print("# Counting limits\n")
    print("`python benchmarks/ledgers.py`; see its head for what is measured.\n")
    print("| place | reserve and settle, µs |")
    print("|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        print(f"| memory | {microseconds('memory:'):.0f} |")
        print(f"| SQLite | {microseconds(str(Path(folder) / 'state.db')):.0f} |")
    if url := os.environ.get("POINTSMAN_STATE"):
        print(f"| PostgreSQL | {microseconds(url):.0f} |")


if __name__ == "__main__":
    main()
