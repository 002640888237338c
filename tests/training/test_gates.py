"""Gates on hand-made readings."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from pointsman.encoder.bundle import FlagsHead, ScoresHead
from pointsman.encoder.first_tier import Gate, TierHead
from pointsman.statistics.bounds import upper_bound
from pointsman.statistics.thresholds import Threshold
from pointsman.training import fitting, gates
from pointsman.training.corpus import read_corpus
from pointsman.training.examples import Example
from pointsman.training.readings import Readings
from pointsman.training.tier_table import OUTPUTS, STARTS
from pointsman.training.weights import ATTACKS, DOMAINS, OUTCOMES

Flags = NDArray[np.bool_]
HEAVY = OUTCOMES.index("heavy_only")


def none_lost(rows: int) -> Flags:
    return np.zeros(rows, bool)


def test_everything_passes_where_nothing_is_lost() -> None:
    found = gates._widest(np.arange(1000.0), none_lost(1000), None, 0.01)
    assert found == (999.0, upper_bound(0, 1000), 1000, 1.0)


def test_the_gate_is_as_wide_as_the_bound_allows() -> None:
    lost = none_lost(2000)
    lost[1000:] = True
    found = gates._widest(np.arange(2000.0), lost, None, 0.02)
    assert found is not None
    bound, worst, rows, share = found
    assert worst <= 0.02
    assert share == rows / 2000
    assert bound == pytest.approx(1000 + (rows - 1001), abs=1)
    errors = rows - 1000
    assert errors > 0
    # One step of the grid further, a four-hundredth of all rows, and the bound is broken.
    assert upper_bound(errors + 5, rows + 5) > 0.02


def test_there_is_no_gate_where_the_surest_answers_are_lost() -> None:
    lost = none_lost(1000)
    lost[:200] = True
    assert gates._widest(np.arange(1000.0), lost, None, 0.01) is None


def test_there_is_no_gate_where_too_few_rows_can_show_the_bound() -> None:
    assert gates._widest(np.arange(100.0), none_lost(100), None, 0.01) is None
    assert gates._widest(np.arange(300.0), none_lost(300), None, 0.01) is not None


def test_what_is_lost_can_be_a_share_of_rows_that_do_not_all_pass() -> None:
    """Of 400 attacks none may be lost but two: however many harmless texts pass."""
    doubt = np.concatenate([np.arange(10_000.0), 9_000 + np.arange(400.0)])
    attack = np.concatenate([none_lost(10_000), ~none_lost(400)])
    found = gates._widest(doubt, attack, attack, 0.02)
    assert found is not None
    bound, worst, rows, share = found
    assert rows == 400
    passed = int((doubt[attack] <= bound).sum())
    assert worst == upper_bound(passed, 400) <= 0.02
    assert share == pytest.approx((doubt <= bound).mean())
    assert 8_900 < bound < 9_010


def test_a_gate_above_turns_doubt_into_a_probability_again() -> None:
    found = (-0.97, 0.008, 900, 0.4)
    assert gates._gate("domain", "above", found) == Gate("domain", "above", 0.97, 0.008, 900, 0.4)
    below = gates._gate("outcome", "below", (0.05, 0.01, 10, 0.2), "heavy_only")
    assert below == Gate("outcome", "below", 0.05, 0.01, 10, 0.2, "heavy_only")
    assert gates._gate("domain", "above", None) is None


ROWS = 1200


def readings(**columns: NDArray[np.float32]) -> Readings:
    blank = {
        "domain": np.zeros((ROWS, 14), np.float32),
        "outcome": np.zeros((ROWS, 4), np.float32),
        "log_tokens": np.zeros(ROWS, np.float32),
        "attacks": np.zeros((ROWS, 3), np.float32),
        "embedding": np.zeros((ROWS, 2), np.float32),
        "tier": np.zeros((ROWS, OUTPUTS), np.float32),
    }
    return Readings(**{**blank, **columns})


def tier_head(name: str, labels: tuple[str, ...], kind: str = "exclusive") -> TierHead:
    ones, zeros = (1.0,) * len(labels), (0.0,) * len(labels)
    return TierHead(name, STARTS[name], labels, ones, zeros, kind)  # type: ignore[arg-type]  # a table's word


def domain_readings(sure: float, wrong: int, caught: int) -> tuple[Readings, list[Example]]:
    """The tier is sure of half of the rows, wrong in the first of them; the encoder in fewer."""
    tier = np.zeros((ROWS, OUTPUTS), np.float32)
    own = np.zeros((ROWS, 14), np.float32)
    tier[:600, 3], tier[600:, 5] = sure, 0.5
    own[:, 3] = 1.0
    examples = [Example(str(at), (), "s", "choose", domain=3) for at in range(ROWS)]
    tier[:wrong, 3], tier[:wrong, 4] = 0.0, sure
    own[caught:wrong, 3], own[caught:wrong, 7] = 0.0, 1.0
    return readings(domain=own, tier=tier), examples


FULL_DOMAIN = ScoresHead("domain", "domain", DOMAINS)


def test_the_domain_gate_opens_for_probabilities_with_few_answers_lost() -> None:
    read, examples = domain_readings(8.0, wrong=1, caught=1)
    gate = gates._domain_gate(tier_head("domain", DOMAINS), FULL_DOMAIN, read, examples)
    assert gate is not None
    assert (gate.head, gate.side, gate.rows, gate.share) == ("domain", "above", 600, 0.5)
    assert 0.5 < gate.bound < 1
    assert gate.lost_max == upper_bound(1, 600) <= gates.ANSWERS_LOST_MAX


def test_an_answer_that_the_full_pass_gets_wrong_too_is_not_lost() -> None:
    read, examples = domain_readings(8.0, wrong=60, caught=0)
    gate = gates._domain_gate(tier_head("domain", DOMAINS), FULL_DOMAIN, read, examples)
    assert gate is not None
    assert gate.lost_max == upper_bound(0, 600)
    read, examples = domain_readings(8.0, wrong=60, caught=60)
    assert gates._domain_gate(tier_head("domain", DOMAINS), FULL_DOMAIN, read, examples) is None


def guard(threshold: float) -> FlagsHead:
    solved = Threshold(threshold, 0.01, 0.01, 0.012, 900)
    return FlagsHead(
        "attacks", "attacks", ATTACKS, (1.0,) * 3, (0.0,) * 3, (0.0,) * 3,
        dict.fromkeys(ATTACKS, solved),
    )  # fmt: skip


def test_the_guards_gate_lets_no_more_caught_attacks_slip_than_its_bound_says() -> None:
    tier = np.full((ROWS, OUTPUTS), -4.0, np.float32)
    own = np.full((ROWS, 3), -5.0, np.float32)
    labels = [(0, 0, 0)] * 800 + [(-1, 1, -1)] * 400
    own[800:, 1] = 5.0
    tier[800:, STARTS["attacks"] + 1] = 2.0
    tier[800, STARTS["attacks"] + 1] = -5.0  # one that the tier does not see
    examples = [Example(str(at), (), "s", "choose", attacks=a) for at, a in enumerate(labels)]
    head = tier_head("attacks", ATTACKS, "flags")
    read = readings(attacks=own, tier=tier)
    gate = gates._attacks_gate(head, guard(0.5), read, examples)
    assert gate is not None
    assert (gate.head, gate.side, gate.label) == ("attacks", "below", "")
    assert (gate.rows, gate.share) == (400, 801 / 1200)
    assert 1 / (1 + np.exp(4)) <= gate.bound < 1 / (1 + np.exp(-2))
    assert gate.lost_max == upper_bound(1, 400) <= gates.ATTACKS_LOST_MAX


def test_an_attack_that_the_guard_misses_anyway_is_not_lost() -> None:
    tier = np.full((ROWS, OUTPUTS), -4.0, np.float32)
    own = np.full((ROWS, 3), -5.0, np.float32)
    own[800:, 1] = tier[800:, STARTS["attacks"] + 1] = 3.0
    own[1100:, 1] = tier[1100:, STARTS["attacks"] + 1] = -5.0  # neither sees these
    labels = [(0, 0, 0)] * 800 + [(-1, 1, -1)] * 400
    examples = [Example(str(at), (), "s", "choose", attacks=a) for at, a in enumerate(labels)]
    head = tier_head("attacks", ATTACKS, "flags")
    gate = gates._attacks_gate(head, guard(0.5), readings(attacks=own, tier=tier), examples)
    assert gate is not None
    assert (gate.rows, gate.share, gate.lost_max) == (300, 900 / 1200, upper_bound(0, 300))


def test_without_a_caught_attack_nothing_can_be_shown_and_no_gate_opens() -> None:
    examples = [Example(str(at), (), "s", "choose", attacks=(-1, 1, -1)) for at in range(ROWS)]
    head = tier_head("attacks", ATTACKS, "flags")
    assert gates._attacks_gate(head, guard(0.9), readings(), examples) is None


def test_the_outcomes_gate_follows_what_the_encoder_says_of_reasoning() -> None:
    tier = np.zeros((ROWS, OUTPUTS), np.float32)
    own = np.zeros((ROWS, 4), np.float32)
    own[:700, HEAVY] = -4.0  # little to gain
    tier[:700, STARTS["outcome"] + HEAVY] = -6.0
    tier[700:, STARTS["outcome"] + HEAVY] = 1.0
    full = ScoresHead("outcome", "outcome", OUTCOMES)
    gate = gates._outcome_gate(
        tier_head("outcome", OUTCOMES), full, readings(outcome=own, tier=tier)
    )
    assert gate is not None
    assert (gate.head, gate.side, gate.label) == ("outcome", "below", "heavy_only")
    assert (gate.rows, gate.share) == (700, 700 / 1200)
    assert gate.bound < gates.LIGHT_GAIN
    turned = readings(outcome=-own, tier=tier)
    assert gates._outcome_gate(tier_head("outcome", OUTCOMES), full, turned) is None


def test_a_bundle_whose_tier_knows_nothing_may_not_answer_domains_alone(
    tiny_bundle: Path, data_folder: Path
) -> None:
    heads = fitting.unfitted().heads
    solved = tuple(guard(0.5) if isinstance(head, FlagsHead) else head for head in heads)
    alone = (
        tier_head("domain", DOMAINS),
        tier_head("outcome", OUTCOMES),
        tier_head("attacks", ATTACKS, "flags"),
    )
    note = fitting.unfitted().first_tier
    assert note is not None
    told = type(note)(note.file, note.buckets, note.outputs, alone)
    found = gates.solve(tiny_bundle, told, solved, read_corpus(data_folder))
    assert "domain" not in {gate.head for gate in found}
    assert {gate.head for gate in found} <= {"attacks", "outcome"}
