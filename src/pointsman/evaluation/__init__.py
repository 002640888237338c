"""Workbench: measures pointsman; serving never imports it.

To add a benchmark: write `evaluation/NAME.py` with `add_arguments`, `measure` and `show` as
`latency.py` has them, and move its name from `PLANNED` to `BENCHES`.
"""

BENCHES: dict[str, str] = {
    "latency": "time per stage, decisions per second, memory, start-up, and what the gateway adds",
}
"""Each benchmark and what it measures; its module is imported only when it runs."""

PLANNED = ("reasoning", "routing", "domain", "guard", "pii", "cache", "load")
"""Benchmarks of later versions: named here so that asking for one says so."""
