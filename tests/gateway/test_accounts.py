"""Who is let in, and what happens when nobody can be counted."""

import json
import logging
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from pointsman.accounts.keys import CACHE_S
from pointsman.accounts.limits import Limit
from pointsman.demo.standin import StandIn
from pointsman.errors import LedgerError
from pointsman.gateway.accounts import keys_required, open_accounts

from .counting import CAP, NOON, PRICES, Books, Clock, bearer, frozen, money

pytestmark = pytest.mark.e2e

REQUIRED = {"keys": "required"}
WRONG = "pk-" + 43 * "A"


@pytest.fixture
def books(tmp_path: Path) -> Books:
    return Books(tmp_path / "pointsman.db")


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return frozen(monkeypatch)


@pytest.fixture
def guarded(serve: Any, standin: StandIn, tmp_path: Path) -> Any:
    """Start a gateway that asks for keys, in front of `small`."""

    async def start(*limits: dict[str, Any], **sections: Any) -> Any:
        small = {"url": standin.url, "name": "tiny", "usd_per_million": PRICES}
        models = {"small": small | sections.pop("model", {})}
        sections = {"access": REQUIRED, "path": tmp_path / "pointsman.yaml"} | sections
        return await serve(models, limits=limits, **sections)

    return start


def refuses(reply: Any) -> bool:
    error = reply.error()
    assert (error["type"], error["code"]) == ("invalid_request_error", "invalid_api_key")
    assert "pk-..." in error["message"]
    return bool(reply.status == 401)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"authorization": f"Bearer {WRONG}"},
        {"authorization": "Bearer sk-other"},
        {"authorization": f"Basic {WRONG}"},
        {"authorization": "Bearer"},
        {"x-api-key": WRONG},
    ],
)
async def test_without_a_key_that_works_nothing_is_asked(
    headers: dict[str, str], guarded: Any, ask: Any, standin: StandIn
) -> None:
    gate = await guarded()
    assert refuses(await ask(gate, headers=headers))
    assert standin.received == gate.records == []


async def test_a_key_works_until_it_expires(
    guarded: Any, ask: Any, books: Books, clock: Clock
) -> None:
    key = books.make_key("acme", expires=NOON + 60)
    gate = await guarded()
    assert (await ask(gate, headers=bearer(key))).status == 200
    clock.now += 60  # though it is still remembered
    assert refuses(await ask(gate, headers=bearer(key)))


async def test_a_key_that_is_revoked_here_stops_at_once(
    guarded: Any, ask: Any, books: Books
) -> None:
    key = books.make_key("acme")
    gate = await guarded()
    assert (await ask(gate, headers=bearer(key))).status == 200
    gate.server.gateway.accounts._keys.revoke(key.key.id, NOON)
    assert refuses(await ask(gate, headers=bearer(key)))


async def test_a_key_that_another_process_revoked_stops_within_five_seconds(
    guarded: Any, ask: Any, books: Books, clock: Clock
) -> None:
    key = books.make_key("acme")
    gate = await guarded()
    assert (await ask(gate, headers=bearer(key))).status == 200
    with books.keys() as store:
        store.revoke(key.key.id, NOON)
    clock.now += CACHE_S
    assert CACHE_S <= 5
    assert refuses(await ask(gate, headers=bearer(key)))


async def test_a_client_without_a_key_is_refused_before_its_body_is_read(
    guarded: Any, plug: Any
) -> None:
    gate = await guarded()
    connection = await plug(gate)
    connection.send(
        b"POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-length: 1000000\r\n"
        b"expect: 100-continue\r\n\r\n"
    )
    assert (await connection.head()).startswith(b"HTTP/1.1 401 ")


async def test_models_need_a_key_and_health_does_not(
    guarded: Any, client: aiohttp.ClientSession, books: Books
) -> None:
    key = books.make_key("acme")
    gate = await guarded()

    async def status(path: str, **headers: str) -> int:
        async with client.get(f"{gate.server.url}{path}", headers=headers) as reply:
            return reply.status

    assert [await status(path) for path in ("/health", "/ready")] == [200, 200]
    for path in ("/v1/models", "/v1/models/small", "/v1/models/none"):
        assert await status(path) == 401
    assert await status("/v1/models", **bearer(key)) == 200
    assert await status("/v1/models/small", **bearer(key)) == 200


async def test_whose_key_it_was_is_recorded_and_the_key_itself_is_nowhere(
    guarded: Any, ask: Any, books: Books, standin: StandIn, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    key = books.make_key("acme", name="ci")
    gate = await guarded(money(1.0, per="key"))
    replies = [
        await ask(gate, max_tokens=CAP, headers=bearer(key)),
        await ask(gate, max_tokens=CAP, headers=bearer(key), stream=True),
        await ask(gate, max_tokens=5000, headers=bearer(key)),  # over the limit
        await ask(gate, headers={"authorization": f"Bearer {key.secret}x"}),
    ]
    assert [reply.status for reply in replies] == [200, 200, 429, 401]
    for record in gate.records:
        assert (record.tenant, record.key) == ("acme", key.key.id)
        assert record.question.caller == key.key.id
    assert len(gate.records) == 2
    sent = [(dict(received.headers), received.raw) for received in standin.received]
    got = [(dict(reply.headers), reply.body) for reply in replies]
    written = " ".join(map(repr, [gate.records, sent, got, caplog.text]))
    assert key.secret[3:20] not in written
    assert all("authorization" not in received.headers for received in standin.received)
    assert "acme" not in repr([sent, got])  # nor whose it was, to models and clients


async def test_the_clients_key_never_takes_the_place_of_the_models(
    guarded: Any, ask: Any, books: Books, standin: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MODEL_KEY", "sk-model")
    gate = await guarded(model={"api_key_env": "MODEL_KEY"})
    assert (await ask(gate, headers=bearer(books.make_key("acme")))).status == 200
    assert standin.received[0].headers["authorization"] == "Bearer sk-model"


@pytest.mark.parametrize(
    ("host", "keys", "required"),
    [
        ("127.0.0.1", "auto", False),
        ("::1", "auto", False),
        ("localhost", "auto", False),
        ("0.0.0.0", "auto", True),
        ("::", "auto", True),
        ("10.0.0.5", "auto", True),
        ("gateway.example", "auto", True),
        ("127.0.0.1", "required", True),
        ("0.0.0.0", "off", False),
    ],
)
def test_a_key_is_needed_where_other_machines_can_ask(
    host: str, keys: str, *, required: bool, setup_of: Any
) -> None:
    config = {
        "models": {"m": {"url": "http://127.0.0.1:1/v1"}},
        "server": {"host": host},
        "access": {"keys": keys},
    }
    assert keys_required(setup_of(config).config) is required


async def test_an_open_gateway_takes_any_authorization_but_a_wrong_key(
    guarded: Any, ask: Any, books: Books
) -> None:
    key = books.make_key("acme")
    gate = await guarded(access={"keys": "auto"})
    anything = {"authorization": "Bearer sk-whatever"}
    replies = [await ask(gate, headers=headers) for headers in ({}, anything, bearer(key))]
    assert [reply.status for reply in replies] == [200] * 3
    assert [record.tenant for record in gate.records] == ["", "", "acme"]
    assert refuses(await ask(gate, headers={"authorization": f"Bearer {WRONG}"}))


async def test_on_all_addresses_a_key_is_asked_for_also_after_a_reload(
    guarded: Any, ask: Any, tmp_path: Path
) -> None:
    gate = await guarded(access={"keys": "auto"}, server={"host": "0.0.0.0"})
    gate.server.url = gate.server.url.replace("0.0.0.0", "127.0.0.1")
    assert refuses(await ask(gate))
    # As where `serve --host` said it: the file alone would not ask for keys.
    for _ in range(2):
        await reloaded(gate, tmp_path, server={"port": 0})
        assert refuses(await ask(gate))


async def test_a_reload_asks_for_keys_and_lets_everyone_in_again(
    guarded: Any, ask: Any, tmp_path: Path, books: Books
) -> None:
    gate = await guarded(access={"keys": "off"})
    wrong = {"authorization": f"Bearer {WRONG}"}
    assert (await ask(gate, headers=wrong)).status == 200
    await reloaded(gate, tmp_path, access=REQUIRED)
    assert refuses(await ask(gate))
    assert (await ask(gate, headers=bearer(books.make_key("acme")))).status == 200
    await reloaded(gate, tmp_path, access={"keys": "off"})
    assert (await ask(gate, headers=wrong)).status == 200


async def reloaded(gate: Any, folder: Path, **sections: Any) -> None:
    path = folder / "pointsman.yaml"
    path.write_text(json.dumps(json.loads(path.read_text()) | sections))
    assert await gate.server.reload()


async def test_a_place_that_cannot_be_opened_stops_the_start(guarded: Any) -> None:
    with pytest.raises(LedgerError, match="no folder"):
        await guarded(state="no folder/state.db")


async def test_what_needs_no_counting_makes_no_file(setup_of: Any, books: Books) -> None:
    config = setup_of({"models": {"m": {"url": "http://127.0.0.1:1/v1"}}}).config
    accounts = open_accounts(config, books.path.parent)
    assert not accounts.limited
    assert await accounts.holder("Bearer sk-anything") is None
    with pytest.raises(LedgerError, match="nothing to count"):
        await accounts.spent_of(Limit(usd=1, window="day"))
    await accounts.close()
    assert not books.path.exists()
