"""`pointsman classify`: the shape of its rows."""

import json
from typing import Any

import pytest

from pointsman.encoder.bundle import load_bundle


def classify(run: Any, config: str, **row: Any) -> Any:
    done = run("classify", "-c", config, stdin=json.dumps(row).encode())
    assert done.status == 0
    return done.rows()[0]


def test_a_row_holds_every_signal(run: Any, config: str) -> None:
    row = classify(run, config, text="What is 2+2?")
    scores = row["domain"]["scores"]
    assert set(scores) == set(load_bundle().labels()["domain"])
    assert sum(scores.values()) == pytest.approx(1)
    assert row["domain"]["label"] == max(scores, key=lambda label: scores[label])
    assert row["domain"]["p"] == max(scores.values())
    assert 0 <= row["reasoning"]["p_gain"] <= 1
    assert row["reasoning"]["extra_tokens"] >= 0
    assert row["keywords"] == {"sums": 1.0}
    assert row["tokens"] > 0
    assert row["truncated"] is False
    assert row["tier"] == "encoder"
    assert row["ms"] >= 0


def test_what_was_not_measured_is_null_and_not_harmless(run: Any, config: str) -> None:
    row = classify(run, config, text="hello")
    assert [row[name] for name in ("jailbreak", "injection", "harmful", "pii")] == [None] * 4


def test_a_text_that_is_cut_says_so(run: Any, config: str) -> None:
    assert classify(run, config, text="word " * 5000)["truncated"] is True


def test_the_same_text_gives_the_same_signals_in_both_forms(run: Any, config: str) -> None:
    text = "Why is the sky blue?"
    messages = [{"role": "user", "content": text}]
    rows = [classify(run, config, text=text), classify(run, config, messages=messages)]
    first, second = ({k: v for k, v in row.items() if k not in {"ms", "input"}} for row in rows)
    assert first == second
