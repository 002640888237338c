"""Turns between ours and the reference's."""

import pytest

from pointsman.config.build import load_setup
from pointsman.evaluation.pacing import Effort, measure_row
from pointsman.evaluation.stages import Clock
from pointsman.evaluation.texts import MARKS, body_of, text_of


class _Reference:
    def __init__(self) -> None:
        self.read_lengths: list[int] = []

    def read(self, tokens: int) -> float:
        self.read_lengths.append(tokens)
        return 1.0


@pytest.mark.parametrize(("repeat", "turns"), [(1, 1), (10, 1), (11, 2), (25, 3)])
def test_the_reference_takes_its_turn_after_every_ten_decisions(repeat: int, turns: int) -> None:
    reference = _Reference()
    row = measure_row(Clock(load_setup()), body_of("Hi"), 3, Effort(repeat, 60.0), reference)
    assert reference.read_lengths == [3] * (1 + turns)  # one to warm up
    assert row.stages["total"].n == repeat
    assert row.reference is not None
    assert row.ratio == pytest.approx(1000 / row.stages["total"].p50_ms)


def test_a_row_ends_after_its_time_but_never_without_a_turn() -> None:
    row = measure_row(Clock(load_setup()), body_of("Hi"), 3, Effort(1000, 0.0))
    assert row.stages["total"].n == 10
    assert row.ratio is None


def test_of_a_long_text_both_ends_are_read() -> None:
    clock = Clock(load_setup())
    row = measure_row(clock, body_of(text_of(512 - MARKS, clock.count)), 512, Effort(1, 1.0))
    assert (row.tokens, row.read) == (512, 256)
