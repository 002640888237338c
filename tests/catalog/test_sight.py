"""What is done about a piece of personal data, and whose word counts."""

import pytest

from pointsman.catalog.sight import LEAST_P, REST, Action, PiiRule, PiiTable, action_on

MASKED, SEEN, REFUSED = PiiRule("mask"), PiiRule("allow"), PiiRule("refuse")


@pytest.mark.parametrize(
    ("tables", "action"),
    [
        ([], "allow"),
        ([{"US_SSN": REFUSED}], "refuse"),
        ([{"PERSON": REFUSED}], "allow"),
        ([{"PERSON": SEEN, REST: MASKED}], "mask"),
        ([{"US_SSN": SEEN, REST: MASKED}], "allow"),
        ([{}, {"US_SSN": REFUSED}], "refuse"),
        ([{REST: SEEN}, {"US_SSN": REFUSED}], "allow"),
        ([{"PERSON": MASKED}, {"US_SSN": REFUSED}], "refuse"),
        ([{"US_SSN": MASKED}, {"US_SSN": REFUSED}], "mask"),
    ],
)
def test_the_first_table_that_speaks_of_a_type_decides(
    tables: list[PiiTable], action: Action
) -> None:
    assert action_on("US_SSN", 0.9, tables) == action


@pytest.mark.parametrize(("p", "action"), [(0.3, "allow"), (0.31, "mask"), (1.0, "mask")])
def test_a_piece_that_the_detector_is_less_sure_of_is_let_through(p: float, action: str) -> None:
    assert action_on("PERSON", p, [{"PERSON": PiiRule("mask", above=0.3)}]) == action


def test_by_default_it_must_be_rather_so_than_not() -> None:
    assert action_on("PERSON", LEAST_P, [{"PERSON": MASKED}]) == "allow"
    assert action_on("PERSON", LEAST_P + 1e-9, [{"PERSON": MASKED}]) == "mask"


def test_a_bound_of_the_more_particular_table_is_the_last_word() -> None:
    doubtful: PiiTable = {"PERSON": PiiRule("mask", above=0.9)}
    assert action_on("PERSON", 0.7, [doubtful, {"PERSON": REFUSED}]) == "allow"
