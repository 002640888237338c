"""What `bench guard` counts, from made-up judgements."""

import numpy as np
import pytest

from pointsman.errors import TooFewRowsError
from pointsman.evaluation.guard_scores import (
    Judged,
    Label,
    indirect_of,
    recall_at,
    scores_of,
    solved_for,
)
from pointsman.evaluation.rows import RowsFile

FILE = RowsFile("dev.jsonl", "", 0)
THRESHOLD = 0.5


def _judged(
    label: Label,
    jailbreak: float = 0.0,
    injection: float = 0.0,
    harmful: float = 0.0,
    *,
    group: str = "",
    tier: bool = True,
    keywords: bool = False,
) -> Judged:
    p = {"jailbreak": jailbreak, "injection": injection, "harmful": harmful}
    above = frozenset(name for name, value in p.items() if value > THRESHOLD)
    return Judged(label, group, p, p if tier else {}, keywords, above)


JUDGED = [
    _judged("jailbreak", 0.9, 0.1, keywords=True),
    _judged("jailbreak", 0.2, 0.3),
    _judged("injection", 0.1, 0.8, group="b"),
    _judged("harmful", harmful=0.9),
    _judged("benign", 0.1),
    _judged("benign", 0.0, 0.0, 0.6, group="b"),
    _judged("benign_hard", 0.25),
    _judged("benign_hard"),
]


def test_attacks_are_ranked_by_the_greater_probability_and_harm_by_its_own() -> None:
    ours, tier, words = scores_of(FILE, JUDGED).rankings
    assert [one.reader for one in (ours, tier, words)] == [
        "pointsman",
        "first tier alone",
        "keyword list",
    ]
    assert ours.attacks is not None
    assert ours.attacks.value == 1.0
    assert ours.harmful is not None
    assert ours.harmful.value == 1.0
    assert ours.recall_at_1 is not None
    assert ours.recall_at_1.value == 1.0
    assert words.attacks is not None
    assert words.attacks.value == pytest.approx(1 / 3 + 1 / 2 * 2 / 3)
    assert words.harmful is None


def test_without_a_first_tier_it_is_no_reader() -> None:
    judged = [_judged("jailbreak", 0.9, tier=False), _judged("benign", tier=False)]
    rankings = scores_of(FILE, judged).rankings
    assert [one.reader for one in rankings] == ["pointsman", "keyword list"]


def test_a_ranking_against_nothing_is_none() -> None:
    ours = scores_of(FILE, [_judged("benign"), _judged("benign_hard")]).rankings[0]
    assert ours.attacks is ours.recall_at_1 is ours.harmful is None


@pytest.mark.parametrize(
    ("rate", "expected"),
    [
        (0.0, 0.5),  # 0.9 is above every harmless score, 0.35 is not
        (0.01, 0.5),  # a hundredth of ten rows is none
        (0.1, 1.0),  # one harmless row, the one of 0.4, may be above
    ],
)
def test_recall_at_a_rate_of_false_refusals(rate: float, expected: float) -> None:
    harmless = [0.4, 0.3, *[0.1] * 8]
    scores = np.array([0.9, 0.35, *harmless])
    attacks = np.array([True, True] + [False] * 10)
    assert recall_at(scores, attacks, rate) == expected


@pytest.mark.parametrize("attacks", [[True, True], [False, False]])
def test_recall_with_one_side_missing_is_nothing(attacks: list[bool]) -> None:
    assert recall_at(np.array([0.5, 0.6]), np.array(attacks), 0.05) == 0.0


def test_refusals_by_label_and_by_group() -> None:
    scores = scores_of(FILE, JUDGED)
    found = {row.label: (row.refused.hits, row.refused.rows) for row in scores.labels}
    assert found == {
        "jailbreak": (1, 2),
        "injection": (1, 1),
        "both attacks": (2, 3),
        "harmful": (1, 1),
        "benign": (1, 2),
        "benign_hard": (0, 2),
        "all harmless": (1, 4),
    }
    groups = {(row.label, row.group): row.refused.share for row in scores.groups}
    assert groups[("benign", "")] == 0.0
    assert groups[("benign", "b")] == 1.0
    (jailbreak,) = (row for row in scores.groups if row.label == "jailbreak")
    assert jailbreak.above == {"jailbreak": 0.5, "injection": 0.0, "harmful": 0.0}
    assert jailbreak.keywords == 0.5


def test_recall_stands_beside_the_false_refusals_of_its_group() -> None:
    first, second = scores_of(FILE, JUDGED).sides
    assert (first.group, second.group) == ("", "b")
    parts = (first.attacks, first.harmful, first.harmless)
    assert [(part.hits, part.rows) for part in parts if part] == [(1, 2), (1, 1), (0, 3)]
    assert (first.keywords, first.keywords_harmless) == (0.5, 0.0)
    assert second.attacks is not None
    assert second.attacks.share == 1.0
    assert second.harmful is None
    assert second.harmless is not None
    assert second.harmless.share == 1.0


def test_a_group_with_one_side_has_no_share_of_the_other() -> None:
    (attack,) = scores_of(FILE, [_judged("jailbreak")]).sides
    (plain,) = scores_of(FILE, [_judged("benign", keywords=True)]).sides
    assert (attack.harmless, attack.harmful, attack.keywords_harmless) == (None, None, None)
    assert (plain.attacks, plain.keywords) == (None, None)
    assert plain.keywords_harmless == 1.0


def test_calibration_is_of_a_label_against_harmless_rows_alone() -> None:
    judged = [_judged("harmful", 0.9, harmful=1.0), _judged("benign", harmful=0.2)]
    errors = scores_of(FILE, judged).calibration_error
    assert errors["harmful"] == pytest.approx(0.1)
    assert errors["jailbreak"] == 0.0  # the harmful row does not count against it
    assert scores_of(FILE, [_judged("harmful")]).calibration_error["injection"] is None


def test_hidden_injections_are_held_against_texts_of_the_same_kinds() -> None:
    found = indirect_of(
        [
            _judged("injection", injection=0.9, group="email"),
            _judged("injection", injection=0.2, group="html"),
            _judged("injection", injection=0.9, group="direct"),
            _judged("benign", injection=0.6, group="email"),
            _judged("benign", injection=0.6, group="chat"),
            _judged("benign", group="html"),
        ]
    )
    assert (found.refused.hits, found.refused.rows) == (1, 2)
    assert found.harmless is not None
    assert (found.harmless.hits, found.harmless.rows) == (1, 2)
    assert found.ranking is not None
    assert found.ranking.value == 0.75


def test_solved_thresholds_keep_to_the_rate_each() -> None:
    harmless = [_judged("benign", n / 100, harmful=1 - n / 100) for n in range(100)]
    found = solved_for([*harmless, _judged("jailbreak", 0.985)], 0.05)
    assert found.thresholds["jailbreak"].above == pytest.approx(0.94)
    assert [one.rate for one in found.thresholds.values()] == [0.05, 0.0, 0.05]
    assert found.harmless.share == 0.1  # five by the first, five others by the last
    assert {label: one.share for label, one in found.refused.items()} == {"jailbreak": 1.0}


def test_too_few_harmless_rows_are_too_few() -> None:
    with pytest.raises(TooFewRowsError, match="58 harmless texts"):
        solved_for([_judged("benign")] * 58, 0.05)
