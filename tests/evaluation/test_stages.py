"""One decision taken apart."""

from typing import Any

import msgspec
import numpy as np
import pytest
from numpy.typing import NDArray

from pointsman.config.build import load_setup
from pointsman.evaluation.stages import STAGES, Clock, Times, spreads
from pointsman.evaluation.texts import body_of


def test_the_stages_of_a_decision_add_up_to_its_total() -> None:
    times = Clock(load_setup()).decide(body_of("Why is the sky blue?"))
    parts = [getattr(times, stage) for stage in STAGES if stage != "total"]
    assert all(part > 0 for part in parts)
    assert sum(parts) == pytest.approx(times.total)


def test_every_text_gets_a_full_pass_however_certain_the_first_tier_is() -> None:
    clock = Clock(load_setup())
    passes = 0
    real = clock.encoder.run

    def run(pieces: NDArray[np.int32], outputs: list[str]) -> list[Any]:
        nonlocal passes
        passes += 1
        return real(pieces, outputs)

    clock.encoder.run = run  # type: ignore[method-assign]  # counts
    for text in ("What is 2 + 2?", "Hi", "Find the determinant of a matrix."):
        clock.decide(body_of(text))
    assert passes == 3


def test_with_everything_measured_all_texts_are_read() -> None:
    policy, everything = Clock(load_setup()), Clock(load_setup(), everything=True)
    body = body_of("Why is the sky blue?")
    for clock in (policy, everything):
        times = clock.decide(body)
        assert sum(getattr(times, stage) for stage in STAGES if stage != "total") == pytest.approx(
            times.total
        )
    assert policy.read == 8
    assert everything.read > policy.read  # the system text, too


def test_a_bundle_without_a_first_tier_spends_no_time_on_it() -> None:
    setup = load_setup()
    manifest = msgspec.structs.replace(setup.bundle.manifest, first_tier=None)
    bundle = msgspec.structs.replace(setup.bundle, manifest=manifest)
    times = Clock(msgspec.structs.replace(setup, bundle=bundle)).decide(body_of("Why?"))
    assert times.first_tier == 0.0
    assert times.encoder > 0


def test_a_long_text_is_tokenized_for_its_windows_too() -> None:
    clock = Clock(load_setup(), everything=True)
    clock.decide(body_of("why is that so? " * 400))
    assert clock.read > 3 * 256


def test_nothing_is_remembered_unless_asked() -> None:
    body = body_of("Why is the sky blue?")
    forgets, remembers = Clock(load_setup()), Clock(load_setup(), remember=True)
    for clock in (forgets, remembers):
        clock.decide(body)
        first = clock.read
        clock.decide(body)
        assert (first, clock.read) == (8, 8 if clock is forgets else 0)


def test_spreads_are_stage_by_stage() -> None:
    found = spreads([Times(1e-3, 2e-3, 0.5e-3, 3e-3, 4e-3, 5e-3, 15.5e-3)])
    assert {stage: one.p50_ms for stage, one in found.items()} == {
        "parse": 1.0,
        "tokenize": 2.0,
        "first_tier": 0.5,
        "encoder": 3.0,
        "decide": 4.0,
        "edit": 5.0,
        "total": 15.5,
    }
