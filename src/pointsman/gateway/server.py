"""Sockets and processes: start, reload, drain."""

import asyncio
import contextlib
import logging
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Self

import msgspec
from aiohttp import web

from pointsman.config.build import Setup, load_setup
from pointsman.config.schema import RecordsConfig
from pointsman.errors import PointsmanError
from pointsman.gateway.accounts import day_limit, open_accounts
from pointsman.gateway.connection import Listener
from pointsman.gateway.http import Gateway, log_bug
from pointsman.gateway.pacing import Pacer
from pointsman.gateway.upstream import Upstreams, check_keys
from pointsman.observe.explain import explained
from pointsman.observe.record import DecisionRecord
from pointsman.observe.writer import RecordWriter
from pointsman.router import Router

log = logging.getLogger("pointsman")

_WATCH_S = 1.0


class Server:
    """The gateway as a running server.

    Args:
        setup: The checked config.
        path: Its file, to be read again when it changes or on SIGHUP; None never reloads.
        keep_record: Where decision records go; by default where the config says.
    """

    def __init__(
        self,
        setup: Setup,
        path: Path | None = None,
        keep_record: Callable[[DecisionRecord], None] | None = None,
    ) -> None:
        self._setup = setup
        self._path = path
        self._keep_record = keep_record
        self._exit = contextlib.AsyncExitStack()
        self.gateway: Gateway | None = None
        self._pacing: asyncio.Task[None] | None = None
        self.url = ""

    async def start(self) -> None:
        """Load the encoder and listen; what was opened is closed again when that fails.

        Raises:
            ConfigError: An upstream key is missing in the environment, or the file for records
                cannot be written.
            BundleError: The encoder bundle cannot be loaded.
            OSError: The address is taken.
        """
        try:
            await self._open()
        except BaseException:
            await self._exit.aclose()
            raise

    async def _open(self) -> None:
        check_keys(self._setup.world.catalog)
        config = self._setup.config
        router = Router(self._setup)
        router.pool()
        self._exit.callback(router.close)
        upstreams = Upstreams(config.upstream)
        self._exit.push_async_callback(upstreams.close)
        keep = self._keep_record or self._writer(config.records)
        accounts = await asyncio.to_thread(open_accounts, config, self._folder)
        self._exit.push_async_callback(accounts.close)
        self.gateway = Gateway(router, upstreams, accounts, keep)
        runner = web.ServerRunner(
            Listener(
                self.gateway.handle,
                handler_cancellation=True,
                access_log=None,
                lingering_time=1.0,  # for the rest of a body that was refused
            ),
            shutdown_timeout=1.0,  # stop() has waited for what was running
        )
        await runner.setup()
        self._exit.push_async_callback(runner.cleanup)
        self._site = web.TCPSite(runner, config.server.host, config.server.port)
        await self._site.start()
        host, port = runner.addresses[0][:2]
        self.url = f"http://{f'[{host}]' if ':' in host else host}:{port}"
        self._tasks = [asyncio.create_task(self._watch_health())]
        self._pace()
        if self._path is not None:
            self._tasks.append(asyncio.create_task(self._watch_file(self._path)))

    @property
    def _folder(self) -> Path:
        return self._path.parent if self._path else Path()

    def _pace(self) -> None:
        """Let λ follow what is spent, where the dial asks for it."""
        assert self.gateway is not None  # noqa: S101  # started by start()
        setup = self.gateway.router.setup
        day = day_limit(setup.config)
        before, self.gateway.pacer = self.gateway.pacer, None
        if self._pacing is not None:
            self._pacing.cancel()
            self._pacing = None
        if day is not None:
            trade = before.trade if before else setup.world.policy.prefer.trade
            self.gateway.pacer = Pacer(self.gateway.accounts, day, trade)
            self._pacing = asyncio.create_task(self.gateway.pacer.run())
            self._tasks.append(self._pacing)

    def _writer(self, config: RecordsConfig) -> Callable[[DecisionRecord], None]:
        """Return what keeps records where the config says; all are written before the end."""
        if config.file is None:
            return lambda _record: None
        writer = RecordWriter(
            config.file,
            max_bytes=int(config.max_mb * 1e6),
            keep_files=config.keep,
            explain=self._explained if config.counterfactuals else None,
        )
        self._exit.push_async_callback(asyncio.to_thread, writer.close)
        return writer.keep

    def _explained(self, record: DecisionRecord) -> DecisionRecord:
        assert self.gateway is not None  # noqa: S101  # it has made the record
        return explained(record, self.gateway.router.setup.world)

    async def stop(self) -> None:
        """Drain: take no new connections, let running requests end, then close everything."""
        if self.gateway is not None and not self.gateway.draining:
            self.gateway.draining = True
            await self._site.stop()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._setup.config.server.drain_s):
                    await self.gateway.idle.wait()
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
            await self.gateway.close()
        await self._exit.aclose()
        if self.gateway is not None:
            self.gateway.router.close()  # a reload with another bundle has made a new one

    def hurry(self) -> None:
        """End a drain at once."""
        if self.gateway is not None:
            self.gateway.idle.set()

    async def __aenter__(self) -> Self:
        """Start."""
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop."""
        await self.stop()

    async def reload(self) -> bool:
        """Read the config file again; a wrong one changes nothing and is reported.

        Requests that run keep the config they began with. Address, encoder, upstream timing and
        the place of records need a restart.
        """
        if self._path is None or self.gateway is None:
            return False
        try:
            setup = self._where_it_listens(await asyncio.to_thread(load_setup, self._path))
            check_keys(setup.world.catalog)
            adopted = await asyncio.to_thread(self.gateway.router.adopt, setup)
            await self.gateway.accounts.under(setup.config, self._folder)
            self.gateway.router = adopted
            self._pace()
        except PointsmanError as error:
            log.error("config not reloaded, the old one stays: %s", error.message)  # noqa: TRY400
            return False
        self._setup = setup
        log.info("config reloaded: policy %s", setup.world.policy_hash)
        return True

    def _where_it_listens(self, setup: Setup) -> Setup:
        """Keep the address, which no reload changes: who needs a key depends on it."""
        here = self._setup.config.server
        server = msgspec.structs.replace(setup.config.server, host=here.host, port=here.port)
        config = msgspec.structs.replace(setup.config, server=server)
        return msgspec.structs.replace(setup, config=config)

    async def _watch_file(self, path: Path) -> None:
        seen = _stamp(path)
        while True:
            await asyncio.sleep(_WATCH_S)
            now = _stamp(path)
            if now is not None and now != seen:
                seen = now
                try:
                    await self.reload()
                except Exception as error:  # noqa: BLE001  # outermost: a bug must not end the watch
                    log_bug(error)

    async def _watch_health(self) -> None:
        assert self.gateway is not None  # noqa: S101  # started by start()
        upstreams = self.gateway.upstreams
        while True:
            catalog = self.gateway.router.setup.world.catalog
            for endpoint, lives in await upstreams.check_health(catalog):
                news = "is back" if lives else "fails its health check"
                log.warning("%s %s", endpoint.url, news)
            await asyncio.sleep(upstreams.config.health_every_s)


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except OSError:  # between the two halves of an editor's replace
        return None
    return status.st_mtime_ns, status.st_ino


async def serve_until_stopped(server: Server, on_ready: Callable[[Server], None]) -> None:
    """Run a server until SIGTERM or SIGINT; SIGHUP reloads its config."""
    loop = asyncio.get_running_loop()
    stopped = asyncio.Event()
    reloads: set[asyncio.Task[bool]] = set()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stopped.set)

    def reload() -> None:
        task = loop.create_task(server.reload())
        reloads.add(task)  # the loop alone would let it be collected
        task.add_done_callback(reloads.discard)

    loop.add_signal_handler(signal.SIGHUP, reload)
    async with server:
        on_ready(server)
        await stopped.wait()
        log.info("draining; a second signal ends it at once")
        for name in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(name, server.hurry)
