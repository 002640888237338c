"""What a run looks like when it is printed."""

from collections import Counter
from typing import Any

import msgspec
import pytest
from rich.console import Console

from pointsman.evaluation.live.outcomes import Outcome
from pointsman.evaluation.live.run import Failures
from pointsman.evaluation.live.scores import LiveReport, WhatWasAsked, scores_of_cap
from pointsman.evaluation.live.table import show_report
from pointsman.evaluation.rows import RowsFile

ASKED = WhatWasAsked(
    model="m",
    family="qwen3",
    server="http://127.0.0.1:1/v1",
    router=None,
    temperature=None,
    per_category=100,
    seed=0,
    concurrency=4,
    outcomes="out.jsonl",
)
REPORT = LiveReport(
    benchmark="reasoning, live",
    asked=ASKED,
    bundle=None,
    switches={"off": "{}"},
    questions=RowsFile("questions.jsonl", "ab" * 32, 8000),
    drawn=1400,
    planned=2800,
    resumed=0,
    seconds=3600.0,
    interrupted=False,
    caps=(),
)
MODES: dict[str, dict[str, Any]] = {
    "off": {"asked_to_reason": False, "tokens": 900},
    "on": {"asked_to_reason": True, "reasoned": True, "tokens": 12345},
    "auto": {"routed_model": "m", "routed_reasoning": "off", "asked_to_reason": False},
}


@pytest.fixture
def outcome() -> Any:
    """Build an outcome from what matters of it."""

    def build(number: int, mode: str, **changes: Any) -> Outcome:
        plain: dict[str, Any] = {
            "id": str(number),
            "text": "?",
            "model": "m",
            "mode": mode,
            "correct": number % 2,
            "tokens": 700,
            "category": "math",
            "cap": 2048,
            "finish_reason": "stop",
            "parsed": "A",
            "answer": "A",
            "reasoned": False,
            "asked_to_reason": None,
            "reasoning_tokens": None,
            "prompt_tokens": 5,
            "tokens_from": "usage",
            "ttft_ms": 123.0,
            "total_ms": 123456.0,
        }
        return msgspec.convert({**plain, **MODES[mode], **changes}, Outcome)

    return build


def shown(outcomes: list[Outcome], failures: Failures, **changes: Any) -> str:
    scores = scores_of_cap(2048, tuple(MODES), outcomes, failures)
    console = Console(width=180)
    with console.capture() as capture:
        show_report(msgspec.structs.replace(REPORT, caps=(scores,), **changes), console)
    return capture.get()


def rows_of(said: str, name: str) -> list[list[str]]:
    """The cells right of each first cell of this name."""
    cells = [[cell.strip() for cell in line.split("|")[1:-1]] for line in said.splitlines()]
    return [row[1:] for row in cells if row[:1] == [name]]


def test_tables_of_a_large_run_fit_where_there_is_no_terminal(outcome: Any) -> None:
    said = shown([outcome(n, mode) for n in range(40) for mode in MODES], Counter())
    assert "\N{HORIZONTAL ELLIPSIS}" not in said
    worth, times = rows_of(said, "off")
    assert worth[:1] == ["40"]
    assert worth[1].startswith("50.0 [33.")
    assert worth[2:] == ["+0.0 [+0.0 +0.0]", "-", "900", "92.7 [92.7 92.7]"]
    assert times == ["0.12", "123.46", "123.46", "0.0 [0.0 0.0]", *["0.0"] * 3, "0", "0"]
    assert len(rows_of(said, "on")) == len(rows_of(said, "auto")) == 2
    worth, times = rows_of(said, "published, not reproduced")
    assert worth == ["-", "-", "+10.2", "-", "-", "48.5"]
    assert times == [*["-"] * 3, "47.1", *["-"] * 5]


def test_a_run_without_answers_is_shown_without_numbers() -> None:
    said = shown([], Counter({("off", 2048, "cannot connect"): 3}), interrupted=True)
    assert "Interrupted: 0 of 2800 answers are there" in said
    assert "off, cap 2,048: no answer: cannot connect (3)." in said
    assert "Right answers by category" not in said


def test_what_the_router_did_and_may_have_seen_is_said(outcome: Any) -> None:
    asked = msgspec.structs.replace(ASKED, router="http://127.0.0.1:2")
    some = [outcome(n, "auto", routed_reasoning="on" if n else "off") for n in range(4)]
    said = shown(some, Counter(), asked=asked)
    assert "auto, cap 2,048: sent to m, on 75.0 %, m, off 25.0 %." in said
    assert "--half report asks only those" in said
    half = msgspec.structs.replace(REPORT.questions, half="report")
    assert "--half report asks" not in shown(some, Counter(), asked=asked, questions=half)


def test_a_category_that_one_arm_has_not_answered_has_no_number(outcome: Any) -> None:
    said = shown([outcome(1, "off"), outcome(2, "on", category="law")], Counter())
    assert rows_of(said, "law") == [["-", "0.0 (1)", "-"]]
    assert rows_of(said, "math") == [["100.0 (1)", "-", "-"]]


def test_a_temperature_that_was_said_is_shown() -> None:
    assert "temperature the server's own" in shown([], Counter())
    asked = msgspec.structs.replace(ASKED, temperature=0.6)
    assert "temperature 0.6;" in shown([], Counter(), asked=asked)
