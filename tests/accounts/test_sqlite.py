"""SQLite: one file, whole transactions, and errors that say what is wrong with the file."""

import os
import sqlite3
import stat
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from threading import Barrier

import pytest

from pointsman.accounts.database import Row, Value
from pointsman.accounts.sqlite import SqliteDatabase
from pointsman.errors import LedgerError

_ADD = "INSERT INTO pointsman_reservations (id, expires, holds) VALUES (?, 1.0, '[]')"
_COUNT = "SELECT count(*) FROM pointsman_reservations"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state.db"


@pytest.fixture
def database(path: Path) -> Iterator[SqliteDatabase]:
    database = SqliteDatabase(str(path))
    yield database
    database.close()


def test_a_new_file_is_its_owners_alone(path: Path, database: SqliteDatabase) -> None:
    assert database.read(_COUNT) == [(0,)]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_it_is_opened_again_as_it_was(path: Path, database: SqliteDatabase) -> None:
    with database.transaction() as work:
        work.run_each(_ADD, [("a",), ("b",)])
    with closing(SqliteDatabase(str(path))) as again:
        assert again.read(_COUNT) == [(2,)]


@pytest.mark.parametrize("fault", [KeyboardInterrupt, ValueError])
def test_an_error_within_a_transaction_undoes_all_of_it(
    database: SqliteDatabase, fault: type[BaseException]
) -> None:
    def half_done() -> None:
        with database.transaction() as work:
            work.run(_ADD, ("a",))
            raise fault

    with pytest.raises(fault):
        half_done()
    assert database.read(_COUNT) == [(0,)]


def test_a_fault_of_the_database_is_a_ledger_error_and_undoes_all(
    path: Path, database: SqliteDatabase
) -> None:
    with pytest.raises(LedgerError, match=f"{path}: UNIQUE"), database.transaction() as work:
        work.run_each(_ADD, [("a",), ("a",)])
    assert database.read(_COUNT) == [(0,)]


def test_a_file_that_another_process_holds_is_waited_for_and_then_named(
    path: Path, database: SqliteDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pointsman.accounts.sqlite.BUSY_S", 0.01)
    with (
        closing(SqliteDatabase(str(path))) as hurried,
        database.transaction(),
        pytest.raises(LedgerError, match="database is locked: another process has held it"),
        hurried.transaction(),
    ):
        pass


def test_a_file_of_another_kind_is_named_and_left_as_it_is(path: Path) -> None:
    path.write_text("models: {}\n" * 200)
    with pytest.raises(LedgerError, match=r"state\.db: file is not a database: it is no SQLite"):
        SqliteDatabase(str(path))
    assert path.read_text().startswith("models: {}\n")


def test_a_sqlite_file_of_something_else_is_named_and_left_as_it_is(path: Path) -> None:
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE photos (id)")
    with pytest.raises(LedgerError, match="found a SQLite file of something else"):
        SqliteDatabase(str(path))
    with closing(sqlite3.connect(path)) as other:
        assert other.execute("SELECT name FROM sqlite_master").fetchall() == [("photos",)]


def test_tables_of_another_version_are_named(path: Path, database: SqliteDatabase) -> None:
    with database.transaction() as work:
        work.run("UPDATE pointsman_schema SET version = 99")
    with pytest.raises(LedgerError, match=r"version 99, and this pointsman reads version 1: use"):
        SqliteDatabase(str(path))


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match=r"no/state\.db: No such file or directory"):
        SqliteDatabase(str(tmp_path / "no" / "state.db"))


def test_a_folder_in_the_files_place_is_named(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="Is a directory"):
        SqliteDatabase(str(tmp_path))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_file_that_may_not_be_written_is_named(path: Path) -> None:
    SqliteDatabase(str(path)).close()
    path.chmod(0o400)
    with pytest.raises(LedgerError, match="Permission denied"):
        SqliteDatabase(str(path))


class WithoutSharedMemory(SqliteDatabase):
    """SQLite as it answers on a network's file system."""

    def run(self, sql: str, values: Sequence[Value] = ()) -> list[Row]:
        return [("delete",)] if "journal_mode" in sql else super().run(sql, values)


def test_a_file_system_without_shared_memory_is_named(path: Path) -> None:
    with pytest.raises(LedgerError, match="its file system has no shared memory"):
        WithoutSharedMemory(str(path))


def test_a_sqlite_that_is_too_old_is_named(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sqlite3.sqlite_version_info", (3, 34, 1))
    with pytest.raises(LedgerError, match=r"3\.35 or later"):
        SqliteDatabase(str(path))


def test_replicas_that_start_together_on_a_new_file_all_come_up(tmp_path: Path) -> None:
    # Making the write-ahead log takes the whole file, and SQLite does not wait for it by itself.
    with ThreadPoolExecutor(4) as threads:
        for number in range(40):
            path = str(tmp_path / f"{number}.db")
            together = Barrier(4)

            def start(path: str = path, together: Barrier = together) -> None:
                together.wait()
                SqliteDatabase(path).close()

            for opened in [threads.submit(start) for _ in range(4)]:
                opened.result()
