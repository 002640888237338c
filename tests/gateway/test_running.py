"""When nothing runs."""

import pytest

from pointsman.gateway.running import Running


@pytest.mark.parametrize(
    ("steps", "idle"), [("", True), ("+", False), ("+-", True), ("++-", False), ("++--", True)]
)
async def test_it_is_idle_when_all_that_began_has_ended(steps: str, *, idle: bool) -> None:
    running = Running()
    for step in steps:
        (running.begin if step == "+" else running.end)()
    assert running.idle.is_set() == idle
