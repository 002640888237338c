"""A record to be written."""

import pytest

from pointsman.observe.record import DecisionRecord


@pytest.fixture
def plain_record() -> DecisionRecord:
    return DecisionRecord(
        id="dec_1",
        policy="p",
        bundle="b",
        requested_model="auto",
        model="m",
        reasoning="off",
        rule="r",
        algorithm="static",
        reasons=("because",),
        signals={},
        expected_usd=0.0,
        expected_usd_always_large=0.0,
        expected_p_correct=0.5,
    )
