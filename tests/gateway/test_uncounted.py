"""Requests that cannot be counted, because what they are counted in is down."""

from pathlib import Path
from typing import Any

import pytest

from pointsman.demo.standin import StandIn

from ..accounts.conftest import postgres, server  # noqa: F401, TID252  # fixtures, by their names
from .counting import CAP, PRICES, Books, bearer, frozen, money

pytestmark = pytest.mark.e2e

REQUIRED = {"keys": "required"}


@pytest.fixture
def counted(serve: Any, standin: StandIn, books: Books, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Start a gateway that counts money, in front of `small`."""
    frozen(monkeypatch)

    async def start(**sections: Any) -> Any:
        models = {"small": {"url": standin.url, "name": "tiny", "usd_per_million": PRICES}}
        sections = {"state": str(books.path)} | sections
        return await serve(models, limits=[money(1.0)], **sections)

    return start


@pytest.fixture
def books(tmp_path: Path) -> Books:
    return Books(tmp_path / "pointsman.db")


def refuses_uncounted(reply: Any, caplog: pytest.LogCaptureFixture, place: str) -> bool:
    """Whether it says 503, and where it counts only to the operator."""
    error = reply.error()
    assert (reply.status, error["code"]) == (503, "ledger_unavailable")
    assert place not in error["message"]
    return place in caplog.text


@pytest.mark.parametrize("access", [REQUIRED, {"keys": "off"}])
async def test_a_request_that_cannot_be_counted_is_not_passed_on(
    access: Any,
    counted: Any,
    ask: Any,
    books: Books,
    standin: StandIn,
    caplog: pytest.LogCaptureFixture,
    tmp_path: Path,
) -> None:
    key = books.make_key("acme")
    gate = await counted(access=access)
    for name in ("", "-wal", "-shm"):  # what the open connections see is overwritten in place
        file = tmp_path / f"pointsman.db{name}"
        file.write_bytes(b"\x00not a database" * (file.stat().st_size // 15 + 1))
    assert refuses_uncounted(await ask(gate, headers=bearer(key)), caplog, str(tmp_path))
    assert standin.received == []


async def test_while_postgresql_is_down_nothing_is_passed_on_and_then_all_is_well(
    request: pytest.FixtureRequest,
    counted: Any,
    ask: Any,
    standin: StandIn,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pytest.importorskip("psycopg_pool", reason="needs the extra postgres")
    monkeypatch.setattr("pointsman.accounts.postgres.WAIT_S", 1)
    database = request.getfixturevalue("server")
    state = request.getfixturevalue("postgres")
    gate = await counted(access={"keys": "off"}, state=state)
    assert (await ask(gate, max_tokens=CAP)).status == 200
    database.stop()
    try:
        reply = await ask(gate, max_tokens=CAP)
    finally:
        database.start()
    assert refuses_uncounted(reply, caplog, str(database.folder))
    assert len(standin.received) == 1
    assert (await ask(gate, max_tokens=CAP)).status == 200
