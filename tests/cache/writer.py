"""Another process at a store: keeps answers one after another, and says each name that is kept.

writer.py URL PREFIX COUNT: it says `ready`, waits for a line, and ends after so many answers; it is
killed where it should end before. The entry of a name is the one that `expected` returns.
"""

import hashlib
import sys

import numpy as np

from pointsman.cache.entry import WIDTH, Entry
from pointsman.cache.place import open_store

NOW = 1_800_000_000.0  # `answers` has it too; a script cannot import its neighbours' package
SCOPE = hashlib.sha256(b"shared").digest()


def expected(name: str) -> Entry:
    """The entry of a name: a torn one would not be the same again."""
    digest = hashlib.sha256(name.encode()).digest()
    seed = int.from_bytes(digest[:4], "big")
    vector = np.random.default_rng(seed).normal(size=WIDTH)
    return Entry(
        id=f"dec_{name}",
        scope=SCOPE,
        key=digest,
        text=f"What is {name}?",
        vector=(vector / np.linalg.norm(vector)).astype(np.float32),
        answer=digest * (1 + seed % 700),  # up to 22 kB: several pages of a file
        model="small",
        usd=seed / 1e9,
        created=NOW,
        expires=NOW + 3600,
    )


def main() -> None:
    url, prefix, count = sys.argv[1:]
    store = open_store(url)
    _say("ready")
    sys.stdin.readline()
    for number in range(int(count)):
        store.put(expected(f"{prefix}{number}"), NOW)
        _say(f"{prefix}{number}")
    store.close()


def _say(word: str) -> None:
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
