"""Numbers and tables in words."""

import math

import pytest

from pointsman.replay.estimates import Compared
from pointsman.replay.words import change, count, number, part, percent, points, share, table
from pointsman.statistics.resampling import Estimate

NAN = math.nan


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (0, "0"),
        (0.00012349, "0.0001235"),
        (0.5, "0.5000"),
        (12.349, "12.35"),
        (370_214.2, "370,214"),
        (-7, "-7.000"),
        (NAN, "-"),
    ],
)
def test_a_number_has_four_digits(value: float, said: str) -> None:
    assert number(value) == said


def test_a_change_has_its_sign_and_its_interval() -> None:
    found = Estimate(0.5, -0.25, 1.25)
    assert change(found) == "+0.5000 (-0.2500 to +1.250)"
    assert share(found) == "50.0 % (-25.0 % to 125.0 %)"
    assert points(found) == "+50.00 points (-25.00 to +125.00)"


def test_what_cannot_be_said_is_a_dash() -> None:
    assert change(Estimate(NAN, NAN, NAN)) == percent(NAN) == "-"
    assert change(Estimate(0.5, NAN, NAN)) == "+0.5000"
    assert part(Compared(0.0, 1.0, Estimate(1.0, 1.0, 1.0))) == "-"
    assert part(Compared(4.0, 5.0, Estimate(1.0, 1.0, 1.0))) == "+25.0 %"


def test_one_is_one() -> None:
    assert (count(1, "record"), count(1200, "record")) == ("1 record", "1,200 records")


def test_texts_stand_left_and_numbers_right() -> None:
    rows = [("a", "b", "c"), ("long", "x", "10"), ("s", "yy", "")]
    assert list(table(rows, texts=2)) == ["  a     b    c", "  long  x   10", "  s     yy"]
