"""Workbench: measures pointsman; serving never imports it.

To add a benchmark: write `evaluation/NAME.py` with `add_arguments`, `measure` and `show` as
`latency.py` has them, and move its name from `PLANNED` to `BENCHES`. One that scores rows has a
`FOLDER` below the root of the data, and its `measure` returns a `rows.Scored`, as in `domain.py`.
`routing` and `reasoning` share the package `replay`.
"""

BENCHES: dict[str, str] = {
    "latency": "time per stage, decisions per second, memory, start-up, and what the gateway adds",
    "domain": "how many texts are put under the right domain",
    "guard": "how many attacks are recognised, and how many harmless texts are refused",
    "pii": "how much personal data is found, and how often where there is none",
    "routing": "how much of a stronger model's lead is kept, on recorded answers of two models",
    "reasoning": "the same of answers that were reasoned out",
    "cache": "how often a stored answer serves, and how often one is served that does not",
}
"""Each benchmark and what it measures."""

PLANNED = ("load",)
"""Benchmarks of later versions: named here so that asking for one says so."""
