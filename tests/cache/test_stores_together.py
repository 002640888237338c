"""Several processes at one store: all see what each keeps, and a killed one loses nothing."""

import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from .answers import NOW, an_entry, near, same
from .conftest import StoreAt
from .writer import SCOPE, expected

WRITER = Path(__file__).with_name("writer.py")

StartWriter = Callable[[str, str, int], subprocess.Popen[str]]


@pytest.fixture
def writer() -> Iterator[StartWriter]:
    """Start other processes that keep answers; none outlives the test."""
    started: list[subprocess.Popen[str]] = []

    def start(url: str, prefix: str, count: int) -> subprocess.Popen[str]:
        process = subprocess.Popen(  # noqa: S603  # our own words
            [sys.executable, WRITER, url, prefix, str(count)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def _go(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    process.stdin.write("go\n")
    process.stdin.flush()


def _killed_after(process: subprocess.Popen[str], count: int) -> list[str]:
    """Kill a writer once it has said so many names; returns all names that it said."""
    assert process.stdout is not None
    _go(process)
    said = [process.stdout.readline().strip() for _ in range(count)]
    process.send_signal(signal.SIGKILL)
    assert process.wait(timeout=60) == -signal.SIGKILL
    return said + process.stdout.read().split("\n")[:-1]  # a last line without its end was not said


@pytest.mark.parametrize("count", [1, 17, 60])
def test_a_killed_process_loses_no_acknowledged_entry_and_leaves_none_torn(
    shared: str, store_at: StoreAt, writer: StartWriter, count: int
) -> None:
    said = _killed_after(writer(shared, "k", 10**6), count)
    assert len(said) >= count
    store = store_at(shared)
    assert all(same(store.get(expected(name).key, NOW), expected(name)) for name in said)
    kept = store.stats().entries
    assert len(said) <= kept <= len(said) + 1  # one may be kept and not yet said
    hits = store.nearest(SCOPE, expected(said[-1]).vector, kept + 10, NOW)
    assert len(hits) == kept
    assert all(same(hit.entry, expected(hit.entry.id.removeprefix("dec_"))) for hit in hits)


def test_a_place_that_a_killed_process_left_takes_new_answers(
    shared: str, store_at: StoreAt, writer: StartWriter
) -> None:
    for turn in range(3):
        _killed_after(writer(shared, f"t{turn}.", 10**6), 5)
    store = store_at(shared)
    store.put(an_entry("after"), NOW)
    assert same(store.get(an_entry("after").key, NOW), an_entry("after"))


def test_what_processes_keep_at_the_same_time_is_all_there(
    shared: str, store_at: StoreAt, writer: StartWriter
) -> None:
    store = store_at(shared)
    writers = [writer(shared, prefix, 40) for prefix in "xyz"]
    for process in writers:
        _go(process)
    for number in range(40):  # this process keeps and searches meanwhile
        entry = expected(f"me{number}")
        store.put(entry, NOW)
        assert same(store.nearest(SCOPE, entry.vector, 1, NOW)[0].entry, entry)
    said = [name for process in writers for name in process.communicate(timeout=60)[0].split()]
    assert len(said) == 3 * 40
    for name in said:
        (hit,) = store.nearest(SCOPE, expected(name).vector, 1, NOW)
        assert same(hit.entry, expected(name))
    assert store.stats().entries == 4 * 40


def test_two_that_share_a_place_see_what_the_other_does(shared: str, store_at: StoreAt) -> None:
    one, other = store_at(shared), store_at(shared)
    first, second = an_entry("first"), an_entry("second")
    one.put(first, NOW)
    assert same(other.nearest(first.scope, first.vector, 1, NOW)[0].entry, first)
    one.put(second, NOW)
    assert same(other.nearest(first.scope, second.vector, 1, NOW)[0].entry, second)
    assert one.purge(first.id)
    assert other.get(first.key, NOW) is None
    hits = other.nearest(first.scope, first.vector, 5, NOW)
    assert [hit.entry.id for hit in hits] == [second.id]
    assert one.bump("acme") == 1
    assert other.epoch("acme") == 1
    assert other.bump(None) == 1
    assert one.epoch("acme") == 2


def test_an_answer_that_another_replaces_is_found_under_its_new_vector_alone(
    shared: str, store_at: StoreAt
) -> None:
    one, other = store_at(shared), store_at(shared)
    old = an_entry("a")
    new = an_entry("a", vector=near(old.vector, 0.2), answer=b"{}")
    one.put(old, NOW)
    assert other.nearest(old.scope, old.vector, 1, NOW)[0].similarity == pytest.approx(1.0)
    one.put(new, NOW)
    (hit,) = other.nearest(old.scope, old.vector, 5, NOW)
    assert same(hit.entry, new)
    assert hit.similarity == pytest.approx(0.2, abs=1e-5)


def test_what_another_deletes_hides_nothing_that_is_further_away(
    shared: str, store_at: StoreAt
) -> None:
    one, other = store_at(shared), store_at(shared)
    vector = an_entry("asked").vector
    cosines = np.linspace(0.99, 0.5, 60)
    for number, cosine in enumerate(cosines):
        entry = an_entry(
            str(number), vector=near(vector, float(cosine)), expires=NOW + (1 if number < 50 else 9)
        )
        one.put(entry, NOW)
    assert len(other.nearest(an_entry().scope, vector, 60, NOW)) == 60
    assert one.sweep(NOW + 1, 100) == 50  # by the time of the other, they have not expired
    hits = other.nearest(an_entry().scope, vector, 2, NOW)
    assert [hit.entry.id for hit in hits] == ["dec_50", "dec_51"]
