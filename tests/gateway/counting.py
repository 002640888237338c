"""What gateways count, seen from outside: the clock, the keys, and the counters in the file."""

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from pointsman.accounts.keys import KeyStore, NewKey
from pointsman.accounts.limits import NANO
from pointsman.accounts.state import open_keys

NOON = 1_800_014_400.0
"""A noon in UTC: no window but the minute's is near its end."""

A_TOKEN = 0.001
PRICES = {"input": 1000 * A_TOKEN * 1000, "output": 1000 * A_TOKEN * 1000}
"""US dollars per million tokens, so that each token costs `A_TOKEN`."""

CAP = 50
"""`max_tokens` of most requests here; the stand-in answers with 30."""

CLAIM = 12 + 32 + CAP
"""Tokens that "What is 2+2?" reserves: its bytes, what a template may add, and `CAP`."""


class Clock:
    """The time as the gateway's accounts see it."""

    def __init__(self, now: float = NOON) -> None:
        self.now = now

    def time(self) -> float:
        return self.now


class Books:
    """The state file, read by a connection of its own as another process would."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def sums(self, only: str = "%") -> tuple[float, float]:
        """Return what is spent and reserved, in US dollars, of subjects that are like a pattern."""
        with closing(sqlite3.connect(self.path)) as connection:
            spent, reserved = connection.execute(
                "SELECT total(spent), total(reserved) FROM pointsman_counters"
                " WHERE limit_id LIKE 'usd/%' AND subject LIKE ?",
                (only,),
            ).fetchone()
        return spent / NANO, reserved / NANO

    def spent(self) -> float:
        return self.sums()[0]

    def open_reservations(self) -> int:
        """Count what is reserved still, whatever it is counted in."""
        with closing(sqlite3.connect(self.path)) as connection:
            (count,) = connection.execute("SELECT count(*) FROM pointsman_reservations").fetchone()
            (left,) = connection.execute(
                "SELECT count(*) FROM pointsman_counters WHERE reserved <> 0"
            ).fetchone()
        return int(count + left)

    @contextmanager
    def keys(self) -> Iterator[KeyStore]:
        """Open the keys as `pointsman keys` does: beside the gateway."""
        with closing(open_keys(str(self.path))) as store:
            yield store

    def make_key(self, tenant: str, **options: Any) -> NewKey:
        with self.keys() as store:
            return store.create(tenant, now=NOON, **options)


def frozen(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Stop the accounts' clock at noon."""
    clock = Clock()
    monkeypatch.setattr("pointsman.gateway.accounts.time", clock)
    return clock


def bearer(key: NewKey) -> dict[str, str]:
    return {"authorization": f"Bearer {key.secret}"}


def money(cap: float, **fields: Any) -> dict[str, Any]:
    return {"usd": cap, "window": "day", **fields}


def billed(gate: Any) -> float:
    """Return what the records say that all requests cost."""
    return sum(record.usd or 0.0 for record in gate.records)


async def sampled(books: Books, only: str, until: asyncio.Event) -> float:
    """Return the most that was ever seen spent and reserved together."""
    most = 0.0
    while not until.is_set():
        most = max(most, sum(books.sums(only)))
        await asyncio.sleep(0)
    return most
