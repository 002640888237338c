"""What looking up an answer takes, by place, and what an index misses.

    python benchmarks/cache_stores.py > benchmarks/cache_stores.md

The entries of one scope, with answers of 1,500 bytes and vectors in groups around a thousand
centres; one thread asks for the 4 nearest of a vector at a cosine of 0.92 to one that was kept, and
of one to none. PostgreSQL is measured too where POINTSMAN_CACHE names an empty one with pgvector:
there 8 threads ask one process, on a pool of 8 connections, while all entries are in one scope
(searched by its index) and while they are in scopes of 1,000 (compared whole). Recall is the share
of the nearest entries, and of the 4 nearest, that a plain loop finds too.

`--small` takes a hundredth of the entries, to see that it runs.
"""

import argparse
import hashlib
import os
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pointsman.cache.entry import WIDTH, Bounds, Entry
from pointsman.cache.place import open_store
from pointsman.cache.store import CacheStore

NOW = 1_800_000_000.0
COUNT = 4
CLIENTS = 8
CENTRES = 1000
SCOPE_ENTRIES = 1000
BOUNDS = Bounds(entries=10**7, bytes=10**11)
Vectors = NDArray[np.float32]


def directions(count: int, chance: np.random.Generator) -> Vectors:
    """Return unit vectors `(count, 384)` that point anywhere."""
    drawn = chance.normal(size=(count, WIDTH))
    return np.asarray(drawn / np.linalg.norm(drawn, axis=1, keepdims=True), np.float32)


def beside(vectors: Vectors, cosine: float, chance: np.random.Generator) -> Vectors:
    """Return a unit vector at about this cosine to each."""
    across = directions(len(vectors), chance)
    across -= np.einsum("ij,ij->i", across, vectors)[:, None] * vectors
    across /= np.linalg.norm(across, axis=1, keepdims=True)
    return np.asarray(cosine * vectors + (1 - cosine**2) ** 0.5 * across, np.float32)


def entries(vectors: Vectors, scope_entries: int) -> Iterator[Entry]:
    """Yield an entry for each vector, so many to a scope."""
    answer = np.random.default_rng(1).bytes(1500)
    for number, vector in enumerate(vectors):
        yield Entry(
            id=f"dec_{number}",
            scope=scope_of(number // scope_entries),
            key=hashlib.sha256(f"{scope_entries} {number}".encode()).digest(),
            text="a question of some fifty characters, as people ask",
            vector=vector,
            answer=answer,
            model="small",
            usd=0.001,
            created=NOW,
            expires=NOW + 86_400,
        )


def scope_of(number: int) -> bytes:
    """Return the digest of a scope."""
    return hashlib.sha256(f"scope {number}".encode()).digest()


def milliseconds(turn: Callable[[int], object], count: int, clients: int = 1) -> list[float]:
    """Return how long each turn takes, shortest first; so many threads take turns."""

    def timed(number: int) -> float:
        began = time.perf_counter()
        turn(number)
        return 1e3 * (time.perf_counter() - began)

    with ThreadPoolExecutor(clients) as threads:
        return sorted(threads.map(timed, range(count)))


def row(name: str, taken: Sequence[float]) -> None:
    """Print a row of the table of times."""
    median, last = taken[len(taken) // 2], taken[int(0.99 * (len(taken) - 1))]
    print(f"| {name} | {median:.3f} | {last:.3f} |", flush=True)


def measure_alone(name: str, store: CacheStore, vectors: Vectors) -> None:
    """Print what one thread sees."""
    chance = np.random.default_rng(2)
    kept = list(entries(vectors, len(vectors)))
    row(f"{name}: keep", milliseconds(lambda number: store.put(kept[number], NOW), len(kept)))
    turns = min(2000, len(kept))
    row(f"{name}: get by key", milliseconds(lambda n: store.get(kept[n].key, NOW), turns))
    asked = beside(vectors[chance.permutation(len(vectors))[:turns]], 0.92, chance)
    began = time.perf_counter()
    store.nearest(scope_of(0), asked[0], COUNT, NOW)
    row(f"{name}: the first search of all", [1e3 * (time.perf_counter() - began)])
    for what, those in (("near one", asked), ("near none", directions(turns, chance))):
        row(f"{name}: search, {what}", searches(store, those))


def searches(store: CacheStore, asked: Vectors) -> list[float]:
    """Return how long each search takes that one thread makes, shortest first."""
    return milliseconds(
        lambda number: store.nearest(scope_of(0), asked[number], COUNT, NOW), len(asked)
    )


def measure_shared(url: str, vectors: Vectors, scope_entries: int) -> None:
    """Print what eight threads see, and what the searches miss."""
    store = open_store(url, BOUNDS)
    kept = list(entries(vectors, scope_entries))
    name = f"PostgreSQL, {len(kept):,} in scopes of {scope_entries:,}"
    keep = milliseconds(lambda number: store.put(kept[number], NOW), len(kept), CLIENTS)
    row(f"{name}: keep", keep)
    began = time.perf_counter()
    while store.sweep(NOW, 1000):
        pass
    row(f"{name}: a sweep (makes the index where needed)", [1e3 * (time.perf_counter() - began)])
    chance = np.random.default_rng(3)
    chosen = chance.permutation(len(kept))[: min(2000, len(kept))]
    near, none = beside(vectors[chosen], 0.92, chance), directions(len(chosen), chance)
    scopes = [kept[number].scope for number in chosen]
    begins = [int(number) // scope_entries * scope_entries for number in chosen]
    places = [range(begin, begin + scope_entries) for begin in begins]
    for what, asked in (("near one", near), ("near none", none)):
        found, rate = measure_searches(f"{name}: search, {what}", store, scopes, asked)
        print(f"| {name}: {what}, searches per second | {rate:.0f} | |")
        first, share = recall(found, places, asked, vectors)
        print(f"| {name}: {what}, recall of the nearest, of {COUNT} | {first:.4f} | {share:.4f} |")
    store.close()


def measure_searches(
    name: str, store: CacheStore, scopes: Sequence[bytes], asked: Vectors
) -> tuple[list[list[str]], float]:
    """Print how long searches take; returns the ids that each found, and searches per second."""
    found: list[list[str]] = [[] for _ in scopes]

    def search(turn: int) -> None:
        hits = store.nearest(scopes[turn], asked[turn], COUNT, NOW)
        found[turn] = [hit.entry.id for hit in hits]

    began = time.perf_counter()
    row(name, milliseconds(search, len(scopes), CLIENTS))
    return found, len(scopes) / (time.perf_counter() - began)


def recall(
    found: Sequence[Sequence[str]], scopes: Sequence[range], asked: Vectors, vectors: Vectors
) -> tuple[float, float]:
    """Return which share of the nearest, and of the nearest few, were found.

    A plain loop over the scope of each search, given as the places of its vectors, says which.
    """
    first = share = 0.0
    for ids, scope, vector in zip(found, scopes, asked, strict=True):
        cosines = vectors[scope.start : scope.stop] @ vector
        best = [f"dec_{scope.start + place}" for place in np.argsort(-cosines)[:COUNT]]
        first += best[:1] == ids[:1]
        share += len(set(best) & set(ids)) / len(best)
    return first / len(found), share / len(found)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--small", action="store_true")
    less = 100 if parser.parse_args().small else 1
    chance = np.random.default_rng(0)
    print("# Looking up answers\n")
    print("`python benchmarks/cache_stores.py`; see its head for what is measured.\n")
    print("| what | p50, ms | p99, ms |\n|---|---|---|")
    centres = directions(CENTRES, chance)
    alone = beside(centres[chance.integers(CENTRES, size=10_000 // less)], 0.7, chance)
    measure_alone(f"memory, {len(alone):,}", open_store("memory:", BOUNDS), alone)
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(str(Path(folder) / "answers.db"), BOUNDS)
        measure_alone(f"SQLite, {len(alone):,}", store, alone)
        store.close()
    if url := os.environ.get("POINTSMAN_CACHE"):
        many = beside(centres[chance.integers(CENTRES, size=100_000 // less)], 0.7, chance)
        measure_shared(url, many, SCOPE_ENTRIES)
        _empty(url)
        measure_shared(url, many, len(many))


def _empty(url: str) -> None:
    store = open_store(url, BOUNDS)
    while store.sweep(NOW + 1e9, 1000):
        pass
    store.close()


if __name__ == "__main__":
    main()
