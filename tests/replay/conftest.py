"""Policies, and records that they leave."""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from pointsman.catalog.models import Catalog, Model
from pointsman.observe.record import record_of
from pointsman.policy.question import Question
from pointsman.policy.rules import Policy, Rule
from pointsman.replay.choices import Ground
from pointsman.replay.records import Kept, read_record
from pointsman.signals.detector import Signals
from pointsman.wire.usage import Usage

MakeGround = Callable[..., Ground]
MakeLine = Callable[..., bytes]
MakeKept = Callable[..., Kept]

WEIGHS = Rule("all", ("small", "large"))


@pytest.fixture(scope="session")
def catalog(a_model: Callable[..., Model], a_catalog: Callable[..., Catalog]) -> Catalog:
    """`small` at 1 US$ per million output tokens, `large` at 9; input at a quarter."""
    return a_catalog(
        a_model("small", price=1.0, strength=0.0), a_model("large", price=9.0, strength=1.0)
    )


@pytest.fixture(scope="session")
def a_ground(catalog: Catalog) -> MakeGround:
    """Build what decides from rules; the last one should always hold."""

    def build(*rules: Rule, models: Catalog | None = None, **fields: Any) -> Ground:
        return Ground(Policy(rules or (WEIGHS,), **fields), models or catalog)

    return build


@pytest.fixture(scope="session")
def a_line(a_ground: MakeGround, some_signals: Callable[..., Signals]) -> MakeLine:
    """Write the record that a ground leaves of a question.

    `question` are fields of the question, `usage` the answer's tokens (prompt, output); all others
    are fields of the record.
    """

    def build(
        ground: Ground | None = None,
        *,
        signals: Signals | None = None,
        question: dict[str, Any] | None = None,
        usage: tuple[int, int] | None = None,
        **fields: Any,
    ) -> bytes:
        ground = ground or a_ground()
        asked = Question(some_signals() if signals is None else signals, **(question or {}))
        decision = ground.decide(asked)
        record = record_of(
            decision,
            asked,
            decision_id="dec_1",
            policy_hash="abc",
            bundle="tiny 1",
            requested_model="auto",
        )
        if usage is not None:
            told = Usage(*usage)
            usd = ground.catalog.models[decision.target.model].prices.bill(told)
            fields = {"usage": told, "usd": usd, "outcome": "answered", **fields}
        return msgspec.json.encode(msgspec.structs.replace(record, **fields)) + b"\n"

    return build


@pytest.fixture(scope="session")
def a_kept(a_line: MakeLine) -> MakeKept:
    """Read the record that a ground leaves of a question; arguments as of `a_line`."""
    return lambda *args, **fields: read_record(a_line(*args, **fields))


@pytest.fixture
def mixed(
    a_ground: MakeGround, a_line: MakeLine, some_signals: Callable[..., Signals]
) -> list[bytes]:
    """Records of a policy that sends everything to `small`: three about maths, one about law."""
    small = a_ground(Rule("small", ("small",), choose="static"))
    maths, law = some_signals(domain="math"), some_signals(domain="law")
    return [
        *(a_line(small, signals=maths, usage=(40, tokens)) for tokens in (100, 200, 300)),
        a_line(small, signals=law, usage=(40, 512)),
    ]
