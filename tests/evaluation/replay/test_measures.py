"""The numbers of a pair, on cases worked out by hand."""

from collections.abc import Callable

import numpy as np
import pytest

from pointsman.evaluation.replay.measures import Measured, measured
from pointsman.evaluation.replay.scores import Replayed

MakeReplay = Callable[..., Replayed]

LIGHT, HEAVY = [0.0, 1.0, 0.0, 1.0], [1.0, 1.0, 1.0, 1.0]
TOKENS = ([10.0, 10.0, 10.0, 10.0], [100.0, 200.0, 300.0, 400.0])


@pytest.fixture
def numbers(make_replay: MakeReplay) -> Measured:
    """Four questions; ours is right about which two the heavy model gains."""
    return measured(
        make_replay(
            LIGHT,
            HEAVY,
            [0.9, 0.01, 0.8, 0.02],
            tokens=TOKENS,
            domains=["math", "law", "math", "law"],
            table=[0.5, 0.1, 0.1, 0.5],
        )
    )


def test_choices_are_measured_in_accuracy_tokens_and_time(numbers: Measured) -> None:
    rows = {row.name: row for row in numbers.policies}
    light, heavy, ours = rows["always light"], rows["always heavy"], rows["ours, lambda 0.15"]
    assert (light.accuracy, heavy.accuracy, ours.accuracy) == (0.5, 1.0, 1.0)
    assert (light.over_heavy.value, ours.over_heavy.value, ours.over_light.value) == (-50, 0, 50)
    assert (light.heavy_share, heavy.heavy_share, ours.heavy_share) == (0, 1, 0.5)
    assert (light.tokens, heavy.tokens, ours.tokens) == (10, 250, (100 + 300 + 20) / 4)
    assert ours.saved == pytest.approx(1 - 105 / 250)
    # 80 ms, 0.1 ms for each of 100 prompt tokens, 10 ms a token; the router's own 10 ms.
    assert light.latency_mean_ms == pytest.approx(80 + 10 + 100)
    assert ours.latency_mean_ms == pytest.approx(80 + 10 + 1050 + 10)
    assert (heavy.latency_p50_ms, ours.latency_p50_ms) == pytest.approx((2090, 200))
    assert (light.router_ms, ours.router_ms) == pytest.approx((0, 10))


def test_random_is_the_expected_value(numbers: Measured) -> None:
    row = next(row for row in numbers.policies if row.name == "random")
    assert (row.accuracy, row.tokens) == pytest.approx((0.75, 130))


def test_intervals_hold_their_value_and_two_equal_rows_differ_by_nothing(numbers: Measured) -> None:
    for row in numbers.policies:
        assert row.over_heavy.low <= row.over_heavy.value <= row.over_heavy.high
    heavy = next(row for row in numbers.policies if row.name == "always heavy")
    assert (heavy.over_heavy.low, heavy.over_heavy.high) == (0, 0)


def test_scores_are_measured_along_their_curve(numbers: Measured) -> None:
    rows = {row.name: row for row in numbers.rankings}
    ours, random, oracle = rows["ours"], rows["random"], rows["oracle"]
    assert ours.apgr is not None
    assert random.apgr is not None
    assert ours.apgr.value == pytest.approx((0.25 + 0.75 + 1 + 1) / 4)
    assert (random.apgr.value, random.apgr.low, random.apgr.high) == (0.5, 0.5, 0.5)
    assert (ours.cpt50, random.cpt50, random.cpt80) == pytest.approx((0.25, 0.5, 0.8))
    # Ours reaches all of the gain with the first and the third question sent: 105 of 250 tokens.
    assert ours.saved[0] == pytest.approx(1 - (105 - 290 / 4 * 0.02 * 2) / 250)
    assert random.saved[2] == pytest.approx(0.1 * 240 / 250)
    assert oracle.at_saving == pytest.approx(0)
    assert ours.gain_error is not None
    assert random.gain_error is None


def test_a_heavy_model_that_writes_less_saves_nothing_by_being_asked_less(
    make_replay: MakeReplay,
) -> None:
    tokens = ([0.3, 0.7, 0.9, 0.7], [0.1, 0.1, 0.1, 0.1])
    found = measured(make_replay(LIGHT, HEAVY, [0.9, 0.1, 0.8, 0.2], tokens=tokens))
    assert all(row.saved == pytest.approx((0, 0, 0)) for row in found.rankings)
    assert all(each is not None and each >= 0 for row in found.rankings for each in row.saved)
    assert all(row.at_saving is None for row in found.rankings)
    light = found.policies[0]
    assert light.saved == pytest.approx(1 - 6.5)


def test_without_tokens_nothing_is_said_of_them(make_replay: MakeReplay) -> None:
    found = measured(make_replay(LIGHT, HEAVY, [0.9, 0.1, 0.8, 0.2]))
    assert all(row.tokens is row.saved is row.latency_mean_ms is None for row in found.policies)
    assert all(row.saved == (None, None, None) for row in found.rankings)
    assert all(row.at_saving is None for row in found.rankings)
    assert found.categories[0].ours_saved is None


def test_a_heavy_model_without_a_lead_has_no_gap_to_recover(make_replay: MakeReplay) -> None:
    found = measured(make_replay(HEAVY, LIGHT, [0.9, 0.1, 0.8, 0.2]))
    assert all(row.apgr is None and row.cpt50 is None for row in found.rankings)
    assert [(gate.lead, gate.passed) for gate in found.gates] == [(None, False)] * 2


def test_domains_are_counted_apart(numbers: Measured) -> None:
    law, math = numbers.categories
    assert (law.domain, law.rows, law.light, law.heavy) == ("law", 2, 1.0, 1.0)
    assert (law.ours_share, law.ours_saved) == pytest.approx((0.0, 580 / 600))
    assert (math.domain, math.light, math.ours, math.ours_share) == ("math", 0.0, 1.0, 1.0)
    assert (math.table_share, math.table) == (0.5, 0.5)


@pytest.mark.parametrize(("knows", "passed"), [(True, True), (False, False)])
def test_the_gate_is_passed_only_outside_of_the_interval(
    knows: bool,  # noqa: FBT001
    passed: bool,  # noqa: FBT001
    make_replay: MakeReplay,
) -> None:
    random = np.random.default_rng(0)
    light = (random.random(400) < 0.5).astype(float)
    p_gain = np.where(light == 0, 0.9, 0.1) if knows else random.random(400)
    found = measured(make_replay(light, np.ones(400), p_gain))
    category, length = found.gates
    assert (category.passed, length.passed) == (passed, passed)
    word = "better" if passed else "no better"
    assert category.verdict == f"{word} than a category table"
    assert length.verdict == f"{word} than prompt length"
    assert category.lead is not None
    assert (category.lead.low > 0) is passed
