"""The demo end to end: real requests through the real gateway to stand-ins."""

import json
import subprocess
import sys

import pytest

from pointsman.demo.prompts import demo_requests
from pointsman.demo.run import BIG, running_demo, send_all
from pointsman.demo.show import show_rows
from pointsman.wire.usage import Usage

pytestmark = pytest.mark.e2e


async def test_every_request_of_the_demo_is_answered_and_accounted_for() -> None:
    from rich.console import Console  # noqa: PLC0415  # only shown here

    requests = demo_requests()
    async with running_demo(port=0, tokens_per_second=float("inf")) as demo:
        rows = await send_all(demo, requests, lambda _row: None)
    assert len(rows) == len(requests) >= 40
    assert {row.status for row in rows} == {200}
    refused = [row for row in rows if row.record.outcome == "refused"]
    assert {row.request.title for row in refused} == {
        "instructions overruled",
        "an order in a result",
    }
    assert all(row.usage == row.baseline == Usage() for row in refused)
    answered = [row for row in rows if row not in refused]
    assert all(row.record.outcome == "answered" for row in answered)
    assert all(row.usage.completion_tokens > 0 for row in answered)
    thinking = [row for row in answered if _may_think(row.request)]
    assert all((row.baseline.reasoning_tokens or 0) > 0 for row in thinking)
    (hidden,) = (row for row in rows if row.request.title == "an address")
    assert hidden.record.masked == {"EMAIL_ADDRESS": 1}
    console = Console(record=True, width=150)
    show_rows(rows, console)
    text = console.export_text()
    assert "What is 2+2?" in text
    assert "fewer tokens" in text
    assert "refused" in text


def _may_think(request: object) -> bool:
    body = getattr(request, "body", {})
    return "max_tokens" not in body and "max_completion_tokens" not in body


async def test_thinking_is_told_off_unless_it_was_decided() -> None:
    async with running_demo(port=0, tokens_per_second=float("inf")) as demo:
        rows = await send_all(demo, demo_requests()[:12], lambda _row: None)
    for row in rows:
        if row.record.model == BIG and row.record.reasoning == "off":
            assert row.usage.reasoning_tokens == 0


def test_the_command_ends_by_itself_without_a_terminal() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pointsman", "demo", "--port", "0", "--json", "--speed", "1e9"],
        capture_output=True,
        check=False,
        timeout=120,
        stdin=subprocess.DEVNULL,
    )
    assert done.returncode == 0, done.stderr.decode()
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(rows) == len(demo_requests())
    assert {"record", "usage", "baseline", "usd", "usd_baseline"} <= rows[0].keys()
