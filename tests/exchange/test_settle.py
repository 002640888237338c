"""After the answer: what it really took."""

from collections.abc import Callable

import msgspec
import pytest

from pointsman.catalog.models import Model, Prices
from pointsman.exchange.settle import settle
from pointsman.observe.record import Attempt, DecisionRecord
from pointsman.wire.usage import PromptDetails, Usage

RECORD = DecisionRecord(
    id="dec_1",
    policy="p",
    bundle="b",
    requested_model="auto",
    model="m",
    reasoning="off",
    rule="r",
    algorithm="gain",
    reasons=("why",),
    signals={},
    expected_usd=1.0,
    expected_usd_always_large=2.0,
    expected_p_correct=0.5,
)
ATTEMPTS = (Attempt("m", "http://a", "500"), Attempt("m", "http://b", "200"))


@pytest.mark.parametrize(
    ("usage", "usd"),
    [
        (None, None),
        (Usage(), 0.0),
        (Usage(1000, 0), 0.002),
        (Usage(0, 1000), 0.008),
        (Usage(1000, 1000, PromptDetails(cached_tokens=500)), 0.00925),
    ],
)
def test_money_is_counted_only_where_the_server_reports_tokens(
    usage: Usage | None, usd: float | None, a_model: Callable[..., Model]
) -> None:
    model = a_model("m", prices=Prices(2.0, 8.0, 0.5))
    record = settle(RECORD, model, usage, outcome="answered", status=200, attempts=ATTEMPTS)
    assert record.usd == (None if usd is None else pytest.approx(usd))
    assert record.usage == usage


def test_what_was_decided_stays_as_it_was(a_model: Callable[..., Model]) -> None:
    record = settle(RECORD, a_model("m"), None, outcome="broken", status=502, attempts=ATTEMPTS)
    assert (record.outcome, record.status, record.attempts) == ("broken", 502, ATTEMPTS)
    assert msgspec.structs.replace(record, outcome=None, status=None, attempts=()) == RECORD


@pytest.mark.parametrize(
    ("usage", "usd"), [(Usage(1000, 0), 0.002 + 0.03), (Usage(), 0.03), (None, 0.03)]
)
def test_what_was_rejected_is_paid_for_too(
    usage: Usage | None, usd: float, a_model: Callable[..., Model]
) -> None:
    rejected = (
        Attempt("s", "http://s", "empty answer", Usage(5, 5), 0.01),
        Attempt("t", "http://t", "cut off", Usage(5, 5), 0.02),
    )
    model = a_model("m", prices=Prices(2.0, 8.0, 0.5))
    record = settle(
        RECORD, model, usage, outcome="answered", status=200, attempts=(*rejected, *ATTEMPTS)
    )
    assert record.usd == pytest.approx(usd)
    assert record.usage == usage
