"""Who asks, and what they may still use: keys and limits beside the event loop."""

import asyncio
import contextlib
import ipaddress
import logging
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from pointsman.accounts.counters import Granted, Refused
from pointsman.accounts.keys import KeyHolder, KeyStore
from pointsman.accounts.ledger import Ledger
from pointsman.accounts.limits import NANO, Claim, Limit, Spent
from pointsman.accounts.state import is_file, open_keys, open_ledger
from pointsman.config.schema import Config
from pointsman.errors import AuthError, LedgerError

log = logging.getLogger("pointsman")

Result = TypeVar("Result")

_THREADS = 4
"""SQLite writes one at a time, PostgreSQL waits for the network: more would only queue there."""
_MOST_PRESSURES = 10_000
_BEARER = "bearer "
_KEY = "pk-"


class Accounts:
    """Keys and limits; both block, so they are asked in threads of their own.

    Args:
        ledger: Counts; None where nothing is limited.
        keys: Knows clients; None where nobody needs a key.
        required: Whether a request without a key is refused.
    """

    def __init__(self, ledger: Ledger | None, keys: KeyStore | None, *, required: bool) -> None:
        self._ledger = ledger
        self._keys = keys
        self._knows = keys is not None
        self._required = required
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="accounts")
        self._pressures: dict[tuple[str, str], float] = {}
        self._ending: set[asyncio.Task[None]] = set()

    @property
    def limited(self) -> bool:
        """Whether anything is limited."""
        return self._ledger is not None

    async def holder(self, authorization: str) -> KeyHolder | None:
        """Return whose key a request came with; None where it has none and needs none.

        Raises:
            AuthError: It needs one, or the one it has does not work.
            LedgerError: The keys cannot be read: then nobody is let in.
        """
        if self._keys is None or not self._knows:
            return None
        presented = authorization[len(_BEARER) :].strip()
        is_bearer = authorization[: len(_BEARER)].lower() == _BEARER
        # Where keys are not required, clients may send whatever their library makes them send.
        if is_bearer and (self._required or presented.startswith(_KEY)):
            keys = self._keys
            holder = await self._for_client(lambda: keys.verify(presented, time.time()))
            if holder is not None:
                return holder
        elif not self._required:
            return None
        raise AuthError(
            "this needs a key that works: send `Authorization: Bearer pk-...`; the operator makes "
            "one with `pointsman keys create --tenant NAME`"
        )

    def pressure(self, holder: KeyHolder | None) -> float:
        """Return how far between soft and hard the tightest limit was at the holder's last request.

        What it says is as old as that request: asking the ledger would cost each request a turn
        more, and the reservation itself is exact.
        """
        return self._pressures.get(_who(holder), 0.0)

    async def reserve(self, claim: Claim) -> Granted | Refused:
        """Reserve what a request may use at most.

        Raises:
            LedgerError: It cannot be counted: then it must not be sent.
        """
        ledger = self._counting()
        asked = self._for_client(lambda: ledger.reserve(claim, time.time()))
        counted = asyncio.get_running_loop().create_task(asked)
        try:
            answer = await asyncio.shield(counted)
        except asyncio.CancelledError:
            # The client went away meanwhile: nobody else would give it back before its lease ends.
            undone = asyncio.get_running_loop().create_task(self._undo(counted))
            self._ending.add(undone)
            undone.add_done_callback(self._ending.discard)
            raise
        who = (claim.key or "", claim.tenant or "")
        self._pressures[who] = answer.pressure if isinstance(answer, Granted) else 1.0
        if len(self._pressures) > _MOST_PRESSURES:
            self._pressures.clear()  # only a cache
        return answer

    async def release(self, reservation: str) -> None:
        """Give a reservation back: nothing was used."""
        ledger = self._counting()
        await self._booked(lambda: ledger.release(reservation, time.time()))

    async def settle(self, reservation: str, spent: Spent) -> None:
        """Book what a request really used."""
        ledger = self._counting()
        await self._booked(lambda: ledger.settle(reservation, spent, time.time()))

    async def spent_of(self, limit: Limit) -> float:
        """Return the US dollars that have been spent of a limit in its window."""
        ledger = self._counting()
        tally = await self._run(lambda: ledger.spent(limit, (), time.time()))
        return tally.spent / NANO

    async def under(self, config: Config, folder: Path) -> None:
        """Hold to keys and limits of a config that was read again, whose file lies in a folder.

        What they are kept in stays what it was.

        Raises:
            LedgerError: They are the first, and cannot be counted or read.
        """
        limits, url = limits_of(config), state_of(config, folder)
        knows = knows_keys(config, url)
        if knows and self._keys is None:
            self._keys = await self._run(lambda: open_keys(url))
        if self._ledger is not None:
            self._ledger = self._ledger.under(limits)
        elif limits:
            self._ledger = await self._run(lambda: open_ledger(url, limits))
        self._knows, self._required = knows, keys_required(config)

    async def close(self) -> None:
        """Let what is under way end, and let go of the database."""
        await asyncio.gather(*self._ending)
        await asyncio.to_thread(self._threads.shutdown)
        if self._ledger is not None:
            self._ledger.close()
        if self._keys is not None:
            self._keys.close()

    def _run(self, work: Callable[[], Result]) -> Awaitable[Result]:
        return asyncio.get_running_loop().run_in_executor(self._threads, work)

    async def _for_client(self, work: Callable[[], Result]) -> Result:
        """Run what a client waits for; an error's own words name our places, and go to the log."""
        try:
            return await self._run(work)
        except LedgerError as error:
            log.error("a request is refused: %s", error.message)  # noqa: TRY400  # no bug of ours
            raise LedgerError(
                "keys and limits cannot be read or written at the moment, and without them no "
                "request is passed on: try again later; the operator finds why in the log"
            ) from error

    async def _undo(self, counted: asyncio.Task[Granted | Refused]) -> None:
        with contextlib.suppress(LedgerError):  # then nothing was reserved, and the log says it
            answer = await counted
            if isinstance(answer, Granted):
                await self.release(answer.reservation)

    async def _booked(self, booking: Callable[[], bool]) -> None:
        try:
            # Once begun it is ended, even when the client goes away meanwhile.
            known = await asyncio.shield(self._run(booking))
        except LedgerError as error:
            # The answer has been given; the reservation counts in full when its lease is over.
            log.error("a request was not booked, it counts as reserved: %s", error.message)  # noqa: TRY400
        else:
            if not known:
                log.warning("a reservation was booked twice, or its lease was over")

    def _counting(self) -> Ledger:
        if self._ledger is None:
            raise LedgerError("there is nothing to count limits in")
        return self._ledger


def _who(holder: KeyHolder | None) -> tuple[str, str]:
    return (holder.id, holder.tenant) if holder else ("", "")


def limits_of(config: Config) -> tuple[Limit, ...]:
    """Return a config's limits, that of its dial among them."""
    day = day_limit(config)
    return (*config.limits, *((day,) if day else ()))


def day_limit(config: Config) -> Limit | None:
    """Return the limit of a dial that follows what is spent; its λ alone is felt before."""
    usd = config.policy.prefer.usd_per_day
    return None if usd is None else Limit(usd=usd, window="day", soft=1.0)


def open_accounts(config: Config, folder: Path) -> Accounts:
    """Open what a config counts in and knows clients by; nothing where it needs neither.

    Args:
        config: The config.
        folder: Where its file lies; `state` is relative to it.

    Raises:
        LedgerError: It cannot be opened.
        MissingExtraError: It needs the extra `postgres`.
    """
    url = state_of(config, folder)
    limits = limits_of(config)
    return Accounts(
        open_ledger(url, limits) if limits else None,
        open_keys(url) if knows_keys(config, url) else None,
        required=keys_required(config),
    )


def state_of(config: Config, folder: Path) -> str:
    """Return where keys and what was spent are kept; a file is meant beside the config's."""
    return str(folder / config.state) if is_file(config.state) else config.state


def _is_there(url: str) -> bool:
    return not is_file(url) or Path(url).exists()


def knows_keys(config: Config, url: str) -> bool:
    """Return whether clients are known by their keys.

    Keys that were made are honoured where nobody needs one, so that tenants can be told apart.
    """
    if config.access.keys != "auto":
        return config.access.keys == "required"
    return keys_required(config) or bool(limits_of(config)) or _is_there(url)


def keys_required(config: Config) -> bool:
    """Return whether a client needs a key: asked for, or open to other machines."""
    if config.access.keys != "auto":
        return config.access.keys == "required"
    return not _is_loopback(config.server.host)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:  # a name
        return host == "localhost"
