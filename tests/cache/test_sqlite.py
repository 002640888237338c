"""SQLite: a file of one's own, errors that say what is wrong with it, nothing damaged served."""

import os
import sqlite3
import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from threading import Barrier

import pytest

from pointsman.cache.entry import Bounds
from pointsman.cache.shelf import Shelf
from pointsman.cache.sqlite import EVICTED, SqliteStore
from pointsman.errors import CacheError

from .answers import NOW, an_entry, same, unit


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "answers.db"


@pytest.fixture
def store(path: Path) -> Iterator[SqliteStore]:
    store = SqliteStore(str(path))
    yield store
    store.close()


def test_a_new_file_is_its_owners_alone(path: Path, store: SqliteStore) -> None:
    store.put(an_entry(), NOW)
    files = [path, *path.parent.glob("answers.db-*")]
    assert len(files) == 3
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}


def test_it_is_opened_again_as_it_was(path: Path, store: SqliteStore) -> None:
    store.put(an_entry("a"), NOW)
    store.bump("acme")
    store.close()
    with closing(SqliteStore(str(path))) as again:
        assert same(again.get(an_entry("a").key, NOW), an_entry("a"))
        assert same(again.nearest(an_entry().scope, unit(1), 1, NOW)[0].entry, an_entry("a"))
        assert again.epoch("acme") == 1


def test_what_is_kept_is_in_a_write_ahead_log_that_a_killed_process_leaves_whole(
    store: SqliteStore,
) -> None:
    assert store._writing.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert store._writing.execute("PRAGMA synchronous").fetchone() == (1,)


def test_who_reads_does_not_wait_for_who_writes(store: SqliteStore) -> None:
    store.put(an_entry("a"), NOW)
    with store._write():
        assert store.get(an_entry("a").key, NOW)
        assert store.nearest(an_entry().scope, unit(1), 1, NOW)


@pytest.mark.parametrize("column", ["body", "vector"])
def test_an_entry_that_was_changed_on_the_disk_is_not_served(
    path: Path, store: SqliteStore, column: str
) -> None:
    for name in "ab":
        store.put(an_entry(name), NOW)
    with closing(sqlite3.connect(path)) as other, other:
        ((found,),) = other.execute(
            f"SELECT {column} FROM pointsman_cache_entries WHERE id = 'dec_a'"  # noqa: S608  # ours
        )
        changed = found[:-1] + bytes([found[-1] ^ 1])
        other.execute(
            f"UPDATE pointsman_cache_entries SET {column} = ? WHERE id = 'dec_a'",  # noqa: S608
            (changed,),
        )
    assert store.get(an_entry("a").key, NOW) is None
    hits = store.nearest(an_entry().scope, an_entry("a").vector, 5, NOW)
    assert [hit.entry.id for hit in hits] == ["dec_b"]
    store.put(an_entry("a"), NOW)
    assert same(store.get(an_entry("a").key, NOW), an_entry("a"))


def test_a_damaged_file_is_named_when_it_is_opened(path: Path, store: SqliteStore) -> None:
    for number in range(200):
        store.put(an_entry(str(number)), NOW)
    store.close()
    whole = path.read_bytes()
    middle = len(whole) // 2 // 4096 * 4096
    path.write_bytes(whole[:middle] + b"\xaa" * 8192 + whole[middle + 8192 :])
    with pytest.raises(CacheError, match=r"answers\.db: .*: it is damaged; delete it"):
        SqliteStore(str(path))


def test_a_file_that_was_cut_short_is_named(path: Path, store: SqliteStore) -> None:
    for number in range(50):
        store.put(an_entry(str(number)), NOW)
    store.close()
    os.truncate(path, path.stat().st_size // 2)
    with pytest.raises(CacheError, match=r"answers\.db: .*: it is damaged; delete it"):
        SqliteStore(str(path))


def test_a_file_of_another_kind_is_named_and_left_as_it_is(path: Path) -> None:
    path.write_text("models: {}\n" * 200)
    with pytest.raises(CacheError, match=r"answers\.db: file is not a database: it is no SQLite"):
        SqliteStore(str(path))
    assert path.read_text() == "models: {}\n" * 200


def test_a_sqlite_file_of_something_else_is_named_and_left_as_it_is(path: Path) -> None:
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE pointsman_schema (version)")  # keys and spending
    with pytest.raises(CacheError, match="found a SQLite file of something else"):
        SqliteStore(str(path))
    with closing(sqlite3.connect(path)) as other:
        assert other.execute("SELECT name FROM sqlite_master").fetchall() == [("pointsman_schema",)]


def test_tables_of_another_version_are_named(path: Path, store: SqliteStore) -> None:
    with store._write() as work:
        work.execute("UPDATE pointsman_cache_schema SET version = 99")
    with pytest.raises(CacheError, match=r"version 99, and this pointsman reads version 1: use"):
        SqliteStore(str(path))


def test_a_file_system_without_shared_memory_is_named(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # SQLite as it answers on a network's file system, which is not to be had here.
    monkeypatch.setattr("pointsman.cache.sqlite_file._write_ahead", lambda _: "delete")
    with pytest.raises(CacheError, match="its file system has no shared memory"):
        SqliteStore(str(path))


def test_a_file_that_is_held_while_it_is_opened_is_waited_for_and_then_named(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pointsman.cache.sqlite_file.BUSY_S", 0.05)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(CacheError, match="locked: another process has held it"):
            SqliteStore(str(path))
        other.execute("ROLLBACK")
    SqliteStore(str(path)).close()


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(CacheError, match=r"no/answers\.db: No such file or directory"):
        SqliteStore(str(tmp_path / "no" / "answers.db"))


def test_a_folder_in_the_files_place_is_named(tmp_path: Path) -> None:
    with pytest.raises(CacheError, match="Is a directory"):
        SqliteStore(str(tmp_path))


def test_a_sqlite_that_is_too_old_is_named(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sqlite3.sqlite_version_info", (3, 34, 1))
    with pytest.raises(CacheError, match=r"3\.35 or later"):
        SqliteStore(str(path))


def test_a_file_that_another_process_holds_is_named_by_who_writes_and_read_by_who_reads(
    path: Path, store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.put(an_entry("a"), NOW)
    monkeypatch.setattr("pointsman.cache.sqlite_file.BUSY_S", 0.01)
    with closing(SqliteStore(str(path))) as hurried, store._write():
        with pytest.raises(CacheError, match="database is locked: another process has held it"):
            hurried.put(an_entry("b"), NOW)
        assert hurried.get(an_entry("a").key, NOW)


def test_a_store_that_was_closed_is_an_error_and_not_a_miss(path: Path) -> None:
    closed = SqliteStore(str(path))
    closed.close()
    with pytest.raises(CacheError, match="closed database"):
        closed.get(an_entry().key, NOW)


def test_an_error_while_an_entry_is_kept_leaves_the_one_that_was_there(store: SqliteStore) -> None:
    store.put(an_entry("a"), NOW)
    with store._write() as work:
        work.execute("""CREATE TRIGGER no_more BEFORE INSERT ON pointsman_cache_entries
            BEGIN SELECT RAISE(ABORT, 'no more'); END""")
    with pytest.raises(CacheError, match="no more"):
        store.put(an_entry("a", answer=b"{}"), NOW)
    assert same(store.get(an_entry("a").key, NOW), an_entry("a"))
    assert store.stats().entries == 1


def test_lower_bounds_take_effect_by_and_by(path: Path, store: SqliteStore) -> None:
    for number in range(EVICTED + 50):
        store.put(an_entry(str(number)), NOW + number)
    with closing(SqliteStore(str(path), Bounds(entries=10))) as smaller:
        smaller.put(an_entry("new"), NOW + 1000)
        assert smaller.stats().entries == 50 + 1
        assert smaller.sweep(NOW, 100) == 41
        assert smaller.stats().entries == 10


def test_a_scope_that_had_to_leave_memory_is_found_again(store: SqliteStore) -> None:
    store._shelf = Shelf(rows=16)
    for turn in range(3):
        for scope in "abcdef":
            entry = an_entry(f"{turn}", scope)
            store.put(entry, NOW)
            assert same(store.nearest(entry.scope, entry.vector, 1, NOW)[0].entry, entry)
    assert len(store._shelf) < 6


def test_processes_that_start_together_on_a_new_file_all_come_up(tmp_path: Path) -> None:
    # Making the write-ahead log takes the whole file, and SQLite does not wait for it by itself.
    with ThreadPoolExecutor(4) as threads:
        for number in range(20):
            path = str(tmp_path / f"{number}.db")
            together = Barrier(4)

            def start(path: str = path, together: Barrier = together) -> None:
                together.wait()
                SqliteStore(path).close()

            for opened in [threads.submit(start) for _ in range(4)]:
                opened.result()
