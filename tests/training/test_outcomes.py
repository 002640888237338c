from pathlib import Path

import pytest

from pointsman.training import outcomes
from pointsman.training.outcomes import MODE_SOURCE, outcome_of, read_outcomes
from pointsman.training.shelf import Shelf
from pointsman.training.weights import DOMAINS, OUTCOMES, HeadShape


@pytest.mark.parametrize(
    ("light_right", "heavy_right", "name"),
    [
        (True, True, "both"),
        (False, True, "heavy_only"),
        (True, False, "light_only"),
        (False, False, "neither"),
    ],
)
def test_two_marks_make_an_outcome(light_right: bool, heavy_right: bool, name: str) -> None:  # noqa: FBT001
    assert OUTCOMES[outcome_of(light_right=light_right, heavy_right=heavy_right)] == name


def test_the_mode_pair_comes_first_with_its_weight_category_and_marks(data_folder: Path) -> None:
    found = read_outcomes(Shelf(data_folder))
    assert [outcome.source == MODE_SOURCE for outcome in found] == [True] * 40 + [False] * 4
    assert [outcome.weight for outcome in found[39:]] == [1.0, 0.5, 0.5, 0.25, 0.25]
    for outcome in found[:40]:
        assert DOMAINS[outcome.category] == DOMAINS[outcome.domain] == "biology"
        assert len(outcome.recorded) == 3
    assert {outcome.recorded for outcome in found[40:]} == {()}


def test_marks_are_those_of_the_first_models_by_name_as_many_as_the_head_holds(
    data_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outcomes, "RECORDED", HeadShape("recorded", 2))
    (outcome,) = (
        outcome
        for outcome in read_outcomes(Shelf(data_folder))
        if outcome.question == "How many legs have 4 spiders together?"
    )
    assert outcome.recorded == (1, 1)  # bystander and gpt-4o; jamba was wrong
