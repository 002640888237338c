"""One decision taken apart."""

import pytest

from pointsman.config.build import load_setup
from pointsman.evaluation.stages import STAGES, Clock, Times, spreads
from pointsman.evaluation.texts import body_of


def test_the_stages_of_a_decision_add_up_to_its_total() -> None:
    times = Clock(load_setup()).decide(body_of("Why is the sky blue?"))
    parts = [getattr(times, stage) for stage in STAGES if stage != "total"]
    assert all(part > 0 for part in parts)
    assert sum(parts) == pytest.approx(times.total)


def test_nothing_is_remembered_unless_asked() -> None:
    body = body_of("Why is the sky blue?")
    forgets, remembers = Clock(load_setup()), Clock(load_setup(), remember=True)
    for clock in (forgets, remembers):
        clock.decide(body)
        first = clock.read
        clock.decide(body)
        assert (first, clock.read) == (8, 8 if clock is forgets else 0)


def test_spreads_are_stage_by_stage() -> None:
    found = spreads([Times(1e-3, 2e-3, 3e-3, 4e-3, 5e-3, 15e-3)])
    assert {stage: one.p50_ms for stage, one in found.items()} == {
        "parse": 1.0,
        "tokenize": 2.0,
        "encoder": 3.0,
        "decide": 4.0,
        "edit": 5.0,
        "total": 15.0,
    }
