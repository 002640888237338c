"""Decisions per second on the real pool."""

import os

import pytest

from pointsman.config.build import load_setup
from pointsman.evaluation.texts import body_of
from pointsman.evaluation.throughput import measure_throughput


@pytest.mark.parametrize("workers", [1, 2])
def test_every_body_is_decided_once_and_the_cores_are_given_back(workers: int) -> None:
    affinity = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else None
    bodies = [body_of(f"Question number {n}?") for n in range(9)]
    found = measure_throughput(load_setup(), bodies, tokens=6, workers=workers)
    assert (found.workers, found.tokens) == (workers, 6)
    assert found.decisions == found.latency.n == 9
    assert found.per_second > 0
    if affinity is not None:
        assert found.pinned
        assert os.sched_getaffinity(0) == affinity
