"""One contract for every store: in memory, in SQLite and in PostgreSQL."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import numpy as np
import pytest

from pointsman.cache.entry import NO_VECTOR, ROW_BYTES, Entry, Hit, Stats
from pointsman.cache.store import CacheStore

from .answers import HOUR, NOW, an_entry, digest, near, same, unit
from .conftest import StoreAt


def _names(hits: tuple[Hit, ...]) -> list[str]:
    return [hit.entry.id.removeprefix("dec_") for hit in hits]


def _keep_all(store: CacheStore, *names: str, now: float = NOW) -> None:
    for turn, name in enumerate(names):
        store.put(an_entry(name), now + turn)


@pytest.mark.parametrize(
    "entry",
    [
        an_entry(),
        an_entry(vector=NO_VECTOR),
        an_entry(text="", answer=b""),
        an_entry(text="half of a pair: \ud83d, a zero: \0, a word: café"),
        an_entry(answer=bytes(range(256)) * 4000),
        an_entry(usd=0.1 + 0.2, created=NOW + 1e-6, expires=NOW + 1e9),
    ],
    ids=["plain", "no vector", "empty", "odd characters", "1 MB", "odd numbers"],
)
def test_what_is_kept_comes_back_to_the_bit(store: CacheStore, entry: Entry) -> None:
    store.put(entry, NOW)
    assert same(store.get(entry.key, NOW), entry)


def test_a_key_that_was_never_kept_is_not_found(store: CacheStore) -> None:
    store.put(an_entry("a"), NOW)
    assert store.get(digest("another"), NOW) is None


def test_the_same_key_takes_the_place_of_what_was_there(store: CacheStore) -> None:
    old, new = an_entry("a"), an_entry("a", id="dec_b", answer=b"{}", vector=unit(7))
    store.put(old, NOW)
    assert store.nearest(old.scope, old.vector, 1, NOW)[0].similarity == pytest.approx(1.0)
    store.put(new, NOW)
    assert same(store.get(old.key, NOW), new)
    (hit,) = store.nearest(old.scope, new.vector, 5, NOW)
    assert same(hit.entry, new)
    assert hit.similarity == pytest.approx(1.0, abs=1e-6)
    assert store.stats().entries == 1
    assert not store.purge("dec_a")


def test_an_entry_is_served_until_it_expires(store: CacheStore) -> None:
    entry = an_entry("a")
    store.put(entry, NOW)
    assert store.get(entry.key, entry.expires - 0.001)
    assert store.nearest(entry.scope, entry.vector, 1, entry.expires - 0.001)
    assert store.get(entry.key, entry.expires) is None
    assert store.nearest(entry.scope, entry.vector, 1, entry.expires) == ()


def test_an_expired_entry_hides_no_other(store: CacheStore) -> None:
    vector = unit(1)
    store.put(an_entry("short", vector=vector, expires=NOW + 1), NOW)
    store.put(an_entry("long", vector=near(vector, 0.7)), NOW)
    assert _names(store.nearest(digest("s"), vector, 1, NOW)) == ["short"]
    assert _names(store.nearest(digest("s"), vector, 1, NOW + 1)) == ["long"]


def test_the_nearest_come_best_first_with_their_cosine(store: CacheStore) -> None:
    vector, cosines = unit(1), [0.5, 0.95, 0.8, -0.3, 0.99]
    for cosine in cosines:
        store.put(an_entry(str(cosine), vector=near(vector, cosine)), NOW)
    hits = store.nearest(digest("s"), vector, 3, NOW)
    assert _names(hits) == ["0.99", "0.95", "0.8"]
    assert [hit.similarity for hit in hits] == pytest.approx([0.99, 0.95, 0.8], abs=1e-5)
    assert len(store.nearest(digest("s"), vector, 50, NOW)) == len(cosines)


def test_an_entry_without_a_vector_is_found_by_its_key_alone(store: CacheStore) -> None:
    entry = an_entry("a", vector=NO_VECTOR)
    store.put(entry, NOW)
    assert store.nearest(entry.scope, unit(1), 5, NOW) == ()
    assert store.get(entry.key, NOW)


def test_what_was_kept_after_a_search_is_found_by_the_next(store: CacheStore) -> None:
    for number in range(40):
        entry = an_entry(str(number))
        store.put(entry, NOW)
        assert _names(store.nearest(entry.scope, entry.vector, 1, NOW)) == [str(number)]


def test_a_scope_never_sees_another(store: CacheStore) -> None:
    vector = unit(1)
    store.put(an_entry("a", "mine", vector=vector), NOW)
    store.put(an_entry("b", "yours", vector=near(vector, 0.5)), NOW)
    assert _names(store.nearest(digest("yours"), vector, 5, NOW)) == ["b"]
    assert store.nearest(digest("nobody's"), vector, 5, NOW) == ()


def test_the_nearest_are_those_of_a_plain_loop(store: CacheStore) -> None:
    vectors = {f"{number}": unit(number) for number in range(200)}
    for name, vector in vectors.items():
        store.put(an_entry(name, vector=vector), NOW)
    for seed in range(1000, 1010):
        asked = unit(seed)
        cosines = {name: float(vector @ asked) for name, vector in vectors.items()}
        best = sorted(cosines, key=cosines.__getitem__, reverse=True)[:10]
        assert _names(store.nearest(digest("s"), asked, 10, NOW)) == best


def test_purging_forgets_one_answer_and_leaves_the_others(store: CacheStore) -> None:
    bad, good = an_entry("bad"), an_entry("good")
    _keep_all(store, "bad", "good")
    assert _names(store.nearest(bad.scope, bad.vector, 1, NOW)) == ["bad"]
    assert store.purge("dec_bad")
    assert store.get(bad.key, NOW) is None
    assert _names(store.nearest(bad.scope, bad.vector, 5, NOW)) == ["good"]
    assert not store.purge("dec_bad")
    assert same(store.get(good.key, NOW), good)


def test_an_epoch_is_raised_for_one_tenant_or_for_all(store: CacheStore) -> None:
    assert (store.epoch("acme"), store.epoch("zeta")) == (0, 0)
    assert store.bump("acme") == 1
    assert (store.epoch("acme"), store.epoch("zeta")) == (1, 0)
    assert store.bump(None) == 1
    assert (store.epoch("acme"), store.epoch("zeta")) == (2, 1)
    assert store.bump("acme") == 2
    assert (store.epoch("acme"), store.epoch("zeta")) == (3, 1)


def test_a_tenant_named_as_the_counter_of_all_raises_only_its_own(store: CacheStore) -> None:
    store.bump("all")
    assert (store.epoch("all"), store.epoch("acme")) == (1, 0)


def test_statistics_count_entries_bytes_and_scopes(store: CacheStore) -> None:
    assert store.stats() == Stats(entries=0, bytes=0, scopes=0, oldest=None)
    store.put(an_entry("a", text="é", answer=b"12345", created=NOW + 5), NOW)
    store.put(an_entry("b", text="", answer=b"", vector=NO_VECTOR, created=NOW + 2), NOW)
    store.put(an_entry("c", "other", text="", answer=b"", vector=NO_VECTOR, created=NOW + 3), NOW)
    expected = 3 * ROW_BYTES + 2 + 5 + 384 * 4
    assert store.stats() == Stats(entries=3, bytes=expected, scopes=2, oldest=NOW + 2)
    store.purge("dec_a")
    assert store.stats() == Stats(entries=2, bytes=2 * ROW_BYTES, scopes=2, oldest=NOW + 2)


def test_sweeping_deletes_what_has_expired_in_batches(store: CacheStore) -> None:
    for number in range(5):
        store.put(an_entry(str(number), expires=NOW + 10), NOW)
    store.put(an_entry("long"), NOW)
    assert store.sweep(NOW + 9, 2) == 0
    assert [store.sweep(NOW + 10, 2) for _ in range(4)] == [2, 2, 1, 0]
    assert store.stats().entries == 1
    assert store.get(an_entry("long").key, NOW + 10)


def _swept(store: CacheStore, now: float) -> None:
    """Delete until nothing is left to delete: where bounds are kept by sweeping, they hold now."""
    while store.sweep(now, 2) == 2:
        pass


def test_beyond_the_bound_the_one_unused_for_longest_goes(make_store: StoreAt) -> None:
    store = make_store(entries=3)
    _keep_all(store, "a", "b", "c")
    assert store.get(an_entry("a").key, NOW + 10)
    store.put(an_entry("d"), NOW + 20)
    _swept(store, NOW + 20)
    kept = [name for name in "abcd" if store.get(an_entry(name).key, NOW + 21)]
    assert kept == ["a", "c", "d"]


def test_the_nearest_of_a_search_counts_as_used(make_store: StoreAt) -> None:
    store = make_store(entries=2)
    _keep_all(store, "a", "b")
    assert _names(store.nearest(digest("s"), an_entry("a").vector, 1, NOW + 10)) == ["a"]
    store.put(an_entry("c"), NOW + 20)
    _swept(store, NOW + 20)
    assert [name for name in "abc" if store.get(an_entry(name).key, NOW + 21)] == ["a", "c"]


def test_entries_go_until_the_bytes_are_within_the_bound(make_store: StoreAt) -> None:
    size = an_entry("a").size_bytes
    store = make_store(bytes=4 * size)
    _keep_all(store, "a", "b", "c", "d")
    assert store.stats().entries == 4
    big = an_entry("e", answer=bytes(int(1.5 * size)))
    store.put(big, NOW + 10)
    _swept(store, NOW + 10)
    assert store.stats().bytes <= 4 * size
    assert [name for name in "abcde" if store.get(an_entry(name).key, NOW + 10)] == ["d", "e"]
    assert _names(store.nearest(digest("s"), big.vector, 9, NOW + 10)) == ["e", "d"]


def test_an_entry_larger_than_the_whole_bound_is_not_kept(make_store: StoreAt) -> None:
    entry, large = an_entry("a"), an_entry("a", answer=bytes(5000))
    store = make_store(bytes=4000)
    _keep_all(store, "a", "b")
    store.put(large, NOW)
    assert store.get(entry.key, NOW) is None  # and what it would have replaced is out of date
    assert store.get(an_entry("b").key, NOW)


def test_threads_may_keep_and_find_at_the_same_time(store: CacheStore) -> None:
    together = Barrier(6)

    def work(thread: int) -> bool:
        together.wait()
        found = []
        for number in range(15):
            entry = an_entry(f"{thread}.{number}")
            store.put(entry, NOW)
            found.append(same(store.get(entry.key, NOW), entry))
            hits = store.nearest(entry.scope, entry.vector, 2, NOW)
            found.append(same(hits[0].entry, entry))
            store.sweep(NOW, 10)
        return all(found)

    with ThreadPoolExecutor(6) as threads:
        assert all(threads.map(work, range(6)))
    assert store.stats().entries == 6 * 15


def test_of_many_who_keep_the_same_key_at_once_one_whole_entry_is_left(store: CacheStore) -> None:
    together = Barrier(6)
    rivals = [an_entry("a", id=f"dec_{turn}", answer=bytes([turn]) * 3000) for turn in range(6)]

    def keep(entry: Entry) -> None:
        together.wait()
        for _ in range(10):
            store.put(entry, NOW)

    with ThreadPoolExecutor(6) as threads:
        list(threads.map(keep, rivals))
    left = store.get(rivals[0].key, NOW)
    assert any(same(left, rival) for rival in rivals)
    assert store.stats().entries == 1
    assert len(store.nearest(rivals[0].scope, rivals[0].vector, 9, NOW)) == 1


def test_a_vector_that_is_not_writable_is_kept_too(store: CacheStore) -> None:
    vector = np.frombuffer(unit(1).tobytes(), np.float32)
    store.put(an_entry("a", vector=vector), NOW)
    assert store.nearest(digest("s"), vector, 1, NOW + HOUR / 2)
