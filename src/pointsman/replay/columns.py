"""The numbers that are kept of a record: sums of them are all that a report needs."""

from enum import IntEnum, auto
from typing import NamedTuple


class Column(IntEnum):
    """A number of a row.

    `_A` is the choice before, `_B` the one of the new policy. `USD` is expected money, `TOKENS`
    expected output tokens, `RIGHT` the expected chance of a right answer in the rows (`READ`) whose
    need was measured, `REASONS` whether reasoning is on.

    Of the rows whose tokens were reported (`MEASURED`): `PAID` is what was paid where a choice is
    the recorded one, `PAID_FOR` what was expected of it, `UNPAID` what is expected of any other
    choice; `SAID`, `SAID_FOR` and `UNSAID` are the same of output tokens.

    Of the rows with feedback (`SCORED`): `W` is the weight of inverse propensity, `WS` weight times
    score, `WW` its square, `AGREES` whether the weight of the new policy is above 0, `CERTAIN`
    whether the recorded choice left nothing to chance.
    """

    ROWS = 0
    CHANGED = auto()
    READ = auto()
    MEASURED = auto()
    SCORED = auto()
    SCORE = auto()
    AGREES = auto()
    CERTAIN = auto()
    USD_A = auto()
    USD_B = auto()
    TOKENS_A = auto()
    TOKENS_B = auto()
    RIGHT_A = auto()
    RIGHT_B = auto()
    REASONS_A = auto()
    REASONS_B = auto()
    PAID_A = auto()
    PAID_B = auto()
    PAID_FOR_A = auto()
    PAID_FOR_B = auto()
    UNPAID_A = auto()
    UNPAID_B = auto()
    SAID_A = auto()
    SAID_B = auto()
    SAID_FOR_A = auto()
    SAID_FOR_B = auto()
    UNSAID_A = auto()
    UNSAID_B = auto()
    W_A = auto()
    W_B = auto()
    WS_A = auto()
    WS_B = auto()
    WW_A = auto()
    WW_B = auto()


COLUMNS = len(Column)


class Side(NamedTuple):
    """The columns of one of the two choices."""

    usd: Column
    tokens: Column
    right: Column
    reasons: Column
    paid: Column
    paid_for: Column
    unpaid: Column
    said: Column
    said_for: Column
    unsaid: Column
    w: Column
    ws: Column
    ww: Column


def _side(letter: str) -> Side:
    return Side(*(Column[f"{field.upper()}_{letter}"] for field in Side._fields))


BEFORE, AFTER = _side("A"), _side("B")
